/* SPDX-License-Identifier: MIT */

#include "trace/event.h"

#include <string.h>

enum {
	HAS_NEW_ADDR = 1 << 4,
	HAS_VMA = 1 << 5,
	HAS_FLAGS_HIGH = 1 << 6,
	HAS_SIGHT = 1 << 7,
	RACY = 1 << 3,
	VERDICT = RACY - 1,
};

enum {
	NEW_ADDR_SIZE = 8,
	FLAGS_HIGH_SIZE = 4,
	VMA_SIZE = 20,
	LIMIT_SIZE = 9,
	SIGHT_SIZE = 2, /* and limits and vmas */
};

/* The part every event has. */
struct fixed {
	uint64_t timestamp;
	uint64_t addr;
	uint64_t old_len;
	uint64_t new_len;
	uint64_t result;
	uint32_t tid;
	uint32_t duration_ns;
	uint32_t flags;
	uint8_t tier_path;
	uint8_t plan;
	uint8_t check;
	uint8_t error;
	uint8_t has;
	uint8_t nr_findings;
	uint8_t nr_stack;
	uint8_t unknown[4];
	uint8_t damage;
};

_Static_assert(sizeof(struct fixed) == RG_EVENT_MIN_SIZE, "layout");
_Static_assert(offsetof(struct fixed, tid) == RG_EVENT_MARK_AT, "the mark");
_Static_assert(RG_NR_CHECKS <= UINT8_MAX, "check is one byte");
_Static_assert(RG_NR_PATHS <= 16 && RG_NR_TIERS <= 16, "half a byte each");

static const char *const tier_names[RG_NR_TIERS] = {
	[RG_TIER_SYMBOL] = "symbol",
	[RG_TIER_LIBC] = "libc",
	[RG_TIER_SYSCALL] = "syscall",
	[RG_TIER_SUPERVISOR] = "supervisor",
};

static const char *const judged_names[RG_NR_JUDGED] = {
	[RG_JUDGED_UNPLANNED] = "unplanned",
	[RG_JUDGED_PLANNED] = "planned",
	[RG_JUDGED_EXPLAINED] = "explained",
	[RG_JUDGED_UNSEEN] = "unseen",
};

static const char *const agreement_names[RG_NR_AGREEMENTS] = {
	[RG_AGREE_NONE] = "none",
	[RG_AGREE_YES] = "agrees",
	[RG_AGREE_UNKNOWN] = "unknown",
	[RG_AGREE_MISMATCH] = "mismatch",
};

const char *rg_tier_name(enum rg_tier tier)
{
	return (unsigned)tier < RG_NR_TIERS ? tier_names[tier] : NULL;
}

const char *rg_judged_name(enum rg_judged judged)
{
	return (unsigned)judged < RG_NR_JUDGED ? judged_names[judged] : NULL;
}

const char *rg_agreement_name(enum rg_agreement agreement)
{
	return (unsigned)agreement < RG_NR_AGREEMENTS
		       ? agreement_names[agreement]
		       : NULL;
}

void rg_event_clear(struct rg_event *event)
{
	const size_t from = offsetof(struct rg_event, duration_ns);

	memset((char *)event + from, 0,
	       offsetof(struct rg_event, vma_start) - from);
	event->limits.known = 0;
}

bool rg_path_moves(enum rg_path path)
{
	switch (path) {
	case RG_PATH_MOVE:
	case RG_PATH_DONTUNMAP:
	case RG_PATH_MULTI_MOVE:
		return true;
	case RG_PATH_INVALID:
	case RG_PATH_REFUSE:
	case RG_PATH_NO_RESIZE:
	case RG_PATH_SHRINK:
	case RG_PATH_EXPAND_IN_PLACE:
	case RG_PATH_DUPLICATE:
	case RG_NR_PATHS:
		break;
	}
	return false;
}

uint64_t rg_path_moved_bytes(enum rg_path path, const struct rg_request *req)
{
	if (!rg_path_moves(path))
		return 0;
	return req->old_len < req->new_len ? req->old_len : req->new_len;
}

uint64_t rg_event_moved_bytes(const struct rg_event *event)
{
	return rg_path_moved_bytes(event->path, &event->req);
}

