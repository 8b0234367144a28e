/* SPDX-License-Identifier: MIT */

#include "policy/decision.h"

#include "model/names.h"
#include "policy/errors.h"
#include "policy/token.h"

#define BLANKS " \t"

static enum rg_action action_from_name(const char *name)
{
	int i = 0;

	while (i < RG_NR_ACTIONS &&
	       !rg_name_is(rg_action_name((enum rg_action)i), name))
		i++;
	return (enum rg_action)i;
}

struct rg_fault rg_decision_parse(const char *text,
				  struct rg_decision *ret_decision)
{
	struct rg_token token = { .end = 0 };
	enum rg_action action;
	uint8_t error = 0;

	rg_token_next(text, BLANKS, &token);
	action = action_from_name(token.text);
	if (action == RG_NR_ACTIONS)
		return rg_fault_at(token.start,
				   "not ignore, note, deny or abort");
	if (rg_token_next(text, BLANKS, &token)) {
		if (action != RG_ACTION_DENY)
			return rg_fault_at(token.start,
					   "only a deny has something behind "
					   "it, an errno");
		error = rg_errno_from_name(token.text);
		if (!error)
			return rg_fault_at(token.start, "no such errno");
	}
	if (rg_token_next(text, BLANKS, &token))
		return rg_fault_at(token.start, "nothing follows an errno");
	*ret_decision = (struct rg_decision){ (uint8_t)action, error };
	return RG_NO_FAULT;
}

void rg_decision_put(const struct rg_decision *decision, struct rg_out *out)
{
	const char *error = rg_errno_name(decision->error);

	rg_out_text(out, rg_action_name((enum rg_action)decision->action));
	if (error) {
		rg_out_text(out, " ");
		rg_out_text(out, error);
	}
}

struct rg_fault rg_findings_parse(const char *text, uint64_t *ret_findings)
{
	struct rg_token token = { .end = 0 };
	uint64_t findings = 0;

	while (rg_token_next(text, BLANKS ",", &token)) {
		enum rg_finding finding = rg_finding_from_name(token.text);

		if (finding == RG_NR_FINDINGS)
			return rg_fault_at(token.start, "no such finding");
		findings |= RG_FINDING_BIT(finding);
	}
	if (!findings)
		return rg_fault_at(token.start, "a finding is missing");
	*ret_findings = findings;
	return RG_NO_FAULT;
}

void rg_findings_put(uint64_t findings, struct rg_out *out)
{
	const char *before = "";

	for (int i = 0; i < RG_NR_FINDINGS; i++) {
		if (!(findings & RG_FINDING_BIT(i)))
			continue;
		rg_out_text(out, before);
		rg_out_text(out, rg_finding_info((enum rg_finding)i)->name);
		before = " ";
	}
}
