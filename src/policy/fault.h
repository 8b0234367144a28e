/* SPDX-License-Identifier: MIT */
#ifndef RG_POLICY_FAULT_H
#define RG_POLICY_FAULT_H

#include <stdbool.h>
#include <stddef.h>

/* What is wrong with a key and its value, and with which byte it begins. */
struct rg_fault {
	const char *why; /* for people; no final stop; NULL: nothing */
	bool of_key;
	size_t at; /* in the key or the value */
};

#define RG_NO_FAULT ((struct rg_fault){ .why = NULL })

static inline struct rg_fault rg_fault_at(size_t at, const char *why)
{
	return (struct rg_fault){ .why = why, .at = at };
}

static inline struct rg_fault rg_fault_of_key(const char *why)
{
	return (struct rg_fault){ .why = why, .of_key = true };
}

#endif
