/* SPDX-License-Identifier: MIT */

/* remapguard list: what the model and the policy know. */

#include "commands.h"
#include "policy/options.h"
#include "probe.h"
#include "report/format.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#define SCHEMA "remapguard-list-1"

static enum rg_generation generation_at(int i)
{
	return (enum rg_generation)i;
}

/* ---------------------------------------------------------------- checks */

static bool has_check(int generation, int check)
{
	return rg_generation_has_check(generation_at(generation),
				       (enum rg_check)check);
}

/* The last of the generations after first that have the check, unbroken. */
static int run_end(int first, int check)
{
	int last = first;

	while (last + 1 < RG_NR_GENERATIONS && has_check(last + 1, check))
		last++;
	return last;
}

static void print_run(int first, int last, const char *before)
{
	printf("%s%s", before, rg_generation_name(generation_at(first)));
	if (last > first)
		printf(" to %s", rg_generation_name(generation_at(last)));
}

/* "all kernels", "G0 to G3b", "G0, G4 to G6", or libc's own */
static void print_generations(int check)
{
	int first = RG_GEN_UNKNOWN + 1;
	const char *before = ", ";

	if (run_end(RG_GEN_UNKNOWN, check) == RG_NR_GENERATIONS - 1) {
		printf(", all kernels");
		return;
	}
	if (check == RG_CHECK_LIBC_FLAGS)
		printf(", before any kernel");
	while (first < RG_NR_GENERATIONS) {
		int last = first;

		if (has_check(first, check)) {
			last = run_end(first, check);
			print_run(first, last, before);
		}
		first = last + 1;
	}
}

static void print_checks(void)
{
	char buf[16];

	for (int check = 1; check < RG_NR_CHECKS; check++) {
		const struct rg_check_info *info =
			rg_check_info((enum rg_check)check);

		printf("%s  (%s, %s", info->name, info->id,
		       rg_error_name((uint8_t)info->error, buf));
		print_generations(check);
		printf(")\n    ");
		rg_print_wrapped(stdout, info->sentence, 4);
	}
}

static json_t *generations_of(int check)
{
	json_t *generations = json_array();

	for (int i = RG_GEN_UNKNOWN + 1; i < RG_NR_GENERATIONS; i++) {
		if (has_check(i, check))
			json_array_append_new(generations,
					      json_string(rg_generation_name(
						      generation_at(i))));
	}
	return generations;
}

static json_t *checks_array(void)
{
	json_t *checks = json_array();
	char buf[16];

	for (int check = 1; check < RG_NR_CHECKS; check++) {
		const struct rg_check_info *info =
			rg_check_info((enum rg_check)check);

		json_array_append_new(
			checks,
			json_pack("{s:s,s:s,s:s,s:s,s:o}", "id", info->id,
				  "name", info->name, "errno",
				  rg_error_name((uint8_t)info->error, buf),
				  "sentence", info->sentence, "generations",
				  generations_of(check)));
	}
	return checks;
}

/* --------------------------------------------------------------- kernels */

static void print_kernels(void)
{
	enum rg_generation running = rg_probe_kernel().generation;
	struct utsname names;

	for (int i = RG_GEN_UNKNOWN + 1; i < RG_NR_GENERATIONS; i++) {
		enum rg_generation generation = generation_at(i);

		printf("%c %-4s %-16s ", generation == running ? '*' : ' ',
		       rg_generation_name(generation),
		       rg_generation_releases(generation));
		rg_print_wrapped(stdout, rg_generation_summary(generation), 24);
	}
	if (uname(&names))
		return;
	if (running == RG_GEN_UNKNOWN)
		printf("\nThe running kernel, %s, is none of these.\n",
		       names.release);
	else
		printf("\n* the running kernel, %s\n", names.release);
}

static json_t *kernels_array(void)
{
	enum rg_generation running = rg_probe_kernel().generation;
	json_t *kernels = json_array();

	for (int i = RG_GEN_UNKNOWN + 1; i < RG_NR_GENERATIONS; i++) {
		enum rg_generation generation = generation_at(i);

		json_array_append_new(
			kernels,
			json_pack("{s:s,s:s,s:s,s:b}", "generation",
				  rg_generation_name(generation), "releases",
				  rg_generation_releases(generation), "summary",
				  rg_generation_summary(generation), "running",
				  (int)(generation == running)));
	}
	return kernels;
}

