/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_PROBES_H
#define RG_RUNTIME_PROBES_H

/*
 * USDT probes: places where bpftrace, perf and gdb can attach to a running
 * program. One that nobody is attached to is a nop.
 *
 *   remapguard:call     addr, old_len, new_len, flags, new_addr
 *   remapguard:return   addr, result, path, check, findings
 *   remapguard:finding  number (101 is RG101), addr
 *
 * result is an address or -errno, path and check are enum rg_path and enum
 * rg_check, findings is how many there are.
 */

#ifdef RG_HAVE_SDT
#include <sys/sdt.h>

#define RG_PROBE_CALL(req)                                                     \
	DTRACE_PROBE5(remapguard, call, (req)->addr, (req)->old_len,           \
		      (req)->new_len, (req)->flags, (req)->new_addr)
#define RG_PROBE_RETURN(addr, result, path, check, findings)                   \
	DTRACE_PROBE5(remapguard, return, addr, (int64_t)(result),             \
		      (int)(path), (int)(check), findings)
#define RG_PROBE_FINDING(number, addr)                                         \
	DTRACE_PROBE2(remapguard, finding, number, addr)
#else
#define RG_PROBE_CALL(req) ((void)0)
#define RG_PROBE_RETURN(addr, result, path, check, findings) ((void)0)
#define RG_PROBE_FINDING(number, addr) ((void)0)
#endif

#endif
