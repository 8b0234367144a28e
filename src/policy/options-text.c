/* SPDX-License-Identifier: MIT */

#include "policy/options.h"
#include "policy/rule.h"
#include "policy/token.h"

#include <string.h>

/* Text as it stands in the options string, escapes and all. */
struct slice {
	const char *text;
	size_t len;
};

/* A value, its escapes undone. */
struct value {
	char text[RG_OPTIONS_PATH_MAX];
};

/* Who is told of a pair, and how far the parts of it have been read. */
struct reading {
	struct rg_options *options;
	rg_complain *complain;
	void *ctx;
	struct slice pair;
	uint32_t next_rule; /* where it goes among the policy's */
	uint32_t next_injection;
};

static void complain_of(const struct reading *reading, struct slice part,
			const char *why)
{
	const struct rg_complaint complaint = {
		.pair = reading->pair.text,
		.len = reading->pair.len,
		.part = part.text,
		.part_len = part.len,
		.why = why,
	};

	reading->complain(reading->ctx, &complaint);
}

/* ------------------------------------------------------------ the escapes */

/* Up to the next of the two separators that no backslash precedes. */
static struct slice until(const char *text, const char *end, char a, char b)
{
	const char *at = text;

	while (at < end && *at != a && *at != b) {
		if (*at == '\\' && at + 1 < end)
			at++;
		at++;
	}
	return (struct slice){ text, (size_t)(at - text) };
}

static bool unescape(struct slice from, struct value *value)
{
	size_t len = 0;

	for (size_t i = 0; i < from.len; i++) {
		if (from.text[i] == '\\' && i + 1 < from.len)
			i++;
		if (len == sizeof(value->text) - 1)
			return false;
		value->text[len++] = from.text[i];
	}
	value->text[len] = '\0';
	return true;
}

/* A key has no escapes; one that is too long is cut, and no key. */
static bool split(struct slice pair, struct rg_token *key, struct slice *value)
{
	const char *equals = memchr(pair.text, '=', pair.len);
	size_t len;

	if (!equals)
		return false;
	len = (size_t)(equals - pair.text);
	value->text = equals + 1;
	value->len = pair.len - len - 1;
	if (len >= sizeof(key->text))
		len = sizeof(key->text) - 1;
	memcpy(key->text, pair.text, len);
	key->text[len] = '\0';
	return true;
}

/* ------------------------------------------------------------------ rules */

static const char *set_field(struct rg_rule_draft *draft, struct slice field)
{
	struct rg_token key;
	struct slice from;
	struct value value;

	if (!split(field, &key, &from))
		return "no '=' in it";
	if (!unescape(from, &value))
		return "the value is too long";
	return rg_rule_set(draft, key.text, value.text).why;
}

static const char *begin_rule(struct rg_rule_draft *draft, struct slice name)
{
	struct value value;

	if (!unescape(name, &value))
		return "the rule's name is too long";
	return rg_rule_begin(value.text, draft).why;
}

static const char *finish_rule(struct reading *reading,
			       const struct rg_rule_draft *draft)
{
	const char *why = rg_rule_finish(draft).why;

	if (why)
		return why;
	if (!rg_policy_insert_rule(&reading->options->policy,
				   reading->next_rule, &draft->rule))
		return RG_TOO_MANY_RULES;
	reading->next_rule++;
	return NULL;
}

/* NAME,key=value,… */
static void parse_rule(struct reading *reading, struct slice text)
{
	const char *end = text.text + text.len;
	struct slice part = until(text.text, end, ',', ',');
	struct rg_rule_draft draft;
	const char *why = begin_rule(&draft, part);

	while (!why && part.text + part.len < end) {
		part = until(part.text + part.len + 1, end, ',', ',');
		why = set_field(&draft, part);
	}
	if (!why) {
		part = reading->pair;
		why = finish_rule(reading, &draft);
	}
	if (why)
		complain_of(reading, part, why);
}

/* ------------------------------------------------------------- injections */

static const char *inject(struct reading *reading, struct slice from)
{
	struct value value;

	if (!unescape(from, &value))
		return "the value is too long";
	return rg_injections_add(&reading->options->injections,
				 &reading->next_injection, value.text)
		.why;
}

/* ------------------------------------------------------------------ pairs */

static const char *set(struct reading *reading, const char *key,
		       struct slice from)
{
	enum rg_finding finding = rg_finding_from_name(key);
	struct value value;

	if (finding == RG_NR_FINDINGS && rg_option_find(key) < 0)
		return "no such option";
	if (!unescape(from, &value))
		return "the value is too long";
	if (finding != RG_NR_FINDINGS)
		return rg_options_set_finding(reading->options, finding,
					      value.text)
			.why;
	return rg_options_set(reading->options, key, value.text).why;
}

static void parse_pair(struct reading *reading)
{
	struct rg_token key;
	struct slice value;
	const char *why;

	if (!split(reading->pair, &key, &value)) {
		complain_of(reading, reading->pair, "no '=' in it");
		return;
	}
	if (!strcmp(key.text, "rule")) {
		parse_rule(reading, value);
		return;
	}
	if (!strcmp(key.text, "inject"))
		why = inject(reading, value);
	else
		why = set(reading, key.text, value);
	if (why)
		complain_of(reading, reading->pair, why);
}

void rg_options_parse(const char *text, struct rg_options *options,
		      rg_complain *complain, void *ctx)
{
	struct reading reading = {
		.options = options,
		.complain = complain,
		.ctx = ctx,
		.next_rule = options->nr_suppressions,
	};
	const char *end = text + strlen(text);

	while (text < end) {
		reading.pair = until(text, end, ':', '\n');
		if (reading.pair.len)
			parse_pair(&reading);
		text = reading.pair.text + reading.pair.len + 1;
	}
}

/* ----------------------------------------------------------- suppressions */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct slice strip(struct slice line)
{
	while (line.len && is_blank(*line.text)) {
		line.text++;
		line.len--;
	}
	while (line.len && is_blank(line.text[line.len - 1]))
		line.len--;
	return line;
}

static const char *suppress(struct reading *reading)
{
	struct value value;

	if (reading->pair.len >= sizeof(value.text))
		return "the line is too long";
	memcpy(value.text, reading->pair.text, reading->pair.len);
	value.text[reading->pair.len] = '\0';
	return rg_options_suppress(reading->options, value.text).why;
}

void rg_suppressions_parse(const char *text, struct rg_options *options,
			   rg_complain *complain, void *ctx)
{
	struct reading reading = {
		.options = options,
		.complain = complain,
		.ctx = ctx,
	};

	while (*text) {
		const char *newline = strchr(text, '\n');
		size_t len = newline ? (size_t)(newline - text) : strlen(text);
		const char *why = NULL;

		reading.pair = strip((struct slice){ text, len });
		if (reading.pair.len && *reading.pair.text != '#')
			why = suppress(&reading);
		if (why)
			complain_of(&reading, reading.pair, why);
		text += newline ? len + 1 : len;
	}
}
