/* SPDX-License-Identifier: MIT */

/*
 * libinih tells keys from values, and both from comments and blanks. It gets
 * one line at a time, so that we know of each call which line and column it is
 * about, and of each line whether it was understood. Section headers are ours:
 * libinih tells nothing of one that is empty, and cuts what is long.
 */

#include "input/policy-text.h"

#include "policy/rule.h"

#include <errno.h>
#include <ini.h>
#include <string.h>

#define BLANKS " \t\r"
#define COMMENTS ";#"
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* Room for any path, and the longest that libinih is made to take. */
#define LINE_MAX_LEN 2000

enum section {
	SECTION_NONE,
	SECTION_FINDINGS,
	SECTION_OPTIONS,
	SECTION_RULE,
	SECTION_UNKNOWN, /* complained of: its keys are not, too */
};

struct reader {
	struct rg_lines lines;
	struct rg_options *options;
	const struct rg_critic *critic;
	int ret;

	const char *text; /* of the line, from its first byte that counts */
	bool understood;
	enum section section;
	uint64_t findings; /* given in this file */
	uint32_t keys;	   /* options, likewise */
	uint32_t next_rule;
	uint32_t next_injection;

	/* the rule of the section, to be finished at its end */
	bool spoiled;
	uint64_t rule_line;
	struct rg_rule_draft draft;
};

/* ------------------------------------------------------------- complaints */

static void complain_at(struct reader *reader, const char *where,
			const char *why)
{
	struct rg_place place = { reader->lines.number, 1 };

	place.column += (uint64_t)(where - reader->lines.text);
	reader->critic->complain(reader->critic->ctx, place, why);
	reader->ret = -EINVAL;
	/* a rule with a part that was not understood is not what was meant */
	reader->spoiled = true;
}

/* ---------------------------------------------------------------- sections */

static bool has_rule(const struct reader *reader, const char *name)
{
	const struct rg_policy *policy = &reader->options->policy;
	uint32_t first = reader->options->nr_suppressions;

	for (uint32_t i = first; i < reader->next_rule; i++) {
		if (!strcmp(policy->rules[i].name, name))
			return true;
	}
	return false;
}

static const char *keep_rule(struct reader *reader)
{
	const char *why = rg_rule_finish(&reader->draft).why;

	if (why)
		return why;
	if (!rg_policy_insert_rule(&reader->options->policy, reader->next_rule,
				   &reader->draft.rule))
		return RG_TOO_MANY_RULES;
	reader->next_rule++;
	return NULL;
}

/* What a rule lacks is told with the line that begins it. */
static void end_section(struct reader *reader)
{
	struct rg_place place = { reader->rule_line, 1 };
	const char *why;

	if (reader->section != SECTION_RULE || reader->spoiled)
		return;
	why = keep_rule(reader);
	if (!why)
		return;
	reader->critic->complain(reader->critic->ctx, place, why);
	reader->ret = -EINVAL;
}

static void begin_rule(struct reader *reader, const char *name,
		       const char *where)
{
	const char *why = rg_rule_begin(name, &reader->draft).why;

	if (!why && has_rule(reader, name))
		why = "there is a rule of this name";
	reader->section = SECTION_RULE;
	reader->rule_line = reader->lines.number;
	reader->spoiled = false;
	if (why)
		complain_at(reader, where, why);
}

/* "findings", "options", "rule NAME" */
static void begin_section(struct reader *reader, const char *name,
			  const char *where)
{
	size_t word = strcspn(name, BLANKS);
	const char *rest = name + word + strspn(name + word, BLANKS);

	if (word == 4 && !strncmp(name, "rule", word)) {
		begin_rule(reader, rest, where + (rest - name));
	} else if (!strcmp(name, "findings")) {
		reader->section = SECTION_FINDINGS;
	} else if (!strcmp(name, "options")) {
		reader->section = SECTION_OPTIONS;
	} else {
		complain_at(reader, where,
			    "no such section, there are findings, options and "
			    "rule NAME");
	}
}

static bool is_end_or_comment(const char *text)
{
	text += strspn(text, BLANKS);
	return !*text || strchr(COMMENTS, *text);
}

/* [NAME], and no more but a comment */
static void take_section(struct reader *reader)
{
	const char *start = reader->text + 1;
	const char *bracket = strchr(start, ']');
	char name[LINE_MAX_LEN + 1];
	size_t len;

	end_section(reader);
	reader->section = SECTION_UNKNOWN;
	start += strspn(start, BLANKS);
	if (!bracket) {
		complain_at(reader, reader->text, "no ] at its end");
		return;
	}
	if (!is_end_or_comment(bracket + 1)) {
		complain_at(reader, bracket + 1, "something follows the ]");
		return;
	}
	len = start < bracket ? (size_t)(bracket - start) : 0;
	while (len && strchr(BLANKS, start[len - 1]))
		len--;
	memcpy(name, start, len);
	name[len] = '\0';
	begin_section(reader, name, start);
}

/* -------------------------------------------------------------------- keys */

