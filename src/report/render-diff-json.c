/* SPDX-License-Identifier: MIT */

#include "report/diff.h"

#include "report/json.h"

/* Fields may be added, never renamed. */
#define SCHEMA "remapguard-diff-1"

static void put_pair(json_t *object, const struct rg_pair *pair)
{
	json_object_set_new(object, "a", rg_json_number(pair->a));
	json_object_set_new(object, "b", rg_json_number(pair->b));
	json_object_set_new(object, "change",
			    json_string(rg_change_name(rg_change_of(pair))));
}

static json_t *pair_object(const struct rg_pair *pair)
{
	json_t *object = json_object();

	put_pair(object, pair);
	return object;
}

static json_t *caller_object(const struct rg_caller *caller)
{
	json_t *object = rg_json_name(&caller->name);

	json_object_set_new(object, "inside", rg_json_string(caller->inside));
	return object;
}

static json_t *callers_array(const struct rg_diff_callers *callers)
{
	json_t *array = json_array();

	for (size_t i = 0; i < callers->nr; i++) {
		json_t *object = caller_object(&callers->list[i].caller);

		put_pair(object, &callers->list[i].count);
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *audit_object(const struct rg_tally *tally, const char *dir)
{
	const struct rg_trace_env *env = &tally->env;
	json_t *object = json_object();

	json_object_set_new(object, "trace", rg_json_string(dir));
	json_object_set_new(object, "kernel", rg_json_string(env->kernel));
	json_object_set_new(object, "generation",
			    rg_json_string(env->generation));
	json_object_set_new(object, "machine", rg_json_string(env->machine));
	json_object_set_new(object, "version", rg_json_string(env->version));
	return object;
}

static json_t *totals_object(const struct rg_diff *diff)
{
	json_t *object = json_object();

	for (int i = 0; i < RG_NR_TOTALS; i++)
		json_object_set_new(object,
				    rg_diff_total_name((enum rg_diff_total)i),
				    pair_object(&diff->totals[i]));
	json_object_set_new(json_object_get(object, "bytes_moved"),
			    "regression", json_boolean(diff->more_moved));
	return object;
}

static json_t *finding_object(const struct rg_diff_finding *finding)
{
	const struct rg_finding_info *info = rg_finding_info(finding->finding);
	json_t *object = json_pack("{s:s,s:s,s:s,s:s}", "id", info->id, "name",
				   info->name, "severity",
				   rg_severity_name(info->severity), "sentence",
				   info->sentence);

	put_pair(object, &finding->count);
	json_object_set_new(object, "regression",
			    json_boolean(finding->regression));
	json_object_set_new(object, "callers",
			    callers_array(&finding->callers));
	return object;
}

static json_t *findings_array(const struct rg_diff *diff)
{
	json_t *array = json_array();

	for (size_t i = 0; i < diff->nr_findings; i++)
		json_array_append_new(array,
				      finding_object(&diff->findings[i]));
	return array;
}

static json_t *failure_object(const struct rg_diff_failure *failure)
{
	const struct rg_reason *reason = &failure->reason;
	const struct rg_check_info *info = rg_check_info(reason->check);
	json_t *object = json_object();
	char buf[16];

	json_object_set_new(object, "errno",
			    json_string(rg_error_name(reason->error, buf)));
	json_object_set_new(object, "check",
			    info ? json_string(info->name) : json_null());
	json_object_set_new(object, "sentence",
			    rg_json_string(rg_reason_sentence(reason)));
	put_pair(object, &failure->count);
	json_object_set_new(object, "regression",
			    json_boolean(failure->regression));
	json_object_set_new(object, "callers",
			    callers_array(&failure->callers));
	return object;
}

static json_t *failures_array(const struct rg_diff *diff)
{
	json_t *array = json_array();

	for (size_t i = 0; i < diff->nr_failures; i++)
		json_array_append_new(array,
				      failure_object(&diff->failures[i]));
	return array;
}

static json_t *site_object(const struct rg_diff_caller *site)
{
	json_t *object = caller_object(&site->caller);

	json_object_set_new(object, "calls", pair_object(&site->count));
	json_object_set_new(object, "failed", pair_object(&site->failed));
	json_object_set_new(object, "moves", pair_object(&site->moves));
	json_object_set_new(object, "bytes_moved",
			    pair_object(&site->bytes_moved));
	json_object_set_new(object, "ns_total", pair_object(&site->ns));
	return object;
}

static json_t *sites_array(const struct rg_diff *diff)
{
	json_t *array = json_array();

	for (size_t i = 0; i < diff->sites.nr; i++)
		json_array_append_new(array, site_object(&diff->sites.list[i]));
	return array;
}

void rg_render_diff_json(const struct rg_diff *diff,
			 const struct rg_diff_names *names, FILE *out)
{
	json_t *object = json_object();

	json_object_set_new(object, "schema", json_string(SCHEMA));
	json_object_set_new(object, "regression",
			    json_boolean(diff->regression));
	json_object_set_new(object, "tolerance_percent",
			    rg_json_number(diff->tolerance));
	json_object_set_new(object, "a", audit_object(diff->a, names->a));
	json_object_set_new(object, "b", audit_object(diff->b, names->b));
	json_object_set_new(object, "totals", totals_object(diff));
	json_object_set_new(object, "findings", findings_array(diff));
	json_object_set_new(object, "failures", failures_array(diff));
	json_object_set_new(object, "sites", sites_array(diff));
	rg_json_write(object, out);
}
