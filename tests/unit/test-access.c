/* SPDX-License-Identifier: MIT */

#include "make-trace.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------ as bytes */

static const struct row {
	const char *name;
	struct rg_access access;
	size_t size;
	/* as babeltrace2 prints it, behind time and name */
	const char *printed;
} rows[] = {
	{ .name = "nothing but the address",
	  .access = { .addr = 0x7f0000000010 },
	  .size = 88,
	  .printed = "{ addr = 0x7F0000000010, now = 0x0, move_timestamp = 0, "
		     "from = 0x0, len = 0, to = 0x0, to_len = 0, tid = 0, "
		     "system_call = 0, move_pid = 0, move_tid = 0, "
		     "access = ( \"unknown\" : container = 0 ), "
		     "nr_registers = 0, nr_stack = 0, nr_move_stack = 0, "
		     "registers = [ ], stack = [ ], move_stack = [ ] }" },
	{ .name = "a write with all there is",
	  .access = { .tid = 7,
		      .kind = RG_ACCESS_WRITE,
		      .addr = 0x1010,
		      .now = 0x9010,
		      .nr_registers = 2,
		      .nr_stack = 1,
		      .registers = { 1, UINT64_MAX },
		      .stack = { 0x401000 },
		      .move = { .timestamp = 99,
				.pid = 5,
				.tid = 6,
				.from = 0x1000,
				.len = 4096,
				.to = 0x9000,
				.to_len = 8192,
				.nr_stack = 2,
				.stack = { 0x402000, 0x403000 } } },
	  .size = 88 + 5 * 8,
	  .printed = "{ addr = 0x1010, now = 0x9010, move_timestamp = 99, "
		     "from = 0x1000, len = 4096, to = 0x9000, to_len = 8192, "
		     "tid = 7, system_call = 0, move_pid = 5, move_tid = 6, "
		     "access = ( \"write\" : container = 2 ), "
		     "nr_registers = 2, nr_stack = 1, nr_move_stack = 2, "
		     "registers = [ [0] = 0x1, [1] = 0xFFFFFFFFFFFFFFFF ], "
		     "stack = [ [0] = 0x401000 ], "
		     "move_stack = [ [0] = 0x402000, [1] = 0x403000 ] }" },
	{ .name = "a system call",
	  .access = { .kind = RG_ACCESS_SYSTEM_CALL,
		      .system_call = 1,
		      .addr = 0x1000,
		      .nr_stack = 1,
		      .stack = { 0x401000 } },
	  .size = 96,
	  .printed = "{ addr = 0x1000, now = 0x0, move_timestamp = 0, "
		     "from = 0x0, len = 0, to = 0x0, to_len = 0, tid = 0, "
		     "system_call = 1, move_pid = 0, move_tid = 0, "
		     "access = ( \"system-call\" : container = 4 ), "
		     "nr_registers = 0, nr_stack = 1, nr_move_stack = 0, "
		     "registers = [ ], stack = [ [0] = 0x401000 ], "
		     "move_stack = [ ] }" },
};

START_TEST(encoded)
{
	const struct row *row = &rows[_i];
	uint8_t want[RG_ACCESS_MAX_SIZE];
	_Alignas(8) uint8_t buf[RG_ACCESS_MAX_SIZE];
	size_t size;

	memset(buf, 0xad, sizeof(buf));
	memset(want, 0xad, sizeof(want));
	size = rg_access_encode(&row->access, buf);
	ck_assert_msg(size == row->size, "%s: %zu bytes", row->name, size);
	ck_assert_msg(rg_access_encoded_size(buf) == size, "%s: read as %zu",
		      row->name, rg_access_encoded_size(buf));
	ck_assert_msg(!rg_access_bad_count(buf), "%s: %s", row->name,
		      rg_access_bad_count(buf));
	ck_assert_msg(!memcmp(buf, want, 8), "%s: time was written", row->name);
	ck_assert_msg(!memcmp(buf + size, want, sizeof(buf) - size),
		      "%s: more was written", row->name);
}
END_TEST

START_TEST(largest)
{
	_Alignas(8) uint8_t buf[RG_ACCESS_MAX_SIZE];
	struct rg_access access = {
		.nr_registers = RG_ACCESS_MAX_REGISTERS,
		.nr_stack = RG_EVENT_MAX_STACK,
		.move.nr_stack = RG_EVENT_MAX_STACK,
	};

	ck_assert_uint_le(rg_access_encode(&access, buf), sizeof(buf));
	ck_assert_ptr_null(rg_access_bad_count(buf));
}
END_TEST

