/* SPDX-License-Identifier: MIT */

#include "report/explanation.h"

#include "report/callers.h"
#include "report/format.h"
#include "report/picture.h"
#include "report/render-page.h"
#include "report/text-access.h"
#include "report/text-rows.h"
#include "report/text-stops.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- the call */

static void print_result(const struct rg_event *event, FILE *out)
{
	char buf[16];

	if (event->judged == RG_JUDGED_UNSEEN)
		fputs(" = ?", out);
	else if (event->error)
		fprintf(out, " = -1 %s", rg_error_name(event->error, buf));
	else
		fprintf(out, " = 0x%" PRIx64, event->result);
}

/* Whose event it is, below a line that says what it is. */
static void print_origin(const struct rg_explanation *explanation, FILE *out)
{
	const struct rg_pick *pick = &explanation->pick;
	const struct rg_tally *tally = explanation->tally;
	const struct rg_slot *slot = &pick->process.slot;
	struct rg_word number;
	struct rg_word total;
	struct rg_word exe;
	struct rg_word kernel;

	fprintf(out, "\nevent %s of %s: process %u (%s), thread %u\n",
		rg_format_count(pick->number, &number),
		rg_format_count(rg_tally_events(tally), &total), slot->pid,
		rg_format_short(*slot->exe ? slot->exe : slot->comm, 24, &exe),
		pick->is_access ? pick->access.tid : pick->event.tid);
	fprintf(out, "on Linux %s (%s)\n\n",
		rg_format_short(tally->env.kernel, 40, &kernel),
		tally->env.generation);
}

static void print_refusal(const struct rg_event *event, FILE *out)
{
	const struct rg_check_info *info = rg_check_info(event->check);
	const char *check = "check";
	const char *error = "errno";
	char buf[16];

	if (!event->error)
		return;
	if (info)
		rg_print_row(out, &check, "%s: %s", info->name, info->sentence);
	else
		rg_print_row(out, &check, "which one refused is not known");
	rg_print_row(out, &error, "%s: %s", rg_error_name(event->error, buf),
		     strerrordesc_np(event->error)
			     ? strerrordesc_np(event->error)
			     : "no errno that is known");
}

static void print_damage(const struct rg_event *event, FILE *out)
{
	const char *label = "damage";

	for (int i = 0; i < RG_NR_DAMAGES; i++) {
		if (event->damage & 1u << i)
			rg_print_row(out, &label, "%s: %s",
				     rg_damage_name((enum rg_damage)(1u << i)),
				     rg_damage_words(i));
	}
}

static const char *const judged_words[RG_NR_JUDGED] = {
	[RG_JUDGED_UNPLANNED] = "none: the mappings were not looked at",
	[RG_JUDGED_PLANNED] = "made before the call",
	[RG_JUDGED_EXPLAINED] = "made after the failure, which changed nothing",
	[RG_JUDGED_UNSEEN] = "made before the call, whose result was never "
			     "learned",
};

static const char *const agreement_words[RG_NR_AGREEMENTS] = {
	[RG_AGREE_NONE] = "",
	[RG_AGREE_YES] = "; so it went",
	[RG_AGREE_UNKNOWN] = "; it went otherwise, as what was not seen may "
			     "explain",
	[RG_AGREE_MISMATCH] = "; it went otherwise",
};

static void print_plan(const struct rg_event *event, FILE *out)
{
	const char *label = "plan";

	if (event->plan_path == RG_PATH_INVALID) {
		rg_print_row(out, &label, "%s", judged_words[event->judged]);
		return;
	}
	rg_print_row(out, &label, "%s, %s%s%s", rg_path_name(event->plan_path),
		     judged_words[event->judged],
		     agreement_words[event->agreement],
		     event->racy ? ": another thread was faster" : "");
}

static void print_unknown(const struct rg_event *event, FILE *out)
{
	const char *label = "unknown";

	for (int i = 0; i < RG_NR_UNKNOWNS; i++) {
		if (event->unknown & 1u << i)
			rg_print_row(
				out, &label, "%s",
				rg_unknown_name((enum rg_unknown)(1u << i)));
	}
}

static void print_verdict(const struct rg_explanation *explanation, FILE *out)
{
	static const char *const words[RG_NR_VERDICTS] = {
		[RG_VERDICT_DENY] = ", by the policy: the kernel was not asked",
		[RG_VERDICT_ABORT] =
			", by the policy: the kernel was not asked",
		[RG_VERDICT_INJECT] = ", on request: the kernel was not asked",
		[RG_VERDICT_DELAY] = ", on request: the call was made later",
	};
	enum rg_verdict_kind verdict = explanation->pick.event.verdict;
	const char *label = "verdict";

	if (words[verdict])
		rg_print_row(out, &label, "%s%s", rg_verdict_name(verdict),
			     words[verdict]);
}

