/* SPDX-License-Identifier: MIT */

#include "report/frames.h"

/* The same address is another place in another process. */
static size_t place_of(const struct rg_module_map *map, uint64_t addr)
{
	uint64_t hash = (addr ^ (uintptr_t)map) * 0x9e3779b97f4a7c15;

	return hash >> 40 & (RG_FRAMES_REMEMBERED - 1);
}

struct rg_frame rg_frames_find(struct rg_frames *frames,
			       const struct rg_module_map *map, uint64_t addr,
			       uint64_t timestamp)
{
	struct rg_remembered *entry = &frames->entries[place_of(map, addr)];

	if (entry->map == map && entry->addr == addr &&
	    entry->since <= timestamp && timestamp < entry->until)
		return entry->frame;
	*entry = (struct rg_remembered){
		.map = map,
		.addr = addr,
		.since = timestamp,
		.until = rg_module_map_next(map, addr, timestamp),
		.frame = rg_module_map_find(map, addr, timestamp),
	};
	return entry->frame;
}
