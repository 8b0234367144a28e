/* SPDX-License-Identifier: MIT */

#include "run-options.h"

#include "policy-file.h"
#include "words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	KEY_STACKS = 1000,
	KEY_PROFILE,
	KEY_SET,
	KEY_POLICY,
	KEY_SUPPRESS,
	KEY_FAIL_ON,
	KEY_OPTIONS,
	KEY_COVERAGE,
	KEY_ENFORCE,
	KEY_INJECT,
	KEY_SEED,
	KEY_EXHAUST,
	KEY_FORCE,
	KEY_QUIET
};

static const struct argp_option arguments[] = {
	{ "output", 'o', "DIR", 0, "Write the trace to DIR", 0 },
	{ "stacks", KEY_STACKS, "libunwind|fp|none", 0,
	  "How to capture who called (default: libunwind)", 0 },
	{ "profile", KEY_PROFILE, "NAME", 0,
	  "What to do about misuse: audit, strict, hardened, debug or fast, "
	  "see `remapguard list profiles' (default: audit)",
	  0 },
	{ "set", KEY_SET, "FINDING=ACTION", 0,
	  "Do this about one finding: ignore, note, deny, `deny ERRNO' or "
	  "abort; may be given more than once",
	  0 },
	{ "policy", KEY_POLICY, "FILE", 0,
	  "More of the same from a policy, see remapguard-policy(5)", 0 },
	{ "suppress", KEY_SUPPRESS, "FILE", 0,
	  "Ignore what FILE has lines FINDING:MODULE[:FUNCTION] for", 0 },
	{ "fail-on", KEY_FAIL_ON, "FINDING,...|deny|hazard|any", 0,
	  "Exit with 99 when a call had one of these findings, was denied, or "
	  "had any hazard or any finding at all",
	  0 },
	{ "options", KEY_OPTIONS, "STRING", 0,
	  "More options for the object, key=value:key=value", 0 },
	{ "coverage", KEY_COVERAGE, "preload|all", 0,
	  "Which calls to see: those a preloaded object reaches, or all that "
	  "reach the kernel, static programs' and inline ones too, by a "
	  "seccomp filter and a supervisor (default: preload)",
	  0 },
	{ "enforce", KEY_ENFORCE, "preload|all", 0,
	  "Who stops a call: the object and the supervisor each their own, or "
	  "the supervisor all, so that there is no way around it (default: "
	  "preload; all takes --coverage=all for granted)",
	  0 },
	{ "inject", KEY_INJECT, "WHAT,WHEN,...", 0,
	  "Make calls fail or late: errno=NAME or delay=TIME, and for which: "
	  "nth=N, every=N, prob=P, site=MODULE[+OFFSET|!FUNCTION], "
	  "min-size=SIZE, path=PATH; may be given up to 8 times",
	  0 },
	{ "seed", KEY_SEED, "N", 0,
	  "Another number, other calls for injections with prob= (default: 0)",
	  0 },
	{ "exhaust", KEY_EXHAUST, "DEPTH", OPTION_ARG_OPTIONAL,
	  "Run it once as it is, and once more for each site that mremap is "
	  "called from, whose first call then fails with ENOMEM; say what "
	  "became of it. With DEPTH, up to 4, sites are told apart by so many "
	  "callers (default: 1)",
	  0 },
	{ "force", KEY_FORCE, NULL, 0, "Replace an existing trace", 0 },
	{ "quiet", KEY_QUIET, NULL, 0, "No summary at the end", 0 },
	{ 0 }
};

