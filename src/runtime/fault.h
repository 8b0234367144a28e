/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_FAULT_H
#define RG_RUNTIME_FAULT_H

/* SIGSEGV, where it may come from memory that is held (quarantine.h). */

/* In the constructor. */
void rg_fault_init(void);

#endif
