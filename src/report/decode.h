/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_DECODE_H
#define RG_REPORT_DECODE_H

#include "trace/access.h"
#include "trace/ctf.h"

#include <babeltrace2/babeltrace.h>

/* Where events come from: all of a packet from the same. */
struct rg_source {
	enum rg_ctf_stream kind;
	uint32_t slot;
	uint32_t segment;
	uint32_t pid;
};

void rg_source_decode(const bt_packet *packet, struct rg_source *ret_source);

/*
 * The event of a message; of its arrays only what is in use is set. Every
 * enumeration and count is tested, so that tables may be indexed by what comes
 * out.
 * Return: 0, or -EINVAL with the name of the field that is out of range.
 */
int rg_event_decode(const bt_message *message, struct rg_event *ret_event,
		    const char **ret_field);
/* The same of one in a stream of accesses. */
int rg_access_decode(const bt_message *message, struct rg_access *ret_access,
		     const char **ret_field);

#endif
