/* SPDX-License-Identifier: MIT */

#include "report/attempts.h"

#include "report/format.h"

#include <inttypes.h>
#include <string.h>

#define PREFIX "remapguard: "

/* --------------------------------------------------------- how it ended */

static const char *format_seconds(uint64_t ns, struct rg_word *word)
{
	uint64_t tenths = (ns + 50000000) / 100000000;

	snprintf(word->text, sizeof(word->text),
		 tenths % 10 && tenths < 100 ? "%" PRIu64 ".%" PRIu64 " s"
					     : "%" PRIu64 " s",
		 tenths / 10, tenths % 10);
	return word->text;
}

/* "SIGSEGV", "signal 64" */
static const char *format_signal(int number, struct rg_word *word)
{
	const char *name = sigabbrev_np(number);

	if (name)
		snprintf(word->text, sizeof(word->text), "SIG%s", name);
	else
		snprintf(word->text, sizeof(word->text), "signal %d", number);
	return word->text;
}

static void format_crash(const struct rg_ending *ending, struct rg_word *word)
{
	struct rg_word name;

	if (ending->signal)
		snprintf(word->text, sizeof(word->text), "killed by %.32s",
			 format_signal(ending->signal, &name));
	else
		snprintf(word->text, sizeof(word->text), "exits with %d: %.32s",
			 ending->exit_status,
			 format_signal(ending->exit_status - 128, &name));
}

static const char *format_ending(const struct rg_attempts *attempts,
				 const struct rg_attempt *attempt,
				 struct rg_word *word)
{
	const char *words = "";
	struct rg_word limit;

	switch (attempt->outcome) {
	case RG_OUTCOME_CRASH:
		format_crash(&attempt->ending, word);
		return word->text;
	case RG_OUTCOME_HANG:
		snprintf(word->text, sizeof(word->text), "hangs, for %.32s",
			 format_seconds(attempts->limit_ns, &limit));
		return word->text;
	case RG_OUTCOME_OTHER_STATUS:
		snprintf(word->text, sizeof(word->text), "exits with %d",
			 attempt->ending.exit_status);
		return word->text;
	case RG_OUTCOME_OTHER_OUTPUT:
		words = "other output";
		break;
	case RG_OUTCOME_SAME:
		words = "as before";
		break;
	case RG_OUTCOME_NOTHING_FAILED:
		words = "nothing failed";
		break;
	case RG_OUTCOME_UNTRIED:
		words = "not tried";
		break;
	case RG_NR_OUTCOMES:
		break;
	}
	snprintf(word->text, sizeof(word->text), "%s", words);
	return word->text;
}

/* ----------------------------------------------------------------- table */

/* Of the column that says how; nothing in it is longer than it must be. */
static int ended_columns(const struct rg_attempts *attempts)
{
	size_t most = strlen("nothing failed");
	struct rg_word ended;

	for (size_t i = 0; i < attempts->nr; i++) {
		size_t columns = rg_columns(
			format_ending(attempts, &attempts->list[i], &ended));

		if (columns > most)
			most = columns;
	}
	return (int)most;
}

static bool is_in_libc(const struct rg_name *name)
{
	const char *module = rg_base_name(name->module);

	return !strncmp(module, "libc.so.", 8) ||
	       !strncmp(module, "libc-2.", 7);
}

#define CRASH_FRAMES 3
#define FRAME_INDENT 6

static void print_frame(const char *words, const struct rg_name *name,
			const char *inside, FILE *out)
{
	struct rg_caller caller = { .name = *name,
				    .inside = inside,
				    .has_stack = true };
	int column = fprintf(out, "%*s%s ", FRAME_INDENT, "", words);
	struct rg_word word;

	fprintf(out, "%s\n",
		rg_format_caller(&caller, rg_columns_left(column), &word));
}

/* Of libc the function that was called is enough; what called main is, too. */
static void print_crash(const struct rg_attempt *attempt, FILE *out)
{
	const char *words = "crashed in";
	const char *inside = "";
	size_t at = 0;
	size_t end;

	for (; at < attempt->nr_crash && is_in_libc(&attempt->crash[at]); at++)
		inside = attempt->crash[at].function;
	end = at + CRASH_FRAMES;
	for (; at < end && at < attempt->nr_crash; at++) {
		if (is_in_libc(&attempt->crash[at]))
			break;
		print_frame(words, &attempt->crash[at], inside, out);
		words = "called by";
		inside = "";
	}
}

static void print_attempt(const struct rg_attempts *attempts,
			  const struct rg_attempt *attempt, int columns,
			  FILE *out)
{
	struct rg_word ended;
	struct rg_word calls;
	struct rg_word caller;
	int column;

	column = fprintf(out, "  %-*s  %6s  %3zu  ", columns,
			 format_ending(attempts, attempt, &ended),
			 rg_format_count(attempt->calls, &calls),
			 attempt->number);
	fprintf(out, "%s\n",
		rg_format_caller(&attempt->caller, rg_columns_left(column),
				 &caller));
	for (size_t i = 0; i < attempt->nr_behind; i++)
		print_frame("called by", &attempt->behind[i], "", out);
	print_crash(attempt, out);
}

static void print_table(const struct rg_attempts *attempts, FILE *out)
{
	int columns = ended_columns(attempts);

	fprintf(out, "\n  %-*s  %6s  %3s  %s\n", columns, "ended", "calls",
		"no.", "call site");
	for (size_t i = 0; i < attempts->nr; i++)
		print_attempt(attempts, &attempts->list[i], columns, out);
	fputc('\n', out);
}

/* ------------------------------------------------------------------- sum */

static void print_head(const struct rg_attempts *attempts, FILE *out)
{
	struct rg_word word;

	fprintf(out,
		PREFIX "--exhaust: %s, the first call of each made to fail "
		       "with ENOMEM\n",
		rg_format_nouns(attempts->nr, "call site", &word));
	if (attempts->interrupted)
		fputs(PREFIX "--exhaust: interrupted: not all were tried\n",
		      out);
	if (!attempts->compared)
		fputs(PREFIX "--exhaust: the program's output is never the "
			     "same, and was not compared\n",
		      out);
	if (attempts->unplaced)
		fprintf(out,
			PREFIX "--exhaust: %s without a known site: not made "
			       "to fail\n",
			rg_format_nouns(attempts->unplaced, "call", &word));
}

static bool is_worth_it(const struct rg_attempt *attempt)
{
	return attempt->outcome < RG_OUTCOME_SAME;
}

/* The worst one, for a start. */
static void print_how_to(const struct rg_attempts *attempts, FILE *out)
{
	const struct rg_attempt *worst = &attempts->list[0];

	fprintf(out, PREFIX "see: %s/exhaust.json\n", attempts->dir);
	if (!is_worth_it(worst))
		return;
	fprintf(out,
		PREFIX "no. %zu: output and trace are in %s/" RG_ATTEMPT_DIR
		       "\n",
		worst->number, attempts->dir, worst->number);
	fprintf(out,
		PREFIX "again: remapguard run "
		       "--inject=errno=ENOMEM,nth=1,site=%s -- ...\n",
		worst->site);
}

void rg_render_attempts_text(const struct rg_attempts *attempts, FILE *out)
{
	print_head(attempts, out);
	print_table(attempts, out);
	print_how_to(attempts, out);
}
