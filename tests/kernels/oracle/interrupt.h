/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_INTERRUPT_H
#define RG_ORACLE_INTERRUPT_H

#include <stdint.h>

/*
 * Make the call of mremap with a signal that comes when the kernel has begun
 * it, as a tracer alone can time it. Where tracing is not allowed the call is
 * made all the same.
 */
int64_t interrupt_call(const uint64_t args[5]);

#endif
