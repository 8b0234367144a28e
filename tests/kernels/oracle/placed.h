/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_PLACED_H
#define RG_ORACLE_PLACED_H

/*
 * The calls go through the preloaded object, which may put elsewhere what the
 * kernel would put somewhere. The judge is the same, and all that is compared
 * otherwise is compared here, too, but for the address; and beside it the
 * bytes, all VmFlags and the kernel's counters.
 *
 * Without an object the mode is its own control: nothing may differ then.
 */

#include "judge.h"

/* Is this mode on? */
extern bool placed;

/*
 * Before anything else, with what --under and --options say: the object's
 * path, or "nothing"; and with threads, each process that makes calls has one
 * more. Return: whether the program must be started again for the object to be
 * there.
 */
bool placed_prepare(const char *object, const char *options, bool threads);
/* Return: 0, or what is wrong with the object, for people. */
const char *placed_start(void);

/* First of all, in each process. Return: 0 or an errno. */
int placed_enter(void);

/*
 * May the call be made by the name that libc has for it? It then is, at times:
 * the object has a way of its own for each.
 */
bool placed_by_name(const uint64_t args[5]);

/* The request as the object is to make it. */
struct rg_request placed_request(const struct rg_request *req);

/* Which attributes of mappings the call leaves alone: 0 without this mode. */
uint64_t placed_attributes(const struct rg_request *req);

/* Before the call, in `before`. */
void placed_look(const struct layout *layout, const struct snapshot *before,
		 const struct rg_request *req);

/*
 * What was planned to stay and has moved, as it may, also where it would grow
 * into what is held: the plan is the one that moves it. Return: whether it is.
 */
bool placed_moved(const struct call *call, const struct snapshot *before,
		  struct rg_plan *plan);

/* Is the address one that the object may have chosen? */
bool placed_alignment(const struct rg_request *req, int64_t result);

/* Return: what else is wrong, for people, or NULL. */
const char *placed_judge(const struct call *call, const struct rg_plan *plan,
			 const struct snapshot *before,
			 const struct snapshot *after);

/*
 * A mapping of the object's own, by its line in maps; or of somebody's who
 * watches a function that this program happens to call.
 */
bool placed_is_ours(const char *line);

void placed_print(void);

#endif