void rg_event_put_plan(struct rg_event *event, const struct rg_plan *plan)
{
	event->plan_path = plan->path;
	event->unknown = plan->unknown;
	event->has_vma = plan->source.end != 0;
	event->vma_start = plan->source.start;
	event->vma_end = plan->source.end;
	event->vma_flags = plan->source.flags & plan->source.known;
}

bool rg_event_has_hazard(const struct rg_event *event)
{
	for (uint8_t i = 0; i < event->nr_findings; i++) {
		const struct rg_finding_info *info = rg_finding_info(
			rg_finding_from_number(event->findings[i]));

		if (info && info->severity == RG_SEVERITY_HAZARD)
			return true;
	}
	return false;
}

void rg_event_put_findings(struct rg_event *event, uint64_t findings)
{
	for (; findings && event->nr_findings < RG_EVENT_MAX_FINDINGS;
	     findings &= findings - 1) {
		enum rg_finding finding =
			(enum rg_finding)__builtin_ctzll(findings);

		event->findings[event->nr_findings++] =
			rg_finding_info(finding)->number;
	}
}

static bool has_vma(const struct rg_event *event, uint64_t start)
{
	if (event->has_vma && event->vma_start == start)
		return true;
	for (uint8_t i = 0; i < event->nr_vmas; i++) {
		if (event->vmas[i].start == start)
			return true;
	}
	return false;
}

void rg_event_put_vma(struct rg_event *event, const struct rg_vma *vma)
{
	if (event->nr_vmas == RG_EVENT_MAX_VMAS || has_vma(event, vma->start))
		return;
	event->vmas[event->nr_vmas++] =
		(struct rg_event_vma){ vma->start, vma->end,
				       vma->flags & vma->known };
}

/*
 * new_addr is stored where it meant something: with a flag that asks for it,
 * or when it is not 0 (a raw system call's junk, which hugetlb tests).
 */
static bool has_new_addr(const struct rg_request *req)
{
	return req->new_addr ||
	       req->flags & (RG_MREMAP_FIXED | RG_MREMAP_DONTUNMAP);
}

static uint8_t has_bits(const struct rg_event *event)
{
	return (uint8_t)(event->verdict | (event->racy ? RACY : 0) |
			 (has_new_addr(&event->req) ? HAS_NEW_ADDR : 0) |
			 (event->has_vma ? HAS_VMA : 0) |
			 (event->req.flags >> 32 ? HAS_FLAGS_HIGH : 0) |
			 (event->nr_vmas || event->limits.known ? HAS_SIGHT
								: 0));
}

static uint32_t sight_size(uint32_t nr_limits, uint32_t nr_vmas)
{
	return SIGHT_SIZE + LIMIT_SIZE * nr_limits + VMA_SIZE * nr_vmas;
}

static uint32_t nr_limits(const struct rg_event *event)
{
	uint32_t nr = 0;

	for (uint32_t known = event->limits.known; known; known &= known - 1)
		nr++;
	return nr;
}

static uint32_t encoded_size(uint8_t has, uint32_t nr_findings,
			     uint32_t nr_stack, uint32_t sight)
{
	uint32_t size = RG_EVENT_MIN_SIZE + nr_findings;

	size += sight;
	if (has & HAS_NEW_ADDR)
		size += NEW_ADDR_SIZE;
	if (has & HAS_FLAGS_HIGH)
		size += FLAGS_HIGH_SIZE;
	if (has & HAS_VMA)
		size += VMA_SIZE;
	return ((size + 7) & ~7u) + 8 * nr_stack;
}

struct rg_event_layout rg_event_layout(const struct rg_event *event)
{
	uint8_t has = has_bits(event);
	uint32_t sight = 0;

	if (__builtin_expect(has & HAS_SIGHT, 0))
		sight = sight_size(nr_limits(event), event->nr_vmas);
	return (struct rg_event_layout){
		.size = encoded_size(has, event->nr_findings, event->nr_stack,
				     sight),
		.has = has,
	};
}

