/* SPDX-License-Identifier: MIT */

/*
 * The page as text: what is gathered for it, in bounded memory, and that
 * nothing a trace says is more than text in it. tests/html has it in a browser.
 */

#include "make-trace.h"
#include "unit.h"

#include "report/html-print.h"
#include "report/render.h"

#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------------- spreads */

static const uint64_t values[] = {
	0,
	1,
	2,
	3,
	7,
	8,
	9,
	15,
	16,
	17,
	1000,
	4095,
	4096,
	4097,
	65535,
	1e9,
	UINT32_MAX,
	UINT64_C(1) << 63,
	UINT64_MAX - 1,
	UINT64_MAX,
};

START_TEST(bucket)
{
	uint64_t value = values[_i];
	size_t at = rg_spread_bucket(value);

	ck_assert_msg(at < RG_SPREAD_BUCKETS, "%#lx: %zu", value, at);
	ck_assert_msg(rg_spread_floor(at) <= value, "%#lx: from %#lx", value,
		      rg_spread_floor(at));
	ck_assert_msg(at + 1 == RG_SPREAD_BUCKETS || value < 8 ||
			      rg_spread_floor(at + 1) > value,
		      "%#lx: before %#lx", value, rg_spread_floor(at + 1));
	ck_assert_msg(value - rg_spread_floor(at) <= value / 8, "%#lx: coarse",
		      value);
}
END_TEST

static const struct {
	const char *name;
	uint64_t from, to; /* one of each */
	unsigned percent;
	uint64_t least, most;
} percentiles[] = {
	{ "median of one", 40, 40, 50, 40, 40 },
	{ "median of zeroes", 0, 0, 50, 0, 0 },
	{ "median", 1, 1000, 50, 500, 563 },
	{ "99th", 1, 1000, 99, 990, 1000 },
	{ "100th", 1, 1000, 100, 1000, 1000 },
	{ "the greatest there is", UINT64_MAX, UINT64_MAX, 50, UINT64_MAX,
	  UINT64_MAX },
};

START_TEST(percentile)
{
	struct rg_spread spread = { 0 };
	uint64_t value = percentiles[_i].from;
	uint64_t got;

	ck_assert_uint_eq(rg_spread_percentile(&spread, 50), 0);
	do
		rg_spread_add(&spread, value);
	while (value++ != percentiles[_i].to);
	got = rg_spread_percentile(&spread, percentiles[_i].percent);
	ck_assert_msg(got >= percentiles[_i].least &&
			      got <= percentiles[_i].most,
		      "%s: %lu", percentiles[_i].name, got);
}
END_TEST

/* ---------------------------------------------------------------- printing */

