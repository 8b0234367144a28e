/* SPDX-License-Identifier: MIT */

#include "report/callers.h"

#include "report/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool rg_frame_is_outside(const struct rg_objects *objects,
			 const struct rg_frame *frame)
{
	const struct rg_object *object;

	if (frame->object == RG_NO_OBJECT)
		return true;
	object = &objects->list[frame->object];
	return !object->libc && !object->ours;
}

/* The names that say nothing: everyone knows that it was mremap. */
static bool is_mremap(const char *function)
{
	return !strcmp(function, "mremap") || !strcmp(function, "__mremap") ||
	       !strcmp(function, "syscall");
}

/* __GI___libc_realloc: what glibc calls realloc inside. */
static const char *public_name(const char *function)
{
	static const char *const prefixes[] = { "__GI_", "__libc_" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t len = strlen(prefixes[i]);

		if (!strncmp(function, prefixes[i], len) && function[len])
			function += len;
	}
	return function;
}

static const char *function_of_libc(const struct rg_objects *objects,
				    struct rg_names *names,
				    const struct rg_frame *frame)
{
	struct rg_name_list list;
	const char *function;

	if (frame->object == RG_NO_OBJECT || !objects->list[frame->object].libc)
		return "";
	list = rg_names_find(names, frame);
	function = public_name(list.list[list.nr - 1].function);
	return is_mremap(function) ? "" : function;
}

/* The first outside libc; else the outermost. */
uint8_t rg_caller_frame(const struct rg_site *site,
			const struct rg_objects *objects)
{
	uint8_t at = 0;

	while (at + 1 < site->nr_frames &&
	       !rg_frame_is_outside(objects, &site->frames[at]))
		at++;
	return at;
}

struct rg_caller rg_caller_at(const struct rg_site *site, uint8_t at,
			      const struct rg_objects *objects,
			      struct rg_names *names)
{
	struct rg_caller caller = { .inside = "", .has_stack = true };

	if (at && rg_frame_is_outside(objects, &site->frames[at]))
		caller.inside =
			function_of_libc(objects, names, &site->frames[at - 1]);
	caller.name = rg_names_find(names, &site->frames[at]).list[0];
	return caller;
}

struct rg_caller rg_caller_of(const struct rg_site *site,
			      const struct rg_objects *objects,
			      struct rg_names *names)
{
	const struct rg_caller nobody = { .name = { "", "", "", 0, 0 },
					  .inside = "" };

	if (!site->nr_frames)
		return nobody;
	return rg_caller_at(site, rg_caller_frame(site, objects), objects,
			    names);
}

static bool find_line(struct rg_names *names, const struct rg_frame *frame,
		      struct rg_name *ret_name)
{
	struct rg_name_list list = rg_names_find(names, frame);

	for (size_t i = 0; i < list.nr; i++) {
		if (!*list.list[i].file || list.list[i].line <= 0)
			continue;
		*ret_name = list.list[i];
		return true;
	}
	return false;
}

bool rg_source_of(const struct rg_site *site, const struct rg_objects *objects,
		  struct rg_names *names, struct rg_name *ret_name)
{
	for (uint8_t i = 0; i < site->nr_frames; i++) {
		if (rg_frame_is_outside(objects, &site->frames[i]) &&
		    find_line(names, &site->frames[i], ret_name))
			return true;
	}
	return false;
}

/* Names are kept once, so equal strings are the same pointer. */
struct key {
	const char *function;
	const char *module;
	const char *file;
	const char *inside;
	uint64_t line;
	uint64_t offset;
};

static struct key key_of(const struct rg_caller *caller)
{
	return (struct key){
		.function = caller->name.function,
		.module = caller->name.module,
		.file = caller->name.file,
		.inside = caller->inside,
		.line = (uint64_t)caller->name.line,
		/* without a line, two places in a function are one */
		.offset = *caller->name.function ? 0 : caller->name.offset,
	};
}

static struct rg_caller_count *intern(struct rg_callers *callers,
				      struct rg_table *table,
				      const struct rg_caller *caller)
{
	struct key key = key_of(caller);
	size_t at = rg_table_intern(table, &key, sizeof(key), callers->nr);

	if (at == callers->nr) {
		callers->list = rg_grow_by_one(callers->list, callers->nr,
					       &callers->capacity,
					       sizeof(*callers->list));
		callers->list[callers->nr++] =
			(struct rg_caller_count){ .caller = *caller };
	}
	return &callers->list[at];
}

static int compare_counts(const void *a, const void *b)
{
	const struct rg_caller_count *left = a;
	const struct rg_caller_count *right = b;
	int order;

	if (left->calls != right->calls)
		return left->calls < right->calls ? 1 : -1;
	order = strcmp(left->caller.name.file, right->caller.name.file);
	if (!order)
		order = left->caller.name.line - right->caller.name.line;
	return order ? order
		     : strcmp(left->caller.name.function,
			      right->caller.name.function);
}

static void sort_callers(struct rg_callers *callers)
{
	if (callers->nr)
		qsort(callers->list, callers->nr, sizeof(*callers->list),
		      compare_counts);
}

void rg_callers_all(const struct rg_tally *tally, struct rg_names *names,
		    struct rg_callers *ret_callers)
{
	struct rg_callers callers = { 0 };
	struct rg_table table = { 0 };

