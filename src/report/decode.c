/* SPDX-License-Identifier: MIT */

#include "report/decode.h"

#include <errno.h>

/*
 * The fields by position. rg_metadata_parse() has seen to it that the trace
 * describes exactly these, with these types.
 */
enum field {
	ADDR,
	OLD_LEN,
	NEW_LEN,
	RESULT,
	TID,
	DURATION_NS,
	FLAGS,
	TIER,
	PATH,
	PLAN_PATH,
	JUDGED,
	AGREEMENT,
	CHECK,
	ERRNO,
	VERDICT,
	IS_RACY,
	HAS_NEW_ADDR,
	HAS_VMA,
	HAS_FLAGS_HIGH,
	HAS_SIGHT,
	NR_FINDINGS,
	NR_STACK,
	UNKNOWN,
	DAMAGE,
	SIGHT,
	NEW_ADDR,
	FLAGS_HIGH,
	VMA,
	FINDINGS,
	STACK,
};

enum packet_field { PACKET_PID, PACKET_SEGMENT };
enum vma_field { VMA_START, VMA_END, VMA_FLAGS };
enum sight_field { SIGHT_NR_LIMITS, SIGHT_NR_VMAS, SIGHT_LIMITS, SIGHT_VMAS };
enum limit_field { LIMIT_ID, LIMIT_VALUE };

static uint64_t number(const bt_field *structure, uint64_t index)
{
	return bt_field_integer_unsigned_get_value(
		bt_field_structure_borrow_member_field_by_index_const(structure,
								      index));
}

static const bt_field *member(const bt_field *structure, enum field index)
{
	return bt_field_structure_borrow_member_field_by_index_const(structure,
								     index);
}

/* The field of an optional one that is there. */
static const bt_field *present(const bt_field *payload, enum field index)
{
	return bt_field_variant_borrow_selected_option_field_const(
		member(payload, index));
}

static uint64_t element(const bt_field *array, uint64_t index)
{
	return bt_field_integer_unsigned_get_value(
		bt_field_array_borrow_element_field_by_index_const(array,
								   index));
}

/* The enumerations, and how many values each has here. */
static const struct limit {
	const char *name;
	enum field field;
	uint64_t nr;
} limits[] = {
	{ "tier", TIER, RG_NR_TIERS },
	{ "path", PATH, RG_NR_PATHS },
	{ "plan_path", PLAN_PATH, RG_NR_PATHS },
	{ "judged", JUDGED, RG_NR_JUDGED },
	{ "agreement", AGREEMENT, RG_NR_AGREEMENTS },
	{ "check", CHECK, RG_NR_CHECKS },
	{ "verdict", VERDICT, RG_NR_VERDICTS },
	{ "nr_findings", NR_FINDINGS, RG_EVENT_MAX_FINDINGS + 1 },
	{ "nr_stack", NR_STACK, RG_EVENT_MAX_STACK + 1 },
};

static const char *out_of_range(const bt_field *payload)
{
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		if (number(payload, limits[i].field) >= limits[i].nr)
			return limits[i].name;
	}
	return NULL;
}

static void decode_request(const bt_field *payload, struct rg_request *req)
{
	req->addr = number(payload, ADDR);
	req->old_len = number(payload, OLD_LEN);
	req->new_len = number(payload, NEW_LEN);
	req->flags = number(payload, FLAGS);
	if (number(payload, HAS_NEW_ADDR))
		req->new_addr = bt_field_integer_unsigned_get_value(
			present(payload, NEW_ADDR));
	if (number(payload, HAS_FLAGS_HIGH))
		req->flags |= bt_field_integer_unsigned_get_value(
				      present(payload, FLAGS_HIGH))
			      << 32;
}

static void decode_judgement(const bt_field *payload, struct rg_event *event)
{
	event->tier = (enum rg_tier)number(payload, TIER);
	event->path = (enum rg_path)number(payload, PATH);
	event->plan_path = (enum rg_path)number(payload, PLAN_PATH);
	event->judged = (enum rg_judged)number(payload, JUDGED);
	event->agreement = (enum rg_agreement)number(payload, AGREEMENT);
	event->check = (enum rg_check)number(payload, CHECK);
	event->verdict = (enum rg_verdict_kind)number(payload, VERDICT);
	event->racy = number(payload, IS_RACY);
	event->unknown = (uint32_t)number(payload, UNKNOWN);
	event->damage = (uint8_t)number(payload, DAMAGE);
}

