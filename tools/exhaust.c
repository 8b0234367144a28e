/* SPDX-License-Identifier: MIT */

#include "exhaust.h"

#include "commands.h"
#include "environment.h"
#include "exhaust-dir.h"
#include "policy-file.h"
#include "trace-create.h"
#include "trial.h"

#include "report/attempts.h"
#include "report/origins.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A run hangs that takes ten times as long as it should, and this at least. */
#define LEAST_LIMIT_NS UINT64_C(10000000000)
#define LIMIT_FACTOR 10

struct session {
	const struct rg_exhaust *of;
	const char *program;
	const char *options; /* of all runs */
	struct rg_trials trials;
	struct rg_tally *tally; /* of the first run */
	struct rg_names *names;
	struct rg_origins origins;
	struct rg_attempts attempts;
	struct rg_crash *crashes; /* beside the attempts, by number */
	int interrupt;		  /* the signal that ended it early, or 0 */
};

/* One run: where it leaves what, and how it ended. */
struct
try {
	char dir[PATH_MAX];
	char trace[PATH_MAX];
	char output[PATH_MAX];
	char errors[PATH_MAX];
	struct rg_trial_end end;
	struct rg_crash *crash; /* to be looked for, or NULL */
};

/* --------------------------------------------------------------- progress */

static bool shows_progress(const struct session *session)
{
	return !session->of->run->quiet && isatty(STDERR_FILENO);
}

static void show_progress(const struct session *session, const char *what)
{
	if (shows_progress(session))
		fprintf(stderr, "\r\033[Kremapguard: --exhaust: %.60s", what);
}

static void end_progress(const struct session *session)
{
	if (shows_progress(session))
		fputs("\r\033[K", stderr);
}

static int refuse(const struct session *session, const char *why)
{
	end_progress(session);
	rg_say("--exhaust: %s: %s", session->program, why);
	return RG_EXIT_FAILURE;
}

/* ------------------------------------------------------------------ one run */

/* Of settings the last counts. site: whose first call is to fail, or NULL. */
static int set_options(const struct session *session, const struct try *try,
		       const char *site)
{
	char *value = NULL;
	size_t len;
	FILE *out = open_memstream(&value, &len);
	struct rg_out to = rg_out_to(out, ':');
	int ret;

	if (!out)
		return -errno;
	fprintf(out, "%s:trace=", session->options);
	rg_out_escaped(&to, try->trace);
	fputs(":inject=off", out);
	if (site) {
		fputs(":inject=errno=ENOMEM,nth=1,site=", out);
		rg_out_escaped(&to, site);
	}
	ret = fclose(out) || setenv("REMAPGUARD_OPTIONS", value, 1);
	free(value);
	return ret ? -ENOMEM : 0;
}

static int name_files(const struct session *session, const char *name,
		      struct try *ret_try)
{
	/* the longest name below it is no longer than this */
	if (strlen(session->of->dir) + strlen(name) + 16 > PATH_MAX)
		return rg_fail(session->of->name, strerror(ENAMETOOLONG));
	snprintf(ret_try->dir, PATH_MAX, "%s/%s", session->of->dir, name);
	stpcpy(stpcpy(ret_try->trace, ret_try->dir), "/trace");
	stpcpy(stpcpy(ret_try->output, ret_try->dir), "/output");
	stpcpy(stpcpy(ret_try->errors, ret_try->dir), "/errors");
	return mkdir(ret_try->dir, 0700)
		       ? rg_fail(ret_try->dir, strerror(errno))
		       : 0;
}

/* Return: 0, or an exit status after a message. */
static int run(struct session *session, const char *name, const char *site,
	       struct try *ret_try)
{
	struct rg_trial trial = {
		.argv = session->of->run->program,
		.output = ret_try->output,
		.errors = ret_try->errors,
		.limit_ns = session->attempts.limit_ns,
		.crash = ret_try->crash,
	};
	struct rg_new_trace trace;
	int ret = name_files(session, name, ret_try);

	if (ret)
		return ret;
	if (rg_new_trace_create(ret_try->trace, false, session->of->generation,
				&trace))
		return RG_EXIT_FAILURE;
	ret = set_options(session, ret_try, site);
	if (!ret)
		ret = rg_trial_run(&session->trials, &trial, &ret_try->end);
	if (!ret && ret_try->end.signal)
		rg_new_trace_note_signal(&trace, ret_try->end.pid,
					 ret_try->end.signal);
	rg_new_trace_close(&trace);
	session->interrupt = ret ? 0 : ret_try->end.interrupt;
	return ret ? rg_fail(session->program, strerror(-ret)) : 0;
}

/* ------------------------------------------------------ before any failure */

