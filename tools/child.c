/* SPDX-License-Identifier: MIT */

#include "child.h"

#include "commands.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Passed on to the program, as a terminal or an init sends them. */
static const int forwarded[] = { SIGHUP,  SIGINT,  SIGQUIT,  SIGTERM, SIGUSR1,
				 SIGUSR2, SIGCONT, SIGWINCH, SIGALRM };

#define NR_FORWARDED (sizeof(forwarded) / sizeof(forwarded[0]))

/* What the program inherits, for us to restore in it. */
struct inherited {
	sigset_t mask;
	struct sigaction child;
};

static int exec_status(int error)
{
	return error == ENOENT || error == ENOTDIR ? 127 : 126;
}

static void become(char *const *argv, char *const *env,
		   const struct inherited *inherited,
		   const struct rg_child_gate *gate)
{
	int error = gate ? gate->in_child(gate->ctx) : 0;

	if (error)
		_exit(error);
	sigaction(SIGCHLD, &inherited->child, NULL);
	sigprocmask(SIG_SETMASK, &inherited->mask, NULL);
	execvpe(argv[0], argv, env);
	error = errno;
	rg_say("%s: %s", argv[0], strerror(error));
	_exit(exec_status(error));
}

/*
 * A terminal's signals reach the program by themselves: it is in our process
 * group. Only what some process sent to us alone is passed on.
 */
static void pass_on(const siginfo_t *info, pid_t pid)
{
	if (info->si_code <= 0)
		kill(pid, info->si_signo);
}

static bool has_ended(pid_t pid, struct rg_child *child)
{
	int status;

	if (waitpid(pid, &status, WNOHANG) != pid)
		return false;
	child->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	child->exit_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
						 : WEXITSTATUS(status);
	return true;
}

static void await_end(const sigset_t *awaited, struct rg_child *child)
{
	while (!has_ended(child->pid, child)) {
		siginfo_t info;

		if (sigwaitinfo(awaited, &info) < 0)
			continue;
		if (info.si_signo != SIGCHLD)
			pass_on(&info, child->pid);
	}
}

int rg_child_run(char *const *argv, char *const *env,
		 const struct rg_child_gate *gate, struct rg_child *ret_child)
{
	const struct sigaction standard = { .sa_handler = SIG_DFL };
	struct rg_child child = { 0 };
	struct inherited inherited;
	sigset_t awaited;

	sigemptyset(&awaited);
	sigaddset(&awaited, SIGCHLD);
	for (size_t i = 0; i < NR_FORWARDED; i++)
		sigaddset(&awaited, forwarded[i]);
	/* an ignored SIGCHLD would reap the program before we can */
	sigaction(SIGCHLD, &standard, &inherited.child);
	sigprocmask(SIG_BLOCK, &awaited, &inherited.mask);
	fflush(NULL);
	child.pid = fork();
	if (!child.pid)
		become(argv, env, &inherited, gate);
	if (child.pid < 0)
		return -errno;
	if (gate)
		gate->in_parent(gate->ctx, child.pid);
	await_end(&awaited, &child);
	sigaction(SIGCHLD, &inherited.child, NULL);
	sigprocmask(SIG_SETMASK, &inherited.mask, NULL);
	*ret_child = child;
	return 0;
}