static const struct {
	const char *name;
	const char *text;
	const char *html;
	const char *json;
} prints[] = {
	{ "plain", "a b", "a b", "\"a b\"" },
	{ "an element", "<b>", "&lt;b&gt;", "\"\\u003cb\\u003e\"" },
	{ "the end of the script", "</script>", "&lt;/script&gt;",
	  "\"\\u003c/script\\u003e\"" },
	{ "out of an attribute", "\"'&", "&quot;&#39;&amp;",
	  "\"\\\"'\\u0026\"" },
	{ "a percent sign", "%s%n", "%s%n", "\"%s%n\"" },
	{ "umlauts", "\xc3\xa4", "\xc3\xa4", "\"\xc3\xa4\"" },
	{ "no UTF-8", "a\xff", "a\xef\xbf\xbd", "\"a\xef\xbf\xbd\"" },
	{ "a cut character", "\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd",
	  "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "longer than need be", "\xc0\xbc", "\xef\xbf\xbd\xef\xbf\xbd",
	  "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "half of a surrogate", "\xed\xa0\x80",
	  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
	  "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "an escape sequence", "\x1b[2J", "\xef\xbf\xbd[2J",
	  "\"\xef\xbf\xbd[2J\"" },
	{ "text turned round",
	  "a\xe2\x80\xae"
	  "b",
	  "a\xef\xbf\xbd"
	  "b",
	  "\"a\xef\xbf\xbd"
	  "b\"" },
};

START_TEST(print)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	rg_html(out, "%s", prints[_i].text);
	fclose(out);
	ck_assert_msg(!strcmp(text, prints[_i].html), "%s: %s", prints[_i].name,
		      text);
	free(text);
	out = open_memstream(&text, &len);
	rg_html_json(out, rg_html_json_string(prints[_i].text));
	fclose(out);
	ck_assert_msg(!strcmp(text, prints[_i].json), "%s: %s", prints[_i].name,
		      text);
	free(text);
}
END_TEST

/* --------------------------------------------------------------- gathering */

#define NR_EVENTS 500
#define NR_SEGMENTS 8

/* Every tenth fails, and the last of all for a reason of its own. */
static void make_many(struct made_trace *made)
{
	struct rg_slot slot = { .pid = 1000, .paths = { NR_EVENTS } };
	struct rg_event events[NR_EVENTS];

	make_trace(made);
	make_table(made, &slot, 1);
	for (uint32_t segment = 0; segment < NR_SEGMENTS; segment++) {
		for (size_t i = 0; i < NR_EVENTS; i++) {
			events[i] = i % 10 ? an_event()
					   : a_failure(12, RG_CHECK_MAP_COUNT);
			events[i].duration_ns = (uint32_t)i;
			events[i].req.new_len = (i + 1) << 12;
		}
		if (segment + 1 == NR_SEGMENTS)
			events[NR_EVENTS - 1] = a_failure(14, RG_CHECK_NONE);
		events[0].timestamp =
			MADE_BEGIN + UINT64_C(1000000000) * segment;
		make_segment(made, 0, segment, events, NR_EVENTS);
	}
}

static struct rg_tally *gather_all(struct rg_gather *gather,
				   void (*maker)(struct made_trace *made))
{
	struct rg_tally *tally = rg_tally_new();
	struct rg_report_error err = { "" };
	struct made_trace made;

	maker(&made);
	tally->watch = &gather->watch;
	ck_assert_msg(!rg_tally_add(tally, made.path, &err), "%s", err.text);
	remove_trace(&made);
	return tally;
}

static uint64_t sum_density(const struct rg_density *density)
{
	const uint32_t *counts = &density->counts[0][0][0];
	uint64_t sum = 0;

	for (size_t i = 0; i < sizeof(density->counts) / sizeof(*counts); i++)
		sum += counts[i];
	return sum;
}

START_TEST(gathered)
{
	struct rg_gather *gather = rg_gather_new();
	struct rg_tally *tally = gather_all(gather, make_many);
	const struct rg_reason last = { 14, RG_CHECK_NONE, 1 };
	uint64_t all = NR_EVENTS * NR_SEGMENTS;

	rg_gather_finish(gather);
	ck_assert_uint_eq(sum_density(&gather->density), all);
	ck_assert_uint_eq(gather->durations[RG_PATH_REFUSE].nr,
			  tally->totals.failed);
	ck_assert_uint_gt(gather->nr_kept, 1000);
	ck_assert_uint_lt(gather->nr_kept, 2700);
	for (size_t i = 1; i < gather->nr_kept; i++)
		ck_assert_uint_lt(gather->kept[i - 1].number,
				  gather->kept[i].number);
	ck_assert(rg_gather_has(gather, 1));
	ck_assert(!rg_gather_has(gather, 0));
	ck_assert_uint_eq(rg_gather_first_failed(gather, &last), all);
	ck_assert_uint_eq(gather->lots[RG_KEEP_SLOW].list[0].event.duration_ns,
			  NR_EVENTS - 1);
	ck_assert_uint_ge(gather->density.column_ns * RG_DENSITY_COLUMNS,
			  gather->until_ns);
	rg_gather_free(gather);
	rg_tally_free(tally);
}
END_TEST

/* ---------------------------------------------------------------- the page */

#define HOSTILE "/x/</script><img src=x onerror=alert(1)>\"'&\xff\xe2\x80\xae"

static void make_hostile(struct made_trace *made)
{
	struct rg_slot slot = {
		.pid = 1000, .paths = { 3 }, .comm = "<i>", .exe = HOSTILE
	};
	struct rg_module module = a_module();
	struct rg_event events[] = { an_event(), a_failure(12, RG_CHECK_NONE),
				     a_failure(22, RG_CHECK_OVERLAP) };

	for (size_t i = 0; i < NR_ROWS(events); i++) {
		events[i].nr_stack = 1;
		events[i].stack[0] = module.start + 4;
	}
	module.path = HOSTILE;
	events[0].timestamp = MADE_SINCE + 1;
	make_trace(made);
	make_table(made, &slot, 1);
	make_modules(made, 0, &module, 1);
	make_segment(made, 0, 0, events, NR_ROWS(events));
}

static void make_nothing(struct made_trace *made)
{
	make_trace(made);
}

static void write_page(void (*maker)(struct made_trace *made), FILE *out)
{
	struct rg_gather *gather = rg_gather_new();
	struct rg_tally *tally = gather_all(gather, maker);

	rg_render_html(tally, gather, out);
	fclose(out);
	rg_gather_free(gather);
	rg_tally_free(tally);
}

static const struct {
	const char *name;
	void (*maker)(struct made_trace *made);
} pages[] = {
	{ "hostile", make_hostile },
	{ "nothing", make_nothing },
	{ "many", make_many },
};

static size_t occurrences(const char *text, const char *of)
{
	size_t nr = 0;

	while ((text = strstr(text, of))) {
		text += strlen(of);
		nr++;
	}
	return nr;
}

START_TEST(page)
{
	const char *name = pages[_i].name;
	json_t *root;
	char *text;
	char *data;
	size_t len;

	if (!rg_has_html())
		return;
	write_page(pages[_i].maker, open_memstream(&text, &len));
	ck_assert_msg(strlen(text) == len, "%s: a zero byte", name);
	ck_assert_msg(!strncmp(text, "<!DOCTYPE html>", 15), "%s", name);
	ck_assert_msg(!strcmp(text + strlen(text) - 8, "</html>\n"), "%s",
		      name);
	ck_assert_msg(!strstr(text, "<img"), "%s: an element of its own", name);
	ck_assert_msg(!strstr(text, "\xff"), "%s: no UTF-8", name);
	/* the data and the scripts, and each ends once */
	ck_assert_msg(occurrences(text, "<script") == 2, "%s", name);
	ck_assert_msg(occurrences(text, "</script") == 2, "%s", name);
	data = strstr(text, "id=\"data\">");
	ck_assert_msg(data && data[10] == '{', "%s: no data", name);
	*strstr(data, "</script>") = '\0';
	root = json_loads(data + 10, 0, NULL);
	ck_assert_msg(root != NULL, "%s: not JSON", name);
	json_decref(root);
	free(text);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, bucket, 0, NR_ROWS(values));
	tcase_add_loop_test(tc, percentile, 0, NR_ROWS(percentiles));
	tcase_add_loop_test(tc, print, 0, NR_ROWS(prints));
	tcase_add_test(tc, gathered);
	tcase_add_loop_test(tc, page, 0, NR_ROWS(pages));
}
