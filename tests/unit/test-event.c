/* SPDX-License-Identifier: MIT */

/* A plain event has two ways into the trace, and must read the same. */

#include "unit.h"

#include "trace/event.h"

#include <string.h>

static const struct row {
	const char *name;
	struct rg_event event;
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
};

START_TEST(plain)
{
	const struct row *row = &rows[_i];
	const struct rg_event *event = &row->event;
	struct rg_event_plain same = { event->timestamp, &event->req,
				       event->result,	 event->duration_ns,
				       event->tier,	 event->path,
				       event->stack,	 event->nr_stack };
	struct rg_event_layout layout = rg_event_layout(event);
	_Alignas(8) uint8_t a[RG_EVENT_MAX_SIZE] = { 0 };
	_Alignas(8) uint8_t b[RG_EVENT_MAX_SIZE] = { 0 };

	ck_assert_msg(rg_event_plain_size(same.nr_stack) == layout.size,
		      "%s: %u bytes, and %u", row->name,
		      rg_event_plain_size(same.nr_stack), layout.size);
	rg_event_encode(event, &layout, a);
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
