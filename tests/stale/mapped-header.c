/* SPDX-License-Identifier: MIT */

/*
 * A file of records is mapped whole and grows with its mapping. The pointer
 * to its header is from before.
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE (256ul << 10)

struct header {
	size_t nr_records;
};

struct record {
	unsigned long key;
	char text[504];
};

struct store {
	int fd;
	size_t size;
	struct header *header;
	struct record *records; /* the first one takes the header's place */
};

/* It moves as it grows: there is a page behind it. */
static void guard(void *end)
{
	mmap(end, 4096, PROT_NONE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

static void open_store(struct store *store)
{
	char path[] = "/tmp/stale-mapped-header-XXXXXX";
	void *map;

	store->fd = mkstemp(path);
	if (store->fd < 0 || unlink(path) || ftruncate(store->fd, SIZE))
		err(2, "%s", path);
	map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, store->fd,
		   0);
	if (map == MAP_FAILED)
		err(2, "mmap");
	guard((char *)map + SIZE);
	store->size = SIZE;
	store->header = map;
	store->records = map;
}

static void grow_store(struct store *store)
{
	void *map;

	if (ftruncate(store->fd, 2 * (off_t)store->size))
		err(2, "ftruncate");
	map = mremap(store->records, store->size, 2 * store->size,
		     MREMAP_MAYMOVE);
	if (map == MAP_FAILED)
		err(2, "mremap");
	store->size *= 2;
	store->records = map;
	if (FIXED)
		store->header = map;
}

static void append(struct store *store, size_t nr)
{
	if ((nr + 1) * sizeof(struct record) > store->size)
		grow_store(store);
	store->records[nr].key = nr;
	store->header->nr_records = nr;
}

int main(void)
{
	struct store store;

	open_store(&store);
	for (size_t nr = 1; nr <= 3 * SIZE / sizeof(struct record); nr++)
		append(&store, nr);
	printf("%zu records\n", store.header->nr_records);
	munmap(store.records, store.size);
	close(store.fd);
	return 0;
}
