/* SPDX-License-Identifier: MIT */

#include "report/explanation.h"

#include "report/callers.h"
#include "report/format.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char *const vma_flags[RG_NR_VMA_FLAGS] = {
	"readable",	"writable",  "executable",   "shared",	    "growsdown",
	"locked",	"accounted", "dontexpand",   "pfnmap",	    "io",
	"mixedmap",	"hugetlb",   "sealed",	     "userfaultfd", "mergeable",
	"unsplittable", "driver",    "vetoes-moves", "heap",	    "stack",
	"loaded",
};

const char *rg_vma_flag_name(int bit)
{
	return vma_flags[bit];
}

/* ------------------------------------------------------------ the account */

/* Only on x86-64 has every machine the same, should it not be recorded. */
static void find_page_size(struct rg_explanation *explanation)
{
	const struct rg_limits *limits = &explanation->pick.event.limits;

	if (limits->known & 1u << RG_LIMIT_PAGE_SIZE) {
		explanation->page_size = limits->page_size;
		return;
	}
	explanation->page_size = 4096;
	explanation->page_size_assumed =
		strcmp(explanation->tally->env.machine, "x86_64") != 0;
}

static void set_kernel(struct rg_explanation *explanation)
{
	const struct rg_trace_env *env = &explanation->tally->env;

	explanation->kernel = (struct rg_kernel){ 0 };
	rg_kernel_from_release(env->kernel, &explanation->kernel);
	explanation->kernel.generation =
		rg_generation_from_name(env->generation);
}

#define SMALLEST_HUGE_PAGE (UINT64_C(64) << 10)

/*
 * maps always shows the first four; a flag that is not among those recorded
 * is clear or was not seen.
 */
static struct rg_vma source_of(const struct rg_event *event)
{
	uint32_t shown =
		RG_VMA_READ | RG_VMA_WRITE | RG_VMA_EXEC | RG_VMA_SHARED;
	struct rg_vma vma = {
		.start = event->vma_start,
		.end = event->vma_end,
		.flags = event->vma_flags,
		.known = event->vma_flags | shown,
	};

	if (!event->has_vma || event->req.addr < vma.start ||
	    event->req.addr >= vma.end)
		return (struct rg_vma){ 0 };
	if ((vma.start | vma.end) & (SMALLEST_HUGE_PAGE - 1))
		vma.known |= RG_VMA_HUGETLB;
	return vma;
}

static struct rg_account account_of(const struct rg_event *event)
{
	struct rg_account account = {
		.req = &event->req,
		.source = source_of(event),
		.path = event->path,
		.check = event->check,
		.error = event->error,
	};

	if (event->judged == RG_JUDGED_UNSEEN)
		account.path = event->plan_path;
	else if (event->error)
		account.path = RG_PATH_REFUSE;
	return account;
}

bool rg_explanation_stopped(const struct rg_explanation *explanation)
{
	return rg_verdict_stops(explanation->pick.event.verdict);
}

static void explain_stops(struct rg_explanation *explanation)
{
	struct rg_account account = account_of(&explanation->pick.event);
	struct rg_limits limits = explanation->pick.event.limits;

	rg_limits_set(&limits, RG_LIMIT_PAGE_SIZE, explanation->page_size);
	account.kernel = &explanation->kernel;
	account.limits = &limits;
	if (rg_explanation_stopped(explanation))
		account.path = RG_PATH_INVALID;
	explanation->nr_stops = rg_explain(&account, explanation->stops);
	if (!rg_explanation_stopped(explanation))
		return;
	for (size_t i = 0; i < explanation->nr_stops; i++)
		explanation->stops[i].fate = RG_FATE_NOT_REACHED;
}

/* ----------------------------------------------------------- its findings */

static void add_finding(struct rg_explanation *explanation,
			enum rg_finding finding)
{
	size_t at = explanation->nr_findings;

	if (finding == RG_NR_FINDINGS || at == RG_EVENT_MAX_FINDINGS)
		return;
	for (size_t i = 0; i < at; i++) {
		if (explanation->findings[i] == finding)
			return;
	}
	for (; at && rg_finding_urgency(finding) <
			     rg_finding_urgency(explanation->findings[at - 1]);
	     at--)
		explanation->findings[at] = explanation->findings[at - 1];
	explanation->findings[at] = finding;
	explanation->nr_findings++;
}

static void take_findings(struct rg_explanation *explanation)
{
	const struct rg_event *event = &explanation->pick.event;

	if (explanation->pick.is_access)
		add_finding(explanation, RG_FINDING_STALE_ACCESS);
	for (uint8_t i = 0; i < event->nr_findings; i++)
		add_finding(explanation,
			    rg_finding_from_number(event->findings[i]));
	if (event->error)
		add_finding(explanation, rg_finding_of_check(event->check));
}

const struct rg_site *
rg_explanation_site(const struct rg_explanation *explanation)
{
	return &explanation->tally->sites.list[explanation->pick.site];
}

const struct rg_site *
rg_explanation_move_site(const struct rg_explanation *explanation)
{
	return &explanation->tally->sites.list[explanation->pick.move_site];
}

/* --------------------------------------------------------------- the event */

static int not_found(const char *dir, uint64_t number, uint64_t events,
		     struct rg_report_error *err)
{
	struct rg_word word;

	rg_format_nouns(events, "event", &word);
	if (number)
		return rg_report_fail(err, -ENOENT,
				      "%s: no event %" PRIu64 ": it has %.40s",
				      dir, number, word.text);
	return rg_report_fail(err, -ENOENT,
			      "%s: no call failed or is a hazard, --event=N "
			      "tells of any: it has %.40s",
			      dir, word.text);
}

void rg_explanation_of(const struct rg_tally *tally, struct rg_names *names,
		       const struct rg_pick *pick,
		       struct rg_explanation *ret_explanation)
{
	struct rg_explanation explanation = { .tally = tally,
					      .names = names,
					      .pick = *pick };

	find_page_size(&explanation);
	set_kernel(&explanation);
	if (!pick->is_access)
		explain_stops(&explanation);
	take_findings(&explanation);
	*ret_explanation = explanation;
}

int rg_explanation_make(const char *dir, uint64_t number,
			struct rg_explanation *ret_explanation,
			struct rg_report_error *err)
{
	struct rg_tally *tally = rg_tally_new();
	struct rg_pick pick = { .number = number };
	int ret;

	tally->pick = &pick;
	ret = rg_tally_add(tally, dir, err);
	tally->pick = NULL;
	if (!ret && !pick.found)
		ret = not_found(dir, number, rg_tally_events(tally), err);
	if (ret) {
		rg_tally_free(tally);
		return ret;
	}
	rg_explanation_of(tally, rg_names_new(&tally->objects), &pick,
			  ret_explanation);
	ret_explanation->owned = tally;
	return 0;
}

void rg_explanation_deinit(struct rg_explanation *explanation)
{
	rg_names_free(explanation->names);
	rg_tally_free(explanation->owned);
	*explanation = (struct rg_explanation){ 0 };
}
