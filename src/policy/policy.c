/* SPDX-License-Identifier: MIT */

#include "policy/policy.h"

#include <errno.h>
#include <stddef.h>

static const char *const verdict_names[RG_NR_VERDICTS] = {
	[RG_VERDICT_ALLOW] = "allow",
	[RG_VERDICT_DENY] = "deny",
	[RG_VERDICT_ABORT] = "abort",
	[RG_VERDICT_INJECT] = "inject",
	[RG_VERDICT_DELAY] = "delay",
};

const char *rg_verdict_name(enum rg_verdict_kind verdict)
{
	return (unsigned int)verdict < RG_NR_VERDICTS ? verdict_names[verdict]
						      : NULL;
}

void rg_policy_init(struct rg_policy *policy, enum rg_profile profile)
{
	policy->nr_rules = 0;
	rg_policy_set_profile(policy, profile, 0);
}

void rg_policy_set_profile(struct rg_policy *policy, enum rg_profile profile,
			   uint64_t but)
{
	for (int i = 0; i < RG_NR_FINDINGS; i++) {
		const struct rg_finding_info *info =
			rg_finding_info((enum rg_finding)i);
		struct rg_decision decision = { info->actions[profile], 0 };

		if (!(but & RG_FINDING_BIT(i)))
			policy->decisions[i] = decision;
	}
}

/* Findings with a line or a rule that does at least this. */
static uint64_t findings_at_least(const struct rg_policy *policy,
				  enum rg_action least)
{
	uint64_t found = 0;

	for (int i = 0; i < RG_NR_FINDINGS; i++) {
		if (policy->decisions[i].action >= least)
			found |= RG_FINDING_BIT(i);
	}
	for (uint32_t i = 0; i < policy->nr_rules; i++) {
		if (policy->rules[i].decision.action >= least)
			found |= policy->rules[i].findings;
	}
	return found;
}

uint64_t rg_policy_wanted(const struct rg_policy *policy)
{
	return findings_at_least(policy, RG_ACTION_NOTE);
}

uint64_t rg_policy_may_stop(const struct rg_policy *policy)
{
	return findings_at_least(policy, RG_ACTION_DENY);
}

/* ------------------------------------------------------------- matching */

