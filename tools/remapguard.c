/* SPDX-License-Identifier: MIT */

/* remapguard: chooses the command. */

#include "commands.h"
#include "version.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int flush_output(void)
{
	if (fflush(stdout) || ferror(stdout))
		return rg_fail("standard output", strerror(errno));
	return 0;
}

static int print_version(void)
{
	rg_version_print();
	return flush_output();
}

static int print_help(void)
{
	puts("Usage: remapguard COMMAND ...\n"
	     "\n"
	     "Records the mremap calls of unmodified programs, and why they "
	     "fail.\n");
	for (size_t i = 0; rg_commands[i]; i++)
		printf("  %-7s  %s\n           %s\n", rg_commands[i]->name,
		       rg_commands[i]->args, rg_commands[i]->summary);
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
	for (size_t i = 0; rg_commands[i]; i++) {
		if (strcmp(rg_commands[i]->name, argv[1]) != 0)
			continue;
		argv[1] = (char *)rg_commands[i]->called;
		return rg_commands[i]->exec(argc - 1, argv + 1);
	}
	return rg_usage(argv[1], argv[1][0] == '-'
					 ? "no such option"
					 : "no such command, see remapguard "
					   "--help");
}