/* Whoever fails without our doing cannot be seen to fail by it. */
static int refuse_ending(const struct session *session,
			 const struct rg_trial_end *end)
{
	char why[128];

	if (end->signal)
		snprintf(why, sizeof(why),
			 "SIG%s ends it also when nothing fails",
			 sigabbrev_np(end->signal));
	else
		snprintf(why, sizeof(why),
			 "exits with %d also when nothing fails",
			 end->exit_status);
	return refuse(session, why);
}

static int run_undisturbed(struct session *session, const char *name,
			   const char *what, struct try *ret_try)
{
	struct rg_attempts *attempts = &session->attempts;
	int status;

	show_progress(session, what);
	status = run(session, name, NULL, ret_try);
	end_progress(session);
	if (status || session->interrupt)
		return status;
	if (ret_try->end.hung)
		return refuse(session, "takes much longer the second time");
	if (ret_try->end.exit_status)
		return refuse_ending(session, &ret_try->end);
	if (ret_try->end.ns > attempts->first_ns)
		attempts->first_ns = ret_try->end.ns;
	attempts->limit_ns = attempts->first_ns * LIMIT_FACTOR;
	if (attempts->limit_ns < LEAST_LIMIT_NS)
		attempts->limit_ns = LEAST_LIMIT_NS;
	return 0;
}

static void show_output(const struct try *first)
{
	int ret = rg_file_show(first->output, STDOUT_FILENO);

	if (ret)
		rg_fail("standard output", strerror(-ret));
	rg_file_show(first->errors, STDERR_FILENO);
}

/* Twice: what is not the same then cannot be compared. */
static int run_first(struct session *session, struct try *first)
{
	struct try again = { .crash = NULL };
	int status;

	status = run_undisturbed(session, RG_EXHAUST_FIRST,
				 "running it as it is", first);
	if (first->end.pid)
		show_output(first);
	if (status || session->interrupt)
		return status;
	status = run_undisturbed(session, RG_EXHAUST_AGAIN,
				 "running it as it is once more", &again);
	session->attempts.compared =
		!status && rg_files_are_same(first->output, again.output);
	return status;
}

/* ------------------------------------------------------------ the attempts */

static int find_sites(struct session *session, const struct try *first)
{
	struct rg_attempts *attempts = &session->attempts;
	struct rg_report_error err;

	session->tally = rg_tally_new();
	if (rg_tally_add(session->tally, first->trace, &err)) {
		rg_say("%s", err.text);
		return RG_EXIT_FAILURE;
	}
	session->names = rg_names_new(&session->tally->objects);
	rg_origins_find(session->tally, session->of->run->exhaust,
			&session->origins);
	attempts->unplaced = session->origins.unplaced;
	if (!session->tally->totals.calls)
		return refuse(session, "makes no calls of mremap that could "
				       "be seen: nothing to fail");
	if (!session->origins.nr)
		return refuse(session, "the sites of its calls are not known: "
				       "nothing to fail");
	attempts->list = calloc(session->origins.nr, sizeof(*attempts->list));
	session->crashes =
		calloc(session->origins.nr, sizeof(*session->crashes));
	return attempts->list && session->crashes
		       ? 0
		       : rg_fail("memory", strerror(errno));
}

static struct rg_attempt attempt_at(const struct session *session,
				    const struct rg_origin *origin)
{
	const struct rg_tally *tally = session->tally;
	const struct rg_site *site = &tally->sites.list[origin->site];
	struct rg_attempt attempt = {
		.site = rg_origin_site(origin, &tally->objects),
		.caller = rg_caller_at(site, origin->at[0], &tally->objects,
				       session->names),
		.stack = site,
		.calls = origin->calls,
		.outcome = RG_OUTCOME_UNTRIED,
	};

	for (uint8_t i = 1; i < origin->nr_frames; i++)
		attempt.behind[attempt.nr_behind++] =
			rg_names_find(session->names, &origin->frames[i])
				.list[0];
	return attempt;
}

static void list_attempts(struct session *session)
{
	struct rg_attempts *attempts = &session->attempts;

	for (size_t i = 0; i < session->origins.nr; i++) {
		attempts->list[i] =
			attempt_at(session, &session->origins.list[i]);
		attempts->list[i].number = i + 1;
	}
	attempts->nr = session->origins.nr;
}

/* A trace that cannot be read has nothing to say either. */
static bool has_failed_a_call(const struct try *try)
{
	struct rg_tally *tally = rg_tally_new();
	struct rg_report_error err;
	bool has;

	has = !rg_tally_add(tally, try->trace, &err) && tally->totals.injected;
	rg_tally_free(tally);
	return has;
}

/* The same again, under our eyes: nobody sees a crash afterwards. */
static int look_at_crash(struct session *session, struct rg_attempt *at)
{
	struct rg_crash *crash = &session->crashes[at->number - 1];
	struct try try = { .crash = crash };
	char name[64];
	int status;

	snprintf(name, sizeof(name), RG_ATTEMPT_DIR "/crash", at->number);
	status = run(session, name, at->site, &try);
	at->crash = crash->frames;
	at->nr_crash = crash->nr;
	return status;
}

