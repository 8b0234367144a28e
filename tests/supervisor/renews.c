/* SPDX-License-Identifier: MIT */

/*
 * renews exec|shared|vfork|fork|number|dies|many|stacks ROUNDS: what is known
 * of a process is of no use for the one after it. All calls come from the same
 * instruction and have the same arguments, and move something by turns to
 * where nothing is, which is let be, and to where something is, which a policy
 * is to deny. After three of them another process, or another program, goes on
 * with the next. Prints each that came out otherwise.
 *
 * once    three calls, and no more
 * exec    begins itself again in the same process
 * shared  the same, while its memory lives on in a process that shares it
 * vfork   in a child that shared its memory so far, and has called already
 * fork    goes on in a forked child
 * number  in a forked child that gets the number of the one before it
 * dies    children are killed while they call
 * many    children call and stay until all have
 * stacks  no other goes on, but calls come by turns from one function deeper
 */

#include "raw.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 65536ul
#define FIXED 3ul

#define FROM ((char *)0x900000000ul)
#define TO ((char *)0x940000000ul)

static char sharer_stack[65536] __attribute__((aligned(16)));
static int wrong;

/* ------------------------------------------------------------ three calls */

/* Something is there where somebody has written. */
static void map(char *at)
{
	mmap(at, PAGE, PROT_READ | PROT_WRITE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	*at = 1;
}

static __attribute__((noinline)) void move(bool is_taken)
{
	long wanted = is_taken ? -EEXIST : (long)TO;
	long got;

	map(FROM);
	if (is_taken)
		map(TO);
	else
		munmap(TO, PAGE);
	got = raw_mremap(FROM, PAGE, PAGE, FIXED, TO);
	if (got == wanted)
		return;
	wrong++;
	printf("%s: got %ld\n", is_taken ? "taken" : "free", got);
	fflush(stdout);
}

static int move_by_turns(long round)
{
	for (int i = 0; i < 3; i++)
		move((round + i) % 2);
	return wrong;
}

/* ------------------------------------------------------------- successors */

static void become(const char *how, long left)
{
	char rounds[24];

	snprintf(rounds, sizeof(rounds), "%ld", left);
	execl("/proc/self/exe", "renews", how, rounds, NULL);
	_exit(127);
}

static int stay(void *arg)
{
	usleep(100000);
	_exit(0);
	return arg != NULL;
}

static void leave_a_sharer(void)
{
	if (clone(stay, sharer_stack + sizeof(sharer_stack), CLONE_VM, NULL) <
	    0)
		wrong++;
}

static void await(pid_t pid)
{
	int status = 0;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		wrong++;
}

static void await_any(void)
{
	int status = 0;

	if (wait(&status) < 0 || status)
		wrong++;
}

static int go_on_by_exec(long rounds)
{
	move_by_turns(rounds);
	if (rounds > 1 && !wrong)
		become("exec", rounds - 1);
	return wrong;
}

static int go_on_beside_a_sharer(long rounds)
{
	move_by_turns(rounds);
	leave_a_sharer();
	if (rounds > 1 && !wrong)
		become("shared", rounds - 1);
	return wrong;
}

static __attribute__((noinline)) pid_t begin_by_vfork(long round)
{
	pid_t pid = vfork();

	if (!pid) {
		move_by_turns(round);
		become("once", round - 1);
	}
	return pid;
}

static int go_on_by_vfork(long rounds)
{
	for (; rounds && !wrong; rounds--)
		await(begin_by_vfork(rounds));
	return wrong;
}

static int go_on_by_fork(long rounds)
{
	pid_t pid;

	move_by_turns(rounds);
	if (rounds < 2 || wrong)
		return wrong;
	pid = fork();
	if (!pid)
		_exit(go_on_by_fork(rounds - 1));
	await(pid);
	return wrong;
}

/* Return: -EPERM where it may not be chosen. */
static pid_t fork_as(pid_t number)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = number ? (uint64_t)(uintptr_t)&number : 0,
		.set_tid_size = number != 0,
	};
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	return pid < 0 ? -errno : pid;
}

static int go_on_as_the_same_number(long rounds)
{
	pid_t number = 0;

	for (; rounds && !wrong; rounds--) {
		pid_t pid = fork_as(number);

		if (!pid) {
			move_by_turns(rounds);
			_exit(wrong);
		}
		if (pid == -EPERM || pid == -ENOSYS)
			return 77;
		await(pid);
		number = pid;
	}
	return wrong;
}

static int kill_those_who_call(long rounds)
{
	for (; rounds && !wrong; rounds--) {
		pid_t pid = fork();

		while (!pid)
			move_by_turns(rounds);
		usleep((useconds_t)(rounds % 10) * 100);
		kill(pid, SIGKILL);
		if (waitpid(pid, NULL, 0) != pid)
			wrong++;
		move_by_turns(rounds);
	}
	return wrong;
}

static int stay_until_all_have_called(long rounds)
{
	int ends[2];
	char byte;

	if (pipe(ends))
		return 1;
	for (long i = 0; i < rounds; i++) {
		if (fork())
			continue;
		close(ends[1]);
		map(FROM);
		wrong = raw_mremap(FROM, PAGE, PAGE, 0, NULL) != (long)FROM;
		(void)!read(ends[0], &byte, 1);
		_exit(wrong);
	}
	usleep(500000);
	close(ends[1]);
	for (long i = 0; i < rounds; i++)
		await_any();
	return wrong;
}

static __attribute__((noinline)) long call_from_here(void)
{
	return raw_mremap(FROM, PAGE, PAGE, 0, NULL) == (long)FROM;
}

static __attribute__((noinline)) long call_from_above(void)
{
	volatile char deeper[512] = { 1 };

	return call_from_here() + deeper[1];
}

static int call_from_two_depths(long rounds)
{
	map(FROM);
	for (; rounds; rounds--) {
		wrong += !call_from_here();
		wrong += !call_from_above();
	}
	return wrong;
}

static const struct {
	const char *name;
	int (*run)(long rounds);
} ways[] = {
	{ "once", move_by_turns },
	{ "exec", go_on_by_exec },
	{ "shared", go_on_beside_a_sharer },
	{ "vfork", go_on_by_vfork },
	{ "fork", go_on_by_fork },
	{ "number", go_on_as_the_same_number },
	{ "dies", kill_those_who_call },
	{ "many", stay_until_all_have_called },
	{ "stacks", call_from_two_depths },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 2 && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (!strcmp(argv[1], ways[i].name))
			return ways[i].run(atol(argv[2]));
	return 2;
}
