/* SPDX-License-Identifier: MIT */

/* The commands that read, run as a user would: status, output, one line. */

#include "make-trace.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/*
 * $r is the program; $t a trace of two calls, $u a damaged one, $v one from a
 * program that made none; the shell runs in $d, which is empty.
 */
static const struct row {
	const char *name;
	const char *command;
	int status;
	const char *error; /* all of standard error, $t and $u replaced */
} rows[] = {
	{ "help", "$r --help | grep -q report", 0, "" },
	{ "help of a command", "$r report --help | grep -q -e --format", 0,
	  "" },
	{ "version", "$r --version | grep -q '^remapguard [0-9]'", 0, "" },
	{ "no command", "$r", 2,
	  "remapguard: which command: see remapguard --help\n" },
	{ "no such command", "$r reprot", 2,
	  "remapguard: reprot: no such command, see remapguard --help\n" },
	{ "no such option before the command", "$r --frobnicate", 2,
	  "remapguard: --frobnicate: no such option\n" },

	{ "text", "$r report $t | grep -q '2 calls'", 0, "" },
	{ "JSON", "$r report --format=json $t | grep -q '\"calls\": 2'", 0,
	  "" },
	{ "two traces", "$r report $t $v $t | grep -q '4 calls in 3 proc'", 0,
	  "" },
	{ "no calls", "$r report $v | grep -q 'No call of mremap'", 0, "" },
	{ "no colour in a pipe",
	  "! $r report $t | grep -q \"$(printf '\\033')\"", 0, "" },
	{ "output to a file", "$r report -o out $t && grep -q '2 calls' out", 0,
	  "" },
	{ "existing file",
	  "echo keep > out; $r report -o out $t; s=$?; "
	  "grep -q keep out && exit $s",
	  1, "remapguard: out: exists, and --force not given\n" },
	{ "existing file and --force",
	  "echo keep > out; $r report -o out --force $t && "
	  "! grep -q keep out && grep -q '2 calls' out",
	  0, "" },
	{ "a failed report leaves no file",
	  "$r report -o out $u; s=$?; test ! -e out && exit $s", 1,
	  "remapguard: U/stream-0-0: truncated\n" },
	{ "options after the directory",
	  "$r report $t --format=json | grep -q schema", 0, "" },
	{ "full disk", "$r report $t > /dev/full", 1,
	  "remapguard: standard output: No space left on device\n" },
	{ "full disk, by name", "$r report -o /dev/full $t", 1,
	  "remapguard: /dev/full: No space left on device\n" },
	{ "reader gone", "mkfifo p; : < p & exec 4> p; wait; $r report $t >&4",
	  1, "remapguard: standard output: Broken pipe\n" },
	{ "output closed", "$r report $t >&-", 1,
	  "remapguard: standard output: Bad file descriptor\n" },
	{ "output in no directory", "$r report -o no/out $t", 1,
	  "remapguard: no/out: No such file or directory\n" },
	{ "damaged", "$r report $u", 1,
	  "remapguard: U/stream-0-0: truncated\n" },
	{ "damaged, and sound before it", "$r report $t $u", 1,
	  "remapguard: U/stream-0-0: truncated\n" },
	{ "no trace", "$r report .", 1,
	  "remapguard: .: not a trace: it has no file metadata\n" },
	{ "no directory", "$r report nowhere", 1,
	  "remapguard: nowhere: No such file or directory\n" },
	{ "report of nothing", "$r report", 2,
	  "remapguard: report: a trace directory is missing\n" },
	{ "no such format", "$r report --format=pdf $t", 2,
	  "remapguard: --format=pdf: no such format, there are text and "
	  "json\n" },
	{ "no such option", "$r report --frobnicate $t", 2,
	  "remapguard: report: unrecognized option '--frobnicate'\n" },
	{ "option without its value", "$r report --format", 2,
	  "remapguard: report: option '--format' requires an argument\n" },

	{ "list checks",
	  "$r list checks | grep -q 'overlap  (RG_CHECK_OVERLAP, EINVAL, all "
	  "kernels)'",
	  0, "" },
	{ "list checks as JSON",
	  "$r list --json checks | grep -q '\"id\": \"RG_CHECK_OVERLAP\"'", 0,
	  "" },
	{ "list kernels", "$r list kernels | grep -q '^  G0 .*5.7 to 5.12'", 0,
	  "" },
	{ "list kernels as JSON, one of them running",
	  "test $($r list kernels --json | grep -c '\"running\": true') = 1", 0,
	  "" },
	{ "list of nothing", "$r list", 2,
	  "remapguard: list: which list? checks or kernels\n" },
	{ "no such list", "$r list flags", 2,
	  "remapguard: flags: no such list, there are checks and kernels\n" },
	{ "list to a full disk", "$r list checks > /dev/full", 1,
	  "remapguard: standard output: No space left on device\n" },
};

static void make_traces(struct made_trace made[3])
{
	struct rg_slot slot = { .pid = 1000, .paths = { [RG_PATH_MOVE] = 2 } };
	struct rg_event events[2] = { an_event(), an_event() };

	for (int i = 0; i < 3; i++) {
		make_trace(&made[i]);
		make_table(&made[i], &slot, 1);
	}
	make_segment(&made[0], 0, 0, events, 2);
	make_segment(&made[1], 0, 0, events, 2);
	cut_file(&made[1], "stream-0-0", 100);
	slot.paths[RG_PATH_MOVE] = 0;
	make_table(&made[2], &slot, 1);
}

/* Replace the damaged trace's path, of a new name each time, by U. */
static void replace_path(char *text, const char *path)
{
	char *at = strstr(text, path);

	if (at) {
		*at = 'U';
		memmove(at + 1, at + strlen(path),
			strlen(at + strlen(path)) + 1);
	}
}

static int run(const struct row *row, const struct made_trace made[3],
	       char *error, size_t size)
{
	char line[2048];
	size_t len;
	FILE *pipe;
	int status;

	snprintf(line, sizeof(line),
		 "{ LC_ALL=C; export LC_ALL; r=$REMAPGUARD; t=%s u=%s v=%s; "
		 "d=$(mktemp -d) && cd $d && ( %s\n) 3>&1 >/dev/null 2>&3; "
		 "s=$?; cd / && rm -r $d; exit $s; }",
		 made[0].path, made[1].path, made[2].path, row->command);
	pipe = popen(line, "r");
	ck_assert(pipe);
	len = fread(error, 1, size - 1, pipe);
	error[len] = '\0';
	status = pclose(pipe);
	replace_path(error, made[1].path);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(command)
{
	const struct row *row = &rows[_i];
	struct made_trace made[3];
	char error[2048];
	int status;

	ck_assert_msg(getenv("REMAPGUARD") != NULL,
		      "REMAPGUARD does not name the program");
	make_traces(made);
	status = run(row, made, error, sizeof(error));
	for (int i = 0; i < 3; i++)
		remove_trace(&made[i]);
	ck_assert_msg(!strcmp(error, row->error), "%s: said: %s", row->name,
		      error);
	ck_assert_msg(status == row->status, "%s: status %d", row->name,
		      status);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, command, 0, NR_ROWS(rows));
}
