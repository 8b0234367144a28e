/* SPDX-License-Identifier: MIT */

#include "supervise.h"

#include "commands.h"

#include "supervisor/filter.h"
#include "supervisor/notice.h"
#include "supervisor/pass-fd.h"
#include "supervisor/supervisor.h"
#include "trace/cookie.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* For the last events; the supervisor has nothing else to do then. */
#define PATIENCE_MS 10000

uint64_t rg_supervise_draw_cookie(void)
{
	uint64_t cookie = 0;

	if (getrandom(&cookie, sizeof(cookie), 0) != sizeof(cookie))
		return 0;
	return cookie;
}

/* -------------------------------------------------------- in the child */

/*
 * A first call asks for leave to go on, and shows `run' from which number on
 * the kernel counts notices. The kernel itself would refuse it.
 */
static bool ask_for_leave(uint64_t cookie)
{
	return syscall(SYS_mremap, 0L, 0L, 0L, 0L, 0L,
		       rg_cookie_of_test(cookie)) == RG_COOKIE_ANSWER;
}

/* Without a listener the answer comes this way; none comes for a no. */
static bool await_leave(int end)
{
	int number, none;

	return !rg_take_fd(end, &number, &none);
}

static int enter_filter(void *ctx)
{
	struct rg_supervise *supervise = ctx;
	uint64_t cookie = supervise->run->cookie;
	int end = supervise->ends[1];
	bool gave_up, may_go;
	int listener;

	close(supervise->ends[0]);
	listener = rg_filter_install(
		rg_run_enforces_all(supervise->run) ? 0 : cookie, &gave_up);
	may_go = !rg_pass_fd(end, listener < 0 ? listener : 0, listener);
	if (listener >= 0) {
		close(listener);
		may_go = may_go && ask_for_leave(cookie);
	} else {
		may_go = may_go && await_leave(end);
	}
	close(end);
	return may_go ? 0 : RG_EXIT_FAILURE;
}

/* ------------------------------------------------------ the supervisor */

static void ignore(void *ctx, const struct rg_complaint *complaint)
{
	(void)ctx;
	(void)complaint;
}

static char *read_text(const char *path)
{
	FILE *in = fopen(path, "re");
	char *text = NULL;
	size_t len = 0;

	/* to the first zero byte, which is none in a text */
	if (in && getdelim(&text, &len, '\0', in) < 0) {
		free(text);
		text = NULL;
	}
	if (in)
		fclose(in);
	return text;
}

static void parse_file(const char *path, struct rg_options *options,
		       void (*parse)(const char *text,
				     struct rg_options *options,
				     rg_complain *complain, void *ctx))
{
	char *text = *path ? read_text(path) : NULL;

	if (text)
		parse(text, options, ignore, NULL);
	free(text);
}

/* The same text that the object gets, read in the same order. */
static void read_options(struct rg_options *options)
{
	const char *text = getenv("REMAPGUARD_OPTIONS");
	char policy[RG_OPTIONS_PATH_MAX];

	rg_options_init(options);
	if (!text)
		return;
	rg_options_parse(text, options, ignore, NULL);
	memcpy(policy, options->policy_file, sizeof(policy));
	rg_options_init(options);
	parse_file(policy, options, rg_options_parse);
	rg_options_parse(text, options, ignore, NULL);
	parse_file(options->suppress_file, options, rg_suppressions_parse);
}

/* The program in the making, as seen from here. */
struct newcomer {
	pid_t pid;
	int listener;
	struct rg_notice notice; /* by which it asks for leave */
};

static void become_supervisor(const struct rg_supervise *supervise,
			      const struct newcomer *newcomer, int control)
{
	static struct rg_options options;
	struct rg_supervision supervision = {
		.listener = newcomer->listener,
		.control = control,
		.dir = supervise->dir,
		.options = &options,
		.kernel = supervise->kernel,
		.cookie = supervise->run->cookie,
		.enforce = rg_run_enforces_all(supervise->run),
		.root = newcomer->pid,
		.first_id = newcomer->notice.id,
	};

	read_options(&options);
	rg_supervise(&supervision);
	_exit(0);
}

