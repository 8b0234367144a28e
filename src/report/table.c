/* SPDX-License-Identifier: MIT */

#include "report/table.h"

#include "report/alloc.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Eight bytes at a time: keys are mostly numbers, and long. */
static uint64_t hash_bytes(const uint8_t *bytes, size_t len)
{
	const uint64_t factor = 0x9e3779b97f4a7c15;
	uint64_t hash = len;
	uint64_t word;

	for (; len >= sizeof(word);
	     bytes += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		hash = (hash ^ word) * factor;
		hash ^= hash >> 32;
	}
	word = 0;
	memcpy(&word, bytes, len);
	hash = (hash ^ word) * factor;
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

static struct rg_table_entry wanted_entry(const void *key, size_t key_len)
{
	return (struct rg_table_entry){
		.key = (void *)key,
		.key_len = key_len,
		.hash = hash_bytes(key, key_len),
	};
}

const void *rg_table_find(const struct rg_table *table, const void *key,
			  size_t key_len, size_t *ret_value)
{
	struct rg_table_entry wanted = wanted_entry(key, key_len);
	const struct rg_table_entry *entry;

	if (!table->nr)
		return NULL;
	entry = find(table, &wanted);
	if (entry->key)
		*ret_value = entry->value;
	return entry->key;
}

const void *rg_table_add(struct rg_table *table, const void *key,
			 size_t key_len, size_t value)
{
	struct rg_table_entry wanted = wanted_entry(key, key_len);

	if (4 * table->nr >= 3 * table->capacity)
		grow(table);
	wanted.key = rg_copy(key, key_len);
	wanted.value = value;
	*find(table, &wanted) = wanted;
	table->nr++;
	return wanted.key;
}

size_t rg_table_intern(struct rg_table *table, const void *key, size_t key_len,
		       size_t fresh)
{
	size_t value = fresh;

	if (!rg_table_find(table, key, key_len, &value))
		rg_table_add(table, key, key_len, fresh);
	return value;
}

void rg_table_deinit(struct rg_table *table)
{
	for (size_t i = 0; i < table->capacity; i++)
		free(table->entries[i].key);
	free(table->entries);
	*table = (struct rg_table){ 0 };
}
