/* SPDX-License-Identifier: MIT */

#include "report/stale.h"

#include "report/alloc.h"

#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>

struct key {
	uint64_t kind;
	uint64_t system_call;
	uint64_t site;
	uint64_t move_site;
};

struct rg_stale *rg_stales_intern(struct rg_stales *stales,
				  const struct rg_stale *like)
{
	struct key key = {
		.kind = like->access.kind,
		.system_call = like->access.system_call,
		.site = like->site,
		.move_site = like->move_site,
	};
	size_t at;

	if (rg_table_find(&stales->by_stacks, &key, sizeof(key), &at))
		return &stales->list[at];
	if (stales->nr >= RG_STALES_MAX)
		return NULL;
	stales->list = rg_grow_by_one(stales->list, stales->nr,
				      &stales->capacity, sizeof(*stales->list));
	rg_table_add(&stales->by_stacks, &key, sizeof(key), stales->nr);
	stales->list[stales->nr] = *like;
	stales->list[stales->nr].count = 0;
	return &stales->list[stales->nr++];
}

void rg_stales_deinit(struct rg_stales *stales)
{
	free(stales->list);
	rg_table_deinit(&stales->by_stacks);
	*stales = (struct rg_stales){ 0 };
}

bool rg_access_has_offset(const struct rg_access *access)
{
	return access->addr >= access->move.from &&
	       access->addr - access->move.from < access->move.len;
}

uint64_t rg_access_age(const struct rg_access *access)
{
	return access->timestamp > access->move.timestamp
		       ? access->timestamp - access->move.timestamp
		       : 0;
}

const char *rg_system_call_name(const char *machine, uint32_t number,
				char buf[32])
{
	uint32_t arch = seccomp_arch_resolve_name(machine);
	char *name = NULL;

	if (arch && number <= INT32_MAX)
		name = seccomp_syscall_resolve_num_arch(arch, (int)number);
	if (name)
		snprintf(buf, 32, "%s", name);
	else
		snprintf(buf, 32, "%u", number);
	free(name);
	return buf;
}
