/* SPDX-License-Identifier: MIT */

/* Injections: how they are read and written, and which calls they are for. */

#include "unit.h"

#include "policy/inject.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static char written[1024];

static void put(void *ctx, const char *text, size_t len)
{
	ck_assert(ctx == written);
	strncat(written, text, len);
}

static const char *write_out(const struct rg_injection *injection)
{
	struct rg_out out = { put, written, ':' };

	written[0] = '\0';
	rg_injection_put(injection, &out);
	return written;
}

static struct rg_injection parse(const char *text)
{
	struct rg_injection injection;
	struct rg_fault fault = rg_injection_parse(text, &injection);

	ck_assert_msg(!fault.why, "%s: %s", text, fault.why);
	return injection;
}

/* ---------------------------------------------------------------- reading */

static const struct {
	const char *text;
	const char *want;
} good[] = {
	{ "errno=ENOMEM", "errno=ENOMEM" },
	{ "delay=10ms", "delay=10ms" },
	{ "delay=1000ns", "delay=1us" },
	{ "delay=1500us", "delay=1500us" },
	{ "delay=60000000us", "delay=60s" },
	{ "delay=7ns,errno=EAGAIN", "errno=EAGAIN,delay=7ns" },
	{ "nth=3,errno=EIO", "errno=EIO,nth=3" },
	{ "every=10,nth=2,errno=EIO", "errno=EIO,nth=2,every=10" },
	{ "errno=EIO,prob=0.5", "errno=EIO,prob=0.5" },
	{ "errno=EIO,prob=1", "errno=EIO" },
	{ "errno=EIO,prob=1.000", "errno=EIO" },
	{ "errno=EIO,prob=0.75", "errno=EIO,prob=0.75" },
	{ "errno=EIO,prob=0.000000001", "errno=EIO,prob=0.000000001" },
	{ "errno=EIO,prob=0.120", "errno=EIO,prob=0.12" },
	{ "errno=EIO,site=libring*", "errno=EIO,site=libring*" },
	{ "errno=EIO,site=a+0x1aF", "errno=EIO,site=a+0x1af" },
	{ "errno=EIO,site=a+16", "errno=EIO,site=a+0x10" },
	{ "errno=EIO,site=a+0", "errno=EIO,site=a+0x0" },
	{ "errno=EIO,site=libstdc++.so.6", "errno=EIO,site=libstdc++.so.6" },
	{ "errno=EIO,site=libstdc++.so.6+0x20",
	  "errno=EIO,site=libstdc++.so.6+0x20" },
	{ "errno=EIO,site=g++", "errno=EIO,site=g++" },
	{ "errno=EIO,site=a!grow*", "errno=EIO,site=a!grow*" },
	{ "errno=EIO,site=a+1/b!f/c/d+0x20",
	  "errno=EIO,site=a+0x1/b!f/c/d+0x20" },
	{ "errno=EIO,site=a+1!f+2", "errno=EIO,site=a+1!f+2" },
	{ "errno=EIO,min-size=4K", "errno=EIO,min-size=4096" },
	{ "errno=EIO,path=expand-in-place", "errno=EIO,path=expand-in-place" },
	{ "path=refuse,min-size=1,site=b,prob=0.25,every=2,nth=1,delay=1s,"
	  "errno=EPERM",
	  "errno=EPERM,delay=1s,nth=1,every=2,prob=0.25,site=b,min-size=1,"
	  "path=refuse" },
};

/* And what was written is read as what it was written from. */
START_TEST(reads_and_writes)
{
	struct rg_injection injection;
	char once[sizeof(written)];

	injection = parse(good[_i].text);
	ck_assert_str_eq(write_out(&injection), good[_i].want);
	strcpy(once, written);
	injection = parse(once);
	ck_assert_str_eq(write_out(&injection), once);
}
END_TEST

#define NO_TIME "not a time (a number with ns, us, ms or s behind it)"
#define NO_PROB                                                                \
	"not a probability (above 0 and up to 1, of nine decimals at the "     \
	"most)"
#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HUGE LONG LONG LONG LONG LONG LONG LONG LONG

