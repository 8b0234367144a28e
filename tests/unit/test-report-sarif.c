/* SPDX-License-Identifier: MIT */

/*
 * The SARIF report: every object has what the specification (2.1.0) requires
 * of it, and nothing that it does not have a name for; and what it says of a
 * made trace.
 */

#include "make-trace.h"
#include "unit.h"

#include "report/render.h"
#include "report/uri.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void a_function(void)
{
	errno = 0;
}

static void another_function(void)
{
	errno = EPERM;
}

/* -------------------------------------------------------- traces to show */

static void make(struct made_trace *made, const struct rg_event *events,
		 size_t nr)
{
	struct rg_slot slot = { .pid = 1000,
				.paths = { nr + 3 },
				.exe = "/opt/my program" };
	struct rg_module module = a_module();

	make_trace(made);
	make_table(made, &slot, 1);
	make_modules(made, 0, &module, 1);
	make_segment(made, 0, 0, events, nr);
}

static struct rg_event a_finding(uint8_t number, uint64_t from)
{
	struct rg_event event = an_event();

	event.timestamp = MADE_SINCE + 1;
	event.nr_findings = 1;
	event.findings[0] = number;
	event.nr_stack = 1;
	event.stack[0] = from;
	return event;
}

/* Two findings, one of them of two places; lost calls. */
static void make_found(struct made_trace *made)
{
	struct rg_event events[] = {
		a_finding(101, an_address(a_function)),
		a_finding(101, an_address(another_function)),
		a_finding(101, an_address(a_function)),
		a_finding(201, an_address(a_function)),
		a_finding(25, 0x1234),
	};

	events[2].verdict = RG_VERDICT_DENY;
	make(made, events, NR_ROWS(events));
}

/* Without a stack, and with a name that is no UTF-8. */
static void make_bare(struct made_trace *made)
{
	struct rg_slot slot = { .pid = 1000, .paths = { 1 }, .exe = "/\xff" };
	struct rg_event event = a_finding(8, 0);

	event.nr_stack = 0;
	make_trace(made);
	make_table(made, &slot, 1);
	make_segment(made, 0, 0, &event, 1);
}

/* Of two places, and of what two places moved. */
static void make_stale(struct made_trace *made)
{
	struct rg_event event = a_finding(101, an_address(a_function));
	struct rg_access accesses[] = { an_access(), an_access(), an_access() };

	for (size_t i = 0; i < NR_ROWS(accesses); i++) {
		accesses[i].timestamp = MADE_SINCE + 10 + i;
		accesses[i].move.timestamp = MADE_SINCE + 1;
		accesses[i].nr_stack = 1;
		accesses[i].stack[0] = (uintptr_t)&another_function;
		accesses[i].move.nr_stack = 1;
		accesses[i].move.stack[0] = an_address(a_function);
	}
	accesses[2].move.nr_stack = 0;
	make(made, &event, 1);
	make_accesses(made, 0, accesses, NR_ROWS(accesses));
}

static void make_clean(struct made_trace *made)
{
	struct rg_event event = an_event();

	make(made, &event, 1);
}

static json_t *sarif(void (*maker)(struct made_trace *made), const char *base)
{
	struct rg_report_error err = { "" };
	struct rg_tally *tally = rg_tally_new();
	struct made_trace made;
	json_t *root;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	maker(&made);
	ck_assert_msg(!rg_tally_add(tally, made.path, &err), "%s", err.text);
	remove_trace(&made);
	rg_render_sarif(tally, base, out);
	fclose(out);
	root = json_loads(text, 0, NULL);
	ck_assert_msg(root != NULL, "not JSON: %s", text);
	rg_tally_free(tally);
	free(text);
	return root;
}

/* ------------------------------------------------------------- the shape */

