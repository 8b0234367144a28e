/* SPDX-License-Identifier: MIT */

/* The commands that read, run as a user would: status, output, one line. */

#include "make-trace.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* Two mappings, and limits that nothing comes near to. */
#define MAPS                                                                   \
	"cat > maps <<END\n"                                                   \
	"10000000-10002000 rw-p 00000000 00:00 0 \n"                           \
	"20000000-20001000 rw-p 00000000 00:00 0 \n"                           \
	"END\n"
#define LIMITS                                                                 \
	"cat > limits <<END\n"                                                 \
	"page_size = 4K\n"                                                     \
	"task_size = 0x7ffffffff000\n"                                         \
	"max_map_count = 65530\n"                                              \
	"mmap_min_addr = 64K\n"                                                \
	"rlimit_as = unlimited\n"                                              \
	"rlimit_data = unlimited\n"                                            \
	"overcommit = 1\n"                                                     \
	"END\n"

#define POLICY                                                                 \
	"cat > policy <<END\n"                                                 \
	"[options]\n"                                                          \
	"profile = strict\n"                                                   \
	"[findings]\n"                                                         \
	"clobber = deny EBUSY\n"                                               \
	"[rule ours]\n"                                                        \
	"finding = overlap, sealed\n"                                          \
	"action = note\n"                                                      \
	"module = libours*\n"                                                  \
	"min-size = 4K\n"                                                      \
	"END\n"
#define COMPILED(separator)                                                    \
	"rule=ours,finding=overlap sealed,action=note,module=libours*,"        \
	"min-size=4096" separator "profile=strict" separator                   \
	"RG101=deny EBUSY"

