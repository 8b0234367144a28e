/* SPDX-License-Identifier: MIT */
#ifndef RG_TESTS_SAME_OPTIONS_H
#define RG_TESTS_SAME_OPTIONS_H

#include "policy/options.h"

#include <string.h>

/* Bytes behind the end of a name do not count, nor do unused rules. */
static inline bool same_rule(const struct rg_rule *a, const struct rg_rule *b)
{
	return !strcmp(a->name, b->name) && a->findings == b->findings &&
	       a->decision.action == b->decision.action &&
	       a->decision.error == b->decision.error &&
	       !strcmp(a->module, b->module) &&
	       !strcmp(a->function, b->function) &&
	       a->min_size == b->min_size && a->max_size == b->max_size &&
	       a->flags == b->flags;
}

static inline bool same_policy(const struct rg_policy *a,
			       const struct rg_policy *b)
{
	if (memcmp(a->decisions, b->decisions, sizeof(a->decisions)) != 0 ||
	    a->nr_rules != b->nr_rules)
		return false;
	for (uint32_t i = 0; i < a->nr_rules; i++) {
		if (!same_rule(&a->rules[i], &b->rules[i]))
			return false;
	}
	return true;
}

static inline bool same_site(const struct rg_injection *a,
			     const struct rg_injection *b)
{
	if (a->depth != b->depth)
		return false;
	for (uint8_t i = 0; i < a->depth; i++) {
		if (a->site[i].offset != b->site[i].offset ||
		    a->site[i].has_offset != b->site[i].has_offset ||
		    strcmp(a->site[i].module, b->site[i].module) != 0 ||
		    strcmp(a->site[i].function, b->site[i].function) != 0)
			return false;
	}
	return true;
}

static inline bool same_injections(const struct rg_injections *a,
				   const struct rg_injections *b)
{
	if (a->nr != b->nr)
		return false;
	for (uint32_t i = 0; i < a->nr; i++) {
		const struct rg_injection *left = &a->list[i];
		const struct rg_injection *right = &b->list[i];

		if (left->delay_ns != right->delay_ns ||
		    left->nth != right->nth || left->every != right->every ||
		    left->min_size != right->min_size ||
		    left->prob != right->prob || left->error != right->error ||
		    left->path != right->path || !same_site(left, right))
			return false;
	}
	return true;
}

static inline bool same_options(const struct rg_options *a,
				const struct rg_options *b)
{
	return !strcmp(a->trace, b->trace) && a->stacks == b->stacks &&
	       a->predict == b->predict && a->max_trace == b->max_trace &&
	       a->follow == b->follow && a->verbose == b->verbose &&
	       a->generation == b->generation && a->cookie == b->cookie &&
	       a->run == b->run &&
	       a->break_plan == b->break_plan && a->profile == b->profile &&
	       a->preflight == b->preflight && a->noreplace == b->noreplace &&
	       a->shrink_first == b->shrink_first && a->move == b->move &&
	       a->quarantine == b->quarantine &&
	       a->placement == b->placement &&
	       a->grow_ahead == b->grow_ahead &&
	       !strcmp(a->plugin, b->plugin) &&
	       !strcmp(a->policy_file, b->policy_file) &&
	       !strcmp(a->suppress_file, b->suppress_file) &&
	       a->seed == b->seed &&
	       same_injections(&a->injections, &b->injections) &&
	       same_policy(&a->policy, &b->policy);
}

#endif
