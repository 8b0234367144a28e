/* SPDX-License-Identifier: MIT */

#include "random.h"

static uint64_t state;

void random_start(uint64_t seed)
{
	state = seed;
}

/* splitmix64 */
#define STEP UINT64_C(0x9e3779b97f4a7c15)

static uint64_t mix(uint64_t z)
{
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t random_next(void)
{
	return mix(state += STEP);
}

uint64_t random_of(uint64_t seed, uint64_t of)
{
	return mix(mix(seed + STEP) ^ of);
}

uint64_t random_below(uint64_t n)
{
	return n ? random_next() % n : 0;
}

bool random_chance(unsigned int percent)
{
	return random_below(100) < percent;
}
