/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_OBJECTS_H
#define RG_REPORT_OBJECTS_H

/*
 * From addresses of a process to places in files: (object, offset) means the
 * same in every process and every run, so stacks can be compared by it.
 */

#include "report/directory.h"
#include "report/table.h"
#include "trace/modules.h"

#include <stdbool.h>

/* A program or library, once for all processes that had it mapped. */
struct rg_object {
	char *path;
	uint8_t build_id_len;
	uint8_t build_id[RG_BUILD_ID_MAX];
	uint64_t since_realtime; /* first seen mapped, ns since 1970 */
	bool ours;		 /* libremapguard.so */
	bool libc;		 /* libc or its loader */
};

struct rg_objects {
	struct rg_object *list;
	size_t nr;
	size_t capacity;
	struct rg_table by_identity;
};

#define RG_NO_OBJECT UINT32_MAX

/* Compared as bytes. */
struct rg_frame {
	uint32_t object; /* RG_NO_OBJECT: offset is the address itself */
	uint32_t exact;	 /* 1: the instruction itself, no return address */
	uint64_t offset; /* ELF address in the object */
};

/* What one process had mapped, in the order of its file .modules-SLOT. */
struct rg_mapped {
	uint64_t since;
	uint64_t start;
	uint64_t end;
	uint64_t base;
	uint32_t object;
};

struct rg_module_map {
	struct rg_mapped *list;
	size_t nr;
	size_t capacity;
};

/*
 * Read .modules-SLOT. A process without that file has an empty map; lines
 * that are not ours are passed over: a name is lost then, but no call.
 * clock_offset_ns turns the times in it to real time.
 */
void rg_module_map_read(const struct rg_directory *dir, uint32_t slot,
			uint64_t clock_offset_ns, struct rg_objects *objects,
			struct rg_module_map *ret_map);
void rg_module_map_deinit(struct rg_module_map *map);

/* Where a return address pointed at a time. */
struct rg_frame rg_module_map_find(const struct rg_module_map *map,
				   uint64_t addr, uint64_t timestamp);
/* When something else is mapped there; UINT64_MAX: never again. */
uint64_t rg_module_map_next(const struct rg_module_map *map, uint64_t addr,
			    uint64_t timestamp);
/* Where an instruction was. */
struct rg_frame rg_module_map_find_exact(const struct rg_module_map *map,
					 uint64_t addr, uint64_t timestamp);

void rg_objects_deinit(struct rg_objects *objects);

/* "libc.so.6" of a path. */
const char *rg_base_name(const char *path);

#endif