/* On a difference the last `*` takes one byte more. */
bool rg_glob_matches(const char *glob, const char *text)
{
	const char *star = NULL;
	const char *from = text;

	while (*text) {
		if (*glob == '*') {
			star = ++glob;
			from = text;
		} else if (*glob && (*glob == '?' || *glob == *text)) {
			glob++;
			text++;
		} else if (star) {
			glob = star;
			text = ++from;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return !*glob;
}

/* A part that is not known fits a glob that takes anything, and no other. */
static bool part_matches(const char *glob, const char *part)
{
	return !*glob || rg_glob_matches(glob, part ? part : "");
}

static bool rule_matches(const struct rg_rule *rule, enum rg_finding finding,
			 const struct rg_request *req,
			 const struct rg_call_site *site)
{
	uint64_t len = rg_request_longer_len(req);

	return rule->findings & RG_FINDING_BIT(finding) &&
	       len >= rule->min_size && len <= rule->max_size &&
	       (req->flags & rule->flags) == rule->flags &&
	       part_matches(rule->module, site->module) &&
	       part_matches(rule->function, site->function);
}

bool rg_policy_asks_for_site(const struct rg_policy *policy, uint64_t findings)
{
	for (uint32_t i = 0; i < policy->nr_rules; i++) {
		const struct rg_rule *rule = &policy->rules[i];

		if (rule->findings & findings &&
		    (*rule->module || *rule->function))
			return true;
	}
	return false;
}

/* NULL where none fits. */
static const struct rg_rule *first_rule(const struct rg_policy *policy,
					enum rg_finding finding,
					const struct rg_request *req,
					const struct rg_call_site *site)
{
	for (uint32_t i = 0; i < policy->nr_rules; i++) {
		if (rule_matches(&policy->rules[i], finding, req, site))
			return &policy->rules[i];
	}
	return NULL;
}

static struct rg_decision decide(const struct rg_policy *policy,
				 enum rg_finding finding,
				 const struct rg_request *req,
				 const struct rg_call_site *site)
{
	const struct rg_rule *rule = first_rule(policy, finding, req, site);

	return rule ? rule->decision : policy->decisions[finding];
}

static bool excepts(const struct rg_policy *policy, enum rg_finding finding,
		    const struct rg_request *req,
		    const struct rg_call_site *site)
{
	const struct rg_rule *rule = first_rule(policy, finding, req, site);

	return rule && rule->decision.action < RG_ACTION_DENY;
}

/* -------------------------------------------------------------- judging */

/* Nothing is gained by another errno where nothing would have happened. */
static bool would_only_change_errno(enum rg_finding finding,
				    const struct rg_plan *plan)
{
	const struct rg_finding_info *info = rg_finding_info(finding);

	return plan && plan->path == RG_PATH_REFUSE && !plan->damage &&
	       info->severity != RG_SEVERITY_ERROR;
}

static int errno_of(const struct rg_decision *decision, enum rg_finding finding,
		    const struct rg_plan *plan)
{
	const struct rg_finding_info *info = rg_finding_info(finding);

	if (decision->error)
		return decision->error;
	if (info->error)
		return info->error;
	return plan && plan->error ? plan->error : EINVAL;
}

/*
 * The first counts. One that has no errno of its own, as it only says that the
 * kernel would refuse, gives way to one that has.
 */
static bool comes_first(const struct rg_verdict *verdict,
			enum rg_finding finding)
{
	if (verdict->kind == RG_VERDICT_ALLOW)
		return true;
	return verdict->kind == RG_VERDICT_DENY &&
	       !rg_finding_info(verdict->finding)->error &&
	       rg_finding_info(finding)->error;
}

static void deny(struct rg_verdict *verdict, enum rg_finding finding, int error)
{
	if (!comes_first(verdict, finding))
		return;
	verdict->kind = RG_VERDICT_DENY;
	verdict->finding = finding;
	verdict->error = error;
}

static void abort_for(struct rg_verdict *verdict, enum rg_finding finding)
{
	if (verdict->kind == RG_VERDICT_ABORT)
		return;
	verdict->kind = RG_VERDICT_ABORT;
	verdict->finding = finding;
}

struct rg_verdict rg_policy_judge(const struct rg_policy *policy,
				  uint64_t findings, const struct rg_plan *plan,
				  const struct rg_request *req,
				  const struct rg_call_site *site)
{
	struct rg_verdict verdict = { .finding = RG_NR_FINDINGS };

	for (int i = 0; i < RG_NR_FINDINGS; i++) {
		enum rg_finding finding = (enum rg_finding)i;
		struct rg_decision decision;

		if (!(findings & RG_FINDING_BIT(i)))
			continue;
		decision = decide(policy, finding, req, site);
		if (decision.action == RG_ACTION_IGNORE)
			continue;
		verdict.noted |= RG_FINDING_BIT(i);
		if (would_only_change_errno(finding, plan))
			continue;
		if (decision.action == RG_ACTION_DENY)
			deny(&verdict, finding,
			     errno_of(&decision, finding, plan));
		else if (decision.action == RG_ACTION_ABORT)
			abort_for(&verdict, finding);
	}
	return verdict;
}

void rg_policy_stop(const struct rg_policy *policy, enum rg_finding finding,
		    int error, const struct rg_request *req,
		    const struct rg_call_site *site, struct rg_verdict *verdict)
{
	if (verdict->kind != RG_VERDICT_ALLOW ||
	    excepts(policy, finding, req, site))
		return;
	verdict->kind = RG_VERDICT_DENY;
	verdict->finding = finding;
	verdict->error = error;
	verdict->noted |= RG_FINDING_BIT(finding);
}