/* Of the specification as much as we write. */
static const struct property {
	const char *object;
	const char *name; /* "*": of any name */
	json_type type;
	bool required;
	const char *of; /* what objects these are, or the array holds */
} properties[] = {
	{ "sarifLog", "$schema", JSON_STRING, false, NULL },
	{ "sarifLog", "version", JSON_STRING, true, NULL },
	{ "sarifLog", "runs", JSON_ARRAY, true, "run" },
	{ "run", "tool", JSON_OBJECT, true, "tool" },
	{ "run", "automationDetails", JSON_OBJECT, false,
	  "runAutomationDetails" },
	{ "run", "invocations", JSON_ARRAY, false, "invocation" },
	{ "run", "originalUriBaseIds", JSON_OBJECT, false, "uriBaseIds" },
	{ "run", "results", JSON_ARRAY, true, "result" },
	{ "run", "properties", JSON_OBJECT, false, NULL },
	{ "runAutomationDetails", "id", JSON_STRING, false, NULL },
	{ "uriBaseIds", "*", JSON_OBJECT, false, "artifactLocation" },
	{ "tool", "driver", JSON_OBJECT, true, "toolComponent" },
	{ "toolComponent", "name", JSON_STRING, true, NULL },
	{ "toolComponent", "version", JSON_STRING, false, NULL },
	{ "toolComponent", "rules", JSON_ARRAY, false, "reportingDescriptor" },
	{ "reportingDescriptor", "id", JSON_STRING, true, NULL },
	{ "reportingDescriptor", "name", JSON_STRING, false, NULL },
	{ "reportingDescriptor", "shortDescription", JSON_OBJECT, false,
	  "multiformatMessageString" },
	{ "reportingDescriptor", "fullDescription", JSON_OBJECT, false,
	  "multiformatMessageString" },
	{ "reportingDescriptor", "help", JSON_OBJECT, false,
	  "multiformatMessageString" },
	{ "reportingDescriptor", "defaultConfiguration", JSON_OBJECT, false,
	  "reportingConfiguration" },
	{ "reportingDescriptor", "properties", JSON_OBJECT, false, NULL },
	{ "reportingConfiguration", "level", JSON_STRING, false, NULL },
	{ "multiformatMessageString", "text", JSON_STRING, true, NULL },
	{ "multiformatMessageString", "markdown", JSON_STRING, false, NULL },
	{ "invocation", "executionSuccessful", JSON_TRUE, true, NULL },
	{ "invocation", "toolExecutionNotifications", JSON_ARRAY, false,
	  "notification" },
	{ "notification", "message", JSON_OBJECT, true, "message" },
	{ "notification", "level", JSON_STRING, false, NULL },
	{ "message", "text", JSON_STRING, true, NULL },
	{ "result", "ruleId", JSON_STRING, false, NULL },
	{ "result", "ruleIndex", JSON_INTEGER, false, NULL },
	{ "result", "level", JSON_STRING, false, NULL },
	{ "result", "message", JSON_OBJECT, true, "message" },
	{ "result", "locations", JSON_ARRAY, false, "location" },
	{ "result", "relatedLocations", JSON_ARRAY, false, "location" },
	{ "result", "occurrenceCount", JSON_INTEGER, false, NULL },
	{ "result", "partialFingerprints", JSON_OBJECT, false, "fingerprints" },
	{ "result", "properties", JSON_OBJECT, false, NULL },
	{ "fingerprints", "*", JSON_STRING, false, NULL },
	{ "location", "physicalLocation", JSON_OBJECT, false,
	  "physicalLocation" },
	{ "location", "logicalLocations", JSON_ARRAY, false,
	  "logicalLocation" },
	{ "location", "id", JSON_INTEGER, false, NULL },
	{ "location", "message", JSON_OBJECT, false, "message" },
	{ "physicalLocation", "artifactLocation", JSON_OBJECT, true,
	  "artifactLocation" },
	{ "physicalLocation", "region", JSON_OBJECT, false, "region" },
	{ "artifactLocation", "uri", JSON_STRING, false, NULL },
	{ "artifactLocation", "uriBaseId", JSON_STRING, false, NULL },
	{ "region", "startLine", JSON_INTEGER, false, NULL },
	{ "logicalLocation", "name", JSON_STRING, false, NULL },
	{ "logicalLocation", "fullyQualifiedName", JSON_STRING, false, NULL },
	{ "logicalLocation", "kind", JSON_STRING, false, NULL },
};

static const struct property *find_property(const char *object,
					    const char *name)
{
	for (size_t i = 0; i < NR_ROWS(properties); i++) {
		if (strcmp(properties[i].object, object) == 0 &&
		    (!strcmp(properties[i].name, name) ||
		     !strcmp(properties[i].name, "*")))
			return &properties[i];
	}
	return NULL;
}

static void check_object(json_t *object, const char *kind);

static void check_value(json_t *value, const struct property *property)
{
	size_t i;
	json_t *element;

	ck_assert_msg(json_typeof(value) == property->type, "%s.%s: type",
		      property->object, property->name);
	if (!property->of)
		return;
	if (property->type == JSON_OBJECT)
		check_object(value, property->of);
	json_array_foreach(value, i, element)
		check_object(element, property->of);
}

static void check_object(json_t *object, const char *kind)
{
	const char *name;
	json_t *value;

	ck_assert_msg(json_is_object(object), "%s: no object", kind);
	json_object_foreach(object, name, value)
	{
		const struct property *property = find_property(kind, name);

		ck_assert_msg(property != NULL, "%s.%s: not specified", kind,
			      name);
		check_value(value, property);
	}
	for (size_t i = 0; i < NR_ROWS(properties); i++) {
		if (properties[i].required &&
		    !strcmp(properties[i].object, kind))
			ck_assert_msg(
				json_object_get(object, properties[i].name),
				"%s has no %s", kind, properties[i].name);
	}
}

