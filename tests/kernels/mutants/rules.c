/* SPDX-License-Identifier: MIT */

#include "rules.h"

#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------ the model's lists */

#define NR_LISTS 7
#define MAX_STAGES 48

static const char *const list_names[NR_LISTS] = {
	"args", "entry", "source", "stay", "to", "grow", "move",
};

/* What holds for every call that comes to a list. */
static const uint8_t list_whens[NR_LISTS] = {
	0, 0, 0, 0, RG_WHEN_TO | RG_WHEN_MOVE, RG_WHEN_GROW, RG_WHEN_MOVE,
};

static const struct rg_stage **list_of(struct rg_rules *rules, int list)
{
	const struct rg_stage **const lists[NR_LISTS] = {
		&rules->args, &rules->entry, &rules->source, &rules->stay,
		&rules->to,   &rules->grow,  &rules->move,
	};

	return lists[list];
}

/* -------------------------------------- standing between model and tables */

/* The linker gives these names (--wrap) to what was rg_rules_of(). */
const struct rg_rules *__real_rg_rules_of(enum rg_generation generation);
const struct rg_rules *__wrap_rg_rules_of(enum rg_generation generation);

static const struct change *current;
static struct rg_rules broken;

const struct rg_rules *__wrap_rg_rules_of(enum rg_generation generation)
{
	if (current && current->generation == generation)
		return &broken;
	return __real_rg_rules_of(generation);
}

/* --------------------------------------------------------------- breaking */

static void drop(struct rg_stage *stage)
{
	for (; stage->what; stage++)
		stage[0] = stage[1];
}

static void swap(struct rg_stage *stage)
{
	struct rg_stage first = stage[0];

	stage[0] = stage[1];
	stage[1] = first;
}

static void break_list(const struct change *change)
{
	static struct rg_stage stages[MAX_STAGES];
	const struct rg_stage **list = list_of(&broken, change->list);
	int nr = 0;

	do
		stages[nr] = (*list)[nr];
	while ((*list)[nr++].what);
	*list = stages;
	if (change->kind == CHANGE_DROP)
		drop(&stages[change->stage]);
	else if (change->kind == CHANGE_SWAP)
		swap(&stages[change->stage]);
	else
		stages[change->stage].when &= (uint8_t)~change->value;
}

void change_rules(const struct change *change)
{
	current = change;
	if (!change)
		return;
	broken = *__real_rg_rules_of(change->generation);
	switch (change->kind) {
	case CHANGE_DROP:
	case CHANGE_SWAP:
	case CHANGE_REACH:
		break_list(change);
		break;
	case CHANGE_SLOTS_ENTRY:
		broken.slots_entry = change->value;
		break;
	case CHANGE_SLOTS_MOVE:
		broken.slots_move = change->value;
		break;
	case CHANGE_RAW_LENGTHS:
		broken.raw_lengths = change->value;
		break;
	case CHANGE_MOVES_MANY:
		broken.moves_many = change->value;
		break;
	case CHANGE_SEALS:
		broken.seals = (enum rg_seals)change->value;
		break;
	}
}

/* ---------------------------------------------------------------- listing */

struct listing {
	struct change *changes;
	unsigned int nr;
	enum rg_generation generation;
};

static void add(struct listing *listing, struct change change)
{
	if (listing->nr == MAX_CHANGES)
		return;
	change.generation = listing->generation;
	listing->changes[listing->nr++] = change;
}

/* It never refuses for sure, so a plan goes on behind it. */
static bool is_only_possible(uint8_t what)
{
	return what == RG_CHECK_DRIVER_ADDRESS || what == RG_CHECK_KSM ||
	       what == RG_CHECK_DRIVER_MOVE ||
	       what == RG_CHECK_HUGETLB_MISCOUNT;
}

/*
 * Does their order show? Two checks with the same errno look alike from
 * outside, and which address was picked is not known of a call that fails.
 */
static bool order_shows(const struct rg_stage *a, const struct rg_stage *b)
{
	if (is_only_possible(a->what) || is_only_possible(b->what) ||
	    a->what == RG_ACT_PICK || b->what == RG_ACT_PICK)
		return false;
	if (a->what >= RG_NR_CHECKS || b->what >= RG_NR_CHECKS)
		return true;
	return rg_check_info((enum rg_check)a->what)->error !=
	       rg_check_info((enum rg_check)b->what)->error;
}