static int attempt(struct session *session, const struct try *first,
		   struct rg_attempt *at)
{
	const struct rg_ending before = { .reached = true };
	char what[128];
	char name[32];
	struct try try = { .crash = NULL };
	int status;

	snprintf(what, sizeof(what), "%zu of %zu: %.60s", at->number,
		 session->attempts.nr, at->site);
	snprintf(name, sizeof(name), RG_ATTEMPT_DIR, at->number);
	show_progress(session, what);
	status = run(session, name, at->site, &try);
	if (status || session->interrupt)
		return status;
	at->ns = try.end.ns;
	at->ending = (struct rg_ending){
		.exit_status = try.end.exit_status,
		.signal = try.end.signal,
		.hung = try.end.hung,
		.reached = has_failed_a_call(&try),
		.other_output = session->attempts.compared &&
				!rg_files_are_same(first->output, try.output),
	};
	at->outcome = rg_outcome_of(&before, &at->ending);
	return at->outcome == RG_OUTCOME_CRASH ? look_at_crash(session, at) : 0;
}

static int attempt_all(struct session *session, const struct try *first)
{
	int status = 0;

	list_attempts(session);
	for (size_t i = 0; i < session->attempts.nr; i++) {
		status = attempt(session, first, &session->attempts.list[i]);
		if (status || session->interrupt)
			break;
	}
	end_progress(session);
	return status;
}

/* ---------------------------------------------------------------- the end */

static int write_json(const struct session *session)
{
	char path[PATH_MAX];
	FILE *out;
	bool failed;

	snprintf(path, sizeof(path), "%.4000s/" RG_EXHAUST_JSON,
		 session->of->dir);
	out = fopen(path, "wxe");
	if (!out)
		return rg_fail(path, strerror(errno));
	rg_render_attempts_json(&session->attempts, session->names, out);
	failed = ferror(out);
	if (fclose(out) || failed)
		return rg_fail(path, "not all was written");
	return 0;
}

static int tell(struct session *session)
{
	struct rg_attempts *attempts = &session->attempts;

	attempts->interrupted = session->interrupt;
	rg_attempts_sort(attempts);
	if (!session->of->run->quiet)
		rg_render_attempts_text(attempts, stderr);
	if (write_json(session))
		return RG_EXIT_FAILURE;
	if (session->interrupt)
		return 128 + session->interrupt;
	return rg_attempts_count(attempts, RG_OUTCOME_CRASH) ||
			       rg_attempts_count(attempts, RG_OUTCOME_HANG)
		       ? RG_EXIT_EXHAUST_FOUND
		       : 0;
}

/* What was begun is told, also where something went wrong on the way. */
static int run_all(struct session *session)
{
	struct try first = { .crash = NULL };
	int status = run_first(session, &first);
	int told;

	if (!status && session->interrupt)
		return 128 + session->interrupt;
	if (!status)
		status = find_sites(session, &first);
	if (status)
		return status;
	status = attempt_all(session, &first);
	told = tell(session);
	return status ? status : told;
}

static void deinit(struct session *session)
{
	for (size_t i = 0; i < session->attempts.nr; i++)
		free(session->attempts.list[i].site);
	for (size_t i = 0; i < session->attempts.nr; i++)
		rg_crash_deinit(&session->crashes[i]);
	free(session->crashes);
	free(session->attempts.list);
	rg_origins_deinit(&session->origins);
	rg_names_free(session->names);
	rg_tally_free(session->tally);
}

static void say_what_it_reads(const struct session *session)
{
	if (session->trials.input_is_dropped && !session->of->run->quiet)
		fputs("remapguard: --exhaust: standard input is no file that "
		      "could be read again and again: it is left empty\n",
		      stderr);
}

int rg_exhaust(const struct rg_exhaust *exhaust)
{
	struct session session = {
		.of = exhaust,
		.program = exhaust->run->program[0],
		.attempts = { .program = exhaust->run->program,
			      .dir = exhaust->name },
	};
	int status = rg_exhaust_dir_make(exhaust->dir, exhaust->run->force);
	int ret;

	if (status)
		return status;
	status = rg_environment_set(exhaust->run, exhaust->dir,
				    exhaust->generation);
	if (status)
		return status;
	session.options = strdup(getenv("REMAPGUARD_OPTIONS"));
	ret = session.options ? rg_trials_begin(&session.trials) : -errno;
	if (ret)
		return rg_fail("--exhaust", strerror(-ret));
	say_what_it_reads(&session);
	status = run_all(&session);
	rg_trials_end(&session.trials);
	deinit(&session);
	free((char *)session.options);
	return status;
}
