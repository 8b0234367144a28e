/* SPDX-License-Identifier: MIT */
#ifndef RG_TEST_CALLS_VERBS_H
#define RG_TEST_CALLS_VERBS_H

/*
 * Verbs that need more than one system call: calls-verbs.c. All take a range
 * of the arena, return 0 or a negative errno; those without use for the range
 * set scene.base instead.
 */

#include <stdint.h>

int lay_seal(uint64_t addr, uint64_t len);
int lay_memfd(uint64_t addr, uint64_t len);
int lay_onepage(uint64_t addr, uint64_t len);
int lay_file(uint64_t addr, uint64_t len);
int lay_privatefile(uint64_t addr, uint64_t len);
int lay_self(uint64_t addr, uint64_t len);
int lay_zero(uint64_t addr, uint64_t len);
int lay_sysv(uint64_t addr, uint64_t len);
int lay_uffd(uint64_t addr, uint64_t len);
int lay_no_caps(uint64_t addr, uint64_t len);
int lay_need_caps(uint64_t addr, uint64_t len);
int lay_vdso(uint64_t addr, uint64_t len);
int lay_vvar(uint64_t addr, uint64_t len);
int lay_heap(uint64_t addr, uint64_t len);
int lay_mainstack(uint64_t addr, uint64_t len);
int lay_ring(uint64_t addr, uint64_t len);
int lay_aio(uint64_t addr, uint64_t len);
int lay_aiofork(uint64_t addr, uint64_t len);
int lay_packet(uint64_t addr, uint64_t len);
int lay_perf(uint64_t addr, uint64_t len);
int lay_secret(uint64_t addr, uint64_t len);
int lay_low(uint64_t addr, uint64_t len);
int lay_lowest(uint64_t addr, uint64_t len);
int lay_high(uint64_t addr, uint64_t len);

/* In calls-machine.c: of a machine that the program owns. */
int lay_own_machine(uint64_t addr, uint64_t len);
int lay_commit_left(uint64_t addr, uint64_t len);
int lay_commit_none(uint64_t addr, uint64_t len);

/* Make nr more vmas at addr, where nothing is mapped. */
int fill_vmas(uint64_t addr, unsigned long nr);

#endif
