/* SPDX-License-Identifier: MIT */

/* The mappings around a call, before and after it. */

#include "unit.h"

#include "report/before-after.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define P 4096
/* Page numbers, as the rows have them, to addresses. */
#define AT(page) ((uint64_t)(page)*P)
#define MAYMOVE RG_MREMAP_MAYMOVE
#define FIXED (RG_MREMAP_MAYMOVE | RG_MREMAP_FIXED)

/* "16-18 old, 32-33 destroyed": start and end in pages; ? where assumed. */
static const struct {
	const char *name;
	struct rg_event event;
	const char *before;
	const char *after;
} rows[] = {
	{ "nothing was seen of a refusal",
	  { .req = { AT(16), P, 2 * P, 0, 0 },
	    .path = RG_PATH_REFUSE,
	    .error = 12 },
	  "",
	  "" },
	{ "a refusal changes nothing",
	  { .req = { AT(16), P, 2 * P, 0, 0 },
	    .path = RG_PATH_REFUSE,
	    .error = 12,
	    .has_vma = true,
	    .vma_start = AT(16),
	    .vma_end = AT(18) },
	  "16-17 old, 17-18 other",
	  "16-17 old, 17-18 other" },
	{ "growth in place, not looked at",
	  { .req = { AT(16), P, 2 * P, 0, 0 },
	    .result = AT(16),
	    .path = RG_PATH_EXPAND_IN_PLACE },
	  "16-17 old?",
	  "16-17 old?, 17-18 grown" },
	{ "shrink",
	  { .req = { AT(16), 4 * P, P, 0, 0 },
	    .result = AT(16),
	    .path = RG_PATH_SHRINK,
	    .has_vma = true,
	    .vma_start = AT(15),
	    .vma_end = AT(20) },
	  "15-16 other, 16-17 old, 17-20 destroyed",
	  "15-16 other, 16-17 old" },
	{ "equal lengths prove nothing",
	  { .req = { AT(16), P, P, 0, 0 },
	    .result = AT(16),
	    .path = RG_PATH_NO_RESIZE },
	  "",
	  "" },
	{ "move that grows",
	  { .req = { AT(16), P, 2 * P, MAYMOVE, 0 },
	    .result = AT(64),
	    .path = RG_PATH_MOVE },
	  "16-17 old?",
	  "64-65 moved, 65-66 grown" },
	{ "move out of the middle",
	  { .req = { AT(16), P, P, FIXED, AT(64) },
	    .result = AT(64),
	    .path = RG_PATH_MOVE,
	    .has_vma = true,
	    .vma_start = AT(15),
	    .vma_end = AT(18) },
	  "15-16 other, 16-17 old, 17-18 other",
	  "15-16 other, 17-18 other, 64-65 moved" },
	{ "move that destroys, and shrinks",
	  { .req = { AT(16), 2 * P, P, FIXED, AT(64) },
	    .result = AT(64),
	    .path = RG_PATH_MOVE,
	    .has_vma = true,
	    .vma_start = AT(16),
	    .vma_end = AT(18),
	    .nr_vmas = 1,
	    .vmas = { { AT(63), AT(66), 0 } } },
	  "16-17 old, 17-18 destroyed, 63-64 other, 64-65 destroyed, 65-66 other",
	  "63-64 other, 64-65 moved, 65-66 other" },
	{ "refused after the destination is gone",
	  { .req = { AT(16), 4 * P, 4 * P, FIXED, AT(64) },
	    .path = RG_PATH_REFUSE,
	    .error = 14,
	    .damage = RG_DAMAGE_DEST_UNMAPPED,
	    .has_vma = true,
	    .vma_start = AT(16),
	    .vma_end = AT(18),
	    .nr_vmas = 1,
	    .vmas = { { AT(64), AT(65), 0 } } },
	  "16-18 old, 64-65 destroyed",
	  "16-18 old" },
	{ "the old range stays, and is empty",
	  { .req = { AT(16), P, P, MAYMOVE | RG_MREMAP_DONTUNMAP, 0 },
	    .result = AT(64),
	    .path = RG_PATH_DONTUNMAP },
	  "16-17 old?",
	  "16-17 empty?, 64-65 moved" },
	{ "duplicate",
	  { .req = { AT(16), 0, P, MAYMOVE, 0 },
	    .result = AT(64),
	    .path = RG_PATH_DUPLICATE,
	    .has_vma = true,
	    .vma_start = AT(16),
	    .vma_end = AT(17) },
	  "16-17 other",
	  "16-17 other, 64-65 copy" },
	{ "mappings far from it are left out",
	  { .req = { AT(16), P, 2 * P, 0, 0 },
	    .path = RG_PATH_REFUSE,
	    .error = 12,
	    .nr_vmas = 2,
	    .vmas = { { AT(17), AT(18), 0 }, { AT(90), AT(91), 0 } } },
	  "17-18 other",
	  "17-18 other" },
	{ "a result that was not seen",
	  { .req = { AT(16), P, P, FIXED, AT(64) },
	    .result = UINT64_MAX,
	    .judged = RG_JUDGED_UNSEEN,
	    .has_vma = true,
	    .vma_start = AT(16),
	    .vma_end = AT(17) },
	  "16-17 old",
	  "16-17 old" },
	{ "lengths that are not whole pages",
	  { .req = { AT(16), 1, P + 1, 0, 0 },
	    .result = AT(16),
	    .path = RG_PATH_EXPAND_IN_PLACE },
	  "16-17 old?",
	  "16-17 old?, 17-18 grown" },
};

