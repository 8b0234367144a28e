/* SPDX-License-Identifier: MIT */

/*
 * Generated code is moved when more is to be generated; a function in it is
 * then called where it was compiled first.
 */

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define SIZE (256ul << 10)

/* int answer(void) { return 42; } */
static const unsigned char answer[] = {
#if defined(__x86_64__)
	0xb8, 0x2a, 0, 0, 0, 0xc3,
#elif defined(__aarch64__)
	0x40, 0x05, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6,
#endif
};

typedef int (*function)(void);

struct code {
	char *base;
	size_t size;
	size_t used;
};

/* It moves as it grows: there is a page behind it. */
static void guard(void *end)
{
	mmap(end, 4096, PROT_NONE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

static size_t compile(struct code *code)
{
	size_t at = code->used;

	mprotect(code->base, code->size, PROT_READ | PROT_WRITE);
	memcpy(code->base + at, answer, sizeof(answer));
	code->used += 64;
	mprotect(code->base, code->size, PROT_READ | PROT_EXEC);
	__builtin___clear_cache(code->base, code->base + code->used);
	return at;
}

static function entry_of(const struct code *code, size_t at)
{
	return (function)(void *)(code->base + at);
}

static void enlarge(struct code *code)
{
	code->base =
		mremap(code->base, code->size, 2 * code->size, MREMAP_MAYMOVE);
	if (code->base == MAP_FAILED)
		err(2, "mremap");
	code->size *= 2;
}

static int run_compiled(function compiled)
{
	int sum = 0;

	for (int i = 0; i < 10; i++)
		sum += compiled();
	return sum;
}

int main(void)
{
	struct code code = { .size = SIZE };
	function compiled;
	size_t at;

	code.base = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (code.base == MAP_FAILED)
		err(2, "mmap");
	guard(code.base + SIZE);
	at = compile(&code);
	compiled = entry_of(&code, at);
	printf("sum %d\n", run_compiled(compiled));
	fflush(stdout);
	enlarge(&code);
	if (FIXED)
		compiled = entry_of(&code, at);
	printf("sum %d\n", run_compiled(compiled));
	munmap(code.base, code.size);
	return 0;
}
