/* SPDX-License-Identifier: MIT */
#ifndef REMAPGUARD_PLUGIN_H
#define REMAPGUARD_PLUGIN_H

/*
 * Plugins: code of yours that is asked before each mremap call of a program
 * under remapguard, and told of each one afterwards. A shared object that
 * defines remapguard_plugin() is loaded with plugin=PATH in
 * REMAPGUARD_OPTIONS, into the audited program itself, before the program's
 * own constructors have run.
 *
 * A plugin is a guest in that program as remapguard is. Its functions run in
 * whatever thread calls mremap, in several at once, inside malloc with its
 * locks held, in signal handlers, in forked children and in children of
 * vfork. So: no malloc, no stdio, no lock that the thread may hold already,
 * no waiting. What a plugin does to itself it does to the program:
 *
 *   it blocks      this call waits, and no other: no lock of remapguard's is
 *                  held meanwhile
 *   it crashes     the program has crashed; the report says that the process
 *                  ended inside a plugin
 *   it calls mremap, also by realloc: the call is made and recorded, and no
 *                  plugin is asked about it
 *   it changes errno: the program does not notice
 *
 * Since 0.1.
 */

#include <remapguard/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows when a field's meaning changes or a function is added. */
#define REMAPGUARD_PLUGIN_VERSION 1

/* How a call was seen. */
enum remapguard_tier {
	REMAPGUARD_TIER_SYMBOL,	 /* the program calls mremap */
	REMAPGUARD_TIER_LIBC,	 /* libc does, for realloc and others */
	REMAPGUARD_TIER_SYSCALL, /* syscall(SYS_mremap, …) */
};

/* One call. Valid until the function returns; nothing in it may be changed. */
struct remapguard_call {
	uint32_t size; /* bytes of this structure, as the object knows it */
	uint32_t tid;
	enum remapguard_tier tier;
	struct rg_request req; /* as the kernel would get it */
	/* what the model says, or NULL: see predict= */
	const struct rg_plan *plan;
	/* found so far, RG_FINDING_BIT(); in after() with what came of it */
	uint64_t findings;
	/* the address that the call returns to: its call site */
	uint64_t caller;
	/*
	 * errno that the policy denies it with, or, in after(), that it was
	 * made to fail with on request; 0: it will be made, or was
	 */
	int denied;
	/* in after() alone: an address, or a negative errno */
	int64_t result;
	enum rg_path path;    /* what happened */
	enum rg_check check;  /* which refused, as far as known */
	uint64_t duration_ns; /* of the real call; 0 without a trace */
};

struct remapguard_plugin {
	uint32_t version; /* REMAPGUARD_PLUGIN_VERSION it was built with */
	const char *name; /* for messages */
	/*
	 * Before the call. Return: 0 to let it be, or a positive errno, below
	 * 256, to deny it; what the policy denies stays denied. NULL: none.
	 */
	int (*before)(const struct remapguard_call *call);
	/* After the call, or after it was denied. NULL: none. */
	void (*after)(const struct remapguard_call *call);
};

/*
 * Defined by the plugin, and called once, when there is one thread. version
 * is the object's own REMAPGUARD_PLUGIN_VERSION. Return: the plugin, which
 * stays as long as the program; NULL not to be used.
 */
const struct remapguard_plugin *remapguard_plugin(uint32_t version);

#ifdef __cplusplus
}
#endif

#endif
