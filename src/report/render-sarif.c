/* SPDX-License-Identifier: MIT */

/*
 * Findings as SARIF 2.1.0, for code scanning services and editors: a result
 * for each finding of each site, a rule for each finding that was met. A stale
 * access is related to the move that made it stale.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/
 */

#include "report/render.h"

#include "report/callers.h"
#include "report/fingerprint.h"
#include "report/format.h"
#include "report/json-writer.h"
#include "report/json.h"
#include "report/names.h"
#include "report/pages.h"
#include "report/uri.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA                                                                 \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"  \
	"sarif-schema-2.1.0.json"
/* What relative addresses of sources are relative to. */
#define BASE_ID "SRCROOT"

static const char *const levels[RG_NR_SEVERITIES] = {
	[RG_SEVERITY_HAZARD] = "error",
	[RG_SEVERITY_ERROR] = "warning",
	[RG_SEVERITY_COST] = "note",
	[RG_SEVERITY_INFO] = "note",
};

struct sarif {
	const struct rg_tally *tally;
	struct rg_names *names;
	const char *base; /* absolute, no slash at the end */
	enum rg_finding rules[RG_NR_FINDINGS];
	size_t nr_rules;
};

/* What a result is made of. */
struct result {
	size_t rule; /* of sarif.rules */
	const struct rg_site *site;
	const struct rg_site *move; /* NULL: of no stale access */
	struct rg_finding_count count;
};

static json_t *message(const char *text)
{
	return json_pack("{s:o}", "text", rg_json_string(text));
}

/* A sentence of ours as one that stands alone. */
static void format_sentence(const char *sentence, const char *rest,
			    struct rg_word *word)
{
	snprintf(word->text, sizeof(word->text), "%.400s%.200s.", sentence,
		 rest);
	word->text[0] = (char)toupper((unsigned char)word->text[0]);
}

/* ------------------------------------------------------------------- rules */

static json_t *help_object(enum rg_finding finding)
{
	struct rg_text page = rg_page_of(finding);
	char *fix = rg_plain_markdown(rg_page_part(page, "Fix"));
	json_t *help = json_object();

	json_object_set_new(help, "text", json_string(fix));
	json_object_set_new(help, "markdown", json_stringn(page.at, page.len));
	free(fix);
	return help;
}

static json_t *full_description(enum rg_finding finding)
{
	struct rg_text page = rg_page_of(finding);
	char *why = rg_plain_markdown(rg_page_part(page, "Why it matters"));
	json_t *object = message(why);

	free(why);
	return object;
}

static json_t *rule_object(enum rg_finding finding)
{
	const struct rg_finding_info *info = rg_finding_info(finding);
	json_t *rule = json_object();
	struct rg_word sentence;

	format_sentence(info->sentence, "", &sentence);
	json_object_set_new(rule, "id", json_string(info->id));
	json_object_set_new(rule, "name", json_string(info->name));
	json_object_set_new(rule, "shortDescription", message(sentence.text));
	json_object_set_new(rule, "fullDescription", full_description(finding));
	json_object_set_new(rule, "help", help_object(finding));
	json_object_set_new(
		rule, "defaultConfiguration",
		json_pack("{s:s}", "level", levels[info->severity]));
	json_object_set_new(rule, "properties",
			    json_pack("{s:s}", "severity",
				      rg_severity_name(info->severity)));
	return rule;
}

static json_t *tool_object(const struct sarif *sarif)
{
	json_t *driver = json_object();
	json_t *rules = json_array();

	for (size_t i = 0; i < sarif->nr_rules; i++)
		json_array_append_new(rules, rule_object(sarif->rules[i]));
	json_object_set_new(driver, "name", json_string("remapguard"));
	json_object_set_new(driver, "version",
			    rg_json_string(sarif->tally->env.version));
	json_object_set_new(driver, "rules", rules);
	return json_pack("{s:o}", "driver", driver);
}

/* --------------------------------------------------------------- locations */

static json_t *physical_location(const struct sarif *sarif,
				 const struct rg_name *name)
{
	json_t *artifact = json_object();
	bool relative;
	char *uri = rg_uri_of(name->file, sarif->base, &relative);

	json_object_set_new(artifact, "uri", json_string(uri));
	if (relative)
		json_object_set_new(artifact, "uriBaseId",
				    json_string(BASE_ID));
	free(uri);
	return json_pack("{s:o,s:{s:i}}", "artifactLocation", artifact,
			 "region", "startLine", name->line);
}