static struct rg_fault set_finding(struct reader *reader, const char *key,
				   const char *value)
{
	enum rg_finding finding = rg_finding_from_name(key);

	if (finding == RG_NR_FINDINGS)
		return rg_fault_of_key("no such finding");
	if (reader->findings & RG_FINDING_BIT(finding))
		return rg_fault_of_key("given twice");
	reader->findings |= RG_FINDING_BIT(finding);
	return rg_options_set_finding(reader->options, finding, value);
}

static struct rg_fault set_option(struct reader *reader, const char *key,
				  const char *value)
{
	int option = rg_option_find(key);

	if (!strcmp(key, "inject"))
		return rg_injections_add(&reader->options->injections,
					 &reader->next_injection, value);
	if (option < 0)
		return rg_fault_of_key("no such option");
	if (!strcmp(key, "policy"))
		return rg_fault_of_key("a policy cannot name another");
	if (reader->keys & 1u << option)
		return rg_fault_of_key("given twice");
	reader->keys |= 1u << option;
	return rg_options_set(reader->options, key, value);
}

static struct rg_fault set(struct reader *reader, const char *key,
			   const char *value)
{
	switch (reader->section) {
	case SECTION_FINDINGS:
		return set_finding(reader, key, value);
	case SECTION_OPTIONS:
		return set_option(reader, key, value);
	case SECTION_RULE:
		return rg_rule_set(&reader->draft, key, value);
	case SECTION_NONE:
		return rg_fault_of_key("in no section, there are findings, "
				       "options and rule NAME");
	case SECTION_UNKNOWN:
		break;
	}
	return RG_NO_FAULT;
}

/* Where libinih found the value, which it gives us a copy of. */
static const char *value_in(const char *text)
{
	text += strcspn(text, "=:") + 1;
	return text + strspn(text, BLANKS);
}

static int take_pair(void *ctx, const char *section, const char *key,
		     const char *value)
{
	struct reader *reader = ctx;
	struct rg_fault fault = set(reader, key, value);

	(void)section;
	reader->understood = true;
	if (!fault.why)
		return 1;
	if (fault.of_key)
		complain_at(reader, reader->text, fault.why);
	else
		complain_at(reader, value_in(reader->text) + fault.at,
			    fault.why);
	return 1;
}

/* -------------------------------------------------------------------- lines */

static void take_key(struct reader *reader)
{
	reader->understood = is_end_or_comment(reader->text);
	if (!reader->understood)
		ini_parse_string(reader->text, take_pair, reader);
	if (!reader->understood)
		complain_at(reader, reader->text, "not `key = value`");
}

static void take_line(struct reader *reader)
{
	const char *text = reader->lines.text;

	if (reader->lines.number == 1 &&
	    !strncmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)))
		text += strlen(BYTE_ORDER_MARK);
	/* not for libinih, which takes an indented line for one more value */
	reader->text = text + strspn(text, BLANKS);
	if (reader->lines.len > LINE_MAX_LEN)
		complain_at(reader, text + LINE_MAX_LEN,
			    "the line is too long");
	else if (*reader->text == '[')
		take_section(reader);
	else
		take_key(reader);
}

/* A line that cannot be read is the last. */
static int fail_line(const struct rg_lines *lines, int ret,
		     const struct rg_input_error *error,
		     const struct rg_critic *critic)
{
	struct rg_place place = { error->line,
				  error->line ? lines->len + 1 : 0 };

	critic->complain(critic->ctx, place, error->why);
	return ret;
}

int rg_policy_text_read(FILE *in, struct rg_options *options,
			const struct rg_critic *critic)
{
	struct reader reader = {
		.lines.in = in,
		.options = options,
		.critic = critic,
		.next_rule = options->nr_suppressions,
	};
	struct rg_input_error error;
	int ret;

	ini_max_line = LINE_MAX_LEN + 3;
	while ((ret = rg_lines_next(&reader.lines, &error)) > 0)
		take_line(&reader);
	if (ret)
		return fail_line(&reader.lines, ret, &error, critic);
	end_section(&reader);
	return reader.ret;
}

/* ------------------------------------------------------------ suppressions */

static int take_suppression(struct rg_lines *lines, struct rg_options *options,
			    const struct rg_critic *critic)
{
	char *text = lines->text + strspn(lines->text, BLANKS);
	struct rg_place place = { lines->number, 1 };
	struct rg_fault fault;

	while (lines->len && strchr(BLANKS, lines->text[lines->len - 1]))
		lines->text[--lines->len] = '\0';
	if (!*text || *text == '#')
		return 0;
	fault = rg_options_suppress(options, text);
	if (!fault.why)
		return 0;
	place.column += (uint64_t)(text - lines->text) + fault.at;
	critic->complain(critic->ctx, place, fault.why);
	return -EINVAL;
}

int rg_suppressions_text_read(FILE *in, struct rg_options *options,
			      const struct rg_critic *critic)
{
	struct rg_lines lines = { .in = in };
	struct rg_input_error error;
	int all = 0;
	int ret;

	while ((ret = rg_lines_next(&lines, &error)) > 0) {
		ret = take_suppression(&lines, options, critic);
		if (ret)
			all = ret;
	}
	return ret ? fail_line(&lines, ret, &error, critic) : all;
}
