/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_COMMANDS_H
#define RG_TOOLS_COMMANDS_H

/* What the commands of remapguard share. Each is a file, cmd-NAME.c. */

#include <argp.h>

/* Exit statuses of our own; `run` adds its program's. */
#define RG_EXIT_FAILURE 1
#define RG_EXIT_USAGE 2

int rg_cmd_diff(int argc, char **argv);
int rg_cmd_doctor(int argc, char **argv);
int rg_cmd_explain(int argc, char **argv);
int rg_cmd_export(int argc, char **argv);
int rg_cmd_list(int argc, char **argv);
int rg_cmd_policy(int argc, char **argv);
int rg_cmd_predict(int argc, char **argv);
int rg_cmd_report(int argc, char **argv);
int rg_cmd_run(int argc, char **argv);
int rg_cmd_top(int argc, char **argv);

/* "remapguard: what: why" on standard error. Return: the exit status. */
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
