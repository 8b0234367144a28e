/* SPDX-License-Identifier: MIT */
#ifndef RG_TESTS_FUZZ_H
#define RG_TESTS_FUZZ_H

/*
 * A fuzz target is a program with LLVMFuzzerTestOneInput(): linked with
 * libFuzzer it looks for inputs, linked with replay.c it runs those it is
 * given. Any input at all must leave every claim of must() standing.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A target may define it before: say what input was being judged. */
#ifndef EXPLAIN
#define EXPLAIN() ((void)0)
#endif

#define must(claim)                                                            \
	do {                                                                   \
		if (!(claim)) {                                                \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__,       \
				__LINE__, #claim);                             \
			EXPLAIN();                                             \
			abort();                                               \
		}                                                              \
	} while (0)

#endif
