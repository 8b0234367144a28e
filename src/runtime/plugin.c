/* SPDX-License-Identifier: MIT */

#include "runtime/plugin.h"

#include "runtime/message.h"
#include "runtime/sys.h"

#include <dlfcn.h>
#include <remapguard/plugin.h>

/* Two enums of one meaning: the trace's tiers are not the plugins' affair. */
_Static_assert((int)REMAPGUARD_TIER_SYMBOL == (int)RG_TIER_SYMBOL, "tier");
_Static_assert((int)REMAPGUARD_TIER_LIBC == (int)RG_TIER_LIBC, "tier");
_Static_assert((int)REMAPGUARD_TIER_SYSCALL == (int)RG_TIER_SYSCALL, "tier");

/* What an event has room for; the kernel's own end at 133. */
#define MAX_ERRNO UINT8_MAX

static const struct remapguard_plugin *plugin;

/* A call that comes from the plugin itself is not for the plugin. */
static __thread bool inside __attribute__((tls_model("initial-exec")));

typedef __typeof__(remapguard_plugin) plugin_fn;

void rg_plugin_open(const char *path)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	plugin_fn *entry = NULL;
	const struct remapguard_plugin *found = NULL;

	if (!library) {
		rg_message("plugin", dlerror());
		return;
	}
	entry = (plugin_fn *)dlsym(library, "remapguard_plugin");
	if (entry)
		found = entry(REMAPGUARD_PLUGIN_VERSION);
	if (!entry)
		rg_message(path, "not a plugin: no remapguard_plugin in it");
	else if (!found)
		rg_message(path, "the plugin does not want to be used");
	else if (found->version != REMAPGUARD_PLUGIN_VERSION)
		rg_message(path, "a plugin of another version: build it with "
				 "this remapguard's plugin.h");
	else
		plugin = found;
}

bool rg_plugin_is_open(void)
{
	return plugin;
}

static struct remapguard_call call_of(struct rg_process *process,
				      const struct rg_event *event,
				      uint64_t caller,
				      const struct rg_judgement *judgement)
{
	return (struct remapguard_call){
		.size = sizeof(struct remapguard_call),
		.tid = rg_thread_id(process),
		.tier = (enum remapguard_tier)event->tier,
		.req = event->req,
		.plan = judgement->planned ? &judgement->plan : NULL,
		.findings = judgement->verdict.noted,
		.caller = caller,
		.denied = rg_verdict_stops(judgement->verdict.kind)
				  ? judgement->verdict.error
				  : 0,
	};
}

/* How many threads are in it now: what is left of this tells who crashed. */
static void enter(struct rg_process *process)
{
	inside = true;
	__atomic_fetch_add(&process->slot->in_plugin, 1, __ATOMIC_RELAXED);
}

static void leave(struct rg_process *process)
{
	__atomic_fetch_sub(&process->slot->in_plugin, 1, __ATOMIC_RELAXED);
	inside = false;
}

static void deny(struct rg_judgement *judgement, int error)
{
	if (judgement->verdict.kind != RG_VERDICT_ALLOW || error <= 0 ||
	    error > MAX_ERRNO)
		return;
	judgement->verdict.kind = RG_VERDICT_DENY;
	judgement->verdict.error = error;
}

void rg_plugin_before(struct rg_process *process, const struct rg_event *event,
		      uint64_t caller, struct rg_judgement *judgement)
{
	struct remapguard_call call;

	if (!plugin || !plugin->before || inside)
		return;
	call = call_of(process, event, caller, judgement);
	enter(process);
	deny(judgement, plugin->before(&call));
	leave(process);
}

void rg_plugin_after(struct rg_process *process, const struct rg_event *event,
		     uint64_t caller, const struct rg_judgement *judgement,
		     int64_t result)
{
	struct remapguard_call call;

	if (!plugin || !plugin->after || inside)
		return;
	call = call_of(process, event, caller, judgement);
	for (uint8_t i = 0; i < event->nr_findings; i++)
		call.findings |= RG_FINDING_BIT(
			rg_finding_from_number(event->findings[i]));
	call.result = result;
	call.path = event->path;
	call.check = event->check;
	call.duration_ns = event->duration_ns;
	enter(process);
	plugin->after(&call);
	leave(process);
}
