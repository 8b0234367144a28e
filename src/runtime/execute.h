/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_EXECUTE_H
#define RG_RUNTIME_EXECUTE_H

/*
 * The program's call, made the way that was asked for: as it is, or so that
 * less can be lost by it.
 */

#include "runtime/judge.h"

/* As it is, and nothing else. Return: as of the kernel. */
int64_t rg_execute_raw(const struct rg_request *req);

/*
 * As it is, or elsewhere (resettle.h), where nothing but that is asked for.
 * Return: as of the kernel.
 */
int64_t rg_execute_unplanned(struct rg_process *process,
			     const struct rg_request *req);

/*
 * May a call that has met a limit be made once more? Of several mappings
 * (Linux 6.17) some may have been moved, and what MREMAP_DONTUNMAP has left of
 * those would be put over them.
 */
bool rg_execute_may_try_again(struct rg_process *process,
			      const struct rg_request *req);

/* Return: what the program gets, an address or -errno. */
int64_t rg_execute(struct rg_process *process, struct rg_judgement *judgement,
		   const struct rg_request *req);

/* End the program as abort(3) does, without its locks. */
void rg_execute_abort(const struct rg_process *process);

#endif