static const struct {
	const char *text;
	size_t at;
	const char *why;
} bad[] = {
	{ "", 0, "no '=' in it" },
	{ "nth=1", 0, "neither an errno nor a delay" },
	{ "errno=ENOMEM,", 13, "no '=' in it" },
	{ "errno=ENOMEM,,nth=1", 13, "no '=' in it" },
	{ "errno=ENOMEM,nth", 13, "no '=' in it" },
	{ "errno=ENOMEM,mth=1", 13, "no such key of an injection" },
	{ "errno=ENOMEM,nth=1,nth=2", 19, "given twice" },
	{ "errno=", 6, "no such errno" },
	{ "nth=1,errno=ENOMEMO", 12, "no such errno" },
	{ "errno=12", 6, "no such errno" },
	{ "delay=10", 6, NO_TIME },
	{ "delay=ms", 6, NO_TIME },
	{ "delay=0ms", 6, NO_TIME },
	{ "delay=1.5ms", 6, NO_TIME },
	{ "delay=1m", 6, NO_TIME },
	{ "delay=18446744073709551615s", 6, NO_TIME },
	{ "errno=EIO,nth=0", 14, "not a number from 1 on" },
	{ "errno=EIO,every=x", 16, "not a number from 1 on" },
	{ "errno=EIO,every=1K", 16, "not a number from 1 on" },
	{ "errno=EIO,nth=99999999999999999999", 14, "not a number from 1 on" },
	{ "errno=EIO,prob=0", 15, NO_PROB },
	{ "errno=EIO,prob=2", 15, NO_PROB },
	{ "errno=EIO,prob=1.1", 15, NO_PROB },
	{ "errno=EIO,prob=.5", 15, NO_PROB },
	{ "errno=EIO,prob=0.0000000001", 15, NO_PROB },
	{ "errno=EIO,prob=0.5x", 15, NO_PROB },
	{ "errno=EIO,site=", 15, "a name or a pattern is missing" },
	{ "errno=EIO,site=+0x10", 15, "a name or a pattern is missing" },
	{ "errno=EIO,site=!f", 15, "a name or a pattern is missing" },
	{ "errno=EIO,site=a!", 17, "a name or a pattern is missing" },
	{ "errno=EIO,site=" LONG LONG, 15, "longer than 63 bytes" },
	{ "errno=EIO,site=b!" LONG LONG, 17, "longer than 63 bytes" },
	{ "errno=EIO,site=" HUGE HUGE, 10, "longer than 511 bytes" },
	{ "errno=EIO,site=a/", 17, "a name or a pattern is missing" },
	{ "errno=EIO,site=a/b!", 19, "a name or a pattern is missing" },
	{ "errno=EIO,site=a/b/c/d/e", 23, "more than 4 places" },
	{ "errno=EIO,min-size=big", 19,
	  "not a size (a number, with K, M or G behind it)" },
	{ "errno=EIO,path=none", 15, "no such path" },
	{ "errno=EIO,path=moved", 15, "no such path" },
};

START_TEST(says_what_is_wrong)
{
	struct rg_injection injection = { .nth = 0xad };
	struct rg_fault fault = rg_injection_parse(bad[_i].text, &injection);

	ck_assert_msg(fault.why && !strcmp(fault.why, bad[_i].why),
		      "%s: said %s", bad[_i].text,
		      fault.why ? fault.why : "nothing");
	ck_assert_msg(fault.at == bad[_i].at && !fault.of_key,
		      "%s: at %zu, not %zu", bad[_i].text, fault.at,
		      bad[_i].at);
	ck_assert_msg(injection.nth == 0xad, "%s: stored", bad[_i].text);
}
END_TEST

/* --------------------------------------------------------------- deciding */

static const struct {
	const char *text;
	uint64_t old_len, new_len;
	enum rg_path path;
	bool fits;
} requests[] = {
	{ "errno=EIO", 1, 2, RG_PATH_INVALID, true },
	{ "errno=EIO,min-size=3", 1, 2, RG_PATH_INVALID, false },
	{ "errno=EIO,min-size=3", 1, 3, RG_PATH_INVALID, true },
	{ "errno=EIO,min-size=3", 3, 1, RG_PATH_INVALID, true },
	{ "errno=EIO,path=move", 1, 2, RG_PATH_MOVE, true },
	{ "errno=EIO,path=move", 1, 2, RG_PATH_EXPAND_IN_PLACE, false },
	{ "errno=EIO,path=move", 1, 2, RG_PATH_INVALID, false },
	{ "errno=EIO,path=move,min-size=3", 1, 2, RG_PATH_MOVE, false },
};

START_TEST(fits_requests)
{
	struct rg_injection injection = parse(requests[_i].text);
	struct rg_request req = { .old_len = requests[_i].old_len,
				  .new_len = requests[_i].new_len };

	ck_assert_msg(rg_injection_fits(&injection, &req, requests[_i].path) ==
			      requests[_i].fits,
		      "%s: %d to %d, %s", requests[_i].text, (int)req.old_len,
		      (int)req.new_len, rg_path_name(requests[_i].path));
	ck_assert(!injection.depth);
}
END_TEST

static const struct {
	const char *text;
	struct rg_call_site site;
	bool fits;
} sites[] = {
	{ "a", { .module = "a" }, true },
	{ "a", { .module = "ab" }, false },
	{ "a*", { .module = "ab" }, true },
	{ "a", { .module = NULL }, false },
	{ "*", { .module = NULL }, true },
	{ "a+0x10", { .module = "a", .offset = 16 }, true },
	{ "a+0x10", { .module = "a", .offset = 17 }, false },
	{ "a+0x10", { .module = "b", .offset = 16 }, false },
	{ "a+0", { .module = "a", .offset = 16 }, false },
	{ "a!f?", { .module = "a", .function = "fg" }, true },
	{ "a!f?", { .module = "a", .function = "g" }, false },
	{ "a!f?", { .module = "a" }, false },
	{ "a!*", { .module = "a" }, true },
	{ "b!f", { .module = "a", .function = "f" }, false },
};