static void print_time(const struct rg_event *event, FILE *out)
{
	const char *seen = "seen as";
	const char *took = "took";
	struct rg_word word;

	if (event->judged != RG_JUDGED_UNSEEN)
		rg_print_row(out, &took, "%s ns",
			     rg_format_count(event->duration_ns, &word));
	rg_print_row(out, &seen, "tier %s", rg_tier_name(event->tier));
}

static void print_outcome(const struct rg_explanation *explanation, FILE *out)
{
	const struct rg_event *event = &explanation->pick.event;
	enum rg_path path = event->path;
	const char *label = "path";

	if (event->judged == RG_JUDGED_UNSEEN)
		path = RG_PATH_INVALID;
	rg_print_row(out, &label, "%s: %s", rg_path_name(path),
		     rg_path_words(path));
	print_refusal(event, out);
	print_damage(event, out);
	print_verdict(explanation, out);
	print_plan(event, out);
	print_unknown(event, out);
	print_time(event, out);
}

/* -------------------------------------------------------------- the ranges */

static struct rg_range range_of(const char *label, char fill, uint64_t start,
				uint64_t len)
{
	uint64_t end = start + len < start ? UINT64_MAX : start + len;

	return (struct rg_range){ label, start, end, fill };
}

/* Where it is now, or where it was to be. */
static struct rg_range new_range(const struct rg_event *event, uint64_t len)
{
	if (!event->error && event->judged != RG_JUDGED_UNSEEN)
		return range_of("new", '~', event->result, len);
	if (event->req.flags & RG_MREMAP_FIXED)
		return range_of("asked", '~', event->req.new_addr, len);
	return range_of("asked", '~', event->req.addr, len);
}

static void print_mapping(const struct rg_event_vma *vma, bool is_source,
			  FILE *out)
{
	const char *before = "";
	struct rg_word word;
	size_t len = 0;
	int column;

	word.text[0] = '\0';
	for (int i = 0; i < RG_NR_VMA_FLAGS; i++) {
		if (!(vma->flags & 1u << i))
			continue;
		len += (size_t)snprintf(word.text + len,
					sizeof(word.text) - len, "%s%s", before,
					rg_vma_flag_name(i));
		before = ", ";
	}
	if (is_source)
		column = fprintf(out, "  the mapping is ");
	else
		column = fprintf(out, "  the one at 0x%" PRIx64 " is ",
				 vma->start);
	rg_print_wrapped(out, len ? word.text : "not accessible", column);
}

static bool meets(const struct rg_event_vma *vma, const struct rg_range *range)
{
	return vma->start <= range->end && vma->end >= range->start;
}

/* Lowest first. */
static void add_vma(struct rg_event_vma *vmas, size_t *nr,
		    const struct rg_event_vma *vma)
{
	size_t i = (*nr)++;

	for (; i && vmas[i - 1].start > vma->start; i--)
		vmas[i] = vmas[i - 1];
	vmas[i] = *vma;
}

/* The source, and what was seen at or beside the old and the new range. */
static size_t find_vmas(const struct rg_event *event,
			const struct rg_range *old_range,
			const struct rg_range *new_range,
			struct rg_event_vma ret_vmas[RG_EVENT_MAX_VMAS + 1])
{
	struct rg_event_vma source = { event->vma_start, event->vma_end,
				       event->vma_flags };
	size_t nr = 0;

	if (event->has_vma && source.start < source.end)
		add_vma(ret_vmas, &nr, &source);
	for (uint8_t i = 0; i < event->nr_vmas; i++) {
		const struct rg_event_vma *vma = &event->vmas[i];

		if (vma->start < vma->end &&
		    (meets(vma, old_range) || meets(vma, new_range)))
			add_vma(ret_vmas, &nr, vma);
	}
	return nr;
}

