/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_COMMANDS_H
#define RG_TOOLS_COMMANDS_H

/* What the commands of remapguard share. Each is a file, cmd-NAME.c. */

#include <argp.h>
#include <stdbool.h>

/* Exit statuses of our own; `run` adds its program's. */
#define RG_EXIT_FAILURE 1
#define RG_EXIT_USAGE 2

/*
 * What a value may be, as far as there are words for it: the same that it is
 * parsed by, for completion. Rows end with one that has no word.
 */
struct rg_words {
	int key;      /* of an option; 0: of the command's own arguments */
	int position; /* of those from 1 on; 0: any */
	char between; /* several words, with this between; 0: one */
	bool repeats; /* the option may be given again */
	/* the i'th word, NULL behind the last, and a sentence on it or NULL */
	const char *(*word)(int i);
	const char *(*about)(int i);
	/* unless NULL a word is a key, with `=' and one of these behind it */
	const char *(*value)(int word, int i);
};

struct rg_command {
	const char *name;
	const char *called; /* its argv[0], as messages begin */
	const char *args;
	const char *summary;
	const struct argp *argp;
	const struct rg_words *words; /* NULL: none */
	int (*exec)(int argc, char **argv);
};

extern const struct rg_command rg_cmd_diff;
extern const struct rg_command rg_cmd_doctor;
extern const struct rg_command rg_cmd_explain;
extern const struct rg_command rg_cmd_export;
extern const struct rg_command rg_cmd_list;
extern const struct rg_command rg_cmd_policy;
extern const struct rg_command rg_cmd_predict;
extern const struct rg_command rg_cmd_report;
extern const struct rg_command rg_cmd_run;
extern const struct rg_command rg_cmd_top;

/* All of them, in the order of help; then a NULL. */
extern const struct rg_command *const rg_commands[];

/* What each command has beside its own options: --help. */
extern const struct argp rg_common_argp;

/*
 * "remapguard: …" on standard error, a line whatever is in it: control
 * characters are question marks, and a name that is empty is ''.
 */
__attribute__((format(printf, 1, 2))) void rg_say(const char *format, ...);

/* "remapguard: what: why". Return: the exit status. */
int rg_fail(const char *what, const char *why);
int rg_usage(const char *what, const char *why);

/* What a parser returns when it has said itself what is wrong. */
#define RG_PARSE_SAID ECANCELED

/*
 * argp_parse() with options and arguments in any order, --help, and one line
 * instead of two for what is wrong. A parser that takes ARGP_KEY_ARGS gets all
 * from the first argument on that is no option.
 * Return: 0, or RG_EXIT_USAGE after that line.
 */
int rg_command_parse(const struct argp *argp, int argc, char **argv,
		     void *input);

#endif
