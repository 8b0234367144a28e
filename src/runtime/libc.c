/* SPDX-License-Identifier: MIT */

#include "runtime/libc.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

/*
 * Our constructor runs before libc's (-z initfirst), and dlopen(), of libc
 * itself or of any library, initialises libc first, with the arguments and
 * environment that libc has kept: none yet, and the program would start
 * without an environment. So libc's own initialisers are called here with the
 * real ones. They only store them, and are called again by whoever comes
 * next, then with what they stored.
 */

/* The libc.so.6 of this namespace; NULL where there is another libc. */
static const struct link_map *find_libc(void)
{
	const struct link_map *map = dlopen(NULL, RTLD_LAZY);

	for (; map; map = map->l_next) {
		const char *slash = strrchr(map->l_name, '/');

		if (slash && !strcmp(slash, "/libc.so.6"))
			return map;
	}
	return NULL;
}

static ElfW(Addr) dynamic_value(const struct link_map *map, ElfW(Sxword) tag)
{
	const ElfW(Dyn) * entry;

	for (entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
		if (entry->d_tag == tag)
			return entry->d_un.d_ptr;
	}
	return 0;
}

typedef void initialiser(int argc, char **argv, char **envp);

void rg_libc_start(int argc, char **argv, char **envp)
{
	const struct link_map *libc = find_libc();
	ElfW(Addr) init, array;
	size_t nr;

	/* a libc that knows its environment has been initialised */
	if (!libc || environ)
		return;
	init = dynamic_value(libc, DT_INIT);
	array = dynamic_value(libc, DT_INIT_ARRAY);
	nr = dynamic_value(libc, DT_INIT_ARRAYSZ) / sizeof(ElfW(Addr));
	if (init)
		((initialiser *)(libc->l_addr + init))(argc, argv, envp);
	for (size_t i = 0; array && i < nr; i++) {
		initialiser *const *function =
			(initialiser *const *)(libc->l_addr + array);

		function[i](argc, argv, envp);
	}
}
