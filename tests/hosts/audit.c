/* SPDX-License-Identifier: MIT */

/* The smallest audit library, which the loader gives a libc of its own. */

#include <link.h>
#include <stdint.h>

unsigned la_version(unsigned version);
unsigned la_objopen(struct link_map *map, Lmid_t where, uintptr_t *cookie);

unsigned la_version(unsigned version)
{
	return version < LAV_CURRENT ? version : LAV_CURRENT;
}

unsigned la_objopen(struct link_map *map, Lmid_t where, uintptr_t *cookie)
{
	(void)map;
	(void)where;
	(void)cookie;
	return LA_FLG_BINDTO | LA_FLG_BINDFROM;
}
