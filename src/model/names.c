/* SPDX-License-Identifier: MIT */

/* What the values of the model's enums are called in JSON and traces. */

#include "remapguard/model.h"

static const char *const paths[RG_NR_PATHS] = {
	[RG_PATH_INVALID] = "invalid",
	[RG_PATH_REFUSE] = "refuse",
	[RG_PATH_NO_RESIZE] = "no-resize",
	[RG_PATH_SHRINK] = "shrink",
	[RG_PATH_EXPAND_IN_PLACE] = "expand-in-place",
	[RG_PATH_MOVE] = "move",
	[RG_PATH_DUPLICATE] = "duplicate",
	[RG_PATH_DONTUNMAP] = "dontunmap",
	[RG_PATH_MULTI_MOVE] = "multi-move",
};

static const char *const steps[RG_NR_STEP_KINDS] = {
	[RG_STEP_NONE] = "none",
	[RG_STEP_UNMAP_DEST] = "unmap-dest",
	[RG_STEP_UNMAP_TAIL] = "unmap-tail",
	[RG_STEP_EXPAND] = "expand",
	[RG_STEP_PICK] = "pick",
	[RG_STEP_MOVE] = "move",
	[RG_STEP_COPY] = "copy",
	[RG_STEP_UNMAP_SOURCE] = "unmap-source",
	[RG_STEP_KEEP_SOURCE] = "keep-source",
};

static const char *const costs[] = {
	[RG_COST_NONE] = "none",
	[RG_COST_PTE] = "pte",
	[RG_COST_PMD] = "pmd",
	[RG_COST_PUD] = "pud",
};

static const char *const fates[RG_NR_FATES] = {
	[RG_FATE_PASSED] = "passed",	       [RG_FATE_REFUSED] = "refused",
	[RG_FATE_POSSIBLE] = "possible",       [RG_FATE_UNKNOWN] = "unknown",
	[RG_FATE_NOT_REACHED] = "not-reached",
};

static const char *const damages[RG_NR_DAMAGES] = {
	"destination-unmapped", "tail-unmapped", "source-unmapped",
	"vmas-moved",		"vma-split",
};

static const char *const unknowns[RG_NR_UNKNOWNS] = {
	"kernel", "vmas",      "sealed",    "locked",	 "special", "account",
	"uffd",	  "ksm",       "map-count", "totals",	 "rlimits", "commit",
	"caps",	  "task-size", "min-addr",  "growsdown",
};

/* The name of a single bit; NULL for none, several or too high a one. */
static const char *bit_name(uint32_t bit, const char *const *names, int count)
{
	for (int i = 0; i < count; i++) {
		if (bit == 1u << i)
			return names[i];
	}
	return NULL;
}

const char *rg_path_name(enum rg_path path)
{
	return (unsigned int)path < RG_NR_PATHS ? paths[path] : NULL;
}

const char *rg_step_name(enum rg_step_kind kind)
{
	return (unsigned int)kind < RG_NR_STEP_KINDS ? steps[kind] : NULL;
}

const char *rg_cost_name(enum rg_cost cost)
{
	return (unsigned int)cost <= RG_COST_PUD ? costs[cost] : NULL;
}

const char *rg_fate_name(enum rg_fate fate)
{
	return (unsigned int)fate < RG_NR_FATES ? fates[fate] : NULL;
}

const char *rg_damage_name(enum rg_damage damage)
{
	return bit_name(damage, damages, RG_NR_DAMAGES);
}

const char *rg_unknown_name(enum rg_unknown unknown)
{
	return bit_name(unknown, unknowns, RG_NR_UNKNOWNS);
}
