/* SPDX-License-Identifier: MIT */
#ifndef RG_POLICY_DECISION_H
#define RG_POLICY_DECISION_H

#include "policy/fault.h"
#include "policy/out.h"
#include "policy/policy.h"

/* "ignore", "note", "deny", "deny EEXIST", "abort". */
struct rg_fault rg_decision_parse(const char *text,
				  struct rg_decision *ret_decision);
void rg_decision_put(const struct rg_decision *decision, struct rg_out *out);

/* Findings by id or name, blanks or commas between them: a set. */
struct rg_fault rg_findings_parse(const char *text, uint64_t *ret_findings);
void rg_findings_put(uint64_t findings, struct rg_out *out);

#endif