/* -------------------------------------------------------------- findings */

static const struct rg_finding_info *finding_at(int i)
{
	return rg_finding_info((enum rg_finding)i);
}

static const char *action_of(const struct rg_finding_info *info, int profile)
{
	return rg_action_name((enum rg_action)info->actions[profile]);
}

/* "RG101  clobber  (hazard, denied with EEXIST)" */
static void print_findings(void)
{
	char buf[16];

	for (int i = 0; i < RG_NR_FINDINGS; i++) {
		const struct rg_finding_info *info = finding_at(i);

		printf("%s  %s  (%s", info->id, info->name,
		       rg_severity_name(info->severity));
		if (info->error)
			printf(", denied with %s",
			       rg_error_name((uint8_t)info->error, buf));
		printf(")\n    ");
		rg_print_wrapped(stdout, info->sentence, 4);
	}
}

static json_t *actions_object(const struct rg_finding_info *info)
{
	json_t *actions = json_object();

	for (int i = 0; i < RG_NR_PROFILES; i++)
		json_object_set_new(actions,
				    rg_profile_name((enum rg_profile)i),
				    json_string(action_of(info, i)));
	return actions;
}

static json_t *findings_array(void)
{
	json_t *findings = json_array();
	char buf[16];

	for (int i = 0; i < RG_NR_FINDINGS; i++) {
		const struct rg_finding_info *info = finding_at(i);

		json_array_append_new(
			findings,
			json_pack("{s:s,s:s,s:s,s:s,s:b,s:s,s:o}", "id",
				  info->id, "name", info->name, "severity",
				  rg_severity_name(info->severity), "sentence",
				  info->sentence, "needs_mappings",
				  (int)info->needs_vmas, "errno",
				  info->error
					  ? rg_error_name((uint8_t)info->error,
							  buf)
					  : "",
				  "actions", actions_object(info)));
	}
	return findings;
}

/* -------------------------------------------------------------- profiles */

static const char *on_or_off(bool on)
{
	return on ? "on" : "off";
}

static const char *predict_of(const struct rg_options *options)
{
	return rg_predict_name(options->predict);
}

static const char *preflight_of(const struct rg_options *options)
{
	return on_or_off(options->preflight);
}

static const char *noreplace_of(const struct rg_options *options)
{
	return on_or_off(options->noreplace);
}

static const char *shrink_first_of(const struct rg_options *options)
{
	return on_or_off(options->shrink_first);
}

static const char *move_of(const struct rg_options *options)
{
	return rg_move_name(options->move);
}

static const char *quarantine_of(const struct rg_options *options)
{
	static char text[32];

	if (!options->quarantine)
		return "off";
	snprintf(text, sizeof(text), "%" PRIu64 "M", options->quarantine >> 20);
	return text;
}

static const char *placement_of(const struct rg_options *options)
{
	return rg_placement_name(options->placement);
}

static const char *stacks_of(const struct rg_options *options)
{
	return rg_stacks_name(options->stacks);
}

/* What a profile sets beside actions. */
static const struct setting {
	const char *name;
	const char *(*value)(const struct rg_options *options);
} settings[] = {
	{ "predict", predict_of },     { "preflight", preflight_of },
	{ "noreplace", noreplace_of }, { "shrink-first", shrink_first_of },
	{ "move", move_of },	       { "quarantine", quarantine_of },
	{ "placement", placement_of }, { "stacks", stacks_of },
};

#define NR_SETTINGS (sizeof(settings) / sizeof(settings[0]))

static const struct rg_options *options_of(int profile)
{
	static struct rg_options options;

	rg_options_init(&options);
	rg_options_set(&options, "profile",
		       rg_profile_name((enum rg_profile)profile));
	return &options;
}

static void print_cell(const char *text, int profile)
{
	printf("  %-*s", profile + 1 < RG_NR_PROFILES ? 9 : 0, text);
}

static void print_profile_names(void)
{
	printf("%-28s", "");
	for (int i = 0; i < RG_NR_PROFILES; i++)
		print_cell(rg_profile_name((enum rg_profile)i), i);
	putchar('\n');
}

