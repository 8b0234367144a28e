/* SPDX-License-Identifier: MIT */

#include "policy/rule.h"

#include "model/names.h"
#include "policy/decision.h"
#include "policy/flags.h"
#include "policy/size.h"

#include <string.h>

/* ---------------------------------------------------------------- fields */

/* How a field is read, and put unless it is as it was at first. */
struct kind {
	struct rg_fault (*set)(const char *value, void *field);
	bool (*is_initial)(const void *field, uint64_t initial);
	void (*put)(const void *field, struct rg_out *out);
};

static struct rg_fault set_findings(const char *value, void *field)
{
	return rg_findings_parse(value, field);
}

static struct rg_fault set_decision(const char *value, void *field)
{
	return rg_decision_parse(value, field);
}

static struct rg_fault set_glob(const char *value, void *field)
{
	size_t len = strlen(value);

	if (!len)
		return rg_fault_at(0, "a name or a pattern is missing");
	if (len >= RG_POLICY_GLOB_MAX)
		return rg_fault_at(0, "longer than 95 bytes");
	memcpy(field, value, len + 1);
	return RG_NO_FAULT;
}

static struct rg_fault set_size(const char *value, void *field)
{
	return rg_size_parse(value, field) ? RG_NO_FAULT
					   : rg_fault_at(0, RG_SIZE_FAULT);
}

static struct rg_fault set_flags(const char *value, void *field)
{
	return rg_flags_parse(value, field)
		       ? RG_NO_FAULT
		       : rg_fault_at(0, "neither a number nor of "
					"MAYMOVE|FIXED|DONTUNMAP");
}

static bool is_never(const void *field, uint64_t initial)
{
	(void)field;
	(void)initial;
	return false;
}

static bool is_empty(const void *field, uint64_t initial)
{
	(void)initial;
	return !*(const char *)field;
}

static bool is_number(const void *field, uint64_t initial)
{
	return *(const uint64_t *)field == initial;
}

static void put_findings(const void *field, struct rg_out *out)
{
	rg_findings_put(*(const uint64_t *)field, out);
}

static void put_decision(const void *field, struct rg_out *out)
{
	rg_decision_put(field, out);
}

static void put_glob(const void *field, struct rg_out *out)
{
	rg_out_escaped(out, field);
}

static void put_number(const void *field, struct rg_out *out)
{
	rg_out_number(out, *(const uint64_t *)field);
}

static const struct kind findings = { set_findings, is_never, put_findings };
static const struct kind decision = { set_decision, is_never, put_decision };
static const struct kind glob = { set_glob, is_empty, put_glob };
static const struct kind size = { set_size, is_number, put_number };
static const struct kind flags = { set_flags, is_number, put_number };

enum { FINDING, ACTION };

static const struct field {
	const char *key;
	const struct kind *kind;
	size_t offset;
	uint64_t initial;
} fields[] = {
	[FINDING] = { "finding", &findings,
		      offsetof(struct rg_rule, findings) },
	[ACTION] = { "action", &decision, offsetof(struct rg_rule, decision) },
	{ "module", &glob, offsetof(struct rg_rule, module) },
	{ "function", &glob, offsetof(struct rg_rule, function) },
	{ "min-size", &size, offsetof(struct rg_rule, min_size) },
	{ "max-size", &size, offsetof(struct rg_rule, max_size), UINT64_MAX },
	{ "flags", &flags, offsetof(struct rg_rule, flags) },
};

#define NR_FIELDS (sizeof(fields) / sizeof(fields[0]))

const char *rg_rule_key(int i)
{
	return (size_t)i < NR_FIELDS ? fields[i].key : NULL;
}

/* ----------------------------------------------------------------- rules */

static bool is_given(const struct rg_rule_draft *draft, int field)
{
	return draft->given & 1u << field;
}

struct rg_fault rg_rule_begin(const char *name, struct rg_rule_draft *draft)
{
	size_t len = strlen(name);

