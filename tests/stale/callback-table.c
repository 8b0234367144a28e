/* SPDX-License-Identifier: MIT */

/*
 * An event loop calls through an entry of its table of callbacks; one of them
 * registers another, which moves the table the loop goes on to use.
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#define WATCHERS (16ul << 10)

struct loop;

struct watcher {
	void (*call)(struct loop *loop, void *context);
	void *context;
	long fired;
};

struct loop {
	struct watcher *watchers;
	size_t nr;
	size_t size;
};

static void watch(struct loop *loop, void (*call)(struct loop *, void *),
		  void *context)
{
	if (loop->nr == loop->size) {
		loop->size = loop->size ? 2 * loop->size : WATCHERS;
		loop->watchers = realloc(loop->watchers,
					 loop->size * sizeof(struct watcher));
		if (!loop->watchers)
			err(2, "realloc");
	}
	loop->watchers[loop->nr++] = (struct watcher){ call, context, 0 };
}

static void count(struct loop *loop, void *context)
{
	(void)loop;
	++*(long *)context;
}

static void count_and_watch(struct loop *loop, void *context)
{
	count(loop, context);
	watch(loop, count, context);
}

static void dispatch(struct loop *loop, size_t i)
{
	struct watcher *watcher = &loop->watchers[i];

	watcher->call(loop, watcher->context);
	if (FIXED)
		watcher = &loop->watchers[i];
	watcher->fired = 1;
}

int main(void)
{
	struct loop loop = { NULL };
	long counted = 0, fired = 0;

	for (size_t i = 0; i < WATCHERS - 1; i++)
		watch(&loop, count, &counted);
	watch(&loop, count_and_watch, &counted);
	for (size_t i = 0; i < WATCHERS; i++)
		dispatch(&loop, i);
	for (size_t i = 0; i < loop.nr; i++)
		fired += loop.watchers[i].fired;
	printf("%ld calls, %ld of %zu fired\n", counted, fired, loop.nr);
	free(loop.watchers);
	return 0;
}
