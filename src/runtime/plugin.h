/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_PLUGIN_H
#define RG_RUNTIME_PLUGIN_H

/* The plugin, if there is one: include/remapguard/plugin.h. */

#include "runtime/judge.h"

/* In the constructor. Says on standard error why a plugin is not used. */
void rg_plugin_open(const char *path);
bool rg_plugin_is_open(void);

/* A call is about to be made: the verdict may become stricter. */
void rg_plugin_before(struct rg_process *process, const struct rg_event *event,
		      uint64_t caller, struct rg_judgement *judgement);

void rg_plugin_after(struct rg_process *process, const struct rg_event *event,
		     uint64_t caller, const struct rg_judgement *judgement,
		     int64_t result);

#endif
