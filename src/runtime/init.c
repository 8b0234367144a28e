/* SPDX-License-Identifier: MIT */

/*
 * Start and end. The object is linked -z initfirst, so this constructor runs
 * before any other code of the program's libraries, when there is one thread.
 */

#include "runtime/actions.h"
#include "runtime/buffers.h"
#include "runtime/call.h"
#include "runtime/clock.h"
#include "runtime/config.h"
#include "runtime/fault.h"
#include "runtime/history.h"
#include "runtime/intercept.h"
#include "runtime/libc-entry.h"
#include "runtime/libc.h"
#include "runtime/loaded.h"
#include "runtime/message.h"
#include "runtime/plain.h"
#include "runtime/plugin.h"
#include "runtime/process.h"
#include "runtime/processor.h"
#include "runtime/quarantine.h"
#include "runtime/site.h"
#include "runtime/trace-dir.h"
#include "runtime/unwind.h"
#include "runtime/vma-query.h"

#include <unistd.h>

static void complain_of_tiers(void)
{
	if (!rg_config.options.verbose)
		return;
	for (int i = 0; i < RG_NR_TIERS; i++) {
		if (rg_config.tiers[i] > RG_TIER_WORKS)
			rg_message(rg_tier_name((enum rg_tier)i),
				   rg_tier_state_sentence(rg_config.tiers[i]));
	}
}

/* For the trace, or for rules or injections that ask who calls. */
static bool wants_stacks(void)
{
	return rg_config.options.trace[0] ||
	       rg_policy_asks_for_site(&rg_config.options.policy, UINT64_MAX) ||
	       rg_injections_ask_for_site(&rg_config.options.injections);
}

__attribute__((constructor)) static void start(int argc, char **argv,
					       char **envp)
{
	/* musl gives constructors no arguments, but has set this */
	if (environ)
		envp = environ;
	rg_libc_start(argc, argv, envp);
	rg_actions_init();
	rg_buffers_init();
	rg_clock_init();
	rg_processor_init();
	rg_history_init();
	rg_config_init(envp);
	rg_process_init_memory();
	rg_trace_dir_open();
	if (wants_stacks())
		rg_config.stacks = rg_unwind_init(rg_config.stacks);
	rg_loaded_init();
	rg_vma_query_init();
	rg_intercept_test(rg_libc_entry_install());
	rg_site_init();
	if (rg_config.options.plugin[0])
		rg_plugin_open(rg_config.options.plugin);
	complain_of_tiers();
	if (!rg_config.options.follow)
		rg_config_unfollow(envp);
	rg_clock_use_counter();
	rg_config.ready = true;
	/* listed from the start, with calls or without */
	rg_process();
	rg_quarantine_init();
	rg_fault_init();
	rg_plain_init();
	rg_call_flush_early();
}

/* Calls may still come after this one, and are recorded. */
__attribute__((destructor)) static void end(void)
{
	rg_process_ended();
}
