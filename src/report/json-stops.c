/* SPDX-License-Identifier: MIT */

#include "report/json.h"

static const char *const relations[] = {
	[RG_EQUAL] = "equal",
	[RG_ABOVE] = "above",
	[RG_AT_LEAST] = "at-least",
	[RG_AT_MOST] = "at-most",
};

static const char *const units[] = {
	[RG_UNIT_NONE] = "none",     [RG_UNIT_ADDRESS] = "address",
	[RG_UNIT_BYTES] = "bytes",   [RG_UNIT_COUNT] = "count",
	[RG_UNIT_YES_NO] = "yes-no",
};

static json_t *value_json(const struct rg_value *value, enum rg_unit unit)
{
	if (!value->known)
		return json_null();
	if (unit == RG_UNIT_YES_NO)
		return json_boolean(value->value);
	if (unit == RG_UNIT_ADDRESS)
		return rg_json_hex(value->value);
	return rg_json_number(value->value);
}

static void add_compared(json_t *object, const struct rg_comparison *compared)
{
	json_object_set_new(object, "compares",
			    json_string(compared->value.name));
	json_object_set_new(object, "value",
			    value_json(&compared->value, compared->unit));
	json_object_set_new(object, "relation",
			    json_string(relations[compared->relation]));
	json_object_set_new(object, "with", json_string(compared->bound.name));
	json_object_set_new(object, "bound",
			    value_json(&compared->bound, compared->unit));
	json_object_set_new(object, "unit", json_string(units[compared->unit]));
}

static json_t *stop_object(const struct rg_stop *stop)
{
	json_t *object = json_object();

	if (stop->step)
		json_object_set_new(object, "step",
				    json_string(rg_step_name(stop->step)));
	else
		json_object_set_new(
			object, "check",
			json_string(rg_check_info(stop->check)->name));
	json_object_set_new(object, "fate",
			    json_string(rg_fate_name(stop->fate)));
	if (!stop->step)
		add_compared(object, &stop->compared);
	return object;
}

json_t *rg_json_stops(const struct rg_stop *stops, size_t nr)
{
	json_t *array = json_array();

	for (size_t i = 0; i < nr; i++) {
		if (stops[i].matters)
			json_array_append_new(array, stop_object(&stops[i]));
	}
	return array;
}
