/* SPDX-License-Identifier: MIT */

/*
 * What other preloaded objects replace: the heap, from threads too, time and
 * files; and calls of its own. How many calls the heap makes depends on whose
 * it is.
 */

#include "hosts.h"

#include <fcntl.h>
#include <pthread.h>
#include <time.h>

static int grow_heap(void)
{
	char *block = malloc(1);
	int bad = 0;

	for (size_t size = 1000; size < 8000000; size *= 3) {
		block = realloc(block, size);
		block[0] = 1;
		block[size - 1] = 2;
		bad |= block[0] != 1;
	}
	free(block);
	return bad;
}

static void *run(void *slot)
{
	mixed((unsigned long)slot);
	return (void *)(long)grow_heap();
}

int main(void)
{
	struct timespec time;
	pthread_t threads[4];
	void *bad;
	int fd, all = 0;

	mixed(0);
	for (unsigned long i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, run, (void *)(i + 1));
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &bad);
		all |= (int)(long)bad;
	}
	fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	if (fd < 0 || fsync(fd) || clock_gettime(CLOCK_REALTIME, &time))
		return 2;
	printf("at least %lu\nyear %ld\n", 5 * MIXED_CALLS,
	       1970 + time.tv_sec / 31556952);
	return all;
}