size_t rg_event_encoded_size(const uint8_t *buf)
{
	struct fixed fixed;

	memcpy(&fixed, buf, sizeof(fixed));
	return encoded_size(
		fixed.has, fixed.nr_findings, fixed.nr_stack,
		fixed.has & HAS_SIGHT
			? sight_size(buf[sizeof(fixed)], buf[sizeof(fixed) + 1])
			: 0);
}

const char *rg_event_bad_count(const uint8_t *buf, size_t left)
{
	struct fixed fixed;

	memcpy(&fixed, buf, sizeof(fixed));
	if (fixed.nr_findings > RG_EVENT_MAX_FINDINGS)
		return "too many findings";
	if (fixed.nr_stack > RG_EVENT_MAX_STACK)
		return "too deep a stack";
	if (!(fixed.has & HAS_SIGHT))
		return NULL;
	if (left < sizeof(fixed) + SIGHT_SIZE)
		return "ends in the middle of an event";
	if (buf[sizeof(fixed)] > RG_NR_LIMITS)
		return "too many limits";
	if (buf[sizeof(fixed) + 1] > RG_EVENT_MAX_VMAS)
		return "too many mappings";
	return NULL;
}

static uint8_t *put(uint8_t *buf, const void *from, size_t len)
{
	memcpy(buf, from, len);
	return buf + len;
}

static uint8_t *put_vma(uint8_t *buf, uint64_t start, uint64_t end,
			uint32_t flags)
{
	buf = put(buf, &start, 8);
	buf = put(buf, &end, 8);
	return put(buf, &flags, 4);
}

static uint8_t *put_sight(const struct rg_event *event, uint8_t *buf)
{
	const uint64_t *values = &event->limits.page_size;

	*buf++ = (uint8_t)nr_limits(event);
	*buf++ = event->nr_vmas;
	for (int i = 0; i < RG_NR_LIMITS; i++) {
		if (!(event->limits.known & 1u << i))
			continue;
		*buf++ = (uint8_t)i;
		buf = put(buf, &values[i], 8);
	}
	for (uint8_t i = 0; i < event->nr_vmas; i++)
		buf = put_vma(buf, event->vmas[i].start, event->vmas[i].end,
			      event->vmas[i].flags);
	return buf;
}

static uint8_t *put_optional(const struct rg_event *event, uint8_t has,
			     uint8_t *buf)
{
	uint32_t flags_high = (uint32_t)(event->req.flags >> 32);

	if (has & HAS_SIGHT)
		buf = put_sight(event, buf);
	if (has & HAS_NEW_ADDR)
		buf = put(buf, &event->req.new_addr, NEW_ADDR_SIZE);
	if (has & HAS_FLAGS_HIGH)
		buf = put(buf, &flags_high, FLAGS_HIGH_SIZE);
	if (has & HAS_VMA)
		buf = put_vma(buf, event->vma_start, event->vma_end,
			      event->vma_flags);
	return put(buf, event->findings, event->nr_findings);
}

/* Word by word: most stacks are too short for a memcpy to be worth it. */
static void put_stack(const uint64_t *stack, uint8_t nr_stack, uint8_t *buf)
{
	uint64_t *to = (uint64_t *)buf;

	for (unsigned int i = 0; i < nr_stack; i++)
		to[i] = stack[i];
}

void rg_event_encode(const struct rg_event *event,
		     const struct rg_event_layout *layout, uint8_t *buf)
{
	struct fixed *fixed = (struct fixed *)buf;
	size_t stack_at = layout->size - 8 * (size_t)event->nr_stack;

	fixed->timestamp = event->timestamp;
	fixed->addr = event->req.addr;
	fixed->old_len = event->req.old_len;
	fixed->new_len = event->req.new_len;
	fixed->result = event->result;
	fixed->duration_ns = event->duration_ns;
	fixed->flags = (uint32_t)event->req.flags;
	fixed->tier_path = (uint8_t)(event->tier | event->path << 4);
	fixed->plan = (uint8_t)(event->plan_path | event->judged << 4 |
				event->agreement << 6);
	fixed->check = (uint8_t)event->check;
	fixed->error = event->error;
	fixed->has = layout->has;
	fixed->nr_findings = event->nr_findings;
	fixed->nr_stack = event->nr_stack;
	memcpy(fixed->unknown, &event->unknown, sizeof(fixed->unknown));
	fixed->damage = event->damage;
	if (stack_at > sizeof(*fixed))
		put_optional(event, layout->has, buf + sizeof(*fixed));
	put_stack(event->stack, event->nr_stack, buf + stack_at);
}

