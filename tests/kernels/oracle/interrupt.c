/* SPDX-License-Identifier: MIT */

#include "interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int signal_number)
{
	(void)signal_number;
}

/* Not with SA_RESTART, which would make the call again. */
static void be_interrupted(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGUSR1, &action, NULL);
}

/* ------------------------------------------------------------- the tracer */

static bool enters_mremap(pid_t pid)
{
	struct __ptrace_syscall_info info = { 0 };

	return ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) > 0 &&
	       info.op == PTRACE_SYSCALL_INFO_ENTRY &&
	       info.entry.nr == SYS_mremap;
}

static bool stops(pid_t pid)
{
	int status;

	return waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status);
}

static void trace(pid_t pid, int ready)
{
	bool seized = !ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_TRACESYSGOOD) &&
		      !ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);

	if (write(ready, "", 1) != 1 || !seized)
		_exit(0);
	while (stops(pid) && !enters_mremap(pid))
		ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
	kill(pid, SIGUSR1);
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	_exit(0);
}

/* ------------------------------------------------------------- the traced */

int64_t interrupt_call(const uint64_t args[5])
{
	pid_t pid = getpid();
	pid_t tracer;
	int64_t result;
	int error;
	int fds[2];
	char byte;

	be_interrupted();
	if (pipe(fds))
		return -errno;
	tracer = fork();
	if (!tracer)
		trace(pid, fds[1]);
	close(fds[1]);
	/* not before it traces; that it is gone is as good */
	while (read(fds[0], &byte, 1) < 0 && errno == EINTR)
		;
	close(fds[0]);
	result = syscall(SYS_mremap, args[0], args[1], args[2], args[3],
			 args[4]);
	error = errno;
	if (tracer > 0)
		waitpid(tracer, NULL, 0);
	return result == -1 ? -error : result;
}
