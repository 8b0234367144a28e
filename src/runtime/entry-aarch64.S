/* SPDX-License-Identifier: MIT */

/*
 * syscall(3). SYS_mremap goes to rg_syscall_mremap(), what may shut the
 * program in to rg_syscall_confining(), and everything else to the kernel
 * from here, with no frame of ours in between: a child of clone, or of
 * vfork, returns from this very instruction. That a program seals mappings is
 * noted on the way: see vma-query.c.
 */

#define SYS_MREMAP 216
#define SYS_PRCTL 167
#define SYS_SECCOMP 277
#define SYS_MSEAL 462

	.text
	.globl	syscall
	.type	syscall, %function
	.p2align 4
syscall:
	.cfi_startproc
	hint	#34 /* bti c */
	cmp	x0, #SYS_PRCTL
	b.eq	4f
	cmp	x0, #SYS_SECCOMP
	b.eq	4f
	mov	x8, x0
	mov	x0, x1
	mov	x1, x2
	mov	x2, x3
	mov	x3, x4
	mov	x4, x5
	mov	x5, x6
	cmp	x8, #SYS_MREMAP
	b.eq	1f
	cmp	x8, #SYS_MSEAL
	b.eq	3f
0:
	mov	x9, x0
	svc	#0
	cmn	x0, #4095
	b.cs	2f
	ret
1:
	b	rg_syscall_mremap
2:
	/* it has failed, so there is no child: here may be a frame */
	stp	x29, x30, [sp, #-64]!
	.cfi_adjust_cfa_offset 64
	.cfi_offset x29, -64
	.cfi_offset x30, -56
	mov	x29, sp
	stp	x9, x1, [sp, #16]
	stp	x2, x3, [sp, #32]
	stp	x4, x5, [sp, #48]
	mov	x1, x8
	add	x2, sp, #16
	mov	x3, x30
	bl	rg_syscall_failed
	ldp	x29, x30, [sp], #64
	.cfi_adjust_cfa_offset -64
	.cfi_restore x29
	.cfi_restore x30
	ret
3:
	adrp	x9, rg_mseal_seen
	mov	w10, #1
	strb	w10, [x9, #:lo12:rg_mseal_seen]
	b	0b
4:
	b	rg_syscall_confining
	.cfi_endproc
	.size	syscall, .-syscall

	.section .note.GNU-stack, "", %progbits
