/* SPDX-License-Identifier: MIT */

/*
 * Traces of every format that there was are read: tests/data/metadata.N is how
 * format N was described, and is never changed. Another layout is another
 * format.
 */

#include "make-trace.h"
#include "unit.h"

#include "report/read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* metadata.N; valid until the next call. */
static const char *described(unsigned format)
{
	static char text[RG_CTF_METADATA_MAX];
	const char *data = getenv("TEST_DATA");
	char name[512];
	size_t len;
	FILE *file;

	ck_assert_msg(data != NULL, "TEST_DATA does not name the directory");
	snprintf(name, sizeof(name), "%s/metadata.%u", data, format);
	file = fopen(name, "r");
	ck_assert_msg(file != NULL, "no %s", name);
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	fclose(file);
	return text;
}

static void make(struct made_trace *made, unsigned format, bool accessed)
{
	struct rg_slot slot = { .pid = 1000, .paths = { 2 } };
	struct rg_event events[] = { an_event(), an_event() };
	struct rg_access access = an_access();
	const char *text = described(format);

	make_trace(made);
	make_file(made, RG_CTF_METADATA, text, strlen(text));
	/* where a further slot's process stands now, the path went on */
	if (format < RG_CTF_FORMAT_OF_FURTHER) {
		memset(slot.exe, 'x', sizeof(slot.exe));
		memset(&slot.further_of, 'x', sizeof(slot.further_of));
	}
	make_table(made, &slot, 1);
	poke_file(made, ".processes.0", 20, &(char){ (char)format }, 1);
	make_segment(made, 0, 0, events, NR_ROWS(events));
	if (accessed)
		make_accesses(made, 0, &access, 1);
}

struct counts {
	unsigned calls;
	unsigned accesses;
};

static int count_call(void *ctx, const struct rg_source *source,
		      const struct rg_event *event)
{
	struct counts *counts = ctx;

	(void)source;
	ck_assert_uint_eq(event->req.new_len, 8192);
	counts->calls++;
	return 0;
}

static int count_access(void *ctx, const struct rg_source *source,
			const struct rg_access *access)
{
	struct counts *counts = ctx;

	(void)source;
	ck_assert_uint_eq(access->move.len, 4096);
	counts->accesses++;
	return 0;
}

static const struct row {
	const char *name;
	unsigned format;
	bool accessed;
	const char *error; /* what follows the directory; NULL: it is read */
} rows[] = {
	{ "format 1", 1, false, NULL },
	{ "format 1 has no accesses", 1, true,
	  "/accesses-0: not a file of a trace" },
	{ "format 2, without accesses", 2, false, NULL },
	{ "format 2", 2, true, NULL },
	{ "format 3", 3, true, NULL },
};

START_TEST(read_back)
{
	const struct row *row = &rows[_i];
	struct counts counts = { 0 };
	struct rg_reader reader = { .event = count_call,
				    .access = count_access,
				    .ctx = &counts };
	struct rg_report_error err = { "" };
	struct made_trace made;
	struct rg_trace trace;
	int ret;

	make(&made, row->format, row->accessed);
	ret = rg_trace_open(made.path, &trace, &err);
	if (!ret) {
		ret = rg_trace_read(&trace, &reader, &err);
		rg_trace_close(&trace);
	}
	remove_trace(&made);
	if (row->error) {
		ck_assert_msg(ret && !strcmp(err.text + strlen(made.path),
					     row->error),
			      "%s: said: %s", row->name, err.text);
		return;
	}
	ck_assert_msg(!ret, "%s: %s", row->name, err.text);
	ck_assert_msg(counts.calls == 2, "%s: %u calls", row->name,
		      counts.calls);
	ck_assert_msg(counts.accesses == row->accessed, "%s: %u accesses",
		      row->name, counts.accesses);
}
END_TEST

START_TEST(all_are_here)
{
	struct rg_trace_env env;
	const char *why;

	ck_assert_msg(!rg_metadata_parse(described((unsigned)_i), &env, &why),
		      "format %d: %s", _i, why);
	ck_assert_uint_eq(env.format, _i);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, read_back, 0, NR_ROWS(rows));
	tcase_add_loop_test(tc, all_are_here, RG_CTF_OLDEST, RG_CTF_FORMAT + 1);
}
