/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_FRAMES_H
#define RG_REPORT_FRAMES_H

/*
 * Where addresses point, remembered: a trace has the same few over and over,
 * and a process may have thousands of modules to look through.
 */

#include "report/objects.h"

#define RG_FRAMES_REMEMBERED 16384

/* What was found for an address holds from one time on until another. */
struct rg_remembered {
	const struct rg_module_map *map; /* NULL: nothing yet */
	uint64_t addr;
	uint64_t since;
	uint64_t until;
	struct rg_frame frame;
};

/* By the address; a newer one takes an older one's place. */
struct rg_frames {
	struct rg_remembered entries[RG_FRAMES_REMEMBERED];
};

/* As rg_module_map_find(); the map may not change or go away meanwhile. */
struct rg_frame rg_frames_find(struct rg_frames *frames,
			       const struct rg_module_map *map, uint64_t addr,
			       uint64_t timestamp);

#endif
