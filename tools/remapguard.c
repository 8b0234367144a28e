/* SPDX-License-Identifier: MIT */

/* remapguard: the table of commands. */

#include "commands.h"
#include "report/render.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct command {
	const char *name;
	const char *args;
	const char *summary;
	int (*exec)(int argc, char **argv);
	const char *called; /* its argv[0], as messages begin */
} commands[] = {
	{ "run", "[OPTION...] -- PROGRAM [ARG...]",
	  "run a program and record its mremap calls", rg_cmd_run,
	  "remapguard: run" },
	{ "report", "[OPTION...] DIR...", "show what a trace has recorded",
	  rg_cmd_report, "remapguard: report" },
	{ "top", "[OPTION...] PID|DIR", "show calls while they are made",
	  rg_cmd_top, "remapguard: top" },
	{ "explain", "[OPTION...] DIR|FINDING|CHECK",
	  "explain a recorded call, a finding or a check", rg_cmd_explain,
	  "remapguard: explain" },
	{ "predict", "[OPTION...] ADDR OLD_LEN NEW_LEN FLAGS [NEW_ADDR]",
	  "say what a call would do", rg_cmd_predict, "remapguard: predict" },
	{ "diff", "[OPTION...] DIR_A DIR_B",
	  "say what got worse between two audits", rg_cmd_diff,
	  "remapguard: diff" },
	{ "export", "[OPTION...] DIR...", "write rows for a database",
	  rg_cmd_export, "remapguard: export" },
	{ "policy", "check FILE | compile [-o FILE] FILE",
	  "check a policy, or compile it for the object", rg_cmd_policy,
	  "remapguard: policy" },
	{ "doctor", "[--json]",
	  "say what works on this host, and what does not", rg_cmd_doctor,
	  "remapguard: doctor" },
	{ "list", "findings|profiles|checks|kernels [--json]",
	  "show what is looked for, and what the model knows", rg_cmd_list,
	  "remapguard: list" },
};

static int flush_output(void)
{
	if (fflush(stdout) || ferror(stdout))
		return rg_fail("standard output", strerror(errno));
	return 0;
}

static int print_version(void)
{
	puts("remapguard " RG_VERSION);
	printf("report --format=html: %s\n",
	       rg_has_html() ? "built in" : "not built in");
	return flush_output();
}

static int print_help(void)
{
	puts("Usage: remapguard COMMAND ...\n"
	     "\n"
	     "Records the mremap calls of unmodified programs, and why they "
	     "fail.\n");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		printf("  %-7s  %s\n           %s\n", commands[i].name,
		       commands[i].args, commands[i].summary);
	puts("\n"
	     "  --help, --version; remapguard COMMAND --help for its "
	     "options");
	return flush_output();
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return rg_usage("which command", "see remapguard --help");
	if (!strcmp(argv[1], "--version"))
		return print_version();
	if (!strcmp(argv[1], "--help"))
		return print_help();
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, argv[1]) != 0)
			continue;
		argv[1] = (char *)commands[i].called;
		return commands[i].exec(argc - 1, argv + 1);
	}
	return rg_usage(argv[1], argv[1][0] == '-'
					 ? "no such option"
					 : "no such command, see remapguard "
					   "--help");
}
