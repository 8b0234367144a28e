/* SPDX-License-Identifier: MIT */
#ifndef RG_POLICY_INJECT_H
#define RG_POLICY_INJECT_H

/*
 * Failures and delays on request, to see what a program makes of them:
 *
 *   inject=errno=ENOMEM,nth=3,site=libring.so+0x1a2c
 *
 * An injection has conditions that the call itself meets or not, and counts
 * the calls that do; which of those it is for goes by their number. So the
 * same calls in the same order have the same fate, in every process.
 */

#include "policy/fault.h"
#include "policy/out.h"
#include "policy/policy.h"

#define RG_MAX_INJECTIONS 8

/* What prob=1 is stored as. */
#define RG_INJECT_ALWAYS 1000000000u

/* Of a site: the call's own place, who called that, and so on. */
#define RG_INJECT_DEPTH 4
#define RG_INJECT_NAME_MAX 64

struct rg_place_pattern {
	uint64_t offset; /* in the module */
	bool has_offset;
	char module[RG_INJECT_NAME_MAX];
	char function[RG_INJECT_NAME_MAX]; /* "": any */
};

struct rg_injection {
	uint64_t delay_ns; /* before the call; 0: none */
	uint64_t nth;	   /* of the calls that fit, from 1 on; 0: any */
	uint64_t every;	   /* each so many of them, from the nth on; 0: no */
	uint64_t min_size; /* of the longer of the two lengths, bytes */
	uint32_t prob;	   /* of RG_INJECT_ALWAYS */
	uint8_t error;	   /* what the call fails with; 0: it is made */
	uint8_t path;	   /* enum rg_path, as planned; INVALID: any */
	uint8_t depth;	   /* of the site; 0: any */
	struct rg_place_pattern site[RG_INJECT_DEPTH]; /* inner first */
};

struct rg_injections {
	struct rg_injection list[RG_MAX_INJECTIONS];
	uint32_t nr;
};

/*
 * `errno=NAME' or `delay=TIME' or both, and conditions, with commas between
 * them.
 */
struct rg_fault rg_injection_parse(const char *text,
				   struct rg_injection *ret_injection);
void rg_injection_put(const struct rg_injection *injection, struct rg_out *out);

/* "errno", …; NULL behind the last. */
const char *rg_injection_key(int i);

/*
 * One more, at *at, which becomes the place for the next; `off' takes away
 * all there are.
 */
struct rg_fault rg_injections_add(struct rg_injections *injections,
				  uint32_t *at, const char *text);

/* Must a call be planned, or its caller be known, to tell what fits? */
bool rg_injections_ask_for_plan(const struct rg_injections *injections);
bool rg_injections_ask_for_site(const struct rg_injections *injections);

/* path: as planned; INVALID where no plan was made. */
bool rg_injection_fits(const struct rg_injection *injection,
		       const struct rg_request *req, enum rg_path path);

/* Is it the right place of its module, whatever that is called? */
bool rg_place_fits(const struct rg_place_pattern *pattern,
		   const struct rg_call_site *site);
/* A module may go by more than one name. NULL: not known. */
bool rg_place_fits_module(const struct rg_place_pattern *pattern,
			  const char *module);

/*
 * Is it for the call that is the count'th, from 1 on, to fit the injection
 * that is the place'th, from 0 on?
 */
bool rg_injection_is_due(const struct rg_injection *injection, uint64_t seed,
			 uint32_t place, uint64_t count);

#endif
