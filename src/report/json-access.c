/* SPDX-License-Identifier: MIT */

#include "report/json.h"

#include "report/stale.h"

static json_t *hex_or_null(bool known, uint64_t value)
{
	return known ? rg_json_hex(value) : json_null();
}

static json_t *move_object(const struct rg_access_move *move, uint64_t event)
{
	json_t *object = json_object();

	json_object_set_new(object, "event",
			    event ? rg_json_number(event) : json_null());
	json_object_set_new(object, "pid", rg_json_number(move->pid));
	json_object_set_new(object, "tid", rg_json_number(move->tid));
	json_object_set_new(object, "from", rg_json_hex(move->from));
	json_object_set_new(object, "len", rg_json_hex(move->len));
	json_object_set_new(object, "to", rg_json_hex(move->to));
	json_object_set_new(object, "to_len", rg_json_hex(move->to_len));
	return object;
}

json_t *rg_json_access(const struct rg_access *access, uint64_t move_event,
		       const char *machine)
{
	json_t *object = json_object();
	char system_call[32] = "";

	if (access->kind == RG_ACCESS_SYSTEM_CALL)
		rg_system_call_name(machine, access->system_call, system_call);
	json_object_set_new(object, "access",
			    json_string(rg_access_kind_name(access->kind)));
	json_object_set_new(object, "system_call", json_string(system_call));
	json_object_set_new(object, "tid", rg_json_number(access->tid));
	json_object_set_new(object, "addr", rg_json_hex(access->addr));
	json_object_set_new(object, "offset",
			    hex_or_null(rg_access_has_offset(access),
					access->addr - access->move.from));
	json_object_set_new(object, "now",
			    hex_or_null(access->now != 0, access->now));
	json_object_set_new(object, "age_ns",
			    rg_json_number(rg_access_age(access)));
	json_object_set_new(object, "move",
			    move_object(&access->move, move_event));
	return object;
}

json_t *rg_json_registers(const struct rg_access *access, const char *machine)
{
	json_t *object = json_object();

	for (uint8_t i = 0; i < access->nr_registers; i++) {
		const char *name = rg_access_register_name(machine, i);

		if (name)
			json_object_set_new(object, name,
					    rg_json_hex(access->registers[i]));
	}
	return object;
}
