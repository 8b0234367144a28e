/* SPDX-License-Identifier: MIT */

#include "runtime/verdict.h"

#include "policy/caution.h"
#include "runtime/config.h"
#include "runtime/history.h"
#include "runtime/limits.h"
#include "runtime/probes.h"
#include "runtime/scene.h"
#include "runtime/site.h"
#include "runtime/sys.h"

#define BIT(finding) RG_FINDING_BIT(RG_FINDING_##finding)

static struct rg_scene scene_of(struct rg_process *process,
				const struct rg_event *event,
				const struct rg_judgement *judgement)
{
	struct rg_scene scene = {
		.req = &event->req,
		.kernel = &rg_config.kernel,
		.limits = &rg_config.limits,
		.is_empty = rg_scene_is_empty,
		.object_size = rg_scene_object_size,
		.ctx = process,
		.ignored = rg_config.ignored,
		.stack_pointer =
			(uint64_t)(uintptr_t)__builtin_frame_address(0),
		.facts = judgement->facts,
	};

	if (!judgement->planned)
		return scene;
	scene.plan = &judgement->plan;
	scene.limits = &judgement->mm.limits;
	scene.mm = rg_judge_mm(judgement);
	return scene;
}

/* ------------------------------------------------------------- before it */

/*
 * Nearly every call: not planned, and its arguments are no finding. What is
 * asked here is what rg_findings() would ask of such a call.
 */
static bool is_plain(const struct rg_event *event,
		     const struct rg_judgement *judgement)
{
	uint64_t by_arguments =
		BIT(UNALIGNED_LENGTH) | BIT(PAGE_SIZE_ASSUMPTION);

	return !judgement->planned && !judgement->facts &&
	       rg_page_up(event->req.old_len) &&
	       !(by_arguments & ~rg_config.ignored);
}

/*
 * Puts the findings into the judgement. Returns those that could be judged.
 * In one piece: every planned call comes here.
 */
__attribute__((flatten)) static uint64_t find(struct rg_process *process,
					      const struct rg_event *event,
					      struct rg_judgement *judgement)
{
	struct rg_scene scene = scene_of(process, event, judgement);
	uint64_t judged;

	judgement->findings = rg_findings(&scene, &judged);
	return judged;
}

static bool looks_closer(const struct rg_judgement *judgement, uint64_t judged)
{
	return rg_caution_looks_closer(&rg_config.caution,
				       judgement->planned ? &judgement->plan
							  : NULL,
				       judgement->findings, judged);
}

static struct rg_call_site site_for(struct rg_process *process,
				    struct rg_event *event, uint64_t caller,
				    uint64_t findings)
{
	struct rg_call_site site = { 0 };

	if (rg_policy_asks_for_site(&rg_config.options.policy, findings))
		rg_site_find(process, event, caller, &site);
	return site;
}

static struct rg_verdict judge(struct rg_process *process,
			       struct rg_event *event, uint64_t caller,
			       const struct rg_judgement *judgement)
{
	struct rg_call_site site =
		site_for(process, event, caller, judgement->findings);

	return rg_policy_judge(&rg_config.options.policy, judgement->findings,
			       judgement->planned ? &judgement->plan : NULL,
			       &event->req, &site);
}

/* Refused for safety's sake, unless a rule lets it be. */
static void stop(struct rg_process *process, struct rg_event *event,
		 uint64_t caller, struct rg_judgement *judgement,
		 enum rg_finding finding, int error)
{
	struct rg_call_site site =
		site_for(process, event, caller, RG_FINDING_BIT(finding));

	rg_policy_stop(&rg_config.options.policy, finding, error, &event->req,
		       &site, &judgement->verdict);
}

/* preflight=on: as the kernel would refuse it, but before it has begun. */
static void preflight(struct rg_process *process, struct rg_event *event,
		      uint64_t caller, struct rg_judgement *judgement)
{
	const struct rg_plan *plan =
		judgement->planned ? &judgement->plan : NULL;

	if (rg_caution_refuses_first(&rg_config.caution, plan))
		stop(process, event, caller, judgement,
		     RG_FINDING_DESTRUCTIVE_REFUSAL, plan->error);
}

static bool replaces(struct rg_process *process, const struct rg_event *event,
		     const struct rg_judgement *judgement)
{
	struct rg_scene scene;

	if (judgement->verdict.kind != RG_VERDICT_ALLOW ||
	    !judgement->planned || !judgement->plan.fixed)
		return false;
	scene = scene_of(process, event, judgement);
	scene.ignored = ~BIT(CLOBBER);
	return rg_findings(&scene, NULL);
}

/* noreplace=on: what it destroys is its finding, whatever its line says. */
static void noreplace(struct rg_process *process, struct rg_event *event,
		      uint64_t caller, struct rg_judgement *judgement)
{
	bool does = replaces(process, event, judgement);

	if (does && rg_plan_may_be_refused(&judgement->plan)) {
		rg_judge_closer(process, &event->req, judgement);
		does = replaces(process, event, judgement);
	}
	if (does)
		stop(process, event, caller, judgement, RG_FINDING_CLOBBER,
		     EEXIST);
}

