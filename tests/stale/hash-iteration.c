/* SPDX-License-Identifier: MIT */

/*
 * A walk over a hash table holds the bucket it is at, and inserts on the way;
 * one of the insertions grows the array of buckets.
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#define BUCKETS (32ul << 10)
#define ENTRIES (4 * BUCKETS)

struct entry {
	struct entry *next;
	unsigned key;
};

struct table {
	struct entry **buckets;
	size_t nr_buckets; /* a power of two */
	size_t nr;
	size_t limit; /* grow beyond */
};

static struct entry pool[ENTRIES];
static size_t nr_used;

/* Those of bucket i with the next bit of the key set go to i + nr_buckets. */
static void split(struct table *table, size_t i)
{
	struct entry **from = &table->buckets[i];
	struct entry **to = &table->buckets[i + table->nr_buckets];

	*to = NULL;
	while (*from) {
		struct entry *entry = *from;

		if (entry->key & table->nr_buckets) {
			*from = entry->next;
			entry->next = *to;
			*to = entry;
		} else {
			from = &entry->next;
		}
	}
}

static void grow(struct table *table)
{
	table->buckets =
		realloc(table->buckets,
			2 * table->nr_buckets * sizeof(*table->buckets));
	if (!table->buckets)
		err(2, "realloc");
	for (size_t i = 0; i < table->nr_buckets; i++)
		split(table, i);
	table->nr_buckets *= 2;
	table->limit *= 2;
}

static void insert(struct table *table, unsigned key)
{
	struct entry *entry = &pool[nr_used++];
	struct entry **bucket;

	if (++table->nr > table->limit)
		grow(table);
	bucket = &table->buckets[key & (table->nr_buckets - 1)];
	*entry = (struct entry){ *bucket, key };
	*bucket = entry;
}

/* Adds the double of each key that is a multiple of 1000, some 30. */
static size_t add_doubles(struct table *table)
{
	size_t nr = table->nr_buckets, count = 0;
	struct entry **bucket = table->buckets;

	for (size_t i = 0; i < nr; i++, bucket++) {
		if (FIXED)
			bucket = &table->buckets[i];
		for (struct entry *at = *bucket; at; at = at->next) {
			if (at->key >= BUCKETS || at->key % 1000)
				continue;
			insert(table, at->key * 2 + BUCKETS * 2);
			count++;
		}
	}
	return count;
}

int main(void)
{
	struct table table = { .nr_buckets = BUCKETS };

	table.limit = BUCKETS - 10;
	table.buckets = malloc(BUCKETS * sizeof(*table.buckets));
	if (!table.buckets)
		err(2, "malloc");
	for (size_t i = 0; i < BUCKETS; i++)
		table.buckets[i] = NULL;
	for (unsigned key = 0; key < BUCKETS - 20; key++)
		insert(&table, key);
	printf("%zu added, %zu in all\n", add_doubles(&table), table.nr);
	free(table.buckets);
	return 0;
}
