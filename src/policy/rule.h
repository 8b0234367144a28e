/* SPDX-License-Identifier: MIT */
#ifndef RG_POLICY_RULE_H
#define RG_POLICY_RULE_H

/*
 * Rules as text: fields with a key and a value each, which a policy file has
 * one a line and the options string has in a row,
 *
 *   rule=NAME,finding=clobber overlap,action=deny EEXIST,module=libfoo*
 *
 * and suppressions, "FINDING:MODULE[:FUNCTION]".
 */

#include "policy/fault.h"
#include "policy/out.h"
#include "policy/policy.h"

/* The keys of its fields, "finding", …; NULL behind the last. */
const char *rg_rule_key(int i);

/* A rule of which not all fields have been given yet. */
struct rg_rule_draft {
	struct rg_rule rule;
	uint32_t given; /* which fields */
};

struct rg_fault rg_rule_begin(const char *name, struct rg_rule_draft *draft);
struct rg_fault rg_rule_set(struct rg_rule_draft *draft, const char *key,
			    const char *value);
/* What is wrong with the whole; a fault of the key. */
struct rg_fault rg_rule_finish(const struct rg_rule_draft *draft);

/* The value of `rule=', escaped. */
void rg_rule_put(const struct rg_rule *rule, struct rg_out *out);

/* The function may have colons in it. */
struct rg_fault rg_suppression_parse(const char *text,
				     struct rg_rule *ret_rule);

/* False when there is no room. */
bool rg_policy_insert_rule(struct rg_policy *policy, uint32_t at,
			   const struct rg_rule *rule);
#define RG_TOO_MANY_RULES "more than 64 rules and suppressions"

#endif