/*
 * $r is the program; $t a trace of two calls, $u a damaged one, $v one from a
 * program that made none, $w one of two calls, of which one failed; the shell
 * runs in $d, which is empty.
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
	{ "what is built in",
	  "$r --version | grep -q '^report --format=html: '", 0, "" },
	{ "no command", "$r", 2,
	  "remapguard: which command: see remapguard --help\n" },
	{ "no such command", "$r reprot", 2,
	  "remapguard: reprot: no such command, see remapguard --help\n" },
	{ "no such option before the command", "$r --frobnicate", 2,
	  "remapguard: --frobnicate: no such option\n" },

	{ "text", "$r report $t | grep -q '2 calls'", 0, "" },
	{ "JSON", "$r report --format=json $t | grep -q '\"calls\": 2'", 0,
	  "" },
	{ "SARIF",
	  "$r report --format=sarif $t | grep -q '\"version\": \"2.1.0\"'", 0,
	  "" },
	{ "folded stacks",
	  "$r report --format=folded $t | grep -qx '(no stack) 2'", 0, "" },
	{ "folded stacks by another number",
	  "$r report --by=time --format=folded $t | "
	  "grep -qx '(no stack) [1-9][0-9]*'",
	  0, "" },
	{ "no such number", "$r report --format=folded --by=size $t", 2,
	  "remapguard: --by=size: not one of calls|failed|moves|bytes|time\n" },
	{ "a number for another format", "$r report --by=time $t", 2,
	  "remapguard: --by: goes with --format=folded\n" },
	{ "CSV", "test $($r report --format=csv $t $v | wc -l) = 3", 0, "" },
	{ "CSV of no calls", "test $($r report --format=csv $v | wc -l) = 1", 0,
	  "" },
	{ "Perfetto",
	  "test $($r report --format=perfetto $t | grep -c '\"ph\":\"X\"') = 2",
	  0, "" },
	{ "Perfetto of no calls",
	  "test \"$($r report --format=perfetto $v | tail -n 1)\" = ']}'", 0,
	  "" },
	{ "CSV of a damaged trace", "$r report --format=csv $u", 1,
	  "remapguard: U/stream-0-0: truncated\n" },
	{ "nothing is written of traces before a damaged one",
	  "$r report --format=csv -o out $t $u; s=$?; test ! -e out && exit $s",
	  1, "remapguard: U/stream-0-0: truncated\n" },
	{ "CSV over an existing file",
	  "echo keep > out; $r report --format=csv -o out $t; s=$?; "
	  "grep -q keep out && exit $s",
	  1, "remapguard: out: exists, and --force not given\n" },
	{ "CSV over an existing file and --force",
	  "echo keep > out; $r report --format=csv --force -o out $t && "
	  "! grep -q keep out",
	  0, "" },
	{ "CSV on a full disk", "$r report --format=csv $t > /dev/full", 1,
	  "remapguard: standard output: No space left on device\n" },
	{ "Perfetto on a full disk, by name",
	  "$r report --format=perfetto -o /dev/full $t", 1,
	  "remapguard: /dev/full: No space left on device\n" },

	{ "rows", "test $($r export $t $v | wc -l) = 2", 0, "" },
	{ "rows of all kinds",
	  "test $($r export --format=jsonl --rows=events,sites,processes "
	  "$t | wc -l) = 4",
	  0, "" },
	{ "rows to a file", "$r export -o out $t && test -s out", 0, "" },
	{ "rows over an existing file",
	  "echo keep > out; $r export -o out $t; s=$?; "
	  "grep -q keep out && exit $s",
	  1, "remapguard: out: exists, and --force not given\n" },
	{ "rows of no such kind", "$r export --rows=sites,calls $t", 2,
	  "remapguard: --rows=sites,calls: not a list of events, sites and "
	  "processes\n" },
	{ "rows of nothing", "$r export --rows= $t", 2,
	  "remapguard: --rows=: not a list of events, sites and processes\n" },
	{ "rows in no such format", "$r export --format=parquet $t", 2,
	  "remapguard: --format=parquet: no such format, there is jsonl\n" },
	{ "rows of no trace", "$r export", 2,
	  "remapguard: export: a trace directory is missing\n" },
	{ "rows of a damaged trace", "$r export $t $u", 1,
	  "remapguard: U/stream-0-0: truncated\n" },
	{ "rows, reader gone",
	  "mkfifo p; : < p & exec 4> p; wait; $r export $t >&4", 1,
	  "remapguard: standard output: Broken pipe\n" },

	{ "no difference", "$r diff $t $t | grep -qx 'No regression.'", 0, "" },
	{ "no regression", "$r diff --fail-on=regression $t $t", 0, "" },
	{ "more failures", "$r diff $t $w | grep -q 'new: REGRESSION'", 0, "" },
	{ "more failures, and fail", "$r diff --fail-on=regression $t $w", 1,
	  "" },
	{ "fewer failures", "$r diff --fail-on=regression $w $t", 0, "" },
	{ "a difference as JSON",
	  "$r diff --json $t $w | grep -q '\"regression\": true'", 0, "" },
	{ "a difference to one trace", "$r diff $t", 2,
	  "remapguard: diff: two trace directories are needed\n" },
	{ "a difference of three", "$r diff $t $t third", 2,
	  "remapguard: third: there are two already\n" },
	{ "a difference to a damaged one", "$r diff $t $u", 1,
	  "remapguard: U/stream-0-0: truncated\n" },
	{ "another condition", "$r diff --fail-on=any $t $t", 2,
	  "remapguard: --fail-on=any: there is regression, and nothing "
	  "else\n" },
	{ "a tolerance that is none", "$r diff --tolerance=-1 $t $t", 2,
	  "remapguard: --tolerance=-1: not a number of per cent\n" },
	{ "a difference on a full disk", "$r diff $t $t > /dev/full", 1,
	  "remapguard: standard output: No space left on device\n" },

	{ "a page",
	  "$r --version | grep -q 'html: not built in' || { "
	  "$r report --format=html -o page $t && grep -q '<dd>2</dd>' page && "
	  "tail -n 1 page | grep -q '^</html>$'; }",
	  0, "" },
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
	  "remapguard: --format=pdf: no such format, there are "
	  "text|json|folded|perfetto|csv|sarif|html\n" },
	{ "no such option", "$r report --frobnicate $t", 2,
	  "remapguard: report: unrecognized option '--frobnicate'\n" },
	{ "option without its value", "$r report --format", 2,
	  "remapguard: report: option '--format' requires an argument\n" },

	{ "help of predict", "$r predict --help | grep -q -e --kernel", 0, "" },
	{ "a prediction, whole",
	  "cat > want <<END\n"
	  "mremap(0x10000000, 12288, 16384, MREMAP_MAYMOVE|MREMAP_FIXED, "
	  "0x20000000)\n"
	  "on Linux 6.16 (G4)\n"
	  "\n"
	  "path          refuse: the call fails\n"
	  "check         crosses-vma: the old range reaches past the end of the "
	  "mapping at\n"
	  "              its start\n"
	  "errno         EFAULT\n"
	  "damage        destination-unmapped: what was mapped at the "
	  "destination is gone\n"
	  "steps         unmap-dest 0x20000000-0x20004000 (16.0 KiB)\n"
	  "unknown       sealed: is a mapping sealed with mseal(2)? smaps shows "
	  "it\n"
	  "may refuse    source-sealed (EPERM): the source is sealed with "
	  "mseal(2)\n"
	  "              dest-sealed (EPERM): a mapping at the destination is "
	  "sealed with\n"
	  "              mseal(2)\n"
	  "assumed       the process has no mappings but the 2 given\n"
	  "END\n" MAPS LIMITS
	  "$r predict --kernel=6.16 --maps=maps --limits=limits 0x10000000 "
	  "12K 16K 'MAYMOVE|FIXED' 0x20000000 > got; diff want got",
	  0, "" },
	{ "a prediction of success",
	  MAPS LIMITS
	  "$r predict --kernel=6.16 --maps=maps --limits=limits 0x10000000 "
	  "8192 2M 1 | "
	  "grep -qx 'path          expand-in-place: grows in place'",
	  0, "" },
	{ "the kernel that is asked about matters",
	  MAPS LIMITS
	  "$r predict --kernel=6.18 --maps=maps --limits=limits 0x10000000 "
	  "12K 16K 3 0x20000000 | grep -qx 'damage        none'",
	  0, "" },
	{ "a prediction, explained",
	  MAPS LIMITS
	  "$r predict --explain --kernel=6.16 --maps=maps --limits=limits "
	  "0x10000000 12K 16K 3 0x20000000 > got; "
	  "grep -q '^  done     unmap-dest ' got && "
	  "grep -q '^  REFUSED  crosses-vma .* must be mapped: 12,288 B' got && "
	  "grep -q '^  perhaps  source-sealed .* source sealed: not known' got",
	  0, "" },
	{ "a prediction, explained as JSON",
	  "$r predict --explain --json 4K 4K 4K 0 | "
	  "grep -q '\"fate\": \"passed\"'",
	  0, "" },
	{ "a generation",
	  "$r predict --kernel=G2 4K 4K 4K 0 | "
	  "grep -q 'of the kernels of G2 the first, 5.16'",
	  0, "" },
	{ "the running kernel",
	  "$r predict 4K 4K 4K 0 | grep -q \"$(uname -r)\"", 0, "" },
	{ "without maps the answer says so",
	  "$r predict 0x10000000 8K 4K 0 > got; tr -s ' \\n' ' ' < got | "
	  "grep -q '0x10000000-0x10002000 is a private anonymous mapping, "
	  "writable, neither locked nor sealed, and nothing else is mapped'",
	  0, "" },
	{ "a length beyond the address space",
	  "$r predict 0x10000000 0xfffffffffffff000 4K 0 | "
	  "grep -q '0x10000000-0x7ff'",
	  0, "" },
	{ "a length of nothing",
	  "$r predict 0x10000000 0 4K MAYMOVE | "
	  "grep -q 'check         duplicate-private'",
	  0, "" },
	{ "an address beyond the address space",
	  "$r predict --kernel=6.18 0xffff800000000000 4K 4K 0 | "
	  "grep -q 'check         source-unmapped'",
	  0, "" },
	{ "JSON of a prediction",
	  MAPS LIMITS
	  "$r predict --json --kernel=6.16 --maps=- --limits=limits 0x10000000 "
	  "12K 16K 3 0x20000000 < maps | tr -d ' \\n' > got; "
	  "for field in '\"path\":\"refuse\"' '\"fixed\":false' "
	  "'\"errno\":\"EFAULT\"' '\"check\":\"crosses-vma\"' "
	  "'\"reason\":\"theoldrange' '\"damage\":[\"destination-unmapped\"]' "
	  "'\"unknown\":[\"sealed\"]' '\"cost\":\"none\"' '\"kernel\":\"6.16\"' "
	  "'\"steps\":[{\"step\":\"unmap-dest\",\"start\":\"0x20000000\",\"len\":"
	  "16384,\"to\":\"0x0\"}]'; do "
	  "grep -qF \"$field\" got || { echo \"no $field\" >&2; exit 1; }; done",
	  0, "" },
	{ "JSON of a success",
	  "$r predict --json --kernel=G5 0x10000000 4K 4K 3 0x20000000 | "
	  "tr -d ' \\n' > got; grep -qF '\"errno\":\"\",\"check\":\"\",\"reason\":"
	  "\"\",\"damage\":[]' got && grep -qF '\"fixed\":true' got",
	  0, "" },
	{ "smaps says more than maps",
	  MAPS LIMITS
	  "sed 's/^1.*/&\\nKernelPageSize: 4 kB\\nVmFlags: rd wr sl/' maps > "
	  "smaps; $r predict --kernel=6.18 --maps=smaps --limits=limits "
	  "0x10000000 4K 4K 0 | grep -q 'check         source-sealed'",
	  0, "" },
	{ "maps of a living process",
	  "$r predict --maps=/proc/$$/maps --kernel=6.18 "
	  "0x$(grep -F '[stack]' /proc/$$/maps | cut -d - -f 1) 4K 4K 0 | "
	  "grep -qx 'path          no-resize: succeeds and changes nothing'",
	  0, "" },
	{ "flags of all kinds",
	  "for flags in 'MAYMOVE|DONTUNMAP' "
	  "'MREMAP_MAYMOVE|MREMAP_DONTUNMAP' 5 0x5 '1|DONTUNMAP'; do "
	  "$r predict 4K 4K 4K \"$flags\" | grep -q "
	  "', MREMAP_MAYMOVE|MREMAP_DONTUNMAP, 0x0)' || exit 1; done",
	  0, "" },
	{ "flags that nobody knows",
	  "$r predict 4K 4K 4K 0x11 | grep -q ', MREMAP_MAYMOVE|0x10)'", 0,
	  "" },
	{ "predict without a request", "$r predict", 2,
	  "remapguard: predict: ADDR OLD_LEN NEW_LEN FLAGS are needed\n" },
	{ "a value too few", "$r predict 1 2 3", 2,
	  "remapguard: predict: ADDR OLD_LEN NEW_LEN FLAGS are needed\n" },
	{ "a value too many", "$r predict 1 2 3 4 5 6", 2,
	  "remapguard: 6: one value too many, see remapguard predict --help\n" },
	{ "no address", "$r predict 0x 1 1 0", 2,
	  "remapguard: 0x: ADDR is not a number (4096, 0x1000, 4K)\n" },
	{ "no length", "$r predict 4K 1T 1 0", 2,
	  "remapguard: 1T: OLD_LEN is not a number (4096, 0x1000, 4K)\n" },
	{ "no flags", "$r predict 4K 1 1 'MAYMOVE|'", 2,
	  "remapguard: MAYMOVE|: FLAGS is neither a number nor of "
	  "MAYMOVE|FIXED|DONTUNMAP\n" },
	{ "FIXED without an address", "$r predict 4K 1 1 3", 2,
	  "remapguard: predict: MREMAP_FIXED needs NEW_ADDR\n" },
	{ "no such kernel", "$r predict --kernel=5.4 1 1 1 0", 2,
	  "remapguard: 5.4: no kernel that the model knows, see remapguard list "
	  "kernels\n" },
	{ "no such generation", "$r predict --kernel=G7 1 1 1 0", 2,
	  "remapguard: G7: no kernel that the model knows, see remapguard list "
	  "kernels\n" },
	{ "no such maps", "$r predict --maps=nowhere 1 1 1 0", 1,
	  "remapguard: nowhere: No such file or directory\n" },
	{ "maps that are a directory", "$r predict --maps=. 1 1 1 0", 1,
	  "remapguard: .: Is a directory\n" },
	{ "maps that are no maps",
	  MAPS "echo what >> maps; $r predict --maps=maps 1 1 1 0", 1,
	  "remapguard: maps:3: not a mapping: START-END PERMISSIONS OFFSET "
	  "DEVICE INODE [NAME], as in /proc/PID/maps\n" },
	{ "maps that are no text", "$r predict --maps=/dev/zero 1 1 1 0", 1,
	  "remapguard: /dev/zero:1: a zero byte: not a text\n" },
	{ "limits that are none",
	  "printf 'overcommit = 1\\noverkill = 1\\n' | "
	  "$r predict --limits=- 1 1 1 0",
	  1,
	  "remapguard: standard input:2: no such limit, see struct rg_limits in "
	  "remapguard/model.h\n" },
	{ "one input for two", "$r predict --limits=- --maps=- 1 1 1 0", 2,
	  "remapguard: predict: standard input cannot be both --maps and "
	  "--limits\n" },
	{ "prediction to a full disk", "$r predict 4K 4K 4K 0 > /dev/full", 1,
	  "remapguard: standard output: No space left on device\n" },

	{ "explain a finding", "$r explain RG101 | grep -q '^RG101 clobber$'",
	  0, "" },
	{ "explain a finding by name",
	  "$r explain clobber | grep -q '^Fix. Reserve'", 0, "" },
	{ "explain a check",
	  "$r explain RG_CHECK_KSM | grep -qx 'finding       none'", 0, "" },
	{ "explain what is both",
	  "$r explain overlap > got && grep -q '^RG008 overlap' got && "
	  "grep -q '^check         overlap: ' got",
	  0, "" },
	{ "explain as JSON",
	  "$r explain --json crosses-vma | grep -q '\"id\": \"RG025\"'", 0,
	  "" },
	{ "explain nothing", "$r explain", 2,
	  "remapguard: explain: what? a finding, a check or a trace\n" },
	{ "explain two", "$r explain RG101 RG102", 2,
	  "remapguard: RG102: one at a time\n" },
	{ "no such finding", "$r explain RG999", 2,
	  "remapguard: RG999: neither a finding, a check nor a trace\n" },
	{ "explain a call", "$r explain --event=2 $t | grep -q 'event 2 of 2'",
	  0, "" },
	{ "explain a call as JSON",
	  "$r explain $t --event=2 --json | grep -q '\"number\": 2'", 0, "" },
	{ "past the last call",
	  "$r explain $t --event=3 2> said; s=$?; "
	  "grep -q ': no event 3: it has 2 events$' said "
	  "&& exit $s",
	  1, "" },
	{ "nothing failed",
	  "$r explain $t 2> said; s=$?; "
	  "grep -q ': no call failed or is a hazard, ' said "
	  "&& exit $s",
	  1, "" },
	{ "no number of a call", "$r explain $t --event=0", 2,
	  "remapguard: --event=0: not a number of an event (1, 2, ...)\n" },
	{ "a word for a number", "$r explain $t --event=2x", 2,
	  "remapguard: --event=2x: not a number of an event (1, 2, ...)\n" },
	{ "explain what is no trace", "$r explain .", 1,
	  "remapguard: .: not a trace: it has no file metadata\n" },
	{ "a trace that has the name of a finding",
	  "cp -r $t overlap; $r explain overlap --event=1 | "
	  "grep -q 'event 1 of 2'",
	  0, "" },
	{ "explain a damaged trace", "$r explain $u", 1,
	  "remapguard: U/stream-0-0: truncated\n" },
	{ "explain to a full disk", "$r explain RG101 > /dev/full", 1,
	  "remapguard: standard output: No space left on device\n" },

	{ "a trace with stale accesses is replaced",
	  "cp -r $t old; : > old/accesses-0; : > old/.accesses-1; "
	  "$r run --force --quiet -o old -- true && "
	  "! test -e old/accesses-0 && ! test -e old/.accesses-1",
	  0, "" },

	{ "help of policy", "$r policy --help | grep -q -e --output", 0, "" },
	{ "a sound policy", POLICY "$r policy check policy", 0, "" },
	{ "a policy, compiled",
	  POLICY "test \"$($r policy compile policy)\" = \"" COMPILED(":") "\"",
	  0, "" },
	{ "a policy from standard input",
	  POLICY
	  "test \"$($r policy compile - < policy)\" = \"" COMPILED(":") "\"",
	  0, "" },
	{ "a policy, compiled into a file",
	  POLICY "$r policy compile policy -o out && "
		 "printf '" COMPILED("\\n") "\\n' | diff - out",
	  0, "" },
	{ "compiled over an existing file",
	  POLICY "echo keep > out; $r policy compile policy -o out; s=$?; "
		 "grep -q keep out && exit $s",
	  1, "remapguard: out: exists, and --force not given\n" },
	{ "compiled over an existing file with --force",
	  POLICY "echo keep > out; $r policy compile -o out --force policy && "
		 "! grep -q keep out",
	  0, "" },
	{ "compiled to a full disk",
	  POLICY "$r policy compile policy > /dev/full", 1,
	  "remapguard: standard output: No space left on device\n" },
	{ "an empty policy, compiled",
	  ": > policy; test \"$($r policy compile policy)\" = ''", 0, "" },
	{ "all that is wrong with a policy",
	  POLICY "printf 'flags = 3|\\n[rule]\\n[finding]\\n' >> policy; "
		 "$r policy check policy",
	  1,
	  "remapguard: policy:10:9: neither a number nor of "
	  "MAYMOVE|FIXED|DONTUNMAP\n"
	  "remapguard: policy:11:6: the rule has no name\n"
	  "remapguard: policy:12:2: no such section, there are findings, "
	  "options and rule NAME\n" },
	{ "a wrong policy leaves no file",
	  "echo x > policy; $r policy compile policy -o out; s=$?; "
	  "test ! -e out && exit $s",
	  1, "remapguard: policy:1:1: not `key = value`\n" },
	{ "a policy from standard input that is wrong",
	  "echo x | $r policy check -", 1,
	  "remapguard: standard input:1:1: not `key = value`\n" },
	{ "no such policy", "$r policy check nowhere", 1,
	  "remapguard: nowhere: No such file or directory\n" },
	{ "a policy that is a directory", "$r policy check .", 1,
	  "remapguard: .: Is a directory\n" },
	{ "policy of nothing", "$r policy", 2,
	  "remapguard: policy: check or compile?\n" },
	{ "policy without a file", "$r policy check", 2,
	  "remapguard: policy: a policy's file is missing\n" },
	{ "two policies", "$r policy check a b", 2,
	  "remapguard: b: one policy at a time\n" },
	{ "no such verb", "$r policy apply a", 2,
	  "remapguard: apply: no such verb, there are check and compile\n" },
	{ "a check that writes", "$r policy check -o a b", 2,
	  "remapguard: policy: only compile writes a file\n" },

	{ "run with no such profile", "$r run --profile=lax -- true", 2,
	  "remapguard: --profile=lax: not audit, strict, hardened, debug or "
	  "fast\n" },
	{ "run with no such stacks", "$r run --stacks=dwarf -- true", 2,
	  "remapguard: --stacks=dwarf: not libunwind, fp or none\n" },
	{ "run with half a setting", "$r run --set clobber -- true", 2,
	  "remapguard: --set=clobber: not FINDING=ACTION\n" },
	{ "run with a setting of no finding", "$r run --set stacks=fp -- true",
	  2, "remapguard: --set=stacks=fp: no such finding\n" },
	{ "run with two wrong settings",
	  "$r run --set clobber=no --set RG102='deny EFOO' -- true", 2,
	  "remapguard: --set=clobber=no: not ignore, note, deny or abort\n"
	  "remapguard: --set=RG102=deny EFOO: no such errno\n" },
	{ "run with no such option", "$r run --options=a=1:verbose=x -- true",
	  2,
	  "remapguard: option `a=1': no such option\n"
	  "remapguard: option `verbose=x': not a number from 0 to 9\n" },
	{ "run to fail on nothing", "$r run --fail-on= -- true", 2,
	  "remapguard: --fail-on: a finding is missing\n" },
	{ "run to fail on what is none", "$r run --fail-on=any,all -- true", 2,
	  "remapguard: --fail-on: all: neither a finding nor deny, hazard or "
	  "any\n" },
	{ "run with no such policy", "$r run --policy=nowhere -- true", 2,
	  "remapguard: nowhere: No such file or directory\n" },
	{ "a refused run starts nothing, and leaves no trace",
	  "$r run --fail-on=x -o out -- touch started; s=$?; "
	  "test ! -e started && test ! -e out && exit $s",
	  2,
	  "remapguard: --fail-on: x: neither a finding nor deny, hazard or "
	  "any\n" },

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
	{ "list findings",
	  "$r list findings | grep -qx 'RG101  clobber  (hazard, denied with "
	  "EEXIST)'",
	  0, "" },
	{ "list findings as JSON",
	  "$r list findings --json | tr -d ' \\n' | grep -q "
	  "'\"id\":\"RG101\",\"name\":\"clobber\",\"severity\":\"hazard\".*"
	  "\"needs_mappings\":true,\"errno\":\"EEXIST\",\"actions\":{\"audit\":"
	  "\"note\",\"strict\":\"deny\"'",
	  0, "" },
	{ "list profiles",
	  "$r list profiles > got; "
	  "grep -q '^RG109  executable-move .* note .* deny .* ignore$' got && "
	  "grep -q '^predict  *auto  *always  *always  *always  *never$' got && "
	  "! grep -q ' $' got",
	  0, "" },
	{ "list profiles as JSON",
	  "$r list profiles --json | tr -d ' \\n' | grep -q "
	  "'\"name\":\"hardened\",\"options\":{\"predict\":\"always\".*"
	  "\"RG110\":\"deny\"'",
	  0, "" },
	{ "list of nothing", "$r list", 2,
	  "remapguard: list: which list? findings, profiles, checks or "
	  "kernels\n" },
	{ "no such list", "$r list flags", 2,
	  "remapguard: flags: no such list, there are findings, profiles, "
	  "checks and kernels\n" },
	{ "list to a full disk", "$r list checks > /dev/full", 1,
	  "remapguard: standard output: No space left on device\n" },
};

