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

/* What was read, and how many values there are of it. */
struct limit {
	const char *field;
	unsigned value;
	unsigned nr;
};

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static const char *out_of_range(const struct limit *limits, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (limits[i].value >= limits[i].nr)
			return limits[i].field;
	}
	return NULL;
}

static const char *bad_call(const struct rg_event *event)
{
	const struct limit limits[] = {
		{ "tier", event->tier, RG_NR_TIERS },
		{ "path", event->path, RG_NR_PATHS },
		{ "plan_path", event->plan_path, RG_NR_PATHS },
		{ "judged", event->judged, RG_NR_JUDGED },
		{ "agreement", event->agreement, RG_NR_AGREEMENTS },
		{ "check", event->check, RG_NR_CHECKS },
		{ "verdict", event->verdict, RG_NR_VERDICTS },
		{ "nr_findings", event->nr_findings,
		  RG_EVENT_MAX_FINDINGS + 1 },
		{ "nr_stack", event->nr_stack, RG_EVENT_MAX_STACK + 1 },
		{ "nr_vmas", event->nr_vmas, RG_EVENT_MAX_VMAS + 1 },
	};

	return out_of_range(limits, NR(limits));
}

static const char *bad_access(const struct rg_access *access)
{
	const struct limit limits[] = {
		{ "access", access->kind, RG_NR_ACCESS_KINDS },
		{ "nr_registers", access->nr_registers,
		  RG_ACCESS_MAX_REGISTERS + 1 },
		{ "nr_stack", access->nr_stack, RG_EVENT_MAX_STACK + 1 },
		{ "nr_move_stack", access->move.nr_stack,
		  RG_EVENT_MAX_STACK + 1 },
	};

	return out_of_range(limits, NR(limits));
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
	req->new_addr = 0;
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

/* Of what lies in the arrays. */
static void decode_counts(const bt_field *payload, const bt_field *sight,
			  struct rg_event *event)
{
	event->nr_findings = (uint8_t)number(payload, NR_FINDINGS);
	event->nr_stack = (uint8_t)number(payload, NR_STACK);
	if (sight)
		event->nr_vmas = (uint8_t)number(sight, SIGHT_NR_VMAS);
}

/* One that is no limit's is passed over: a later version may have it. */
static void decode_sight(const bt_field *sight, struct rg_event *event)
{
	uint64_t nr_limits = number(sight, SIGHT_NR_LIMITS);

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

	for (uint8_t i = 0; i < event->nr_findings; i++)
		event->findings[i] = (uint8_t)element(findings, i);
	decode_words(member(payload, STACK), event->nr_stack, event->stack);
}

int rg_event_decode(const bt_message *message, struct rg_event *ret_event,
		    const char **ret_field)
{
	const bt_field *payload = payload_of(message);
	const bt_field *sight =
		number(payload, HAS_SIGHT) ? present(payload, SIGHT) : NULL;
	struct rg_event *event = ret_event;

	rg_event_clear(event);
	event->timestamp = time_of(message);
	event->tid = (uint32_t)number(payload, TID);
	event->duration_ns = (uint32_t)number(payload, DURATION_NS);
	event->result = number(payload, RESULT);
	event->error = (uint8_t)number(payload, ERRNO);
	decode_counts(payload, sight, event);
	decode_request(payload, &event->req);
	decode_judgement(payload, event);
	*ret_field = bad_call(event);
	if (*ret_field)
		return -EINVAL;
	decode_vma(payload, event);
	if (sight)
		decode_sight(sight, event);
	decode_arrays(payload, event);
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
}

int rg_access_decode(const bt_message *message, struct rg_access *ret_access,
		     const char **ret_field)
{
	const bt_field *payload = payload_of(message);
	struct rg_access *access = ret_access;

	access->timestamp = time_of(message);
	access->tid = (uint32_t)number(payload, ACCESS_TID);
	access->kind = (enum rg_access_kind)number(payload, ACCESS_KIND);
	access->system_call = (uint32_t)number(payload, ACCESS_SYSTEM_CALL);
	access->addr = number(payload, ACCESS_ADDR);
	access->now = number(payload, ACCESS_NOW);
	access->nr_registers = (uint8_t)number(payload, ACCESS_NR_REGISTERS);
	access->nr_stack = (uint8_t)number(payload, ACCESS_NR_STACK);
	decode_move(payload, &access->move);
	*ret_field = bad_access(access);
	if (*ret_field)
		return -EINVAL;
	decode_words(member(payload, ACCESS_REGISTERS), access->nr_registers,
		     access->registers);
	decode_words(member(payload, ACCESS_STACK), access->nr_stack,
		     access->stack);
	decode_words(member(payload, ACCESS_MOVE_STACK), access->move.nr_stack,
		     access->move.stack);
	return 0;
}

void rg_source_decode(const bt_packet *packet, struct rg_source *ret_source)
{
	const bt_stream *stream = bt_packet_borrow_stream_const(packet);
	const bt_field *context = bt_packet_borrow_context_field_const(packet);

	*ret_source = (struct rg_source){
		.kind = (enum rg_ctf_stream)bt_stream_class_get_id(
			bt_stream_borrow_class_const(stream)),
		.slot = (uint32_t)bt_stream_get_id(stream),
		.pid = (uint32_t)number(context, PACKET_PID),
		.segment = (uint32_t)number(context, PACKET_SEGMENT),
	};
}