static int start_supervisor(struct rg_supervise *supervise,
			    const struct newcomer *newcomer)
{
	int end;
	pid_t pid = rg_fork_joined(&end);

	if (pid < 0)
		return (int)pid;
	if (!pid)
		become_supervisor(supervise, newcomer, end);
	supervise->control = end;
	supervise->supervisor = pid;
	return 0;
}

/* ------------------------------------------------------------ in `run' */

static const char *why_no_filter(int error)
{
	switch (error) {
	case EBUSY:
		return "there is a seccomp listener above it already, and the "
		       "kernel allows one";
	case EINVAL:
	case ENOSYS:
		return "this kernel has no seccomp listeners";
	default:
		return strerror(error);
	}
}

/* Without a listener the program's own way is left. */
static void go_without(struct rg_supervise *supervise, int error)
{
	const char *program = supervise->run->program[0];
	const char *why = why_no_filter(error);

	supervise->is_refused = rg_run_enforces_all(supervise->run);
	if (supervise->is_refused)
		rg_say("%s: not started, as --enforce=all is not "
		       "possible: %s",
		       program, why);
	else
		rg_say("%s: only what the object reaches is seen: "
		       "%s",
		       program, why);
}

static void refuse(struct rg_supervise *supervise, int error)
{
	rg_say("%s: not started, as no supervisor is: %s",
	       supervise->run->program[0], strerror(error));
	supervise->is_refused = true;
}

static int supervise_it(struct rg_supervise *supervise,
			struct newcomer *newcomer)
{
	int ret = rg_notice_receive(newcomer->listener, &newcomer->notice);

	if (!ret)
		ret = start_supervisor(supervise, newcomer);
	if (!ret)
		ret = rg_notice_answer(newcomer->listener, newcomer->notice.id,
				       RG_COOKIE_ANSWER);
	return ret;
}

/* With the listener closed the kernel says no by itself. */
static void let_in(void *ctx, pid_t pid)
{
	struct rg_supervise *supervise = ctx;
	struct newcomer newcomer = { .pid = pid, .listener = -1 };
	int status = -EPIPE;
	int ret;

	close(supervise->ends[1]);
	ret = rg_take_fd(supervise->ends[0], &status, &newcomer.listener);
	if (!ret && newcomer.listener >= 0) {
		ret = supervise_it(supervise, &newcomer);
		close(newcomer.listener);
		if (ret)
			refuse(supervise, -ret);
	} else {
		go_without(supervise, ret ? -ret : -status);
		if (!supervise->is_refused)
			rg_pass_fd(supervise->ends[0], 0, -1);
	}
	close(supervise->ends[0]);
}

static void say_what_is_given_up(const struct rg_supervise *supervise)
{
	if (!supervise->run->quiet && rg_filter_gives_up_rights())
		rg_say("%s: runs with no_new_privs: setuid "
		       "programs and file capabilities bring no rights in "
		       "it",
		       supervise->run->program[0]);
}

int rg_supervise_open(struct rg_supervise *supervise,
		      struct rg_child_gate *ret_gate)
{
	supervise->control = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, supervise->ends))
		return rg_fail("socket", strerror(errno));
	say_what_is_given_up(supervise);
	*ret_gate = (struct rg_child_gate){ enter_filter, let_in, supervise };
	return 0;
}

void rg_supervise_close(struct rg_supervise *supervise)
{
	struct pollfd reply = { .fd = supervise->control, .events = POLLIN };
	char byte = 0;

	if (supervise->control < 0)
		return;
	if (send(supervise->control, &byte, 1, MSG_NOSIGNAL) == 1 &&
	    poll(&reply, 1, PATIENCE_MS) == 1 &&
	    read(supervise->control, &byte, 1) == 1) {
		if (byte == RG_SUPERVISOR_ENDS)
			waitpid(supervise->supervisor, NULL, 0);
	} else {
		rg_say("supervisor: was killed: what was called "
		       "inline or by static programs since is not judged");
	}
	close(supervise->control);
	supervise->control = -1;
}