static void decode_vma(const bt_field *payload, struct rg_event *event)
{
	const bt_field *vma;

	event->has_vma = number(payload, HAS_VMA);
	if (!event->has_vma)
		return;
	vma = present(payload, VMA);
	event->vma_start = number(vma, VMA_START);
	event->vma_end = number(vma, VMA_END);
	event->vma_flags = (uint32_t)number(vma, VMA_FLAGS);
}

static const bt_field *part(const bt_field *structure, enum sight_field index)
{
	return bt_field_structure_borrow_member_field_by_index_const(structure,
								     index);
}

/* One that is no limit's is passed over: a later version may have it. */
static void decode_sight(const bt_field *payload, struct rg_event *event)
{
	const bt_field *sight;
	uint64_t nr_limits;

	if (!number(payload, HAS_SIGHT))
		return;
	sight = present(payload, SIGHT);
	nr_limits = number(sight, SIGHT_NR_LIMITS);
	event->nr_vmas = (uint8_t)number(sight, SIGHT_NR_VMAS);
	for (uint64_t i = 0; i < nr_limits; i++) {
		const bt_field *limit =
			bt_field_array_borrow_element_field_by_index_const(
				part(sight, SIGHT_LIMITS), i);

		rg_limits_set(&event->limits,
			      (enum rg_limit)number(limit, LIMIT_ID),
			      number(limit, LIMIT_VALUE));
	}
	for (uint8_t i = 0; i < event->nr_vmas; i++) {
		const bt_field *vma =
			bt_field_array_borrow_element_field_by_index_const(
				part(sight, SIGHT_VMAS), i);

		event->vmas[i] = (struct rg_event_vma){
			.start = number(vma, VMA_START),
			.end = number(vma, VMA_END),
			.flags = (uint32_t)number(vma, VMA_FLAGS),
		};
	}
}

static void decode_arrays(const bt_field *payload, struct rg_event *event)
{
	const bt_field *findings = member(payload, FINDINGS);
	const bt_field *stack = member(payload, STACK);

	event->nr_findings = (uint8_t)number(payload, NR_FINDINGS);
	event->nr_stack = (uint8_t)number(payload, NR_STACK);
	for (uint8_t i = 0; i < event->nr_findings; i++)
		event->findings[i] = (uint8_t)element(findings, i);
	for (uint8_t i = 0; i < event->nr_stack; i++)
		event->stack[i] = element(stack, i);
}

int rg_event_decode(const bt_message *message, struct rg_event *ret_event,
		    const char **ret_field)
{
	const bt_clock_snapshot *clock =
		bt_message_event_borrow_default_clock_snapshot_const(message);
	const bt_field *payload = bt_event_borrow_payload_field_const(
		bt_message_event_borrow_event_const(message));
	struct rg_event event = {
		.timestamp = bt_clock_snapshot_get_value(clock),
		.tid = (uint32_t)number(payload, TID),
		.duration_ns = (uint32_t)number(payload, DURATION_NS),
		.result = number(payload, RESULT),
		.error = (uint8_t)number(payload, ERRNO),
	};

	*ret_field = out_of_range(payload);
	if (*ret_field)
		return -EINVAL;
	decode_request(payload, &event.req);
	decode_judgement(payload, &event);
	decode_vma(payload, &event);
	decode_sight(payload, &event);
	decode_arrays(payload, &event);
	*ret_event = event;
	return 0;
}

void rg_source_decode(const bt_event *event, struct rg_source *ret_source)
{
	const bt_field *context = bt_packet_borrow_context_field_const(
		bt_event_borrow_packet_const(event));

	*ret_source = (struct rg_source){
		.slot = (uint32_t)bt_stream_get_id(
			bt_event_borrow_stream_const(event)),
		.pid = (uint32_t)number(context, PACKET_PID),
		.segment = (uint32_t)number(context, PACKET_SEGMENT),
	};
}
