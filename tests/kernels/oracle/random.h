/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_RANDOM_H
#define RG_ORACLE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* The same numbers for the same seed, on every machine. */
void random_start(uint64_t seed);
uint64_t random_next(void);
uint64_t random_below(uint64_t n);
bool random_chance(unsigned int percent);
/* A number that depends on these two alone. */
uint64_t random_of(uint64_t seed, uint64_t of);

#endif
