/* SPDX-License-Identifier: MIT */
#ifndef RG_MUTANTS_RULES_H
#define RG_MUTANTS_RULES_H

/*
 * Mutants of the generations' tables: one rule of one generation is broken
 * while a plan is made. They are made from the tables themselves, so a rule
 * that is added there has its mutants at once.
 */

#include "model/remap.h"

enum change_kind {
	CHANGE_DROP,  /* a stage is left out */
	CHANGE_SWAP,  /* it changes places with the next */
	CHANGE_REACH, /* it is reached whatever holds: less of `when` */
	CHANGE_SLOTS_ENTRY,
	CHANGE_SLOTS_MOVE,
	CHANGE_RAW_LENGTHS,
	CHANGE_MOVES_MANY,
	CHANGE_SEALS,
};

struct change {
	enum rg_generation generation;
	enum change_kind kind;
	uint8_t list;
	uint8_t stage;
	uint8_t value; /* the new one, or the bit of `when` */
};

#define MAX_CHANGES 1024

/* All there are. Return: how many. */
unsigned int changes_list(struct change changes[MAX_CHANGES]);

#define CHANGE_NAME_SIZE 96

/* "G5: to: crosses-vma dropped" */
void change_name(const struct change *change, char name[CHANGE_NAME_SIZE]);

/* From now on the model follows the broken rules; NULL for its own. */
void change_rules(const struct change *change);

#endif