static error_t take_depth(struct rg_run *run, const char *text)
{
	run->exhaust = (unsigned)(*text - '0');
	if (run->exhaust && run->exhaust <= RG_INJECT_DEPTH && !text[1])
		return 0;
	rg_say("--exhaust=%s: not a depth from 1 to 4", text);
	return RG_PARSE_SAID;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct rg_run *run = state->input;

	switch (key) {
	case 'o':
		run->dir = arg;
		return 0;
	case KEY_STACKS:
		run->stacks = arg;
		return 0;
	case KEY_PROFILE:
		run->profile = arg;
		return 0;
	case KEY_SET:
		run->sets[run->nr_sets++] = arg;
		return 0;
	case KEY_POLICY:
		run->policy = arg;
		return 0;
	case KEY_SUPPRESS:
		run->suppress = arg;
		return 0;
	case KEY_FAIL_ON:
		return rg_fail_on_parse(arg, &run->fail_on) ? RG_PARSE_SAID : 0;
	case KEY_OPTIONS:
		run->options = arg;
		return 0;
	case KEY_COVERAGE:
		run->coverage = arg;
		return 0;
	case KEY_ENFORCE:
		run->enforce = arg;
		return 0;
	case KEY_INJECT:
		run->injections[run->nr_injections++] = arg;
		return 0;
	case KEY_SEED:
		run->seed = arg;
		return 0;
	case KEY_EXHAUST:
		return take_depth(run, arg ? arg : "1");
	case KEY_FORCE:
		run->force = true;
		return 0;
	case KEY_QUIET:
		run->quiet = true;
		return 0;
	case ARGP_KEY_ARGS:
		run->program = state->argv + state->next;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ----------------------------------------------------- what was asked for */

static bool complained;

static void complain(void *ctx, const struct rg_complaint *complaint)
{
	char text[128];

	(void)ctx;
	snprintf(text, sizeof(text), "option `%.*s'", (int)complaint->part_len,
		 complaint->part);
	rg_usage(text, complaint->why);
	complained = true;
}

static void refuse(const char *option, const char *value, const char *why)
{
	rg_say("--%s=%s: %s", option, value, why);
	complained = true;
}

static void refuse_beside(const char *option, const char *other)
{
	rg_say("%s: not together with %s", option, other);
	complained = true;
}

static void check_option(const char *key, const char *value,
			 struct rg_options *options)
{
	struct rg_fault fault = RG_NO_FAULT;

	if (value)
		fault = rg_options_set(options, key, value);
	if (fault.why)
		refuse(key, value, fault.why);
}

/* FINDING=ACTION */
static const char *check_set(const char *set, struct rg_options *options)
{
	const char *equals = strchr(set, '=');
	enum rg_finding finding;
	char *name;

	if (!equals)
		return "not FINDING=ACTION";
	name = strndup(set, (size_t)(equals - set));
	finding = rg_finding_from_name(name);
	free(name);
	if (finding == RG_NR_FINDINGS)
		return "no such finding";
	return rg_options_set_finding(options, finding, equals + 1).why;
}

enum { REACH_PRELOAD, REACH_ALL, NR_REACHES };

static const char *const reaches[] = {
	[REACH_PRELOAD] = "preload",
	[REACH_ALL] = "all",
};

static bool is_reach(const char *value, int reach)
{
	return value && !strcmp(value, reaches[reach]);
}

static void check_reach(const char *option, const char *value)
{
	if (value && !is_reach(value, REACH_PRELOAD) &&
	    !is_reach(value, REACH_ALL))
		refuse(option, value, "not preload or all");
}

static void check_reaches(const struct rg_run *run)
{
	check_reach("coverage", run->coverage);
	check_reach("enforce", run->enforce);
	if (rg_run_enforces_all(run) && is_reach(run->coverage, REACH_PRELOAD))
		refuse("enforce", "all", "needs --coverage=all");
}

bool rg_run_enforces_all(const struct rg_run *run)
{
	return is_reach(run->enforce, REACH_ALL);
}

bool rg_run_covers_all(const struct rg_run *run)
{
	return rg_run_enforces_all(run) || is_reach(run->coverage, REACH_ALL);
}

static void check_sets(const struct rg_run *run, struct rg_options *options)
{
	for (size_t i = 0; i < run->nr_sets; i++) {
		const char *why = check_set(run->sets[i], options);

		if (why)
			refuse("set", run->sets[i], why);
	}
}

static void check_injections(const struct rg_run *run,
			     struct rg_options *options)
{
	uint32_t at = 0;

	for (size_t i = 0; i < run->nr_injections; i++) {
		const char *why = rg_injections_add(&options->injections, &at,
						    run->injections[i])
					  .why;

		if (why)
			refuse("inject", run->injections[i], why);
	}
}

/* It has runs of its own to make, and what they end with to tell. */
static void check_exhaust(const struct rg_run *run,
			  const struct rg_options *options)
{
	if (!run->exhaust)
		return;
	if (rg_run_covers_all(run))
		refuse_beside("--exhaust", "--coverage=all or --enforce=all");
	if (run->fail_on.findings || run->fail_on.denied)
		refuse_beside("--exhaust", "--fail-on");
	if (options->injections.nr)
		refuse_beside("--exhaust", "inject");
}

/* Suppressions first: their rules and the policy's must fit together. */
static bool read_files(struct rg_run *run)
{
	rg_options_init(&run->rules);
	if (run->suppress && rg_suppress_file_read(run->suppress, &run->rules))
		return false;
	return !run->policy || !rg_policy_file_read(run->policy, &run->rules);
}

/* The object would ignore a wrong one; on a command line it is an error. */
static bool options_are_good(struct rg_run *run)
{
	static struct rg_options options;

	if (!read_files(run))
		return false;
	options = run->rules;
	check_option("stacks", run->stacks, &options);
	check_option("profile", run->profile, &options);
	check_sets(run, &options);
	check_option("seed", run->seed, &options);
	check_reaches(run);
	check_injections(run, &options);
	if (run->options)
		rg_options_parse(run->options, &options, complain, NULL);
	check_exhaust(run, &options);
	return !complained;
}

/* ----------------------------------------------------------------- words */

static const char *reach_word(int i)
{
	return i < NR_REACHES ? reaches[i] : NULL;
}

static const char *stacks_word(int i)
{
	return rg_stacks_name((enum rg_stacks)i);
}

static const char *profile_word(int i)
{
	return rg_profile_name((enum rg_profile)i);
}

static const char *injection_value(int word, int i)
{
	const char *key = rg_injection_key(word);

	if (!strcmp(key, "errno"))
		return rg_words_errno(i);
	return strcmp(key, "path") ? NULL : rg_words_path(i);
}

/* Of the options those that are for people; -1 behind the last. */
static int option_at(int i)
{
	int option = 0;

	for (; rg_option_key(option); option++) {
		if (!rg_option_is_internal(option) && !i--)
			return option;
	}
	return -1;
}

/* Those that are no settings: each is one more. */
static const char *const more_options[] = { "rule", "inject" };

#define NR_MORE (int)(sizeof(more_options) / sizeof(more_options[0]))

static int nr_settings(void)
{
	int nr = 0;

	while (option_at(nr) >= 0)
		nr++;
	return nr;
}

/* Settings, what is none, and findings, the action of each. */
static const char *option_word(int i)
{
	int more = i - nr_settings();

	if (more < 0)
		return rg_option_key(option_at(i));
	return more < NR_MORE ? more_options[more]
			      : rg_words_finding(more - NR_MORE);
}

static const char *option_value(int word, int i)
{
	int more = word - nr_settings();

	if (more < 0)
		return rg_option_word(option_at(word), i);
	return more < NR_MORE ? NULL : rg_words_action(more - NR_MORE, i);
}

const struct rg_words rg_run_words[] = {
	{ .key = KEY_STACKS, .word = stacks_word },
	{ .key = KEY_PROFILE, .word = profile_word },
	{ .key = KEY_SET,
	  .repeats = true,
	  .word = rg_words_finding,
	  .about = rg_words_about_finding,
	  .value = rg_words_action },
	{ .key = KEY_FAIL_ON,
	  .between = ',',
	  .word = rg_fail_on_word,
	  .about = rg_fail_on_about },
	{ .key = KEY_OPTIONS,
	  .between = ':',
	  .word = option_word,
	  .value = option_value },
	{ .key = KEY_COVERAGE, .word = reach_word },
	{ .key = KEY_ENFORCE, .word = reach_word },
	{ .key = KEY_INJECT,
	  .between = ',',
	  .repeats = true,
	  .word = rg_injection_key,
	  .value = injection_value },
	{ 0 }
};

/* --------------------------------------------------------------- command */

const struct argp rg_run_argp = {
	.options = arguments,
	.parser = parse,
	.args_doc = "-- PROGRAM [ARG...]",
	.doc = "Run PROGRAM, record its mremap calls, and act on "
	       "their misuse as a policy says.",
};

int rg_run_parse(int argc, char **argv, struct rg_run *run)
{
	run->sets = calloc((size_t)argc, sizeof(*run->sets));
	run->injections = calloc((size_t)argc, sizeof(*run->injections));
	if (!run->sets || !run->injections)
		return rg_fail("memory", strerror(errno));
	if (rg_command_parse(&rg_run_argp, argc, argv, run))
		return RG_EXIT_USAGE;
	if (!run->program || !run->program[0])
		return rg_usage("run", "a program to run is missing");
	return options_are_good(run) ? 0 : RG_EXIT_USAGE;
}

void rg_run_free(struct rg_run *run)
{
	free(run->sets);
	free(run->injections);
}

/* ------------------------------------------------------ for the object */

void rg_run_put_existing(FILE *out, const char *variable, char separator)
{
	const char *value = getenv(variable);

	if (value && *value) {
		fputs(value, out);
		fputc(separator, out);
	}
}

static void put_policy(FILE *out, const struct rg_options *options,
		       void (*put)(const struct rg_options *options,
				   struct rg_out *out))
{
	struct rg_out to = rg_out_to(out, ':');

	put(options, &to);
	if (to.nr)
		fputc(':', out);
}

/* Of settings the last counts, of rules the first. */
void rg_run_put_options(FILE *out, const struct rg_run *run, const char *dir,
			enum rg_generation generation)
{
	struct rg_out to = rg_out_to(out, ':');

	for (size_t i = 0; i < run->nr_injections; i++) {
		fputs("inject=", out);
		rg_out_escaped(&to, run->injections[i]);
		fputc(':', out);
	}
	put_policy(out, &run->rules, rg_options_put_rules);
	rg_run_put_existing(out, "REMAPGUARD_OPTIONS", ':');
	put_policy(out, &run->rules, rg_options_put_settings);
	fputs("trace=", out);
	rg_out_escaped(&to, dir);
	if (generation != RG_GEN_UNKNOWN)
		fprintf(out, ":generation=%s", rg_generation_name(generation));
	if (run->stacks)
		fprintf(out, ":stacks=%s", run->stacks);
	if (run->profile)
		fprintf(out, ":profile=%s", run->profile);
	for (size_t i = 0; i < run->nr_sets; i++)
		fprintf(out, ":%s", run->sets[i]);
	if (run->seed)
		fprintf(out, ":seed=%s", run->seed);
	if (run->options)
		fprintf(out, ":%s", run->options);
	/* last: they are of this run, whatever an outer one's were */
	fprintf(out, ":run=%d", getpid());
	if (run->cookie)
		fprintf(out, ":cookie=%" PRIu64, run->cookie);
}