static json_t *value_at(json_t *root, const char *path)
{
	char copy[128];

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *part = strtok(copy, "."); part && root;
	     part = strtok(NULL, "."))
		root = json_is_array(root)
			       ? json_array_get(root, (size_t)atoi(part))
			       : json_object_get(root, part);
	return root;
}

/* What the shape alone does not say. */
static void check_result(json_t *root, json_t *result)
{
	json_t *rules = value_at(root, "runs.0.tool.driver.rules");
	json_int_t index =
		json_integer_value(json_object_get(result, "ruleIndex"));
	json_t *rule = json_array_get(rules, (size_t)index);
	json_t *line = value_at(
		result, "locations.0.physicalLocation.region.startLine");

	ck_assert(json_equal(json_object_get(rule, "id"),
			     json_object_get(result, "ruleId")));
	ck_assert(json_equal(value_at(rule, "defaultConfiguration.level"),
			     json_object_get(result, "level")));
	ck_assert(json_integer_value(
			  json_object_get(result, "occurrenceCount")) > 0);
	ck_assert(!line || json_integer_value(line) > 0);
}

static void (*const makers[])(struct made_trace *made) = {
	make_found,
	make_bare,
	make_clean,
	make_stale,
};

START_TEST(shape)
{
	json_t *root = sarif(makers[_i], "/nowhere");
	json_t *result;
	size_t i;

	check_object(root, "sarifLog");
	json_array_foreach(value_at(root, "runs.0.results"), i, result)
		check_result(root, result);
	json_decref(root);
}
END_TEST

/* ---------------------------------------------------------------- contents */

#define RESULTS "runs.0.results."

static const struct value {
	const char *path;
	const char *want; /* as JSON */
} found_values[] = {
	{ "version", "\"2.1.0\"" },
	{ "runs.0.automationDetails.id", "\"remapguard/my program/\"" },
	{ "runs.0.invocations.0.toolExecutionNotifications.0.level",
	  "\"warning\"" },
	{ "runs.0.tool.driver.rules.0.id", "\"RG101\"" },
	{ "runs.0.tool.driver.rules.0.defaultConfiguration.level",
	  "\"error\"" },
	{ "runs.0.tool.driver.rules.1.id", "\"RG025\"" },
	{ "runs.0.tool.driver.rules.1.defaultConfiguration.level",
	  "\"warning\"" },
	{ "runs.0.tool.driver.rules.2.defaultConfiguration.level", "\"note\"" },
	{ RESULTS "0.ruleId", "\"RG101\"" },
	{ RESULTS "0.occurrenceCount", "2" },
	{ RESULTS "0.message.text",
	  "\"The destination holds mappings, which are silently destroyed (2 "
	  "calls, 1 denied).\"" },
	{ RESULTS "0.locations.0.logicalLocations.0.name", "\"a_function\"" },
	{ RESULTS "0.locations.0.logicalLocations.0.fullyQualifiedName",
	  "\"test-report-sarif!a_function\"" },
	{ RESULTS "1.occurrenceCount", "1" },
	{ RESULTS "1.locations.0.logicalLocations.0.name",
	  "\"another_function\"" },
	{ RESULTS "2.ruleId", "\"RG025\"" },
	{ RESULTS "2.locations", "[]" },
	{ RESULTS "3.ruleId", "\"RG201\"" },
	{ "runs.0.originalUriBaseIds.SRCROOT.uri", "\"file:///nowhere/\"" },
};

static const struct value stale_values[] = {
	{ "runs.0.tool.driver.rules.0.id", "\"RG115\"" },
	{ "runs.0.tool.driver.rules.0.defaultConfiguration.level",
	  "\"error\"" },
	{ RESULTS "0.ruleId", "\"RG115\"" },
	{ RESULTS "0.occurrenceCount", "2" },
	{ RESULTS "0.properties.firstEvent", "2" },
	{ RESULTS "0.message.text",
	  "\"Memory was used where it was before it moved (2 accesses).\"" },
	{ RESULTS "0.locations.0.logicalLocations.0.name",
	  "\"another_function\"" },
	{ RESULTS "0.relatedLocations.0.id", "1" },
	{ RESULTS "0.relatedLocations.0.message.text",
	  "\"The memory was moved here.\"" },
	{ RESULTS "0.relatedLocations.0.logicalLocations.0.name",
	  "\"a_function\"" },
	{ RESULTS "0.relatedLocations.0.logicalLocations.0.fullyQualifiedName",
	  "\"test-report-sarif!a_function\"" },
	{ RESULTS "1.ruleId", "\"RG115\"" },
	{ RESULTS "1.message.text",
	  "\"Memory was used where it was before it moved (1 access).\"" },
	{ RESULTS "1.relatedLocations",
	  "[{\"id\": 1, \"message\": {\"text\": \"The memory was moved "
	  "here.\"}}]" },
	{ RESULTS "2.ruleId", "\"RG101\"" },
};

