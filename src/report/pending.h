/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_PENDING_H
#define RG_REPORT_PENDING_H

/*
 * Events of one stream that have been read and wait for others to come first.
 * They are kept short: of the arrays only what is in use. What babeltrace2
 * holds for an event is a hundred times as much.
 */

#include "report/decode.h"

#include <stdbool.h>

/* One event, of the kind that source.kind says. */
struct rg_read_event {
	struct rg_source source;
	union {
		struct rg_event call;
		struct rg_access access;
	};
};

uint64_t rg_read_event_time(const struct rg_read_event *event);

struct rg_pending {
	uint8_t *bytes;
	size_t capacity;
	size_t start; /* of the first */
	size_t end;   /* of the last */
};

void rg_pending_put(struct rg_pending *pending,
		    const struct rg_read_event *event);
bool rg_pending_is_empty(const struct rg_pending *pending);
/* The time of the first; there is one. */
uint64_t rg_pending_time(const struct rg_pending *pending);
/* Take the first; there is one. */
void rg_pending_take(struct rg_pending *pending,
		     struct rg_read_event *ret_event);
void rg_pending_deinit(struct rg_pending *pending);

#endif
