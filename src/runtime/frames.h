/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_FRAMES_H
#define RG_RUNTIME_FRAMES_H

/* The rule to unwind each address by, remembered: no lock, no allocation. */

#include "runtime/cfi.h"
#include "runtime/loaded.h"

/*
 * What a rule is owed to. A module that the program was started with stays,
 * and so does the rule; any other may be closed, and different code may come
 * to lie at its addresses. Of those, what was read is kept, to be compared.
 */
struct rg_grounds {
	bool for_good;
	bool kept; /* else it cannot be asked for again */
	uint16_t number;
	uint32_t version;
};

/* pc: where a call returns to. Return: its rule; opaque where it has none. */
struct rg_cfi_frame rg_frames_find(uint64_t pc, struct rg_grounds *ret_grounds);

/*
 * Would it be the same now? For grounds that were kept, of a frame that is on
 * the thread's stack: that holds the module open. *last is the module looked
 * at last, zeroes at first.
 */
bool rg_frames_stand(const struct rg_grounds *grounds, struct rg_loaded *last);

#endif
