/* SPDX-License-Identifier: MIT */

/*
 * A list in shared memory is linked by indices, as it must be, but its last
 * entry is kept by address, and the memory grows.
 */

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE (256ul << 10)

struct entry {
	uint64_t next; /* an index; 0: none */
	uint64_t value;
};

struct list {
	int fd;
	size_t size;
	struct entry *entries; /* the first is the head */
	uint64_t nr;
	struct entry *last;
};

/* It moves as it grows: there is a page behind it. */
static void guard(void *end)
{
	mmap(end, 4096, PROT_NONE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

static void list_init(struct list *list)
{
	list->fd = memfd_create("list", MFD_CLOEXEC);
	if (list->fd < 0 || ftruncate(list->fd, SIZE))
		err(2, "memfd_create, ftruncate");
	list->entries = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			     list->fd, 0);
	if (list->entries == MAP_FAILED)
		err(2, "mmap");
	guard((char *)list->entries + SIZE);
	list->size = SIZE;
	list->nr = 1;
	list->last = list->entries;
}

static void enlarge(struct list *list)
{
	uint64_t last = (uint64_t)(list->last - list->entries);

	if (ftruncate(list->fd, 2 * (off_t)list->size))
		err(2, "ftruncate");
	list->entries = mremap(list->entries, list->size, 2 * list->size,
			       MREMAP_MAYMOVE);
	if (list->entries == MAP_FAILED)
		err(2, "mremap");
	list->size *= 2;
	if (FIXED)
		list->last = list->entries + last;
}

static void append(struct list *list, uint64_t value)
{
	if ((list->nr + 1) * sizeof(struct entry) > list->size)
		enlarge(list);
	list->entries[list->nr].value = value;
	list->last->next = list->nr;
	list->last = &list->entries[list->nr++];
}

int main(void)
{
	struct list list;
	uint64_t sum = 0;

	list_init(&list);
	for (uint64_t value = 0; value < 50000; value++)
		append(&list, value);
	for (uint64_t at = list.entries->next; at; at = list.entries[at].next)
		sum += list.entries[at].value;
	printf("%lu entries, sum %lu\n", (unsigned long)list.nr,
	       (unsigned long)sum);
	munmap(list.entries, list.size);
	close(list.fd);
	return 0;
}
