/* SPDX-License-Identifier: MIT */

/* A plugin as some programs load it: deepbind LIBRARY. */

#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	void *library;
	void (*calls)(void);

	library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_DEEPBIND) : NULL;
	if (!library) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	*(void **)&calls = dlsym(library, "deepbind_calls");
	calls();
	puts("done");
	return 0;
}
