// SPDX-License-Identifier: MIT

// A Go program: no libc, calls from several goroutines and threads.
package main

import (
	"fmt"
	"os"
	"sync"
	"syscall"
)

const page = 65536

func remap(at, old, new uintptr) uintptr {
	got, _, errno := syscall.Syscall6(syscall.SYS_MREMAP, at, old, new, 1,
		0, 0)
	if errno != 0 {
		fmt.Println("mremap:", errno)
		os.Exit(1)
	}
	return got
}

func work(done *sync.WaitGroup) {
	defer done.Done()
	at, _, errno := syscall.Syscall6(syscall.SYS_MMAP, 0, page, 3, 0x22,
		^uintptr(0), 0)
	if errno != 0 {
		fmt.Println("mmap:", errno)
		os.Exit(1)
	}
	for i := 0; i < 50; i++ {
		at = remap(at, page, 2*page)
		at = remap(at, 2*page, page)
	}
}

func main() {
	var done sync.WaitGroup

	for i := 0; i < 8; i++ {
		done.Add(1)
		go work(&done)
	}
	done.Wait()
	fmt.Println("800 calls")
}
