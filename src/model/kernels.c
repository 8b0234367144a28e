/* SPDX-License-Identifier: MIT */

/* Which kernel is which generation, and what is asked about one. */

#include "model/remap.h"

#include "model/names.h"

/* ------------------------------------------------------- names, versions */

const char *rg_generation_name(enum rg_generation generation)
{
	const struct rg_rules *row = rg_rules_of(generation);

	return row ? row->name : NULL;
}

const char *rg_generation_releases(enum rg_generation generation)
{
	const struct rg_rules *row = rg_rules_of(generation);

	return row ? row->releases : NULL;
}

const char *rg_generation_summary(enum rg_generation generation)
{
	const struct rg_rules *row = rg_rules_of(generation);

	return row ? row->summary : NULL;
}

enum rg_generation rg_generation_from_name(const char *name)
{
	if (!name)
		return RG_GEN_UNKNOWN;
	for (int i = RG_GEN_G0; i < RG_NR_GENERATIONS; i++) {
		if (rg_name_is(rg_rules_of((enum rg_generation)i)->name, name))
			return (enum rg_generation)i;
	}
	return RG_GEN_UNKNOWN;
}

/* Return: behind the digits, or NULL if there are none or too many. */
static const char *parse_number(const char *text, uint32_t *ret_number)
{
	uint32_t number = 0;

	if (*text < '0' || *text > '9')
		return NULL;
	for (; *text >= '0' && *text <= '9'; text++) {
		number = number * 10 + (uint32_t)(*text - '0');
		if (number > 0xffff)
			return NULL;
	}
	*ret_number = number;
	return text;
}

/* "6.18", and what distributions and testers write behind it. */
static bool parse_release(const char *release, uint32_t *ret_version)
{
	const char *end = release;
	uint32_t major;
	uint32_t minor;

	end = parse_number(end, &major);
	if (!end || *end++ != '.')
		return false;
	end = parse_number(end, &minor);
	if (!end || !(*end == '\0' || *end == '.' || *end == '-' ||
		      *end == '+' || *end == '_' || *end == '~'))
		return false;
	*ret_version = RG_KERNEL_VERSION(major, minor);
	return true;
}

bool rg_kernel_from_release(const char *release, struct rg_kernel *ret_kernel)
{
	enum rg_generation generation = RG_GEN_UNKNOWN;
	uint32_t version;

	if (!release || !parse_release(release, &version))
		return false;
	for (int i = RG_GEN_G0; i < RG_NR_GENERATIONS; i++) {
		if (version >= rg_rules_of((enum rg_generation)i)->since)
			generation = (enum rg_generation)i;
	}
	if (generation == RG_GEN_UNKNOWN)
		return false;
	*ret_kernel = (struct rg_kernel){ generation, version };
	return true;
}

/* --------------------------------------------------- who tests for what */

static bool list_has(const struct rg_stage *stages, unsigned int what)
{
	for (; stages->what; stages++) {
		if (stages->what == what)
			return true;
	}
	return false;
}

static bool lists_have(const struct rg_rules *row, unsigned int what)
{
	return list_has(row->args, what) || list_has(row->entry, what) ||
	       list_has(row->source, what) || list_has(row->stay, what) ||
	       list_has(row->to, what) || list_has(row->grow, what) ||
	       list_has(row->move, what);
}

/* Unmapping has checks of its own, and so has the walk over several vmas. */
bool rg_generation_has_check(enum rg_generation generation, enum rg_check check)
{
	const struct rg_rules *row = rg_rules_of(generation);

	if (!row || check <= RG_CHECK_NONE || check >= RG_NR_CHECKS)
		return false;
	if (check == RG_CHECK_DEST_UNSPLITTABLE ||
	    check == RG_CHECK_DEST_MAP_COUNT || check == RG_CHECK_TAIL_RANGE ||
	    check == RG_CHECK_TAIL_UNSPLITTABLE ||
	    check == RG_CHECK_TAIL_MAP_COUNT)
		return true;
	if (check == RG_CHECK_DEST_SEALED || check == RG_CHECK_TAIL_SEALED)
		return row->seals != RG_SEALS_NONE;
	if (check == RG_CHECK_MULTI_GAP || check == RG_CHECK_MULTI_UNFIT)
		return row->moves_many;
	return lists_have(row, check);
}
