/* SPDX-License-Identifier: MIT */

/*
 * A pointer into the settings is kept while they are extended, and used when
 * hundreds of other buffers have grown and gone, and they have been extended
 * once more.
 */

#include <err.h>
#include <stdio.h>
#include <sys/mman.h>

#define SIZE (256ul << 10)
#define ROUNDS 400

struct buffer {
	char *at;
	size_t size;
};

/* It moves as it grows: there is a page behind it. */
static void guard(void *end)
{
	mmap(end, 4096, PROT_NONE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

static struct buffer map_buffer(size_t size)
{
	char *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		err(2, "mmap");
	return (struct buffer){ at, size };
}

static void extend(struct buffer *settings)
{
	settings->at = mremap(settings->at, settings->size, 2 * settings->size,
			      MREMAP_MAYMOVE);
	if (settings->at == MAP_FAILED)
		err(2, "mremap");
	settings->size *= 2;
}

static void extend_more(struct buffer *settings)
{
	size_t size = 4 * settings->size;

	settings->at =
		mremap(settings->at, settings->size, size, MREMAP_MAYMOVE);
	if (settings->at == MAP_FAILED)
		err(2, "mremap");
	settings->size = size;
}

static unsigned use_scratch(int with)
{
	struct buffer scratch = map_buffer(SIZE);
	unsigned first;

	scratch.at[0] = (char)with;
	scratch.at = mremap(scratch.at, scratch.size, 2 * scratch.size,
			    MREMAP_MAYMOVE);
	if (scratch.at == MAP_FAILED)
		err(2, "mremap");
	first = (unsigned char)scratch.at[0];
	munmap(scratch.at, 2 * scratch.size);
	return first;
}

static int verbosity(const char *setting)
{
	return *setting;
}

int main(void)
{
	struct buffer settings = map_buffer(SIZE);
	const char *verbose = &settings.at[100];
	unsigned long sum = 0;

	guard(settings.at + settings.size);
	settings.at[100] = 3;
	extend(&settings);
	for (int i = 0; i < ROUNDS; i++)
		sum += use_scratch(i);
	extend_more(&settings);
	if (FIXED)
		verbose = &settings.at[100];
	printf("sum %lu\n", sum);
	fflush(stdout);
	printf("verbosity %d\n", verbosity(verbose));
	munmap(settings.at, settings.size);
	return 0;
}
