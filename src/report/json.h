/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_JSON_H
#define RG_REPORT_JSON_H

/* Values as all JSON of ours has them. */

#include "report/names.h"
#include "report/sites.h"
#include "trace/access.h"

#include <jansson.h>
#include <stdio.h>

/* At most what 63 bits hold. */
json_t *rg_json_number(uint64_t value);
json_t *rg_json_hex(uint64_t value); /* "0x10000000" */
/* File names are bytes and JSON is UTF-8: what is not becomes U+FFFD. */
json_t *rg_json_string(const char *bytes);

/* Arrays of the names of the bits. */
json_t *rg_json_damage(uint32_t damage);
json_t *rg_json_unknown(uint32_t unknown);

/* A place, and all places of a stack, inner first. */
json_t *rg_json_name(const struct rg_name *name);
json_t *rg_json_stack(const struct rg_site *site, struct rg_names *names);

/*
 * A stale access without its stacks, of a trace of that machine; move_event: 0
 * if not known.
 */
json_t *rg_json_access(const struct rg_access *access, uint64_t move_event,
		       const char *machine);
/* Their values by name. */
json_t *rg_json_registers(const struct rg_access *access, const char *machine);

/* The stops of a call that matter to it. */
json_t *rg_json_stops(const struct rg_stop *stops, size_t nr);

/* Write it and drop it. */
void rg_json_write(json_t *object, FILE *out);

#endif
