/* SPDX-License-Identifier: MIT */

#include "fail-on.h"

#include "commands.h"
#include "words.h"

#include "policy/token.h"
#include "report/callers.h"
#include "report/format.h"
#include "report/tally.h"

#include <string.h>

#define PREFIX "remapguard: --fail-on: "

static void take_denied(struct rg_fail_on *fail_on)
{
	fail_on->denied = true;
}

static void take_hazards(struct rg_fail_on *fail_on)
{
	fail_on->findings |= rg_findings_of_severity(RG_SEVERITY_HAZARD);
}

static void take_any(struct rg_fail_on *fail_on)
{
	fail_on->findings |= RG_FINDING_BIT(RG_NR_FINDINGS) - 1;
}

static const struct group {
	const char *name;
	const char *about;
	void (*take)(struct rg_fail_on *fail_on);
} groups[] = {
	{ "deny", "a call was denied", take_denied },
	{ "hazard", "any finding that is a hazard", take_hazards },
	{ "any", "any finding", take_any },
};

#define NR_GROUPS (sizeof(groups) / sizeof(groups[0]))

const char *rg_fail_on_word(int i)
{
	return (size_t)i < NR_GROUPS ? groups[i].name
				     : rg_words_finding(i - (int)NR_GROUPS);
}

const char *rg_fail_on_about(int i)
{
	if ((size_t)i < NR_GROUPS)
		return groups[i].about;
	return rg_words_about_finding(i - (int)NR_GROUPS);
}

static bool take_word(const char *word, struct rg_fail_on *fail_on)
{
	enum rg_finding finding = rg_finding_from_name(word);

	if (finding != RG_NR_FINDINGS) {
		fail_on->findings |= RG_FINDING_BIT(finding);
		return true;
	}
	for (size_t i = 0; i < NR_GROUPS; i++) {
		if (!strcmp(word, groups[i].name)) {
			groups[i].take(fail_on);
			return true;
		}
	}
	return false;
}

int rg_fail_on_parse(const char *text, struct rg_fail_on *fail_on)
{
	struct rg_token token = { .end = 0 };
	size_t nr = 0;

	for (; rg_token_next(text, ",", &token); nr++) {
		if (!take_word(token.text, fail_on)) {
			rg_say("--fail-on: %s: neither a finding nor deny, "
			       "hazard or any",
			       token.text);
			return RG_EXIT_USAGE;
		}
	}
	return nr ? 0 : rg_usage("--fail-on", "a finding is missing");
}

/* --------------------------------------------------------------- judging */

/* Return: how many of the findings asked for there are. */
static unsigned say_findings(const struct rg_fail_on *fail_on,
			     const struct rg_tally *tally, FILE *out)
{
	struct rg_word word;
	unsigned nr = 0;

	for (int i = 0; i < RG_NR_FINDINGS; i++) {
		const struct rg_finding_info *info =
			rg_finding_info((enum rg_finding)i);
		uint64_t count = rg_tally_met(tally, (enum rg_finding)i);

		if (!(fail_on->findings & RG_FINDING_BIT(i)) || !count)
			continue;
		nr++;
		if (out)
			fprintf(out, PREFIX "%s %s: %s\n", info->id, info->name,
				rg_format_nouns(
					count,
					rg_finding_noun((enum rg_finding)i),
					&word));
	}
	return nr;
}

static bool say_denied(const struct rg_fail_on *fail_on,
		       const struct rg_tally *tally, FILE *out)
{
	uint64_t count = tally->totals.denied;
	struct rg_word word;

	if (!fail_on->denied || !count)
		return false;
	if (out)
		fprintf(out, PREFIX "%s denied\n",
			rg_format_nouns(count, "call", &word));
	return true;
}

/* What was lost may have been what was looked for. */
static void say_lost(const struct rg_tally *tally, FILE *out)
{
	uint64_t lost = rg_tally_lost(tally);
	struct rg_word word;

	if (lost && out)
		fprintf(out, PREFIX "%s not in the trace, and not looked at\n",
			rg_format_nouns(lost, "call", &word));
}

int rg_fail_on_judge(const struct rg_fail_on *fail_on, const char *dir,
		     bool quiet)
{
	FILE *out = quiet ? NULL : stderr;
	struct rg_tally *tally;
	struct rg_report_error err;
	int status = 0;

	if (!fail_on->findings && !fail_on->denied)
		return 0;
	tally = rg_tally_new();
	if (rg_tally_add(tally, dir, &err)) {
		status = rg_fail("--fail-on", err.text);
	} else {
		if (say_findings(fail_on, tally, out))
			status = RG_EXIT_FOUND;
		if (say_denied(fail_on, tally, out))
			status = RG_EXIT_FOUND;
		say_lost(tally, out);
	}
	rg_tally_free(tally);
	return status;
}
