/* SPDX-License-Identifier: MIT */

/*
 * counters TRACE: what a trace's process table says of its quarantines, a
 * line for each process that has held anything or told of anything.
 */

#include "trace/process-table.h"

#include <inttypes.h>
#include <stdio.h>

static void print(const struct rg_slot *slot)
{
	printf("held %" PRIu64 " given up %" PRIu64 " not held %" PRIu64
	       " accesses %" PRIu64 " lost %" PRIu64 "\n",
	       slot->held, slot->given_up, slot->not_held, slot->accesses,
	       slot->accesses_lost);
}

int main(int argc, char **argv)
{
	union {
		struct rg_slot slot;
		char bytes[RG_SLOT_SIZE];
	} entry;
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/.processes.0",
		 argc > 1 ? argv[1] : "");
	file = fopen(path, "rb");
	if (!file || !fread(&entry, sizeof(entry), 1, file))
		return 1;
	while (fread(&entry, sizeof(entry), 1, file)) {
		if (entry.slot.held || entry.slot.not_held ||
		    entry.slot.accesses)
			print(&entry.slot);
	}
	fclose(file);
	return 0;
}
