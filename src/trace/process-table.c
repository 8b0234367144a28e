/* SPDX-License-Identifier: MIT */

#include "trace/process-table.h"

#include "trace/ctf.h"

static const char *const lost_sentences[RG_NR_LOST] = {
	[RG_LOST_NO_SPACE] = "no room for the trace: disk, quota or limits",
	[RG_LOST_CAP] = "the trace reached max-trace",
	[RG_LOST_EARLY] = "too many calls before remapguard was set up",
	[RG_LOST_UNWATCHED] = "nobody judged them: the supervisor was killed",
	[RG_LOST_SETUP] = "the process could not be set up for tracing",
	[RG_LOST_STACK] = "a signal handler's stack had too little room",
};

static const char *const tier_sentences[RG_NR_TIER_STATES] = {
	[RG_TIER_OFF] = "not tried",
	[RG_TIER_WORKS] = "works",
	[RG_TIER_SHADOWED] = "another preloaded object comes first",
	[RG_TIER_NO_LIBC] = "no glibc to patch was found",
	[RG_TIER_TOO_SMALL] = "libc's mremap has no room for a jump",
	[RG_TIER_NOT_MAPPED] = "the patched page of libc could not be mapped",
	[RG_TIER_NOT_REACHED] = "the test call did not arrive",
};

struct rg_table_header rg_table_header_new(uint32_t number)
{
	return (struct rg_table_header){
		.magic = RG_TABLE_MAGIC,
		.slot_size = RG_SLOT_SIZE,
		.nr_slots = RG_TABLE_SLOTS,
		.format = RG_CTF_FORMAT,
		.number = number,
	};
}

const char *rg_lost_sentence(enum rg_lost lost)
{
	return (unsigned)lost < RG_NR_LOST ? lost_sentences[lost] : NULL;
}

const char *rg_tier_state_sentence(enum rg_tier_state state)
{
	return (unsigned)state < RG_NR_TIER_STATES ? tier_sentences[state]
						   : NULL;
}

bool rg_slot_ended_in_plugin(const struct rg_slot *slot)
{
	return slot->ended == RG_ENDED_SIGNAL && slot->in_plugin;
}

uint64_t rg_slot_calls(const struct rg_slot *slot)
{
	uint64_t calls = 0;

	for (int path = 0; path < RG_NR_PATHS; path++)
		calls += __atomic_load_n(&slot->paths[path], __ATOMIC_RELAXED);
	return calls;
}

void rg_slot_add(struct rg_slot *sum, const struct rg_slot *slot)
{
	sum->failed += slot->failed;
	sum->denied += slot->denied;
	sum->mismatches += slot->mismatches;
	sum->bytes_moved += slot->bytes_moved;
	for (int path = 0; path < RG_NR_PATHS; path++)
		sum->paths[path] += slot->paths[path];
	for (int why = 0; why < RG_NR_LOST; why++)
		sum->lost[why] += slot->lost[why];
}
