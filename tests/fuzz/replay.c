/* SPDX-License-Identifier: MIT */

/*
 * Runs a fuzz target without libFuzzer:
 *
 *   replay FILE...            inputs from files
 *   replay --random COUNT     inputs of random bytes, always the same ones
 */

#include "fuzz.h"

#include <string.h>

#define RANDOM_MAX 512

static int run_file(const char *name)
{
	static uint8_t bytes[1 << 20];
	FILE *in = fopen(name, "r");
	size_t size;

	if (!in) {
		perror(name);
		return 1;
	}
	size = fread(bytes, 1, sizeof(bytes), in);
	fclose(in);
	printf("# %s\n", name);
	fflush(stdout);
	return LLVMFuzzerTestOneInput(bytes, size);
}

/* splitmix64 */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static int run_random(unsigned long count)
{
	uint8_t bytes[RANDOM_MAX];
	uint64_t state = 0;

	for (unsigned long i = 0; i < count; i++) {
		for (size_t j = 0; j < sizeof(bytes); j++)
			bytes[j] = (uint8_t)next_random(&state);
		LLVMFuzzerTestOneInput(bytes, sizeof(bytes));
	}
	return 0;
}

int main(int argc, char **argv)
{
	int status = 0;

	if (argc == 3 && !strcmp(argv[1], "--random"))
		return run_random(strtoul(argv[2], NULL, 10));
	for (int i = 1; i < argc; i++)
		status |= run_file(argv[i]);
	return argc > 1 ? status : 2;
}
