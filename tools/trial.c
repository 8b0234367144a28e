/* SPDX-License-Identifier: MIT */

#include "trial.h"

#include "commands.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000000)

static const int interrupts[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

#define NR_INTERRUPTS (sizeof(interrupts) / sizeof(interrupts[0]))

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

/* ---------------------------------------------------------------- children */

/* "PID (COMM) STATE PPID …"; a COMM may have anything in it. */
static pid_t parent_of(const char *pid)
{
	char path[64];
	char line[512];
	const char *end;
	pid_t parent = 0;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	len = read(fd, line, sizeof(line) - 1);
	close(fd);
	line[len > 0 ? len : 0] = '\0';
	end = strrchr(line, ')');
	return end && sscanf(end, ") %*c %d", &parent) == 1 ? parent : 0;
}

/* Call each() for every child there is, also for those that have ended. */
static void for_each_child(void (*each)(void *ctx, pid_t pid), void *ctx)
{
	DIR *proc = opendir("/proc");
	pid_t self = getpid();
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		if (*entry->d_name < '1' || *entry->d_name > '9' ||
		    parent_of(entry->d_name) != self)
			continue;
		each(ctx, (pid_t)atol(entry->d_name));
	}
	if (proc)
		closedir(proc);
}

static void note_other(void *ctx, pid_t pid)
{
	struct rg_trials *trials = ctx;
	pid_t *more = realloc(trials->others, (trials->nr_others + 1) *
						      sizeof(*trials->others));

	if (!more)
		return;
	trials->others = more;
	trials->others[trials->nr_others++] = pid;
}

struct ending {
	const struct rg_trials *trials;
	size_t nr; /* that are left */
};

static bool is_other(const struct rg_trials *trials, pid_t pid)
{
	for (size_t i = 0; i < trials->nr_others; i++) {
		if (trials->others[i] == pid)
			return true;
	}
	return false;
}

static void end_one(void *ctx, pid_t pid)
{
	struct ending *ending = ctx;

	if (is_other(ending->trials, pid))
		return;
	kill(pid, SIGKILL);
	if (waitpid(pid, NULL, WNOHANG | __WALL) != pid)
		ending->nr++;
}

/* Threads that were traced keep their processes until we know of their end. */
static void drain(void)
{
	while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
		;
}

/* Somebody who waits for a disk, say, is left to himself in the end. */
#define PATIENCE (10 * SECOND)

/* Whose parent ends becomes a child of ours, and is seen the next time. */
static void end_all(const struct rg_trials *trials, bool were_traced)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	uint64_t until = now() + PATIENCE;
	bool is_quiet = false;

	while (now() < until) {
		struct ending ending = { .trials = trials };

		for_each_child(end_one, &ending);
		if (were_traced)
			drain();
		if (!ending.nr && is_quiet)
			return;
		is_quiet = !ending.nr;
		if (ending.nr)
			nanosleep(&pause, NULL);
	}
}

/* -------------------------------------------------------------- beginning */

/* A file can be read again from where it is; what else there is cannot. */
static int find_input(struct rg_trials *trials)
{
	struct stat input;
	struct stat null;

	trials->input_at = -1;
	if (!fstat(STDIN_FILENO, &input) && S_ISREG(input.st_mode)) {
		trials->input_at = lseek(STDIN_FILENO, 0, SEEK_CUR);
		trials->input = STDIN_FILENO;
		return 0;
	}
	trials->input = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (trials->input < 0)
		return -errno;
	trials->input_is_dropped =
		!fstat(trials->input, &null) && input.st_rdev != null.st_rdev;
	return 0;
}

int rg_trials_begin(struct rg_trials *trials)
{
	const struct sigaction standard = { .sa_handler = SIG_DFL };
	int ret;

	*trials = (struct rg_trials){ 0 };
	ret = find_input(trials);
	if (ret)
		return ret;
	for_each_child(note_other, trials);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigemptyset(&trials->awaited);
	sigaddset(&trials->awaited, SIGCHLD);
	for (size_t i = 0; i < NR_INTERRUPTS; i++)
		sigaddset(&trials->awaited, interrupts[i]);
	/* an ignored SIGCHLD would reap the program before we can */
	sigaction(SIGCHLD, &standard, &trials->child);
	sigprocmask(SIG_BLOCK, &trials->awaited, &trials->mask);
	return 0;
}

