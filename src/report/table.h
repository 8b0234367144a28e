/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_TABLE_H
#define RG_REPORT_TABLE_H

/*
 * A hash table from bytes to a number of the caller's, usually an index into
 * an array. Entries are never removed.
 */

#include <stddef.h>
#include <stdint.h>

struct rg_table_entry {
	void *key; /* NULL: free */
	size_t key_len;
	uint64_t hash;
	size_t value;
};

struct rg_table {
	struct rg_table_entry *entries;
	size_t nr;
	size_t capacity; /* a power of two, or 0 */
};

/*
 * The value stored for key; where there is none yet, fresh is stored and
 * returned. The key is copied.
 */
size_t rg_table_intern(struct rg_table *table, const void *key, size_t key_len,
		       size_t fresh);
/*
 * The same in two steps. Both return the copy of the key, which lives as long
 * as the table; rg_table_find() NULL where there is none.
 */
const void *rg_table_find(const struct rg_table *table, const void *key,
			  size_t key_len, size_t *ret_value);
/* There must be none yet. */
const void *rg_table_add(struct rg_table *table, const void *key,
			 size_t key_len, size_t value);
void rg_table_deinit(struct rg_table *table);

#endif
