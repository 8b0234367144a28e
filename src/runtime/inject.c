/* SPDX-License-Identifier: MIT */

#include "runtime/inject.h"

#include "runtime/clock.h"
#include "runtime/config.h"
#include "runtime/site.h"
#include "runtime/stack.h"
#include "runtime/sys.h"
#include "runtime/vma-query.h"

/* What is known of a call; its sites once an injection has asked for them. */
struct subject {
	struct rg_process *process;
	struct rg_event *event;
	uint64_t caller;
	enum rg_path path;
	uint8_t nr_sites;
	uint8_t next_frame; /* of the stack, to look for more of them */
	bool has_function[RG_INJECT_DEPTH];
	struct rg_call_site sites[RG_INJECT_DEPTH];
};

/* ------------------------------------------------------------------- site */

/* The call's own, who called that, and so on. NULL: there is none. */
static struct rg_call_site *site_for(struct subject *subject, uint8_t depth)
{
	while (subject->nr_sites <= depth) {
		if (!rg_site_find_place(subject->process, subject->event,
					subject->caller, &subject->next_frame,
					&subject->sites[subject->nr_sites]))
			return NULL;
		subject->nr_sites++;
	}
	return &subject->sites[depth];
}

/*
 * The loader knows an object by the name that it was asked for, the kernel,
 * and so a report, by its file's own: libring.so.1 is libring.so.1.2.
 */
__attribute__((noinline)) static bool
fits_file(struct subject *subject, const struct rg_place_pattern *pattern,
	  const struct rg_call_site *site)
{
	struct rg_vma_file file;
	const char *slash;

	if (rg_stack_room() < RG_STACK_FOR_MORE ||
	    rg_vma_query_file(subject->process, site->addr, &file))
		return false;
	slash = strrchr(file.path, '/');
	return slash && rg_place_fits_module(pattern, slash + 1);
}

/* A look at each function's name would cost the most of all. */
static bool fits_place(struct subject *subject, uint8_t depth,
		       const struct rg_place_pattern *pattern)
{
	struct rg_call_site *site = site_for(subject, depth);

	if (!site)
		return false;
	if (*pattern->function && !subject->has_function[depth]) {
		rg_site_find_function(site);
		subject->has_function[depth] = true;
	}
	return rg_place_fits(pattern, site) &&
	       (rg_place_fits_module(pattern, site->module) ||
		fits_file(subject, pattern, site));
}

static bool fits_site(struct subject *subject,
		      const struct rg_injection *injection)
{
	for (uint8_t i = 0; i < injection->depth; i++) {
		if (!fits_place(subject, i, &injection->site[i]))
			return false;
	}
	return true;
}

/* ------------------------------------------------------------------ acting */

/* Until then, whatever signals arrive. */
static void sleep_until(uint64_t time)
{
	int ret;

	do
		ret = rg_sys_sleep_until(time);
	while (ret == -EINTR);
}

static void act(const struct rg_injection *injection,
		struct rg_verdict *verdict)
{
	verdict->kind = RG_VERDICT_DELAY;
	if (injection->delay_ns)
		sleep_until(rg_clock_now() + injection->delay_ns);
	if (!injection->error)
		return;
	verdict->kind = RG_VERDICT_INJECT;
	verdict->error = injection->error;
}

static bool is_due(struct subject *subject, uint32_t place)
{
	const struct rg_injection *injection =
		&rg_config.options.injections.list[place];
	uint64_t count;

	if (!rg_injection_fits(injection, &subject->event->req,
			       subject->path) ||
	    !fits_site(subject, injection))
		return false;
	count = atomic_fetch_add_explicit(&subject->process->injected[place], 1,
					  memory_order_relaxed);
	return rg_injection_is_due(injection, rg_config.options.seed, place,
				   count + 1);
}

/* Out of line: what it takes of the stack other calls are to have. */
__attribute__((noinline)) void rg_inject(struct rg_process *process,
					 struct rg_event *event,
					 uint64_t caller,
					 struct rg_judgement *judgement)
{
	const struct rg_injections *injections = &rg_config.options.injections;
	const struct rg_injection *first = NULL;
	struct subject subject = {
		.process = process,
		.event = event,
		.caller = caller,
		.path = judgement->planned ? judgement->plan.path
					   : RG_PATH_INVALID,
	};

	/* each goes on counting, also where another comes first */
	for (uint32_t i = 0; i < injections->nr; i++) {
		if (is_due(&subject, i) && !first)
			first = &injections->list[i];
	}
	if (first)
		act(first, &judgement->verdict);
}
