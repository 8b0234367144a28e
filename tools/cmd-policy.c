/* SPDX-License-Identifier: MIT */

/* remapguard policy: is a policy sound, and as the object reads it. */

#include "commands.h"
#include "output.h"
#include "policy-file.h"

#include <string.h>

struct arguments {
	const struct verb *verb;
	const char *file;
	const char *output; /* NULL: standard output */
	bool force;
};

/* Each gets the policy as it was read. Return: the exit status. */
static int check(const struct arguments *arguments,
		 const struct rg_options *options);
static int compile(const struct arguments *arguments,
		   const struct rg_options *options);

static const struct verb {
	const char *name;
	int (*exec)(const struct arguments *arguments,
		    const struct rg_options *options);
} verbs[] = {
	{ "check", check },
	{ "compile", compile },
};

enum { KEY_FORCE = 1000 };

static const struct argp_option options_of_ours[] = {
	{ "output", 'o', "FILE", 0,
	  "Compile into FILE, for the option policy=FILE", 0 },
	{ "force", KEY_FORCE, NULL, 0, "Overwrite an existing FILE", 0 },
	{ 0 }
};

static error_t choose_verb(struct arguments *arguments, const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (!strcmp(verbs[i].name, name)) {
			arguments->verb = &verbs[i];
			return 0;
		}
	}
	rg_usage(name, "no such verb, there are check and compile");
	return RG_PARSE_SAID;
}

static error_t take_argument(struct arguments *arguments, const char *text)
{
	if (!arguments->verb)
		return choose_verb(arguments, text);
	if (arguments->file) {
		rg_usage(text, "one policy at a time");
		return RG_PARSE_SAID;
	}
	arguments->file = text;
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'o':
		arguments->output = arg;
		return 0;
	case KEY_FORCE:
		arguments->force = true;
		return 0;
	case ARGP_KEY_ARG:
		return take_argument(arguments, arg);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int check(const struct arguments *arguments,
		 const struct rg_options *options)
{
	(void)arguments;
	(void)options;
	return 0;
}

/* A line for the variable, or for a file one for each option. */
static int compile(const struct arguments *arguments,
		   const struct rg_options *options)
{
	struct rg_output output;
	struct rg_out out;
	int status =
		rg_output_open(arguments->output, arguments->force, &output);

	if (status)
		return status;
	out = rg_out_to(output.out, arguments->output ? '\n' : ':');
	rg_options_put_rules(options, &out);
	rg_options_put_settings(options, &out);
	fputc('\n', output.out);
	return rg_output_close(&output);
}

/* What each argument alone does not show. Return: the exit status. */
static int check_arguments(const struct arguments *arguments)
{
	if (!arguments->verb)
		return rg_usage("policy", "check or compile?");
	if (!arguments->file)
		return rg_usage("policy", "a policy's file is missing");
	if (arguments->output && arguments->verb->exec != compile)
		return rg_usage("policy", "only compile writes a file");
	return 0;
}

static const char *verb_word(int i)
{
	return (size_t)i < sizeof(verbs) / sizeof(verbs[0]) ? verbs[i].name
							    : NULL;
}

static const struct rg_words words[] = { { .position = 1, .word = verb_word },
					 { 0 } };

static const struct argp argp = {
	.options = options_of_ours,
	.parser = parse,
	.args_doc = "check FILE\ncompile FILE",
	.doc = "Check a policy, or print it as the options string that "
	       "means the same.",
};

static int exec(int argc, char **argv)
{
	static struct rg_options options;
	struct arguments arguments = { 0 };
	int status = rg_command_parse(&argp, argc, argv, &arguments);

	if (!status)
		status = check_arguments(&arguments);
	if (status)
		return status;
	rg_options_init(&options);
	if (rg_policy_file_read(arguments.file, &options))
		return RG_EXIT_FAILURE;
	return arguments.verb->exec(&arguments, &options);
}

const struct rg_command rg_cmd_policy = {
	.name = "policy",
	.called = "remapguard: policy",
	.args = "check FILE | compile [-o FILE] FILE",
	.summary = "check a policy, or compile it for the object",
	.argp = &argp,
	.words = words,
	.exec = exec,
};