static uint8_t planned_bits(const struct rg_request *req,
			    const struct rg_plan *plan)
{
	return (uint8_t)((has_new_addr(req) ? HAS_NEW_ADDR : 0) |
			 (plan->source.end ? HAS_VMA : 0));
}

uint32_t rg_event_plain_size(const struct rg_request *req,
			     const struct rg_plan *plan)
{
	if (!plan)
		return RG_EVENT_MIN_SIZE;
	return encoded_size(planned_bits(req, plan), 0, 0, 0);
}

static void put_planned(const struct rg_event_plain *event, uint8_t *buf)
{
	struct fixed *fixed = (struct fixed *)buf;
	const struct rg_vma *vma = &event->plan->source;

	fixed->plan = (uint8_t)(event->plan->path | RG_JUDGED_PLANNED << 4 |
				RG_AGREE_YES << 6);
	fixed->has = planned_bits(event->req, event->plan);
	buf += sizeof(*fixed);
	if (fixed->has & HAS_NEW_ADDR)
		buf = put(buf, &event->req->new_addr, NEW_ADDR_SIZE);
	if (fixed->has & HAS_VMA)
		put_vma(buf, vma->start, vma->end, vma->flags & vma->known);
}

void rg_event_encode_plain(const struct rg_event_plain *event, uint8_t *buf)
{
	struct fixed *fixed = (struct fixed *)buf;
	uint32_t stack_at = rg_event_plain_size(event->req, event->plan);

	if (event->plan)
		put_planned(event, buf);
	fixed->timestamp = event->timestamp;
	fixed->addr = event->req->addr;
	fixed->old_len = event->req->old_len;
	fixed->new_len = event->req->new_len;
	fixed->result = event->result;
	fixed->duration_ns = event->duration_ns;
	fixed->flags = (uint32_t)event->req->flags;
	fixed->tier_path = (uint8_t)(event->tier | event->path << 4);
	fixed->nr_stack = event->nr_stack;
	put_stack(event->stack, event->nr_stack, buf + stack_at);
}

static bool in_range(const struct fixed *fixed)
{
	return (fixed->tier_path & 15) < RG_NR_TIERS &&
	       fixed->tier_path >> 4 < RG_NR_PATHS &&
	       fixed->check < RG_NR_CHECKS &&
	       (fixed->has & VERDICT) < RG_NR_VERDICTS;
}

size_t rg_event_glance(const uint8_t *buf, size_t left,
		       struct rg_event *ret_event)
{
	struct fixed fixed;
	size_t size;

	if (left < sizeof(fixed) || rg_event_bad_count(buf, left))
		return 0;
	size = rg_event_encoded_size(buf);
	memcpy(&fixed, buf, sizeof(fixed));
	if (size > left || !in_range(&fixed))
		return 0;
	rg_event_clear(ret_event);
	ret_event->timestamp = fixed.timestamp;
	ret_event->req = (struct rg_request){ fixed.addr, fixed.old_len,
					      fixed.new_len, fixed.flags, 0 };
	ret_event->result = fixed.result;
	ret_event->tid = fixed.tid;
	ret_event->tier = (enum rg_tier)(fixed.tier_path & 15);
	ret_event->duration_ns = fixed.duration_ns;
	ret_event->path = (enum rg_path)(fixed.tier_path >> 4);
	ret_event->check = (enum rg_check)fixed.check;
	ret_event->verdict = (enum rg_verdict_kind)(fixed.has & VERDICT);
	ret_event->error = fixed.error;
	ret_event->damage = fixed.damage;
	ret_event->nr_stack = fixed.nr_stack;
	memcpy(ret_event->stack, buf + size - 8 * (size_t)fixed.nr_stack,
	       8 * (size_t)fixed.nr_stack);
	return size;
}
