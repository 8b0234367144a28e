/* SPDX-License-Identifier: MIT */

/* A plain event has two ways into the trace, and must read the same. */

#include "unit.h"

#include "trace/event.h"

#include <string.h>

static const struct row {
	const char *name;
	struct rg_event event;
	const struct rg_plan *plan; /* that it agrees with; NULL: none */
} rows[] = {
	{ .name = "nothing resized, its caller alone",
	  .event = { .timestamp = 1,
		     .req = { 0x1000, 4096, 4096, 0, 0 },
		     .result = 0x1000,
		     .duration_ns = 1,
		     .path = RG_PATH_NO_RESIZE,
		     .nr_stack = 1,
		     .stack = { 0x401000 } } },
	{ .name = "a move by libc, all that is large",
	  .event = { .timestamp = UINT64_MAX,
		     .req = { UINT64_MAX, UINT64_MAX - 1, UINT64_MAX - 2,
			      RG_MREMAP_MAYMOVE, 0 },
		     .result = UINT64_MAX - 3,
		     .duration_ns = UINT32_MAX,
		     .tier = RG_TIER_LIBC,
		     .path = RG_PATH_MOVE,
		     .nr_stack = 3,
		     .stack = { UINT64_MAX, 1, UINT64_MAX } } },
	{ .name = "by syscall(2), no stack",
	  .event = { .timestamp = 5,
		     .req = { 0x2000, 8192, 1, 0, 0 },
		     .result = 0x2000,
		     .tier = RG_TIER_SYSCALL,
		     .path = RG_PATH_SHRINK } },
	{ .name = "the deepest stack",
	  .event = { .timestamp = 6,
		     .req = { 0x2000, 1, 8192, 0, 0 },
		     .result = 0x2000,
		     .path = RG_PATH_EXPAND_IN_PLACE,
		     .nr_stack = RG_EVENT_MAX_STACK,
		     .stack = { [RG_EVENT_MAX_STACK - 1] = 7 } } },
	{ .name = "planned: nothing is mapped where it shrinks",
	  .event = { .timestamp = 7,
		     .req = { 0x2000, 8192, 4096, 0, 0 },
		     .result = 0x2000,
		     .path = RG_PATH_SHRINK,
		     .nr_stack = 2,
		     .stack = { 1, 2 } },
	  .plan = &(const struct rg_plan){ .path = RG_PATH_SHRINK } },
	{ .name = "planned: a vma of which not all is known",
	  .event = { .timestamp = 8,
		     .req = { 0x2000, 4096, 4096, RG_MREMAP_MAYMOVE, 0 },
		     .result = 0x2000,
		     .tier = RG_TIER_SYSCALL,
		     .path = RG_PATH_NO_RESIZE,
		     .nr_stack = 1,
		     .stack = { 3 } },
	  .plan = &(
		  const struct rg_plan){ .path = RG_PATH_NO_RESIZE,
					 .source = { .start = 0x1000,
						     .end = UINT64_MAX,
						     .flags = UINT32_MAX,
						     .known = 0x12345678 } } },
	{ .name = "planned: to a given place",
	  .event = { .timestamp = 9,
		     .req = { 0x2000, 4096, 4096,
			      RG_MREMAP_MAYMOVE | RG_MREMAP_FIXED, UINT64_MAX },
		     .result = UINT64_MAX,
		     .path = RG_PATH_MOVE,
		     .nr_stack = 1,
		     .stack = { 3 } },
	  .plan = &(const struct rg_plan){ .path = RG_PATH_MOVE,
					   .source = { .start = 0x2000,
						       .end = 0x3000,
						       .flags = 3,
						       .known = 3 } } },
	{ .name = "planned: leaves its source, and has no stack",
	  .event = { .timestamp = 10,
		     .req = { 0x2000, 4096, 4096,
			      RG_MREMAP_MAYMOVE | RG_MREMAP_DONTUNMAP, 0 },
		     .result = 0x5000,
		     .path = RG_PATH_DONTUNMAP },
	  .plan = &(const struct rg_plan){ .path = RG_PATH_DONTUNMAP,
					   .source = { .end = 1 } } },
};

/* As the object puts it together where it takes the long way. */
static struct rg_event event_of(const struct row *row)
{
	struct rg_event event = row->event;

	if (!row->plan)
		return event;
	event.judged = RG_JUDGED_PLANNED;
	event.agreement = RG_AGREE_YES;
	rg_event_put_plan(&event, row->plan);
	return event;
}

START_TEST(plain)
{
	const struct row *row = &rows[_i];
	const struct rg_event event = event_of(row);
	struct rg_event_plain same = {
		.timestamp = event.timestamp,
		.req = &event.req,
		.plan = row->plan,
		.result = event.result,
		.duration_ns = event.duration_ns,
		.tier = event.tier,
		.path = event.path,
		.stack = event.stack,
		.nr_stack = event.nr_stack,
	};
	uint32_t size = rg_event_plain_size(&event.req, row->plan) +
			8u * event.nr_stack;
	struct rg_event_layout layout = rg_event_layout(&event);
	_Alignas(8) uint8_t a[RG_EVENT_MAX_SIZE] = { 0 };
	_Alignas(8) uint8_t b[RG_EVENT_MAX_SIZE] = { 0 };

	ck_assert_msg(size == layout.size, "%s: %u bytes, and %u", row->name,
		      size, layout.size);
	rg_event_encode(&event, &layout, a);
	rg_event_encode_plain(&same, b);
	for (size_t i = 0; i < sizeof(a); i++)
		ck_assert_msg(a[i] == b[i], "%s: byte %zu is %u, and %u",
			      row->name, i, a[i], b[i]);
	ck_assert_msg(!*rg_event_mark(b), "%s: marked", row->name);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, plain, 0, NR_ROWS(rows));
}