	if (!len)
		return rg_fault_of_key("the rule has no name");
	if (len >= RG_POLICY_NAME_MAX)
		return rg_fault_of_key("the rule's name is longer than 31 "
				       "bytes");
	memset(draft, 0, sizeof(*draft));
	memcpy(draft->rule.name, name, len);
	draft->rule.max_size = UINT64_MAX;
	return RG_NO_FAULT;
}

struct rg_fault rg_rule_set(struct rg_rule_draft *draft, const char *key,
			    const char *value)
{
	size_t i = 0;

	while (i < NR_FIELDS && !rg_name_is(fields[i].key, key))
		i++;
	if (i == NR_FIELDS)
		return rg_fault_of_key("no such key of a rule");
	if (is_given(draft, (int)i))
		return rg_fault_of_key("given twice");
	draft->given |= 1u << i;
	return fields[i].kind->set(value,
				   (char *)&draft->rule + fields[i].offset);
}

struct rg_fault rg_rule_finish(const struct rg_rule_draft *draft)
{
	if (!is_given(draft, FINDING))
		return rg_fault_of_key("the rule has no finding");
	if (!is_given(draft, ACTION))
		return rg_fault_of_key("the rule has no action");
	if (draft->rule.min_size > draft->rule.max_size)
		return rg_fault_of_key("the rule's min-size is more than its "
				       "max-size");
	return RG_NO_FAULT;
}

void rg_rule_put(const struct rg_rule *rule, struct rg_out *out)
{
	rg_out_escaped(out, rule->name);
	for (size_t i = 0; i < NR_FIELDS; i++) {
		const struct kind *kind = fields[i].kind;
		const void *field = (const char *)rule + fields[i].offset;

		if (kind->is_initial(field, fields[i].initial))
			continue;
		rg_out_text(out, ",");
		rg_out_text(out, fields[i].key);
		rg_out_text(out, "=");
		kind->put(field, out);
	}
}

bool rg_policy_insert_rule(struct rg_policy *policy, uint32_t at,
			   const struct rg_rule *rule)
{
	struct rg_rule *place = &policy->rules[at];

	if (policy->nr_rules == RG_POLICY_MAX_RULES)
		return false;
	memmove(place + 1, place, (policy->nr_rules - at) * sizeof(*place));
	*place = *rule;
	policy->nr_rules++;
	return true;
}

/* ---------------------------------------------------------- suppressions */

/* Up to the next colon, which is passed over; false where there is none. */
static bool take_part(const char **text, char part[RG_POLICY_GLOB_MAX + 1])
{
	const char *colon = strchr(*text, ':');
	size_t len = colon ? (size_t)(colon - *text) : strlen(*text);

	/* one byte more than fits, for others to complain of */
	if (len > RG_POLICY_GLOB_MAX)
		len = RG_POLICY_GLOB_MAX;
	memcpy(part, *text, len);
	part[len] = '\0';
	if (colon)
		*text = colon + 1;
	return colon;
}

struct rg_fault rg_suppression_parse(const char *text, struct rg_rule *ret_rule)
{
	struct rg_rule_draft draft;
	char part[RG_POLICY_GLOB_MAX + 1];
	const char *at = text;
	enum rg_finding finding;
	struct rg_fault fault;
	bool has_function;
	size_t start;

	if (!take_part(&at, part))
		return rg_fault_at(0, "not FINDING:MODULE[:FUNCTION]");
	finding = rg_finding_from_name(part);
	if (finding == RG_NR_FINDINGS)
		return rg_fault_at(0, "no such finding");
	rg_rule_begin("suppression", &draft);
	draft.rule.findings = RG_FINDING_BIT(finding);
	start = (size_t)(at - text);
	has_function = take_part(&at, part);
	fault = set_glob(part, draft.rule.module);
	if (!fault.why && has_function) {
		start = (size_t)(at - text);
		fault = set_glob(at, draft.rule.function);
	}
	if (fault.why)
		return rg_fault_at(start, fault.why);
	*ret_rule = draft.rule;
	return RG_NO_FAULT;
}