static void add_list(struct listing *listing, int list,
		     const struct rg_stage *stages)
{
	for (int i = 0; stages[i].what; i++) {
		struct change change = { .list = (uint8_t)list,
					 .stage = (uint8_t)i };

		change.kind = CHANGE_DROP;
		add(listing, change);
		change.kind = CHANGE_SWAP;
		if (stages[i + 1].what &&
		    order_shows(&stages[i], &stages[i + 1]))
			add(listing, change);
		change.kind = CHANGE_REACH;
		change.value = stages[i].when & (uint8_t)~list_whens[list];
		if (change.value)
			add(listing, change);
	}
}

static void add_values(struct listing *listing, const struct rg_rules *rules)
{
	static const enum change_kind slots[] = { CHANGE_SLOTS_ENTRY,
						  CHANGE_SLOTS_MOVE };
	const int now[] = { rules->slots_entry, rules->slots_move };

	for (int i = 0; i < 2; i++) {
		for (int by = -1; by <= 1; by += 2)
			add(listing,
			    (struct change){ .kind = slots[i],
					     .value = (uint8_t)(now[i] + by) });
	}
	add(listing, (struct change){ .kind = CHANGE_RAW_LENGTHS,
				      .value = !rules->raw_lengths });
	add(listing, (struct change){ .kind = CHANGE_MOVES_MANY,
				      .value = !rules->moves_many });
	for (int seals = RG_SEALS_NONE; seals <= RG_SEALS_MET; seals++) {
		if (seals != (int)rules->seals)
			add(listing,
			    (struct change){ .kind = CHANGE_SEALS,
					     .value = (uint8_t)seals });
	}
}

unsigned int changes_list(struct change changes[MAX_CHANGES])
{
	struct listing listing = { .changes = changes };

	for (int i = RG_GEN_G0; i < RG_NR_GENERATIONS; i++) {
		struct rg_rules rules =
			*__real_rg_rules_of((enum rg_generation)i);

		listing.generation = (enum rg_generation)i;
		for (int list = 0; list < NR_LISTS; list++)
			add_list(&listing, list, *list_of(&rules, list));
		add_values(&listing, &rules);
	}
	return listing.nr;
}

/* ----------------------------------------------------------------- naming */

static const char *const act_names[] = {
	"round-hugetlb", "unmap-dest", "unmap-tail", "try-in-place",
	"expand",	 "pick",       "cut-source", "move",
};

static const char *const when_names[] = {
	"fixed", "dontunmap", "to",   "shrink",
	"grow",	 "in-place",  "move", "hugetlb",
};

static const char *const seal_names[] = { "none", "range", "met" };

static const char *stage_name(const struct rg_stage *stage)
{
	if (stage->what >= RG_NR_CHECKS)
		return act_names[stage->what - RG_NR_CHECKS];
	return rg_check_info((enum rg_check)stage->what)->name;
}

/* A list may have a check twice, for different calls. */
static const char *stage_when(const struct rg_stage *stage)
{
	return stage->when ? when_names[__builtin_ctz(stage->when)] : "all";
}

static void name_of_list(const struct change *change,
			 const struct rg_stage *stage, char *name)
{
	int used = snprintf(name, CHANGE_NAME_SIZE, "%s: %s: %s of %s",
			    rg_generation_name(change->generation),
			    list_names[change->list], stage_name(stage),
			    stage_when(stage));
	size_t size = CHANGE_NAME_SIZE - (size_t)used;

	if (change->kind == CHANGE_DROP)
		snprintf(name + used, size, " dropped");
	else if (change->kind == CHANGE_SWAP)
		snprintf(name + used, size, " after %s", stage_name(&stage[1]));
	else
		snprintf(name + used, size, " becomes of all");
}

void change_name(const struct change *change, char name[CHANGE_NAME_SIZE])
{
	static const char *const values[] = {
		[CHANGE_SLOTS_ENTRY] = "slots_entry",
		[CHANGE_SLOTS_MOVE] = "slots_move",
		[CHANGE_RAW_LENGTHS] = "raw_lengths",
		[CHANGE_MOVES_MANY] = "moves_many",
	};
	struct rg_rules rules = *__real_rg_rules_of(change->generation);

	if (change->kind <= CHANGE_REACH)
		name_of_list(change,
			     &(*list_of(&rules, change->list))[change->stage],
			     name);
	else if (change->kind == CHANGE_SEALS)
		snprintf(name, CHANGE_NAME_SIZE, "%s: seals becomes %s",
			 rules.name, seal_names[change->value]);
	else
		snprintf(name, CHANGE_NAME_SIZE, "%s: %s becomes %d",
			 rules.name, values[change->kind], change->value);
}
