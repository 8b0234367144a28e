/* SPDX-License-Identifier: MIT */

#include "report/json.h"

#include "report/utf8.h"

#include <inttypes.h>
#include <stdlib.h>

json_t *rg_json_number(uint64_t value)
{
	return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

json_t *rg_json_hex(uint64_t value)
{
	return json_sprintf("0x%" PRIx64, value);
}

json_t *rg_json_string(const char *bytes)
{
	json_t *string = json_string(bytes);
	char *mended;

	if (string)
		return string;
	mended = rg_utf8_mend(bytes);
	string = json_string(mended);
	free(mended);
	return string;
}

json_t *rg_json_damage(uint32_t damage)
{
	json_t *array = json_array();

	for (int i = 0; i < RG_NR_DAMAGES; i++) {
		if (damage & 1u << i)
			json_array_append_new(
				array, json_string(rg_damage_name(
					       (enum rg_damage)(1u << i))));
	}
	return array;
}

json_t *rg_json_unknown(uint32_t unknown)
{
	json_t *array = json_array();

	for (int i = 0; i < RG_NR_UNKNOWNS; i++) {
		if (unknown & 1u << i)
			json_array_append_new(
				array, json_string(rg_unknown_name(
					       (enum rg_unknown)(1u << i))));
	}
	return array;
}

json_t *rg_json_name(const struct rg_name *name)
{
	json_t *object = json_object();

	json_object_set_new(object, "function", rg_json_string(name->function));
	json_object_set_new(object, "module", rg_json_string(name->module));
	json_object_set_new(object, "file", rg_json_string(name->file));
	json_object_set_new(object, "line", json_integer(name->line));
	json_object_set_new(object, "offset", rg_json_hex(name->offset));
	return object;
}

json_t *rg_json_stack(const struct rg_site *site, struct rg_names *names)
{
	json_t *stack = json_array();

	for (uint8_t i = 0; i < site->nr_frames; i++) {
		struct rg_name_list list =
			rg_names_find(names, &site->frames[i]);

		for (size_t j = 0; j < list.nr; j++)
			json_array_append_new(stack,
					      rg_json_name(&list.list[j]));
	}
	return stack;
}

void rg_json_write(json_t *object, FILE *out)
{
	json_dumpf(object, out, JSON_INDENT(2));
	fputc('\n', out);
	json_decref(object);
}
