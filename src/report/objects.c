/* SPDX-License-Identifier: MIT */

#include "report/objects.h"

#include "report/alloc.h"
#include "trace/ctf.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

const char *rg_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool matches(const char *name, const char *const *patterns)
{
	for (; *patterns; patterns++) {
		if (!fnmatch(*patterns, name, 0))
			return true;
	}
	return false;
}

static bool is_libc(const char *name)
{
	static const char *const patterns[] = {
		"libc.so.6", "libc-2.*.so", "ld-linux*.so.*", "ld-2.*.so",
		"ld.so*",    "libc.musl-*", "ld-musl-*",      NULL,
	};

	return matches(name, patterns);
}

static bool is_ours(const char *name)
{
	static const char *const patterns[] = { "libremapguard.so*", NULL };

	return matches(name, patterns);
}

static uint32_t add_object(struct rg_objects *objects,
			   const struct rg_module *module)
{
	const char *name = rg_base_name(module->path);

	objects->list =
		rg_grow_by_one(objects->list, objects->nr, &objects->capacity,
			       sizeof(*objects->list));
	objects->list[objects->nr] = (struct rg_object){
		.path = rg_copy_string(module->path),
		.build_id_len = module->build_id_len,
		.since_realtime = UINT64_MAX,
		.ours = is_ours(name),
		.libc = is_libc(name),
	};
	memcpy(objects->list[objects->nr].build_id, module->build_id,
	       RG_BUILD_ID_MAX);
	return (uint32_t)objects->nr++;
}

/* The same path with another build id is another object. */
static uint32_t intern_object(struct rg_objects *objects,
			      const struct rg_module *module)
{
	uint8_t key[1 + RG_BUILD_ID_MAX + RG_MODULE_PATH_MAX];
	size_t path_len = strlen(module->path);
	size_t at;

	key[0] = module->build_id_len;
	memcpy(key + 1, module->build_id, RG_BUILD_ID_MAX);
	memcpy(key + 1 + RG_BUILD_ID_MAX, module->path, path_len);
	at = rg_table_intern(&objects->by_identity, key,
			     1 + RG_BUILD_ID_MAX + path_len, objects->nr);
	return at == objects->nr ? add_object(objects, module) : (uint32_t)at;
}

static void add_line(struct rg_module_map *map, const struct rg_module *module,
		     uint32_t object)
{
	map->list = rg_grow_by_one(map->list, map->nr, &map->capacity,
				   sizeof(*map->list));
	map->list[map->nr++] = (struct rg_mapped){
		.since = module->since,
		.start = module->start,
		.end = module->end,
		.base = module->base,
		.object = object,
	};
}

static void note_since(struct rg_object *object, uint64_t since_realtime)
{
	if (since_realtime < object->since_realtime)
		object->since_realtime = since_realtime;
}

void rg_module_map_read(const struct rg_directory *dir, uint32_t slot,
			uint64_t clock_offset_ns, struct rg_objects *objects,
			struct rg_module_map *ret_map)
{
	struct rg_module_map map = { 0 };
	struct rg_report_error ignored;
	char name[RG_CTF_NAME_MAX];
	char path[RG_MODULE_PATH_MAX];
	struct rg_bytes bytes;
	const char *at;
	const char *end;

	*ret_map = map;
	rg_ctf_modules_name(slot, name);
	if (rg_directory_read(dir, name, &bytes, &ignored))
		return;
	/* what has no newline yet was being written when the process died */
	for (at = (char *)bytes.at; (end = strchr(at, '\n')); at = end + 1) {
		struct rg_module module;
		uint32_t object;

		if (rg_module_parse(at, (size_t)(end - at), path, &module))
			continue;
		object = intern_object(objects, &module);
		note_since(&objects->list[object],
			   module.since + clock_offset_ns);
		add_line(&map, &module, object);
	}
	free(bytes.at);
	*ret_map = map;
}

void rg_module_map_deinit(struct rg_module_map *map)
{
	free(map->list);
	*map = (struct rg_module_map){ 0 };
}

/* A call that does not return ends its function: look before the address. */
static bool holds(const struct rg_mapped *mapped, uint64_t addr)
{
	uint64_t call = addr ? addr - 1 : 0;

	return mapped->start <= call && call < mapped->end;
}

struct rg_frame rg_module_map_find(const struct rg_module_map *map,
				   uint64_t addr, uint64_t timestamp)
{
	for (size_t i = map->nr; i-- > 0;) {
		const struct rg_mapped *mapped = &map->list[i];

		if (mapped->since <= timestamp && holds(mapped, addr))
			return (struct rg_frame){
				.object = mapped->object,
				.offset = addr - mapped->base,
			};
	}
	return (struct rg_frame){ .object = RG_NO_OBJECT, .offset = addr };
}

uint64_t rg_module_map_next(const struct rg_module_map *map, uint64_t addr,
			    uint64_t timestamp)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < map->nr; i++) {
		const struct rg_mapped *mapped = &map->list[i];

		if (mapped->since > timestamp && mapped->since < next &&
		    holds(mapped, addr))
			next = mapped->since;
	}
	return next;
}

struct rg_frame rg_module_map_find_exact(const struct rg_module_map *map,
					 uint64_t addr, uint64_t timestamp)
{
	struct rg_frame frame = rg_module_map_find(map, addr + 1, timestamp);

	frame.offset--;
	frame.exact = 1;
	return frame;
}

void rg_objects_deinit(struct rg_objects *objects)
{
	for (size_t i = 0; i < objects->nr; i++)
		free(objects->list[i].path);
	free(objects->list);
	rg_table_deinit(&objects->by_identity);
	*objects = (struct rg_objects){ 0 };
}