static json_t *logical_location(const struct rg_name *name)
{
	const char *module = rg_base_name(name->module);
	json_t *object = json_object();
	struct rg_word full;

	snprintf(full.text, sizeof(full.text), "%.200s!%.400s", module,
		 name->function);
	json_object_set_new(object, "name", rg_json_string(name->function));
	json_object_set_new(
		object, "fullyQualifiedName",
		rg_json_string(*module ? full.text : name->function));
	json_object_set_new(object, "kind", json_string("function"));
	return object;
}

/* Where people would look: the first place outside libc, with a line. */
static json_t *location_object(const struct sarif *sarif,
			       const struct rg_site *site)
{
	const struct rg_objects *objects = &sarif->tally->objects;
	json_t *location = json_object();
	struct rg_name name;

	if (rg_source_of(site, objects, sarif->names, &name))
		json_object_set_new(location, "physicalLocation",
				    physical_location(sarif, &name));
	else
		name = rg_caller_of(site, objects, sarif->names).name;
	if (*name.function)
		json_object_set_new(location, "logicalLocations",
				    json_pack("[o]", logical_location(&name)));
	return location;
}

static json_t *locations_array(const struct sarif *sarif,
			       const struct rg_site *site)
{
	json_t *locations = json_array();
	json_t *location = location_object(sarif, site);

	if (json_object_size(location))
		json_array_append_new(locations, location);
	else
		json_decref(location);
	return locations;
}

/* Viewers show the message, so it is there where there is no place, too. */
static json_t *related_locations(const struct sarif *sarif,
				 const struct rg_site *move)
{
	json_t *location = location_object(sarif, move);

	json_object_set_new(location, "id", json_integer(1));
	json_object_set_new(location, "message",
			    message("The memory was moved here."));
	return json_pack("[o]", location);
}

/* ----------------------------------------------------------------- results */

/* A result is known again by it after lines have moved. */
static json_t *fingerprints(const struct sarif *sarif,
			    const struct result *from)
{
	const char *id = rg_finding_info(sarif->rules[from->rule])->id;
	uint64_t hash = rg_fingerprint_stack(
		rg_fingerprint_string(RG_FINGERPRINT_NONE, id), from->site,
		sarif->names);

	if (from->move)
		hash = rg_fingerprint_stack(hash, from->move, sarif->names);
	return json_pack("{s:o}", "callStack/v1",
			 json_sprintf("%016" PRIx64, hash));
}

static json_t *result_message(enum rg_finding finding,
			      const struct rg_finding_count *count)
{
	const struct rg_finding_info *info = rg_finding_info(finding);
	struct rg_word text;
	struct rg_word rest;
	struct rg_word calls;
	struct rg_word denied = { "" };

	if (count->denied)
		snprintf(denied.text, sizeof(denied.text),
			 ", %" PRIu64 " denied", count->denied);
	snprintf(
		rest.text, sizeof(rest.text), " (%.40s%.40s)",
		rg_format_nouns(count->count, rg_finding_noun(finding), &calls),
		denied.text);
	format_sentence(info->sentence, rest.text, &text);
	return message(text.text);
}

static json_t *result_object(const struct sarif *sarif,
			     const struct result *from)
{
	enum rg_finding finding = sarif->rules[from->rule];
	const struct rg_finding_info *info = rg_finding_info(finding);
	const struct rg_finding_count *count = &from->count;
	json_t *result = json_object();

	json_object_set_new(result, "ruleId", json_string(info->id));
	json_object_set_new(result, "ruleIndex", rg_json_number(from->rule));
	json_object_set_new(result, "level",
			    json_string(levels[info->severity]));
	json_object_set_new(result, "message", result_message(finding, count));
	json_object_set_new(result, "locations",
			    locations_array(sarif, from->site));
	if (from->move)
		json_object_set_new(result, "relatedLocations",
				    related_locations(sarif, from->move));
	json_object_set_new(result, "occurrenceCount",
			    rg_json_number(count->count));
	json_object_set_new(result, "partialFingerprints",
			    fingerprints(sarif, from));
	json_object_set_new(
		result, "properties",
		json_pack("{s:o,s:o}", "denied", rg_json_number(count->denied),
			  "firstEvent", rg_json_number(count->first_event)));
	return result;
}

static void put_results_of_rule(const struct sarif *sarif, size_t rule,
				struct rg_json_writer *writer)
{
	const struct rg_sites *sites = &sarif->tally->sites;

	for (size_t i = 0; i < sites->nr; i++) {
		const struct rg_site *site = &sites->list[i];

		for (size_t j = 0; j < site->nr_findings; j++) {
			struct result from = {
				.rule = rule,
				.site = site,
				.count = site->findings[j].of,
			};

			if (site->findings[j].finding != sarif->rules[rule])
				continue;
			rg_json_put(writer, NULL, result_object(sarif, &from));
		}
	}
}

