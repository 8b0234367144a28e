/* SPDX-License-Identifier: MIT */

#include "report/table.h"

#include "report/alloc.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a; the last step spreads what a short key leaves in the low bits. */
static uint64_t hash_bytes(const uint8_t *bytes, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3;
	return hash ^ hash >> 29;
}

static bool entry_is(const struct rg_table_entry *entry,
		     const struct rg_table_entry *wanted)
{
	return entry->hash == wanted->hash &&
	       entry->key_len == wanted->key_len &&
	       !memcmp(entry->key, wanted->key, wanted->key_len);
}

/* The entry that has the key, or the free one where it belongs. */
static struct rg_table_entry *find(const struct rg_table *table,
				   const struct rg_table_entry *wanted)
{
	size_t at = wanted->hash & (table->capacity - 1);

	while (table->entries[at].key && !entry_is(&table->entries[at], wanted))
		at = (at + 1) & (table->capacity - 1);
	return &table->entries[at];
}

static void grow(struct rg_table *table)
{
	struct rg_table bigger = {
		.capacity = table->capacity ? 2 * table->capacity : 64,
		.nr = table->nr,
	};

	bigger.entries = rg_alloc(bigger.capacity * sizeof(*bigger.entries));
	for (size_t i = 0; i < table->capacity; i++) {
		if (table->entries[i].key)
			*find(&bigger, &table->entries[i]) = table->entries[i];
	}
	free(table->entries);
	*table = bigger;
}

size_t rg_table_intern(struct rg_table *table, const void *key, size_t key_len,
		       size_t fresh)
{
	struct rg_table_entry wanted = {
		.key = (void *)key,
		.key_len = key_len,
		.hash = hash_bytes(key, key_len),
		.value = fresh,
	};
	struct rg_table_entry *entry;

	if (4 * table->nr >= 3 * table->capacity)
		grow(table);
	entry = find(table, &wanted);
	if (!entry->key) {
		*entry = wanted;
		entry->key = rg_copy(key, key_len);
		table->nr++;
	}
	return entry->value;
}

void rg_table_deinit(struct rg_table *table)
{
	for (size_t i = 0; i < table->capacity; i++)
		free(table->entries[i].key);
	free(table->entries);
	*table = (struct rg_table){ 0 };
}
