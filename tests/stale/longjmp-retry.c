/* SPDX-License-Identifier: MIT */

/*
 * A decoder that runs out of room jumps back to its start after making more;
 * where to write was worked out before that point, and is not again.
 */

#include <err.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE (256ul << 10)

struct decoder {
	jmp_buf again;
	unsigned char *out;
	size_t size;
};

static void more_room(struct decoder *decoder)
{
	decoder->out = realloc(decoder->out, 2 * decoder->size);
	if (!decoder->out)
		err(2, "realloc");
	decoder->size *= 2;
	longjmp(decoder->again, 1);
}

/* Run-length decoding: out of each byte come as many as it says. */
static size_t expand(struct decoder *decoder, unsigned char *out,
		     const unsigned char *in, size_t len)
{
	size_t at = 0;

	for (size_t i = 0; i < len; i++) {
		if (at + in[i] > decoder->size)
			more_room(decoder);
		memset(out + at, in[i], in[i]);
		at += in[i];
	}
	return at;
}

static size_t decode(struct decoder *decoder, const unsigned char *in,
		     size_t len)
{
	unsigned char *volatile out = decoder->out;

	if (setjmp(decoder->again) && FIXED)
		out = decoder->out;
	return expand(decoder, out, in, len);
}

int main(void)
{
	struct decoder decoder = { .out = malloc(SIZE), .size = SIZE };
	unsigned char in[4000];
	unsigned long sum = 0;
	size_t len;

	if (!decoder.out)
		err(2, "malloc");
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (unsigned char)(i % 200);
	len = decode(&decoder, in, sizeof(in));
	for (size_t i = 0; i < len; i++)
		sum += decoder.out[i];
	printf("%zu bytes, sum %lu\n", len, sum);
	free(decoder.out);
	return 0;
}
