/* SPDX-License-Identifier: MIT */

/*
 * Fails the object's own system calls: fail-call LOG WHICH ERRNO PROGRAM...
 *
 * Each system call of the program and its children is held by a seccomp filter
 * and answered here: gone on with, or failed with ERRNO, a number. The object
 * (PRELOAD in the environment) makes those whose instruction lies in its
 * mapping, but for mremap, and has the loader and libc make those between its
 * first one and main: the program calls getsid(0) there, to say so. WHICH is
 *
 *     0        none
 *     N        the object's Nth
 *     N-       the object's Nth and all that come later
 *     NAME     every one of this name
 *
 * LOG gets a line for each of the object's: number and name.
 */

#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIBRARY "/libremapguard.so"
#define SKIPPED 77

/* Debian 12 has older headers. */
#define NOTIF_SET_FLAGS SECCOMP_IOW(4, unsigned long long)
#define NOTIF_SYNC_WAKE_UP 1

/* ------------------------------------------------------ whose call it is */

enum phase {
	PHASE_STARTED, /* main has begun, or this was forked */
	PHASE_LOADING, /* after exec, before the object's first call */
	PHASE_STARTING,
};

#define MAX_TASKS 4096

static struct {
	unsigned pid;
	enum phase phase;
} tasks[MAX_TASKS];

static enum phase *phase_of(unsigned pid)
{
	size_t i = pid % MAX_TASKS;

	while (tasks[i].pid && tasks[i].pid != pid)
		i = (i + 1) % MAX_TASKS;
	tasks[i].pid = pid;
	return &tasks[i].phase;
}

static bool names_object(const char *line)
{
	size_t len = strcspn(line, "\n");

	return len > strlen(LIBRARY) &&
	       !strncmp(line + len - strlen(LIBRARY), LIBRARY, strlen(LIBRARY));
}

static bool in_object(unsigned pid, unsigned long long address)
{
	unsigned long long start, end;
	char path[32], line[4200];
	bool found = false;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%u/maps", pid);
	maps = fopen(path, "re");
	while (maps && !found && fgets(line, sizeof(line), maps))
		found = sscanf(line, "%llx-%llx", &start, &end) == 2 &&
			address >= start && address < end && names_object(line);
	if (maps)
		fclose(maps);
	return found;
}

static bool is_objects(const struct seccomp_notif *call)
{
	enum phase *phase = phase_of(call->pid);
	bool own = in_object(call->pid, call->data.instruction_pointer);

	if (call->data.nr == SYS_execve)
		*phase = PHASE_LOADING;
	else if (call->data.nr == SYS_getsid)
		*phase = PHASE_STARTED;
	else if (own && *phase == PHASE_LOADING)
		*phase = PHASE_STARTING;
	return own ? call->data.nr != SYS_mremap : *phase == PHASE_STARTING;
}

/* -------------------------------------------------------- what is to fail */

static struct {
	unsigned long number;
	bool and_later;
	int nr; /* -1: by number */
	int error;
	FILE *log;
	unsigned long made;
} job;

static void parse_which(const char *which)
{
	char *end;

	job.number = strtoul(which, &end, 10);
	job.and_later = *end == '-';
	job.nr = end == which ? seccomp_syscall_resolve_name(which) : -1;
}

/*
 * Calls whose failure nobody could meet: a close that fails has closed; brk
 * has no errno; and there is no unblocking of signals that were blocked before
 * everything began to fail.
 */
static bool is_exempt(int nr)
{
	return nr == SYS_close || nr == SYS_brk ||
	       (nr == SYS_rt_sigprocmask && job.and_later);
}

static bool is_to_fail(int nr)
{
	if (is_exempt(nr))
		return false;
	if (job.nr >= 0)
		return nr == job.nr;
	return job.made == job.number ||
	       (job.and_later && job.made > job.number);
}

static bool fails(const struct seccomp_notif *call)
{
	char *name;

	if (!is_objects(call))
		return false;
	job.made++;
	name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE,
						call->data.nr);
	fprintf(job.log, "%lu %s\n", job.made, name);
	free(name);
	return is_to_fail(call->data.nr);
}

/* ------------------------------------------------------------ the program */

static struct {
	char **argv;
	int listener; /* 0 until there is one; a negative errno */
	int status;
} program;

static void become_program(void)
{
	if (getenv("PRELOAD"))
		setenv("LD_PRELOAD", getenv("PRELOAD"), 1);
	execv(program.argv[0], program.argv);
	_exit(127);
}

/* The filter is this thread's alone, and its children's. */
static void *run(void *unused)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_NOTIFY);
	int ret = filter ? seccomp_load(filter) : -ENOMEM;
	pid_t pid;

	(void)unused;
	if (!ret)
		ret = seccomp_notify_fd(filter);
	__atomic_store_n(&program.listener, ret, __ATOMIC_RELEASE);
	if (ret < 0)
		return NULL;
	/* fork() would hold locks that the other thread needs to answer it */
	pid = _Fork();
	if (!pid)
		become_program();
	waitpid(pid, &program.status, 0);
	return NULL;
}

static void answer(struct seccomp_notif *call, struct seccomp_notif_resp *reply)
{
	memset(call, 0, sizeof(*call));
	memset(reply, 0, sizeof(*reply));
	/* one that was killed meanwhile needs none */
	if (seccomp_notify_receive(program.listener, call))
		return;
	reply->id = call->id;
	if (fails(call))
		reply->error = -job.error;
	else
		reply->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	seccomp_notify_respond(program.listener, reply);
}

static void serve(void)
{
	struct seccomp_notif *call;
	struct seccomp_notif_resp *reply;
	struct pollfd ready = { .fd = program.listener, .events = POLLIN };

	if (seccomp_notify_alloc(&call, &reply))
		abort();
	/* whoever waits is answered at once, where the kernel can: Linux 6.6 */
	ioctl(program.listener, NOTIF_SET_FLAGS, NOTIF_SYNC_WAKE_UP);
	while (poll(&ready, 1, -1) >= 0 && !(ready.revents & POLLHUP))
		answer(call, reply);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc < 5)
		return 2;
	job.log = fopen(argv[1], "we");
	parse_which(argv[2]);
	job.error = atoi(argv[3]);
	program.argv = argv + 4;
	if (!job.log || pthread_create(&thread, NULL, run, NULL))
		return 2;
	while (!__atomic_load_n(&program.listener, __ATOMIC_ACQUIRE))
		;
	if (program.listener < 0) {
		fprintf(stderr, "no seccomp listener: %s\n",
			strerror(-program.listener));
		return SKIPPED;
	}
	serve();
	pthread_join(thread, NULL);
	fclose(job.log);
	return WIFSIGNALED(program.status) ? 128 + WTERMSIG(program.status)
					   : WEXITSTATUS(program.status);
}
