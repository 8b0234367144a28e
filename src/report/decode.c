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

enum access_field {
	ACCESS_ADDR,
	ACCESS_NOW,
	ACCESS_MOVE_TIMESTAMP,
	ACCESS_FROM,
	ACCESS_LEN,
	ACCESS_TO,
	ACCESS_TO_LEN,
	ACCESS_TID,
	ACCESS_SYSTEM_CALL,
	ACCESS_MOVE_PID,
	ACCESS_MOVE_TID,
	ACCESS_KIND,
	ACCESS_NR_REGISTERS,
	ACCESS_NR_STACK,
	ACCESS_NR_MOVE_STACK,
	ACCESS_REGISTERS,
	ACCESS_STACK,
	ACCESS_MOVE_STACK,
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

static const bt_field *member(const bt_field *structure, uint64_t index)
{
	return bt_field_structure_borrow_member_field_by_index_const(structure,
								     index);
}

/* The field of an optional one that is there. */
static const bt_field *present(const bt_field *payload, uint64_t index)
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

/* A field, and how many values it has here. */
struct limit {
	const char *name;
	uint64_t field;
	uint64_t nr;
};

static const struct limit event_limits[] = {
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

static const struct limit access_limits[] = {
	{ "access", ACCESS_KIND, RG_NR_ACCESS_KINDS },
	{ "nr_registers", ACCESS_NR_REGISTERS, RG_ACCESS_MAX_REGISTERS + 1 },
	{ "nr_stack", ACCESS_NR_STACK, RG_EVENT_MAX_STACK + 1 },
	{ "nr_move_stack", ACCESS_NR_MOVE_STACK, RG_EVENT_MAX_STACK + 1 },
};

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static const char *out_of_range(const bt_field *payload,
				const struct limit *limits, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (number(payload, limits[i].field) >= limits[i].nr)
			return limits[i].name;
	}
	return NULL;
}

static uint64_t time_of(const bt_message *message)
{
	return bt_clock_snapshot_get_value(
		bt_message_event_borrow_default_clock_snapshot_const(message));
}

static const bt_field *payload_of(const bt_message *message)
{
	return bt_event_borrow_payload_field_const(
		bt_message_event_borrow_event_const(message));
}

/* Take nr numbers, which is no more than there is room for. */
static void decode_words(const bt_field *array, uint8_t nr, uint64_t *ret_words)
{
	for (uint8_t i = 0; i < nr; i++)
		ret_words[i] = element(array, i);
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
				member(sight, SIGHT_LIMITS), i);

		rg_limits_set(&event->limits,
			      (enum rg_limit)number(limit, LIMIT_ID),
			      number(limit, LIMIT_VALUE));
	}
	for (uint8_t i = 0; i < event->nr_vmas; i++) {
		const bt_field *vma =
			bt_field_array_borrow_element_field_by_index_const(
				member(sight, SIGHT_VMAS), i);

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

	event->nr_findings = (uint8_t)number(payload, NR_FINDINGS);
	event->nr_stack = (uint8_t)number(payload, NR_STACK);
	for (uint8_t i = 0; i < event->nr_findings; i++)
		event->findings[i] = (uint8_t)element(findings, i);
	decode_words(member(payload, STACK), event->nr_stack, event->stack);
}

int rg_event_decode(const bt_message *message, struct rg_event *ret_event,
		    const char **ret_field)
{
	const bt_field *payload = payload_of(message);
	struct rg_event event = {
		.timestamp = time_of(message),
		.tid = (uint32_t)number(payload, TID),
		.duration_ns = (uint32_t)number(payload, DURATION_NS),
		.result = number(payload, RESULT),
		.error = (uint8_t)number(payload, ERRNO),
	};

	*ret_field = out_of_range(payload, event_limits, NR(event_limits));
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

static void decode_move(const bt_field *payload, struct rg_access_move *move)
{
	*move = (struct rg_access_move){
		.timestamp = number(payload, ACCESS_MOVE_TIMESTAMP),
		.pid = (uint32_t)number(payload, ACCESS_MOVE_PID),
		.tid = (uint32_t)number(payload, ACCESS_MOVE_TID),
		.from = number(payload, ACCESS_FROM),
		.len = number(payload, ACCESS_LEN),
		.to = number(payload, ACCESS_TO),
		.to_len = number(payload, ACCESS_TO_LEN),
		.nr_stack = (uint8_t)number(payload, ACCESS_NR_MOVE_STACK),
	};
	decode_words(member(payload, ACCESS_MOVE_STACK), move->nr_stack,
		     move->stack);
}

int rg_access_decode(const bt_message *message, struct rg_access *ret_access,
		     const char **ret_field)
{
	const bt_field *payload = payload_of(message);
	struct rg_access access = {
		.timestamp = time_of(message),
		.tid = (uint32_t)number(payload, ACCESS_TID),
		.kind = (enum rg_access_kind)number(payload, ACCESS_KIND),
		.system_call = (uint32_t)number(payload, ACCESS_SYSTEM_CALL),
		.addr = number(payload, ACCESS_ADDR),
		.now = number(payload, ACCESS_NOW),
		.nr_registers = (uint8_t)number(payload, ACCESS_NR_REGISTERS),
		.nr_stack = (uint8_t)number(payload, ACCESS_NR_STACK),
	};

	*ret_field = out_of_range(payload, access_limits, NR(access_limits));
	if (*ret_field)
		return -EINVAL;
	decode_words(member(payload, ACCESS_REGISTERS), access.nr_registers,
		     access.registers);
	decode_words(member(payload, ACCESS_STACK), access.nr_stack,
		     access.stack);
	decode_move(payload, &access.move);
	*ret_access = access;
	return 0;
}

void rg_source_decode(const bt_event *event, struct rg_source *ret_source)
{
	const bt_stream *stream = bt_event_borrow_stream_const(event);
	const bt_field *context = bt_packet_borrow_context_field_const(
		bt_event_borrow_packet_const(event));

	*ret_source = (struct rg_source){
		.kind = (enum rg_ctf_stream)bt_stream_class_get_id(
			bt_stream_borrow_class_const(stream)),
		.slot = (uint32_t)bt_stream_get_id(stream),
		.pid = (uint32_t)number(context, PACKET_PID),
		.segment = (uint32_t)number(context, PACKET_SEGMENT),
	};
}