static const struct {
	void (*make)(struct made_trace *made);
	const struct value *values;
	size_t nr;
} told[] = {
	{ make_found, found_values, NR_ROWS(found_values) },
	{ make_stale, stale_values, NR_ROWS(stale_values) },
};

START_TEST(contents)
{
	const struct value *values = told[_i].values;
	json_t *root = sarif(told[_i].make, "/nowhere");

	for (size_t i = 0; i < told[_i].nr; i++) {
		json_t *got = value_at(root, values[i].path);
		json_t *want =
			json_loads(values[i].want, JSON_DECODE_ANY, NULL);
		char *shown = json_dumps(got, JSON_ENCODE_ANY);

		ck_assert_msg(got && json_equal(got, want), "%s: %s",
			      values[i].path, shown ? shown : "not there");
		free(shown);
		json_decref(want);
	}
	json_decref(root);
}
END_TEST

/*
 * One place has one for each finding, and each place its own; so has each pair
 * of places.
 */
START_TEST(fingerprints_differ)
{
	json_t *root = sarif(told[_i].make, "");
	size_t nr = json_array_size(value_at(root, "runs.0.results"));
	const char *seen[8];

	ck_assert_uint_gt(nr, 2);
	ck_assert_uint_le(nr, NR_ROWS(seen));
	for (size_t i = 0; i < nr; i++) {
		json_t *result =
			json_array_get(value_at(root, "runs.0.results"), i);

		seen[i] = json_string_value(json_object_get(
			json_object_get(result, "partialFingerprints"),
			"callStack/v1"));
		ck_assert_uint_eq(strlen(seen[i]), 16);
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(seen[i], seen[j]);
	}
	json_decref(root);
}
END_TEST

#define ARTIFACT RESULTS "0.locations.0.physicalLocation.artifactLocation"

/* The source of this very file, told from where it lies and from elsewhere. */
START_TEST(sources_are_relative_to_the_base)
{
	json_t *far = sarif(make_found, "/nowhere");
	const char *uri = json_string_value(value_at(far, ARTIFACT ".uri"));
	char base[512];
	json_t *near;

	ck_assert(!value_at(far, ARTIFACT ".uriBaseId"));
	/* a package is built so that it does not tell where (prefix maps) */
	if (strncmp(uri, "file:", 5)) {
		ck_assert_str_eq(uri, "../tests/unit/test-report-sarif.c");
		json_decref(far);
		return;
	}
	ck_assert(!strncmp(uri, "file:///", 8));
	snprintf(base, sizeof(base), "%.*s",
		 (int)(strstr(uri, "/tests/unit/") - uri) - 7, uri + 7);
	near = sarif(make_found, base);
	ck_assert_str_eq(json_string_value(value_at(near, ARTIFACT ".uri")),
			 "tests/unit/test-report-sarif.c");
	ck_assert_str_eq(
		json_string_value(value_at(near, ARTIFACT ".uriBaseId")),
		"SRCROOT");
	json_decref(near);
	json_decref(far);
}
END_TEST

static const struct {
	const char *path;
	const char *base;
	const char *want;
	bool below;
} uris[] = {
	{ "/src/a.c", "/src", "a.c", true },
	{ "/src/sub/a.c", "/src", "sub/a.c", true },
	{ "/src2/a.c", "/src", "file:///src2/a.c", false },
	{ "/src/a.c", "", "file:///src/a.c", false },
	{ "/src/build/../sub/./a.c", "/src", "sub/a.c", true },
	{ "/src//a.c", "/src", "a.c", true },
	{ "/src/../../a.c", "/src", "file:///../a.c", false },
	{ "/a b%\xff:.c", "", "file:///a%20b%25%FF%3A.c", false },
	{ "../src/a.c", "/src", "../src/a.c", false },
	{ "a.c", "/", "a.c", false },
	{ "/", "", "file://", false },
	{ "", "", "", false },
};

START_TEST(uri)
{
	bool below;
	char *got = rg_uri_of(uris[_i].path, uris[_i].base, &below);

	ck_assert_msg(!strcmp(got, uris[_i].want), "%s: %s", uris[_i].path,
		      got);
	ck_assert_msg(below == uris[_i].below, "%s: below", uris[_i].path);
	free(got);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, shape, 0, NR_ROWS(makers));
	tcase_add_loop_test(tc, contents, 0, NR_ROWS(told));
	tcase_add_loop_test(tc, fingerprints_differ, 0, NR_ROWS(told));
	tcase_add_test(tc, sources_are_relative_to_the_base);
	tcase_add_loop_test(tc, uri, 0, NR_ROWS(uris));
}
