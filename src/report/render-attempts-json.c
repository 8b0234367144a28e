/* SPDX-License-Identifier: MIT */

#include "report/attempts.h"

#include "report/json.h"

/* Fields may be added, never renamed. */
#define SCHEMA "remapguard-exhaust-1"

#define NS_PER_MS 1000000

static json_t *program_array(char *const *program)
{
	json_t *array = json_array();

	for (; *program; program++)
		json_array_append_new(array, rg_json_string(*program));
	return array;
}

/* The number of a signal; null for none. */
static json_t *signal_or_null(int signal)
{
	return signal ? json_integer(signal) : json_null();
}

static void put_ending(json_t *object, const struct rg_attempts *attempts,
		       const struct rg_attempt *attempt)
{
	const struct rg_ending *ending = &attempt->ending;

	json_object_set_new(object, "exit", json_integer(ending->exit_status));
	json_object_set_new(object, "signal", signal_or_null(ending->signal));
	json_object_set_new(object, "other_output",
			    attempts->compared
				    ? json_boolean(ending->other_output)
				    : json_null());
	json_object_set_new(object, "ms",
			    rg_json_number(attempt->ns / NS_PER_MS));
	json_object_set_new(object, "directory",
			    json_sprintf(RG_ATTEMPT_DIR, attempt->number));
}

static json_t *crash_array(const struct rg_attempt *attempt)
{
	json_t *array = json_array();

	for (size_t i = 0; i < attempt->nr_crash; i++)
		json_array_append_new(array, rg_json_name(&attempt->crash[i]));
	return array;
}

static json_t *attempt_object(const struct rg_attempts *attempts,
			      const struct rg_attempt *attempt,
			      struct rg_names *names)
{
	json_t *object = rg_json_name(&attempt->caller.name);

	json_object_set_new(object, "number", rg_json_number(attempt->number));
	json_object_set_new(object, "site", rg_json_string(attempt->site));
	json_object_set_new(object, "inside",
			    rg_json_string(attempt->caller.inside));
	json_object_set_new(object, "calls", rg_json_number(attempt->calls));
	json_object_set_new(object, "outcome",
			    json_string(rg_outcome_name(attempt->outcome)));
	if (attempt->outcome != RG_OUTCOME_UNTRIED)
		put_ending(object, attempts, attempt);
	json_object_set_new(object, "crashed_in", crash_array(attempt));
	json_object_set_new(object, "stack",
			    rg_json_stack(attempt->stack, names));
	return object;
}

static json_t *outcomes_object(const struct rg_attempts *attempts)
{
	json_t *object = json_object();

	for (int i = 0; i < RG_NR_OUTCOMES; i++) {
		enum rg_outcome outcome = (enum rg_outcome)i;

		json_object_set_new(
			object, rg_outcome_name(outcome),
			rg_json_number(rg_attempts_count(attempts, outcome)));
	}
	return object;
}

void rg_render_attempts_json(const struct rg_attempts *attempts,
			     struct rg_names *names, FILE *out)
{
	json_t *object = json_object();
	json_t *sites = json_array();

	for (size_t i = 0; i < attempts->nr; i++)
		json_array_append_new(
			sites,
			attempt_object(attempts, &attempts->list[i], names));
	json_object_set_new(object, "schema", json_string(SCHEMA));
	json_object_set_new(object, "program",
			    program_array(attempts->program));
	json_object_set_new(object, "errno", json_string("ENOMEM"));
	json_object_set_new(object, "ms",
			    rg_json_number(attempts->first_ns / NS_PER_MS));
	json_object_set_new(object, "ms_limit",
			    rg_json_number(attempts->limit_ns / NS_PER_MS));
	json_object_set_new(object, "output_compared",
			    json_boolean(attempts->compared));
	json_object_set_new(object, "interrupted",
			    json_boolean(attempts->interrupted));
	json_object_set_new(object, "calls_without_site",
			    rg_json_number(attempts->unplaced));
	json_object_set_new(object, "outcomes", outcomes_object(attempts));
	json_object_set_new(object, "sites", sites);
	rg_json_write(object, out);
}