void rg_trials_end(struct rg_trials *trials)
{
	sigaction(SIGCHLD, &trials->child, NULL);
	sigprocmask(SIG_SETMASK, &trials->mask, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	if (trials->input > STDIN_FILENO)
		close(trials->input);
	free(trials->others);
	trials->others = NULL;
}

/* --------------------------------------------------------------- one trial */

static int open_input(const struct rg_trials *trials)
{
	int fd;

	if (trials->input_at < 0)
		return dup(trials->input);
	/* a position of its own; a file that may not be opened again has none
	 */
	fd = open("/proc/self/fd/0", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fd = dup(trials->input);
	if (fd >= 0)
		lseek(fd, trials->input_at, SEEK_SET);
	return fd;
}

static int open_file(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static bool redirect(const struct rg_trials *trials,
		     const struct rg_trial *trial)
{
	int input = open_input(trials);
	int output = open_file(trial->output);
	int errors = open_file(trial->errors);

	return input >= 0 && output >= 0 && errors >= 0 &&
	       dup2(input, STDIN_FILENO) >= 0 &&
	       dup2(output, STDOUT_FILENO) >= 0 &&
	       dup2(errors, STDERR_FILENO) >= 0;
}

/*
 * A process group of its own: a terminal's signals are for us. Who reads from
 * gate reads nothing until we are done with what comes before.
 */
static void become(const struct rg_trials *trials, const struct rg_trial *trial,
		   const int gate[2])
{
	char byte;
	int error;

	setpgid(0, 0);
	close(gate[1]);
	if (read(gate[0], &byte, 1) < 0 || !redirect(trials, trial))
		_exit(126);
	sigaction(SIGCHLD, &trials->child, NULL);
	sigprocmask(SIG_SETMASK, &trials->mask, NULL);
	execvp(trial->argv[0], trial->argv);
	error = errno;
	rg_say("%s: %s", trial->argv[0], strerror(error));
	_exit(error == ENOENT || error == ENOTDIR ? 127 : 126);
}

static void note_end(struct rg_trial_end *end, int status)
{
	end->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	end->exit_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
					       : WEXITSTATUS(status);
}

/* Those that it started are told of as well where they are traced. */
static bool has_ended(const struct rg_trial *trial, struct rg_trial_end *end)
{
	pid_t whom = trial->crash ? -1 : end->pid;
	int status;
	pid_t pid;

	while ((pid = waitpid(whom, &status, WNOHANG | __WALL)) > 0) {
		if (WIFSTOPPED(status)) {
			rg_crash_look(pid, status, trial->crash);
		} else if (pid == end->pid) {
			note_end(end, status);
			return true;
		}
	}
	return false;
}

/* Return: what arrived; 0 when it is time. */
static int await_signal(const struct rg_trials *trials, uint64_t until)
{
	uint64_t left = SECOND;
	struct timespec time;
	int number;

	if (until) {
		uint64_t at = now();

		if (at >= until)
			return 0;
		if (until - at < left)
			left = until - at;
	}
	time.tv_sec = (time_t)(left / SECOND);
	time.tv_nsec = (long)(left % SECOND);
	number = sigtimedwait(&trials->awaited, NULL, &time);
	return number > 0 ? number : SIGCHLD;
}

static void await_end(const struct rg_trials *trials,
		      const struct rg_trial *trial, uint64_t until,
		      struct rg_trial_end *end)
{
	while (!has_ended(trial, end)) {
		int number = await_signal(trials, until);

		if (number == SIGCHLD)
			continue;
		end->hung = !number;
		end->interrupt = number;
		kill(-end->pid, SIGKILL);
		kill(end->pid, SIGKILL);
		until = 0;
	}
}

int rg_trial_run(const struct rg_trials *trials, const struct rg_trial *trial,
		 struct rg_trial_end *ret_end)
{
	struct rg_trial_end end = { 0 };
	uint64_t begin = now();
	int gate[2];

	if (pipe2(gate, O_CLOEXEC))
		return -errno;
	fflush(NULL);
	end.pid = fork();
	if (!end.pid)
		become(trials, trial, gate);
	close(gate[0]);
	/* where it may not be traced it goes on without */
	if (end.pid > 0 && trial->crash)
		rg_crash_watch(end.pid);
	close(gate[1]);
	if (end.pid < 0)
		return -errno;
	setpgid(end.pid, end.pid);
	await_end(trials, trial, trial->limit_ns ? begin + trial->limit_ns : 0,
		  &end);
	end.ns = now() - begin;
	end_all(trials, trial->crash);
	*ret_end = end;
	return 0;
}
