/* SPDX-License-Identifier: MIT */

/* remapguard doctor: what works here, and why what does not. */

#include "commands.h"
#include "diagnosis.h"
#include "report/format.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define SCHEMA "remapguard-doctor-1"
#define INDENT 24

struct arguments {
	bool json;
};

enum { KEY_JSON = 1000 };

static const struct argp_option options[] = {
	{ "json", KEY_JSON, NULL, 0, "Write JSON", 0 }, { 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_JSON:
		arguments->json = true;
		return 0;
	case ARGP_KEY_ARG:
		rg_usage(arg, "doctor looks at this host, and takes no name");
		return RG_PARSE_SAID;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void write_text(const struct rg_diagnosis *diagnoses, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		printf("%-7s  %-13s  ", rg_health_name(diagnoses[i].health),
		       diagnoses[i].name);
		rg_print_wrapped(stdout, diagnoses[i].says, INDENT);
	}
}

static void write_json(const struct rg_diagnosis *diagnoses, size_t nr)
{
	json_t *list = json_array();
	json_t *root;

	for (size_t i = 0; i < nr; i++)
		json_array_append_new(
			list, json_pack("{s:s,s:s,s:s}", "name",
					diagnoses[i].name, "health",
					rg_health_name(diagnoses[i].health),
					"says", diagnoses[i].says));
	root = json_pack("{s:s,s:o}", "schema", SCHEMA, "diagnoses", list);
	json_dumpf(root, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(root);
}

static bool is_ill(const struct rg_diagnosis *diagnoses, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (diagnoses[i].health == RG_HEALTH_MISSING)
			return true;
	}
	return false;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Say what of remapguard works on this host, and why "
	       "what does not. Exits with 1 if calls of ordinary "
	       "programs would not be seen.",
};

static int exec(int argc, char **argv)
{
	static struct rg_diagnosis diagnoses[RG_MAX_DIAGNOSES];
	struct arguments arguments = { 0 };
	size_t nr;

	if (rg_command_parse(&argp, argc, argv, &arguments))
		return RG_EXIT_USAGE;
	nr = rg_diagnose(diagnoses);
	if (arguments.json)
		write_json(diagnoses, nr);
	else
		write_text(diagnoses, nr);
	if (fflush(stdout) || ferror(stdout))
		return rg_fail("standard output", strerror(errno));
	return is_ill(diagnoses, nr) ? RG_EXIT_FAILURE : 0;
}

const struct rg_command rg_cmd_doctor = {
	.name = "doctor",
	.called = "remapguard: doctor",
	.args = "[--json]",
	.summary = "say what works on this host, and what does not",
	.argp = &argp,
	.exec = exec,
};