static void put_stale_accesses(const struct sarif *sarif, size_t rule,
			       struct rg_json_writer *writer)
{
	const struct rg_stales *stales = &sarif->tally->stales;
	const struct rg_site *sites = sarif->tally->sites.list;

	for (size_t i = 0; i < stales->nr; i++) {
		const struct rg_stale *stale = &stales->list[i];
		struct result from = {
			.rule = rule,
			.site = &sites[stale->site],
			.move = &sites[stale->move_site],
			.count = { .count = stale->count,
				   .first_event = stale->first_event },
		};

		rg_json_put(writer, NULL, result_object(sarif, &from));
	}
}

static void put_results(const struct sarif *sarif,
			struct rg_json_writer *writer)
{
	rg_json_begin_array(writer, "results");
	for (size_t i = 0; i < sarif->nr_rules; i++) {
		if (sarif->rules[i] == RG_FINDING_STALE_ACCESS)
			put_stale_accesses(sarif, i, writer);
		else
			put_results_of_rule(sarif, i, writer);
	}
	rg_json_end_array(writer);
}

/* --------------------------------------------------------------------- run */

static void notify(json_t *notifications, const char *level, uint64_t number,
		   const char *noun, const char *what)
{
	struct rg_word text;
	struct rg_word count;

	if (!number)
		return;
	snprintf(text.text, sizeof(text.text), "%.40s %.200s.",
		 rg_format_nouns(number, noun, &count), what);
	json_array_append_new(notifications,
			      json_pack("{s:s,s:o}", "level", level, "message",
					message(text.text)));
}

/* What is missing is not the same as what is not there. */
static json_t *invocations_array(const struct sarif *sarif)
{
	json_t *notifications = json_array();

	notify(notifications, "warning", rg_tally_lost(sarif->tally), "call",
	       "not in the trace");
	notify(notifications, "note",
	       sarif->tally->totals.judged[RG_JUDGED_UNPLANNED], "call",
	       "not judged in full: nobody looked at the mappings");
	notify(notifications, "note", sarif->tally->totals.stacks_cut, "event",
	       "whose stacks are kept only as far as the caller");
	notify(notifications, "note", sarif->tally->stales.unlisted,
	       "stale access", "with yet other stacks, not listed");
	return json_pack("[{s:b,s:o}]", "executionSuccessful", 1,
			 "toolExecutionNotifications", notifications);
}

/* "remapguard/PROGRAM/": results are compared with runs of the same name. */
static json_t *automation_details(const struct rg_tally *tally)
{
	const struct rg_processes *processes = &tally->processes;
	const char *program = "";
	struct rg_word id;

	if (processes->nr)
		program = rg_base_name(processes->list[0].slot.exe);
	snprintf(id.text, sizeof(id.text), "remapguard/%.300s%s", program,
		 *program ? "/" : "");
	return json_pack("{s:o}", "id", rg_json_string(id.text));
}

static json_t *base_ids(const struct sarif *sarif)
{
	bool relative;
	char *uri = rg_uri_of(sarif->base, "", &relative);
	json_t *ids = json_pack("{s:{s:o}}", BASE_ID, "uri",
				json_sprintf("%s/", uri));

	free(uri);
	return ids;
}

static void put_run(const struct sarif *sarif, struct rg_json_writer *writer)
{
	const struct rg_trace_env *env = &sarif->tally->env;

	rg_json_begin_object(writer, NULL);
	rg_json_put(writer, "tool", tool_object(sarif));
	rg_json_put(writer, "automationDetails",
		    automation_details(sarif->tally));
	rg_json_put(writer, "invocations", invocations_array(sarif));
	if (*sarif->base)
		rg_json_put(writer, "originalUriBaseIds", base_ids(sarif));
	put_results(sarif, writer);
	rg_json_put(writer, "properties",
		    json_pack("{s:o,s:o}", "kernel",
			      rg_json_string(env->kernel), "generation",
			      rg_json_string(env->generation)));
	rg_json_end_object(writer);
}

void rg_render_sarif(const struct rg_tally *tally, const char *base, FILE *out)
{
	struct sarif sarif = {
		.tally = tally,
		.names = rg_names_new(&tally->objects),
		.base = base,
	};
	struct rg_json_writer writer = { .out = out };

	sarif.nr_rules = rg_findings_met(tally, sarif.rules);
	rg_json_begin_object(&writer, NULL);
	rg_json_put(&writer, "$schema", json_string(SCHEMA));
	rg_json_put(&writer, "version", json_string("2.1.0"));
	rg_json_begin_array(&writer, "runs");
	put_run(&sarif, &writer);
	rg_json_end_array(&writer);
	rg_json_end_object(&writer);
	rg_names_free(sarif.names);
}