#define NR_MADE 4

static void make_traces(struct made_trace made[NR_MADE])
{
	struct rg_slot slot = { .pid = 1000, .paths = { [RG_PATH_MOVE] = 2 } };
	struct rg_event events[2] = { an_event(), an_event() };

	for (int i = 0; i < NR_MADE; i++) {
		make_trace(&made[i]);
		make_table(&made[i], &slot, 1);
	}
	make_segment(&made[0], 0, 0, events, 2);
	make_segment(&made[1], 0, 0, events, 2);
	cut_file(&made[1], "stream-0-0", 100);
	slot.paths[RG_PATH_MOVE] = 0;
	make_table(&made[2], &slot, 1);
	events[1] = a_failure(EFAULT, RG_CHECK_CROSSES_VMA);
	make_segment(&made[3], 0, 0, events, 2);
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

static int run(const struct row *row, const struct made_trace made[NR_MADE],
	       char *error, size_t size)
{
	char line[4096];
	size_t len;
	FILE *pipe;
	int status;

	snprintf(
		line, sizeof(line),
		"{ LC_ALL=C; export LC_ALL; r=$REMAPGUARD; t=%s u=%s v=%s w=%s; "
		"d=$(mktemp -d) && cd $d && ( %s\n) 3>&1 >/dev/null 2>&3; "
		"s=$?; cd / && rm -r $d; exit $s; }",
		made[0].path, made[1].path, made[2].path, made[3].path,
		row->command);
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
	struct made_trace made[NR_MADE];
	char error[2048];
	int status;

	ck_assert_msg(getenv("REMAPGUARD") != NULL,
		      "REMAPGUARD does not name the program");
	make_traces(made);
	status = run(row, made, error, sizeof(error));
	for (int i = 0; i < NR_MADE; i++)
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
