/* SPDX-License-Identifier: MIT */

/*
 * Two threads want the same place: one moves a page there, the other maps one
 * there and expects it to stay. Neither may take it from the other. (A shared
 * page: private memory that nobody has used yet counts as a reservation.)
 *
 * usage: races ROUNDS
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define PAGE 4096ul
#define NOREPLACE 0x100000 /* MAP_FIXED_NOREPLACE */

static char *place; /* nothing is mapped there */
static char *source;
static unsigned long rounds;
static unsigned long moved, mapped, taken;
static atomic_bool done;

/* Each finds the place empty, or leaves it to the other. */
static void *map_there(void *unused)
{
	(void)unused;
	while (!done) {
		volatile char *page =
			mmap(place, PAGE, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS | NOREPLACE, -1, 0);

		if (page == MAP_FAILED)
			continue;
		*page = 'm';
		for (int i = 0; i < 50; i++)
			taken += *page != 'm';
		mapped++;
		munmap(place, PAGE);
	}
	return NULL;
}

static int move_there(void)
{
	void *got;

	*source = 's';
	got = mremap(source, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, place);
	if (got == MAP_FAILED)
		return errno == EEXIST ? 0 : errno;
	moved++;
	taken += *place != 's';
	got = mremap(place, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, source);
	return got == source ? 0 : errno;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	int error = 0;

	rounds = argc > 1 ? strtoul(argv[1], NULL, 0) : 1000;
	source = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	place = source + 8 * PAGE;
	munmap(place, PAGE);
	pthread_create(&thread, NULL, map_there, NULL);
	for (unsigned long i = 0; i < rounds && !error; i++)
		error = move_there();
	done = true;
	pthread_join(thread, NULL);
	printf("moved %lu mapped %lu taken %lu error %d\n", moved, mapped,
	       taken, error);
	return taken || error || !moved || !mapped;
}