/* Out of line, as what follows: nearly no call comes here. */
__attribute__((noinline)) static void look_ahead(struct rg_process *process,
						 struct rg_event *event,
						 uint64_t caller,
						 struct rg_judgement *judgement)
{
	uint64_t judged = find(process, event, judgement);

	if (looks_closer(judgement, judged)) {
		rg_judge_closer(process, &event->req, judgement);
		find(process, event, judgement);
	}
	if (judgement->findings)
		judgement->verdict = judge(process, event, caller, judgement);
	if (rg_config.options.preflight)
		preflight(process, event, caller, judgement);
	if (rg_config.options.noreplace)
		noreplace(process, event, caller, judgement);
}

void rg_verdict_before(struct rg_process *process, struct rg_event *event,
		       uint64_t caller, struct rg_judgement *judgement)
{
	if (!is_plain(event, judgement))
		look_ahead(process, event, caller, judgement);
}

/* ----------------------------------------------------------- afterwards */

static bool ended_plainly(const struct rg_event *event, uint32_t facts)
{
	return !event->error && !facts &&
	       event->agreement != RG_AGREE_MISMATCH &&
	       !rg_verdict_may_be_slow(rg_event_moved_bytes(event),
				       event->req.addr, event->result);
}

/* Only after a failure are the numbers that are left looked at. */
static uint64_t find_result(struct rg_process *process,
			    const struct rg_event *event,
			    const struct rg_judgement *judgement,
			    uint32_t facts, int64_t result)
{
	struct rg_limits limits = rg_config.limits;
	struct rg_scene scene = {
		.req = &event->req,
		.kernel = &rg_config.kernel,
		.limits = &limits,
		.ignored = rg_config.ignored,
		.facts = facts,
		.done = true,
		.result = result,
		.path = event->path,
		.check = event->check,
		.damage = event->damage,
		.agreement = event->racy ? RG_AGREE_NONE : event->agreement,
	};

	if (judgement->planned)
		limits = judgement->mm.limits;
	if (event->error == ENOMEM &&
	    !(rg_config.ignored & BIT(MAP_COUNT_HIGH)))
		rg_limits_fetch(process, &limits, RG_UNKNOWN_MAP_COUNT,
				RG_EFFORT_FULL);
	return rg_findings(&scene, NULL);
}

/* What was found before and has come true, with what came of the call. */
static uint64_t found_in_all(const struct rg_judgement *judgement,
			     const struct rg_event *event, uint64_t result)
{
	uint64_t before = judgement->verdict.noted &
			  ~rg_findings_of_severity(RG_SEVERITY_ERROR);

	if (!event->error)
		before &= ~RG_OF_REFUSALS;
	return before | result;
}

static void put_findings(uint64_t found, struct rg_event *event)
{
	uint8_t i = event->nr_findings;

	rg_event_put_findings(event, found);
	for (; i < event->nr_findings; i++)
		RG_PROBE_FINDING(event->findings[i], event->req.addr);
}

/* It is too late to deny, but not to end the program. */
static uint64_t judge_result(struct rg_process *process, struct rg_event *event,
			     uint64_t caller, uint64_t found,
			     struct rg_verdict *verdict)
{
	struct rg_judgement after = { .findings = found };
	struct rg_verdict late;

	if (!found)
		return 0;
	late = judge(process, event, caller, &after);
	if (late.kind == RG_VERDICT_ABORT)
		*verdict = late;
	return late.noted;
}

/* Out of line, too. */
__attribute__((noinline)) static void look_back(struct rg_process *process,
						uint64_t caller,
						struct rg_judgement *judgement,
						int64_t result, uint32_t facts,
						struct rg_event *event)
{
	uint64_t found = find_result(process, event, judgement, facts, result);

	found = found_in_all(judgement, event,
			     judge_result(process, event, caller, found,
					  &judgement->verdict));
	put_findings(found, event);
}

static bool creeps(struct rg_process *process, uint64_t caller,
		   const struct rg_judgement *judgement,
		   const struct rg_event *event)
{
	const struct rg_past call = { &event->req, event->result, caller,
				      event->path };

	return !judgement->noted && rg_history_note(process, &call);
}

static uint32_t facts_after(struct rg_process *process, uint64_t caller,
			    const struct rg_judgement *judgement,
			    const struct rg_event *event)
{
	if (!event->error)
		return creeps(process, caller, judgement, event)
			       ? RG_FACT_CREEPING
			       : 0;
	if (event->check == RG_CHECK_SOURCE_UNMAPPED &&
	    rg_history_moved_away(process, event->req.addr))
		return RG_FACT_MOVED_AWAY;
	return 0;
}

void rg_verdict_after(struct rg_process *process, uint64_t caller,
		      struct rg_judgement *judgement, int64_t result,
		      struct rg_event *event)
{
	uint32_t facts;

	event->verdict = judgement->verdict.kind;
	if (rg_verdict_stops(event->verdict)) {
		put_findings(judgement->verdict.noted, event);
		return;
	}
	facts = judgement->facts |
		facts_after(process, caller, judgement, event);
	if (judgement->verdict.noted || !ended_plainly(event, facts))
		look_back(process, caller, judgement, result, facts, event);
	/* it may have ended in an abort */
	event->verdict = judgement->verdict.kind;
}