static const struct {
	const char *name;
	size_t at;
	uint8_t value;
	const char *want;
} bad_counts[] = {
	{ "registers", 81, RG_ACCESS_MAX_REGISTERS + 1, "too many registers" },
	{ "stack", 82, RG_EVENT_MAX_STACK + 1, "too deep a stack" },
	{ "the move's stack", 83, 255, "too deep a stack" },
};

START_TEST(bad_count)
{
	_Alignas(8) uint8_t buf[RG_ACCESS_MAX_SIZE] = { 0 };
	struct rg_access access = an_access();
	const char *why;

	rg_access_encode(&access, buf);
	buf[bad_counts[_i].at] = bad_counts[_i].value;
	why = rg_access_bad_count(buf);
	ck_assert_msg(why && !strcmp(why, bad_counts[_i].want), "%s: %s",
		      bad_counts[_i].name, why ? why : "no fault");
}
END_TEST

/* ------------------------------------------------------- as others read it */

/* The first line it prints, without its end. */
static void print_with_babeltrace(const struct made_trace *made, char *line,
				  int size)
{
	char command[128];
	FILE *pipe;

	snprintf(command, sizeof(command),
		 "babeltrace2 --clock-cycles --no-delta %s 2>&1", made->path);
	pipe = popen(command, "r");
	ck_assert(pipe);
	if (!fgets(line, size, pipe))
		*line = '\0';
	pclose(pipe);
	line[strcspn(line, "\n")] = '\0';
}

START_TEST(babeltrace)
{
	const struct row *row = &rows[_i];
	char want[1024];
	char line[1024];
	struct made_trace made;

	make_trace(&made);
	make_accesses(&made, 3, &row->access, 1);
	print_with_babeltrace(&made, line, sizeof(line));
	remove_trace(&made);
	snprintf(want, sizeof(want),
		 "[%020u] remapguard:stale_access: "
		 "{ pid = 1003, segment = 0 }, %s",
		 (unsigned)MADE_BEGIN, row->printed);
	ck_assert_msg(!strcmp(line, want), "%s: %s", row->name, line);
}
END_TEST

/* ------------------------------------------------------------------- names */

static const struct {
	const char *machine;
	unsigned place;
	const char *want;
} registers[] = {
	{ "x86_64", 0, "rax" },
	{ "x86_64", 7, "rsp" },
	{ "x86_64", 8, "r8" },
	{ "x86_64", 16, "rip" },
	{ "x86_64", 17, "eflags" },
	{ "x86_64", 18, NULL },
	{ "aarch64", 30, "x30" },
	{ "aarch64", 31, "sp" },
	{ "aarch64", 32, "pc" },
	{ "aarch64", 33, "pstate" },
	{ "aarch64", 34, NULL },
	{ "riscv64", 0, NULL },
	{ "", 0, NULL },
};

START_TEST(register_name)
{
	const char *got = rg_access_register_name(registers[_i].machine,
						  registers[_i].place);
	const char *want = registers[_i].want;

	ck_assert_msg(got == want || (got && want && !strcmp(got, want)),
		      "%s %u: %s", registers[_i].machine, registers[_i].place,
		      got ? got : "none");
}
END_TEST

START_TEST(kind_name)
{
	ck_assert_str_eq(rg_access_kind_name(RG_ACCESS_EXECUTE), "execute");
	ck_assert_ptr_null(rg_access_kind_name(RG_NR_ACCESS_KINDS));
	for (int kind = 0; kind < RG_NR_ACCESS_KINDS; kind++)
		ck_assert_msg(rg_access_kind_name((enum rg_access_kind)kind),
			      "kind %d has no name", kind);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, encoded, 0, NR_ROWS(rows));
	tcase_add_test(tc, largest);
	tcase_add_loop_test(tc, bad_count, 0, NR_ROWS(bad_counts));
	tcase_add_loop_test(tc, babeltrace, 0, NR_ROWS(rows));
	tcase_add_loop_test(tc, register_name, 0, NR_ROWS(registers));
	tcase_add_test(tc, kind_name);
}
