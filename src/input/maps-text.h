/* SPDX-License-Identifier: MIT */
#ifndef RG_INPUT_MAPS_TEXT_H
#define RG_INPUT_MAPS_TEXT_H

/*
 * A copy of /proc/PID/maps or /proc/PID/smaps as an address space to plan in.
 * It is taken for the whole of it: what has no line is not mapped.
 */

#include "input/lines.h"

#include <remapguard/model.h>

#include <stdbool.h>

struct rg_maps_text {
	struct rg_vma *vmas; /* in order of address, without [vsyscall] */
	size_t nr;
	bool has_flags; /* all of them came with VmFlags */
};

/*
 * Read all of it. Of limits page_size must be known; task_size, where it is
 * known, bounds the mappings.
 * Return: 0, and *ret_maps is to be freed; or a negative errno and *ret_error.
 */
int rg_maps_text_read(FILE *in, const struct rg_limits *limits,
		      struct rg_maps_text *ret_maps,
		      struct rg_input_error *ret_error);
void rg_maps_text_free(struct rg_maps_text *maps);

/* For rg_mm: find_vma, with a struct rg_maps_text as its ctx. */
int rg_maps_text_find_vma(void *maps, uint64_t addr, struct rg_vma *ret_vma);

/*
 * Set what follows from an address space and is not known yet: map_count and
 * total_pages; data_pages and locked_pages where flags show them.
 */
void rg_maps_text_count(const struct rg_maps_text *maps,
			struct rg_limits *limits);

#endif
