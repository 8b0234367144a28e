/* SPDX-License-Identifier: MIT */

/*
 * A seccomp filter that lets everything pass, and nothing else.
 *
 * usage: pass-filter allow|compare|notify PROGRAM [ARG...]
 *
 * What any filter costs a program's calls, beside what is done with it: with
 * allow its one instruction lets all pass, which the kernel knows beforehand;
 * with compare it looks at the number and, of mremap, at the sixth argument,
 * as one must that tells calls apart, and then lets all pass; with notify
 * another process is told of each mremap, and says at once that it may pass.
 */

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Since Linux 6.6; Debian 12 has older headers. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define SIXTH offsetof(struct seccomp_data, args[5])
/* So many instructions further if it is not k. */
#define UNLESS(k, further) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, k, 0, further)
#define ANSWER(answer) BPF_STMT(BPF_RET | BPF_K, answer)

static struct sock_filter allow[] = { ANSWER(SECCOMP_RET_ALLOW) };

static struct sock_filter compare[] = {
	LOAD(offsetof(struct seccomp_data, nr)),
	UNLESS(SYS_mremap, 4),
	LOAD(SIXTH),
	UNLESS(0x5eed5eed, 2),
	LOAD(SIXTH + 4),
	UNLESS(0x5eed5eed, 0),
	ANSWER(SECCOMP_RET_ALLOW),
};

static struct sock_filter notify[] = {
	LOAD(offsetof(struct seccomp_data, nr)),
	UNLESS(SYS_mremap, 1),
	ANSWER(SECCOMP_RET_USER_NOTIF),
	ANSWER(SECCOMP_RET_ALLOW),
};

struct filter {
	const char *name;
	struct sock_fprog program;
	unsigned flags;
};

#define FILTER(of)                                                             \
	{                                                                      \
		sizeof(of) / sizeof((of)[0]), of                               \
	}

static const struct filter filters[] = {
	{ "allow", FILTER(allow), 0 },
	{ "compare", FILTER(compare), 0 },
	{ "notify", FILTER(notify), SECCOMP_FILTER_FLAG_NEW_LISTENER },
};

static const struct filter *find_filter(const char *name)
{
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		if (!strcmp(filters[i].name, name))
			return &filters[i];
	return NULL;
}

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "pass-filter: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

/* Return: the listener, where there is one. */
static int install(const struct filter *filter)
{
	long fd;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		die("no_new_privs");
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		     SECCOMP_FILTER_FLAG_SPEC_ALLOW | filter->flags,
		     &filter->program);
	if (fd < 0)
		die("seccomp");
	return (int)fd;
}

static _Noreturn void become(char **argv)
{
	execv(argv[0], argv);
	die(argv[0]);
}

/* ------------------------------------------------------ telling another */

/* The program has ended; so do we. */
static void on_child(int signal)
{
	int status = 0;

	(void)signal;
	if (wait(&status) > 0)
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

static void answer(int listener)
{
	struct seccomp_notif notice;
	struct seccomp_notif_resp response = {
		.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE,
	};

	memset(&notice, 0, sizeof(notice));
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notice))
		return;
	response.id = notice.id;
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

/*
 * A child that shares our descriptors until it becomes the program: so we have
 * the listener too, whose number the pipe tells.
 */
static _Noreturn void supervise(const struct filter *filter, char **argv)
{
	int ends[2], listener;
	long program;

	if (pipe(ends))
		die("pipe");
	signal(SIGCHLD, on_child);
	program = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (program < 0)
		die("clone");
	if (!program) {
		listener = install(filter);
		if (write(ends[1], &listener, sizeof(int)) != sizeof(int))
			die("pipe");
		become(argv);
	}
	if (read(ends[0], &listener, sizeof(int)) != sizeof(int))
		die("pipe");
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
	      SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	for (;;)
		answer(listener);
}

int main(int argc, char **argv)
{
	const struct filter *filter = argc > 2 ? find_filter(argv[1]) : NULL;

	if (!filter) {
		fprintf(stderr, "usage: pass-filter allow|compare|notify "
				"PROGRAM [ARG...]\n");
		return 2;
	}
	if (filter->flags)
		supervise(filter, argv + 2);
	install(filter);
	become(argv + 2);
}
