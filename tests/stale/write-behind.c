/* SPDX-License-Identifier: MIT */

/*
 * Blocks are queued by address and written later. The buffer they lie in has
 * moved by then, and it is the kernel that comes upon it: EFAULT.
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 4096
#define SIZE (64ul * BLOCK)

struct output {
	char *buffer;
	size_t size;
	size_t used;
	const char *queued; /* a block */
	size_t queued_at;
};

static void grow(struct output *output)
{
	output->buffer = realloc(output->buffer, 2 * output->size);
	if (!output->buffer)
		err(2, "realloc");
	output->size *= 2;
}

static size_t add_block(struct output *output, int with)
{
	size_t at = output->used;

	if (output->used == output->size)
		grow(output);
	memset(output->buffer + at, with, BLOCK);
	output->used += BLOCK;
	return at;
}

static void queue(struct output *output, size_t at)
{
	output->queued = output->buffer + at;
	output->queued_at = at;
}

static ssize_t write_queued(struct output *output, int fd)
{
	if (FIXED)
		output->queued = output->buffer + output->queued_at;
	return write(fd, output->queued, BLOCK);
}

int main(void)
{
	struct output output = { .buffer = malloc(SIZE), .size = SIZE };
	int ends[2];
	ssize_t done;

	if (!output.buffer || pipe(ends))
		err(2, "malloc, pipe");
	queue(&output, add_block(&output, 'a'));
	for (int i = 0; i < 100; i++)
		add_block(&output, 'b');
	done = write_queued(&output, ends[1]);
	if (done < 0)
		warn("write");
	else
		printf("%zd bytes written\n", done);
	free(output.buffer);
	return done < 0;
}