	for (size_t i = 0; i < tally->sites.nr; i++) {
		const struct rg_site *site = &tally->sites.list[i];
		struct rg_caller_count *count;
		struct rg_caller caller;

		if (!site->calls)
			continue;
		caller = rg_caller_of(site, &tally->objects, names);
		count = intern(&callers, &table, &caller);
		count->calls += site->calls;
		count->failed += site->failed;
		count->moves += site->moves;
		count->bytes_moved += site->bytes_moved;
	}
	rg_table_deinit(&table);
	sort_callers(&callers);
	*ret_callers = callers;
}

static void count_callers(const struct rg_tally *tally, struct rg_names *names,
			  uint64_t (*count_at)(const struct rg_site *site,
					       const void *ctx),
			  const void *ctx, struct rg_callers *ret_callers)
{
	struct rg_callers callers = { 0 };
	struct rg_table table = { 0 };

	for (size_t i = 0; i < tally->sites.nr; i++) {
		const struct rg_site *site = &tally->sites.list[i];
		uint64_t count = count_at(site, ctx);
		struct rg_caller caller;

		if (!count)
			continue;
		caller = rg_caller_of(site, &tally->objects, names);
		intern(&callers, &table, &caller)->calls += count;
	}
	rg_table_deinit(&table);
	sort_callers(&callers);
	*ret_callers = callers;
}

void rg_callers_failed(const struct rg_tally *tally, struct rg_names *names,
		       const struct rg_reason *reason,
		       struct rg_callers *ret_callers)
{
	count_callers(tally, names, rg_site_failures, reason, ret_callers);
}

void rg_callers_found(const struct rg_tally *tally, struct rg_names *names,
		      enum rg_finding finding, struct rg_callers *ret_callers)
{
	count_callers(tally, names, rg_site_found, &finding, ret_callers);
}

void rg_callers_deinit(struct rg_callers *callers)
{
	free(callers->list);
	*callers = (struct rg_callers){ 0 };
}

static int compare_reasons(const void *a, const void *b)
{
	const struct rg_reason *left = a;
	const struct rg_reason *right = b;

	if (left->count != right->count)
		return left->count < right->count ? 1 : -1;
	if (left->error != right->error)
		return left->error < right->error ? -1 : 1;
	return (left->check > right->check) - (left->check < right->check);
}

static void add_reason(struct rg_site *all, const struct rg_reason *reason)
{
	for (size_t i = 0; i < all->nr_reasons; i++) {
		if (rg_reason_is(&all->reasons[i], reason)) {
			all->reasons[i].count += reason->count;
			return;
		}
	}
	rg_site_add_reason(all, reason->error, reason->check);
	all->reasons[all->nr_reasons - 1].count = reason->count;
}

struct rg_reason *rg_reasons_all(const struct rg_tally *tally, size_t *ret_nr)
{
	struct rg_site all = { 0 };

	for (size_t i = 0; i < tally->sites.nr; i++) {
		const struct rg_site *site = &tally->sites.list[i];

		for (size_t j = 0; j < site->nr_reasons; j++)
			add_reason(&all, &site->reasons[j]);
	}
	if (all.nr_reasons)
		qsort(all.reasons, all.nr_reasons, sizeof(*all.reasons),
		      compare_reasons);
	*ret_nr = all.nr_reasons;
	return all.reasons;
}

const char *rg_finding_noun(enum rg_finding finding)
{
	return finding == RG_FINDING_STALE_ACCESS ? "access" : "call";
}

/* The order in which people want to know. */
static const uint8_t urgency[RG_NR_SEVERITIES] = {
	[RG_SEVERITY_HAZARD] = 0,
	[RG_SEVERITY_ERROR] = 1,
	[RG_SEVERITY_COST] = 2,
	[RG_SEVERITY_INFO] = 3,
};

uint8_t rg_finding_urgency(enum rg_finding finding)
{
	return urgency[rg_finding_info(finding)->severity];
}

static bool is_before(const struct rg_tally *tally, enum rg_finding a,
		      enum rg_finding b)
{
	uint8_t left = rg_finding_urgency(a);
	uint8_t right = rg_finding_urgency(b);

	if (left != right)
		return left < right;
	return tally->findings[a].count > tally->findings[b].count;
}

/* Sorted while they are put in: those that are equal stay by number. */
size_t rg_findings_met(const struct rg_tally *tally,
		       enum rg_finding ret_findings[RG_NR_FINDINGS])
{
	size_t nr = 0;

	for (int i = 0; i < RG_NR_FINDINGS; i++) {
		enum rg_finding finding = (enum rg_finding)i;
		size_t at = nr;

		if (!tally->findings[i].count)
			continue;
		for (; at && is_before(tally, finding, ret_findings[at - 1]);
		     at--)
			ret_findings[at] = ret_findings[at - 1];
		ret_findings[at] = finding;
		nr++;
	}
	return nr;
}

const char *rg_reason_sentence(const struct rg_reason *reason)
{
	const struct rg_check_info *info = rg_check_info(reason->check);
	const char *says = strerrordesc_np(reason->error);

	if (info)
		return info->sentence;
	return says ? says : "which check refused is not known";
}

const char *rg_error_name(uint8_t error, char buf[16])
{
	const char *name = strerrorname_np(error);

	if (name && error)
		return name;
	snprintf(buf, 16, "errno-%u", error);
	return buf;
}