static void print_profile_actions(const struct rg_finding_info *info)
{
	printf("%s  %-21s", info->id, info->name);
	for (int i = 0; i < RG_NR_PROFILES; i++)
		print_cell(action_of(info, i), i);
	putchar('\n');
}

static void print_profile_setting(const struct setting *setting)
{
	printf("%-28s", setting->name);
	for (int i = 0; i < RG_NR_PROFILES; i++)
		print_cell(setting->value(options_of(i)), i);
	putchar('\n');
}

static void print_profiles(void)
{
	print_profile_names();
	for (int i = 0; i < RG_NR_FINDINGS; i++)
		print_profile_actions(finding_at(i));
	putchar('\n');
	print_profile_names();
	for (size_t i = 0; i < NR_SETTINGS; i++)
		print_profile_setting(&settings[i]);
}

static json_t *profile_object(int profile)
{
	const struct rg_options *options = options_of(profile);
	json_t *set = json_object();
	json_t *actions = json_object();

	for (size_t i = 0; i < NR_SETTINGS; i++)
		json_object_set_new(set, settings[i].name,
				    json_string(settings[i].value(options)));
	for (int i = 0; i < RG_NR_FINDINGS; i++)
		json_object_set_new(
			actions, finding_at(i)->id,
			json_string(action_of(finding_at(i), profile)));
	return json_pack("{s:s,s:o,s:o}", "name",
			 rg_profile_name((enum rg_profile)profile), "options",
			 set, "actions", actions);
}

static json_t *profiles_array(void)
{
	json_t *profiles = json_array();

	for (int i = 0; i < RG_NR_PROFILES; i++)
		json_array_append_new(profiles, profile_object(i));
	return profiles;
}

/* --------------------------------------------------------------- command */

static const struct topic {
	const char *name;
	void (*print)(void);
	json_t *(*array)(void);
} topics[] = {
	{ "findings", print_findings, findings_array },
	{ "profiles", print_profiles, profiles_array },
	{ "checks", print_checks, checks_array },
	{ "kernels", print_kernels, kernels_array },
};

struct arguments {
	const struct topic *topic;
	bool json;
};

enum { KEY_JSON = 1000 };

static const struct argp_option options[] = {
	{ "json", KEY_JSON, NULL, 0, "Write JSON", 0 }, { 0 }
};

static error_t choose_topic(struct arguments *arguments, const char *name)
{
	if (arguments->topic) {
		rg_usage(name, "one list at a time");
		return RG_PARSE_SAID;
	}
	for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++) {
		if (!strcmp(topics[i].name, name)) {
			arguments->topic = &topics[i];
			return 0;
		}
	}
	rg_usage(name, "no such list, there are findings, profiles, checks "
		       "and kernels");
	return RG_PARSE_SAID;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_JSON:
		arguments->json = true;
		return 0;
	case ARGP_KEY_ARG:
		return choose_topic(arguments, arg);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void write_json(const struct topic *topic)
{
	json_t *list = json_pack("{s:s,s:o}", "schema", SCHEMA, topic->name,
				 topic->array());

	json_dumpf(list, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(list);
}

static const char *topic_word(int i)
{
	return (size_t)i < sizeof(topics) / sizeof(topics[0]) ? topics[i].name
							      : NULL;
}

static const struct rg_words words[] = { { .position = 1, .word = topic_word },
					 { 0 } };

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "findings|profiles|checks|kernels",
	.doc = "List what calls are looked at for, what the profiles do "
	       "about it, the checks of the kernel, or the kernels "
	       "that decide alike.",
};

static int exec(int argc, char **argv)
{
	struct arguments arguments = { 0 };

	if (rg_command_parse(&argp, argc, argv, &arguments))
		return RG_EXIT_USAGE;
	if (!arguments.topic)
		return rg_usage("list",
				"which list? findings, profiles, checks or "
				"kernels");
	if (arguments.json)
		write_json(arguments.topic);
	else
		arguments.topic->print();
	if (fflush(stdout) || ferror(stdout))
		return rg_fail("standard output", strerror(errno));
	return 0;
}

const struct rg_command rg_cmd_list = {
	.name = "list",
	.called = "remapguard: list",
	.args = "findings|profiles|checks|kernels [--json]",
	.summary = "show what is looked for, and what the model knows",
	.argp = &argp,
	.words = words,
	.exec = exec,
};
