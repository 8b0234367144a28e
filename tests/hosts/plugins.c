/* SPDX-License-Identifier: MIT */

/*
 * A C program and its plugin: plugins FILE TIMES DEPTH. Opened, called and
 * closed so often, while a thread makes calls too and is unwound.
 */

#include "hosts.h"

#include <dlfcn.h>
#include <pthread.h>

#define CALLS 20000ul

typedef int plugin_fn(char *range, int depth);

static void *run(void *slot)
{
	bounce(bounce_range((unsigned long)slot), CALLS);
	return NULL;
}

static int use(const char *path, char *range, int depth)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	plugin_fn *function;
	int got;

	if (!library)
		abort();
	function = (plugin_fn *)dlsym(library, "plugin_run");
	got = function(range, depth);
	dlclose(library);
	return got;
}

int main(int argc, char **argv)
{
	char *range = bounce_range(0);
	pthread_t thread;
	int times, depth, got = 0;

	if (argc < 4)
		return 1;
	times = atoi(argv[2]);
	depth = atoi(argv[3]);
	pthread_create(&thread, NULL, run, (void *)1);
	for (int i = 0; i < times; i++)
		got += use(argv[1], range, depth);
	pthread_join(thread, NULL);
	printf("got %d\ncalls %lu\n", got,
	       CALLS + (unsigned long)times * (3ul * depth + 2));
	return 0;
}