static void print_ranges(const struct rg_explanation *explanation, FILE *out)
{
	const struct rg_event *event = &explanation->pick.event;
	const struct rg_request *req = &event->req;
	uint64_t mask = explanation->page_size - 1;
	struct rg_event_vma vmas[RG_EVENT_MAX_VMAS + 1];
	struct rg_range ranges[RG_PICTURE_MAX];
	struct rg_range from =
		range_of("old", '-', req->addr, (req->old_len + mask) & ~mask);
	struct rg_range to = new_range(event, (req->new_len + mask) & ~mask);
	size_t nr_vmas = find_vmas(event, &from, &to, vmas);
	size_t nr = 0;

	for (; nr < nr_vmas; nr++)
		ranges[nr] = range_of("mapping", '=', vmas[nr].start,
				      vmas[nr].end - vmas[nr].start);
	ranges[nr++] = from;
	ranges[nr++] = to;
	fprintf(out, "\nranges (not to scale; %s)\n",
		event->limits.known ? "mappings as far as they were looked at"
				    : "what else was mapped is not recorded");
	rg_print_picture(ranges, nr, out);
	for (size_t i = 0; i < nr_vmas; i++)
		print_mapping(&vmas[i], vmas[i].start == event->vma_start, out);
}

/* ------------------------------------------------------------- the decision */

static void print_stops(const struct rg_explanation *explanation, FILE *out)
{
	enum rg_generation generation = explanation->kernel.generation;

	if (!explanation->nr_stops) {
		fputs("\nWhat this kernel checks is not known.\n", out);
		return;
	}
	fprintf(out, "\nchecks, in the order of Linux %s%s\n",
		rg_generation_releases(generation),
		rg_explanation_stopped(explanation)
			? ", none of which was asked"
			: "");
	rg_print_stops(explanation->stops, explanation->nr_stops,
		       "not recorded", out);
	if (explanation->page_size_assumed)
		fputs("  (pages are taken to have 4096 bytes)\n", out);
}

static void print_findings(const struct rg_explanation *explanation, FILE *out)
{
	const char *label = "finding";

	fputc('\n', out);
	if (!explanation->nr_findings)
		rg_print_row(out, &label, "none");
	for (size_t i = 0; i < explanation->nr_findings; i++) {
		const struct rg_finding_info *info =
			rg_finding_info(explanation->findings[i]);

		rg_print_row(out, &label, "%s %s (%s): %s", info->id,
			     info->name, rg_severity_name(info->severity),
			     info->sentence);
	}
}

/* A line for each level of inlining. */
static void print_frame(const struct rg_explanation *explanation,
			const struct rg_frame *frame, const char **label,
			FILE *out)
{
	struct rg_name_list list = rg_names_find(explanation->names, frame);

	for (size_t i = 0; i < list.nr; i++) {
		struct rg_caller caller = { .name = list.list[i],
					    .inside = "",
					    .has_stack = true };
		struct rg_word word;

		fprintf(out, "%-*s%s\n", RG_ROW_INDENT, *label,
			rg_format_caller(&caller, 80 - RG_ROW_INDENT, &word));
		*label = "";
	}
}

static void print_stack(const struct rg_explanation *explanation,
			const struct rg_site *site, const char *label,
			FILE *out)
{
	if (!site->nr_frames)
		rg_print_row(out, &label, "not recorded");
	for (uint8_t i = 0; i < site->nr_frames; i++)
		print_frame(explanation, &site->frames[i], &label, out);
}

static void print_fix(const struct rg_explanation *explanation, FILE *out)
{
	const char *label = "more";

	if (!explanation->nr_findings)
		return;
	rg_print_fix(explanation->findings[0], out);
	rg_print_row(out, &label, "remapguard explain %s",
		     rg_finding_info(explanation->findings[0])->id);
}

static void render_call(const struct rg_explanation *explanation, FILE *out)
{
	rg_print_call(&explanation->pick.event.req, out);
	print_result(&explanation->pick.event, out);
	print_origin(explanation, out);
	print_outcome(explanation, out);
	print_ranges(explanation, out);
	print_stops(explanation, out);
	print_findings(explanation, out);
	print_stack(explanation, rg_explanation_site(explanation),
		    "called from", out);
	print_fix(explanation, out);
}

static void render_access(const struct rg_explanation *explanation, FILE *out)
{
	const struct rg_access *access = &explanation->pick.access;
	struct rg_word what;

	fprintf(out, "%s at 0x%" PRIx64 ", where memory was before it moved",
		rg_access_words(access, explanation->tally->env.machine, &what),
		access->addr);
	print_origin(explanation, out);
	rg_print_access(explanation, out);
	print_findings(explanation, out);
	print_stack(explanation, rg_explanation_site(explanation),
		    "accessed from", out);
	print_stack(explanation, rg_explanation_move_site(explanation),
		    "moved from", out);
	print_fix(explanation, out);
}

void rg_render_explanation_text(const struct rg_explanation *explanation,
				FILE *out)
{
	if (explanation->pick.is_access)
		render_access(explanation, out);
	else
		render_call(explanation, out);
}