static const struct {
	const char *name;
	struct rg_request req;
	uint64_t start;
	uint64_t end;
} wishes[] = {
	{ "to grow", { AT(16), P, 2 * P, MAYMOVE, 0 }, AT(16), AT(18) },
	{ "elsewhere", { AT(16), P, 2 * P, FIXED, AT(64) }, AT(64), AT(66) },
	{ "nothing", { AT(16), P, 0, 0, 0 }, AT(16), AT(16) },
	{ "more than there is",
	  { AT(16), P, UINT64_MAX, 0, 0 },
	  AT(16),
	  UINT64_MAX - P + 1 },
};

START_TEST(asked)
{
	struct rg_event event = { .req = wishes[_i].req, .error = 12 };
	struct rg_placed wish;

	rg_places_asked(&event, P, &wish);
	ck_assert_msg(wish.start == wishes[_i].start &&
			      wish.end == wishes[_i].end,
		      "%s: %#lx-%#lx", wishes[_i].name, wish.start, wish.end);
}
END_TEST

static void describe(const struct rg_places *places, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < places->nr; i++) {
		const struct rg_placed *placed = &places->list[i];

		len += (size_t)snprintf(
			text + len, size - len,
			"%s%" PRIu64 "-%" PRIu64 " %s%s", i ? ", " : "",
			placed->start / P, placed->end / P,
			rg_role_name(placed->role), placed->assumed ? "?" : "");
	}
}

START_TEST(places)
{
	struct rg_places found;
	char text[512];

	rg_places_before(&rows[_i].event, P, &found);
	describe(&found, text, sizeof(text));
	ck_assert_msg(!strcmp(text, rows[_i].before), "%s: before: %s",
		      rows[_i].name, text);
	rg_places_after(&rows[_i].event, P, &found);
	describe(&found, text, sizeof(text));
	ck_assert_msg(!strcmp(text, rows[_i].after), "%s: after: %s",
		      rows[_i].name, text);
}
END_TEST

/* Small numbers and huge ones, so that ranges meet, overlap and wrap. */
static uint64_t any_number(unsigned *seed)
{
	uint64_t small = (uint64_t)(rand_r(seed) % 40) * (P / 2);

	switch (rand_r(seed) % 6) {
	case 0:
		return -small;
	case 1:
		return small << 40;
	default:
		return small;
	}
}

static struct rg_event any_event(unsigned *seed)
{
	struct rg_event event = {
		.req = { any_number(seed), any_number(seed), any_number(seed),
			 (uint64_t)(rand_r(seed) % 8), any_number(seed) },
		.result = any_number(seed),
		.path = (enum rg_path)(rand_r(seed) % RG_NR_PATHS),
		.error = rand_r(seed) % 2 ? 12 : 0,
		.damage = (uint8_t)(rand_r(seed) % (1 << RG_NR_DAMAGES)),
		.has_vma = rand_r(seed) % 2,
		.vma_start = any_number(seed),
		.vma_end = any_number(seed),
		.nr_vmas = (uint8_t)(rand_r(seed) % (RG_EVENT_MAX_VMAS + 1)),
	};

	for (uint8_t i = 0; i < event.nr_vmas; i++) {
		event.vmas[i].start = any_number(seed);
		event.vmas[i].end = any_number(seed);
	}
	return event;
}

static void check_order(const struct rg_places *found, unsigned seed)
{
	for (size_t i = 0; i < found->nr; i++) {
		const struct rg_placed *placed = &found->list[i];

		ck_assert_msg(placed->start < placed->end, "seed %u: %zu empty",
			      seed, i);
		ck_assert_msg(!i || found->list[i - 1].end <= placed->start,
			      "seed %u: %zu overlaps", seed, i);
	}
}

/* A trace may say anything: what comes of it is sorted and fits all the same.
 */
START_TEST(anything)
{
	for (unsigned seed = 1; seed < 20000; seed++) {
		unsigned state = seed;
		struct rg_event event = any_event(&state);
		struct rg_places found;

		rg_places_before(&event, P, &found);
		check_order(&found, seed);
		rg_places_after(&event, P, &found);
		check_order(&found, seed);
	}
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, places, 0, NR_ROWS(rows));
	tcase_add_loop_test(tc, asked, 0, NR_ROWS(wishes));
	tcase_add_test(tc, anything);
}
