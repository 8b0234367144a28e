/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_PROCESSOR_H
#define RG_RUNTIME_PROCESSOR_H

#include "runtime/process.h"

/* Once, in the constructor. */
void rg_processor_init(void);

/*
 * A number for the processor the caller runs on, which may be another one by
 * now; where nobody keeps that at hand, one for the thread.
 */
uint32_t rg_processor(const struct rg_process *process);

#endif
