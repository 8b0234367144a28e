/* SPDX-License-Identifier: MIT */

/* What follows from the numbers of a tally. */

#include "report/tally.h"

uint64_t rg_tally_events(const struct rg_tally *tally)
{
	return tally->totals.calls + tally->totals.accesses;
}

uint64_t rg_tally_unjudged(const struct rg_tally *tally,
			   enum rg_finding finding)
{
	return rg_finding_info(finding)->needs_vmas
		       ? tally->totals.judged[RG_JUDGED_UNPLANNED]
		       : 0;
}

uint64_t rg_tally_lost(const struct rg_tally *tally)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < tally->processes.nr; i++)
		lost += rg_process_lost(&tally->processes.list[i]);
	return lost;
}

uint64_t rg_tally_lost_for(const struct rg_tally *tally, enum rg_lost reason)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < tally->processes.nr; i++)
		lost += tally->processes.list[i].slot.lost[reason];
	return lost;
}

struct rg_quarantined rg_tally_quarantined(const struct rg_tally *tally)
{
	struct rg_quarantined all = { 0 };

	for (size_t i = 0; i < tally->processes.nr; i++) {
		const struct rg_slot *slot = &tally->processes.list[i].slot;

		all.held += slot->held;
		all.given_up += slot->given_up;
		all.not_held += slot->not_held;
		all.accesses += slot->accesses;
		all.accesses_lost += slot->accesses_lost;
	}
	if (all.accesses < tally->totals.accesses)
		all.accesses = tally->totals.accesses;
	return all;
}

struct rg_placements rg_tally_placements(const struct rg_tally *tally)
{
	struct rg_placements all = { 0 };

	for (size_t i = 0; i < tally->processes.nr; i++) {
		const struct rg_slot *slot = &tally->processes.list[i].slot;

		all.placed += slot->placed;
		all.misplaced += slot->misplaced;
		all.rooms += slot->rooms;
		all.rooms_used += slot->rooms_used;
	}
	return all;
}

uint64_t rg_tally_met(const struct rg_tally *tally, enum rg_finding finding)
{
	return finding == RG_FINDING_STALE_ACCESS
		       ? rg_tally_quarantined(tally).accesses
		       : tally->findings[finding].count;
}