START_TEST(fits_sites)
{
	const struct rg_call_site *site = &sites[_i].site;
	struct rg_injection injection;
	char text[64];

	snprintf(text, sizeof(text), "errno=EIO,site=%s", sites[_i].text);
	injection = parse(text);
	ck_assert_msg((rg_place_fits(injection.site, site) &&
		       rg_place_fits_module(injection.site, site->module)) ==
			      sites[_i].fits,
		      "%s: %s+%d!%s", text, site->module, (int)site->offset,
		      site->function);
	ck_assert_int_eq(injection.depth, 1);
}
END_TEST

/* Of the first sixteen calls that fit: an X for each that it is for. */
static const struct {
	const char *text;
	uint64_t seed;
	uint32_t place;
	const char *calls;
} turns[] = {
	{ "errno=EIO", 0, 0, "XXXXXXXXXXXXXXXX" },
	{ "errno=EIO,nth=1", 0, 0, "X..............." },
	{ "errno=EIO,nth=3", 0, 1, "..X............." },
	{ "errno=EIO,every=5", 0, 0, "....X....X....X." },
	{ "errno=EIO,every=1", 0, 0, "XXXXXXXXXXXXXXXX" },
	{ "errno=EIO,nth=2,every=5", 0, 0, ".X....X....X...." },
	/* by the published numbers of splitmix64 from 1234567 on */
	{ "errno=EIO,prob=0.36", 1234567, 0, "XX.X...X.....X.X" },
};

static void check_turns(const char *text, uint64_t seed, uint32_t place,
			char ret_calls[17])
{
	struct rg_injection injection = parse(text);

	for (uint64_t count = 1; count <= 16; count++)
		ret_calls[count - 1] =
			rg_injection_is_due(&injection, seed, place, count)
				? 'X'
				: '.';
	ret_calls[16] = '\0';
}

START_TEST(takes_turns)
{
	char calls[17];

	check_turns(turns[_i].text, turns[_i].seed, turns[_i].place, calls);
	ck_assert_msg(!strcmp(calls, turns[_i].calls), "%s: %s, not %s",
		      turns[_i].text, calls, turns[_i].calls);
}
END_TEST

static uint64_t due(const struct rg_injection *injection, uint64_t seed,
		    uint32_t place, uint64_t calls)
{
	uint64_t nr = 0;

	for (uint64_t count = 1; count <= calls; count++)
		nr += rg_injection_is_due(injection, seed, place, count);
	return nr;
}

static const struct {
	const char *prob;
	uint64_t least, most; /* of a million calls */
} chances[] = {
	{ "0.000001", 0, 8 },	   { "0.001", 850, 1150 },
	{ "0.1", 98800, 101200 },  { "0.5", 498000, 502000 },
	{ "0.9", 898800, 901200 }, { "0.999999", 999990, 1000000 },
	{ "1", 1000000, 1000000 },
};

/* Five standard deviations, and each seed's numbers are always the same. */
START_TEST(is_as_likely_as_asked)
{
	struct rg_injection injection;
	char text[64];

	snprintf(text, sizeof(text), "errno=EIO,prob=%s", chances[_i].prob);
	injection = parse(text);
	for (uint64_t seed = 0; seed < 4; seed++) {
		uint64_t nr = due(&injection, seed, 0, 1000000);

		ck_assert_msg(nr >= chances[_i].least && nr <= chances[_i].most,
			      "%s, seed %d: %d of a million", text, (int)seed,
			      (int)nr);
	}
}
END_TEST

START_TEST(draws_differ)
{
	char calls[4][17];

	check_turns("errno=EIO,prob=0.5", 1, 0, calls[0]);
	check_turns("errno=EIO,prob=0.5", 1, 0, calls[1]);
	check_turns("errno=EIO,prob=0.5", 2, 0, calls[2]);
	check_turns("errno=EIO,prob=0.5", 1, 1, calls[3]);
	ck_assert_str_eq(calls[0], calls[1]);
	ck_assert_str_ne(calls[0], calls[2]);
	ck_assert_str_ne(calls[0], calls[3]);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, reads_and_writes, 0, NR_ROWS(good));
	tcase_add_loop_test(tc, says_what_is_wrong, 0, NR_ROWS(bad));
	tcase_add_loop_test(tc, fits_requests, 0, NR_ROWS(requests));
	tcase_add_loop_test(tc, fits_sites, 0, NR_ROWS(sites));
	tcase_add_loop_test(tc, takes_turns, 0, NR_ROWS(turns));
	tcase_add_loop_test(tc, is_as_likely_as_asked, 0, NR_ROWS(chances));
	tcase_add_test(tc, draws_differ);
}
