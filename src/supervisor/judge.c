/* SPDX-License-Identifier: MIT */

#include "supervisor/judge.h"

#include "supervisor/module.h"
#include "supervisor/numbers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Where 32-bit addresses end; the kernel's IA32_PAGE_OFFSET. */
#define NARROW_TASK_SIZE UINT64_C(0xffffe000)

void rg_bench_init(struct rg_bench *bench, const struct rg_options *options,
		   const struct rg_kernel *kernel)
{
	bench->options = options;
	bench->kernel = *kernel;
	bench->ignored = ~rg_policy_wanted(&options->policy);
	bench->errors = rg_findings_of_severity(RG_SEVERITY_ERROR);
	bench->caution = rg_caution_of(options);
	/* the model's guess is not this system's setting */
	bench->limits.known &= ~(1u << RG_LIMIT_MMAP_MIN_ADDR);
}

void rg_case_open(struct rg_case *ret_case, const struct rg_bench *bench,
		  const struct rg_notice *notice, struct rg_fresh *thread,
		  bool is_narrow)
{
	ret_case->bench = bench;
	ret_case->notice = notice;
	ret_case->thread = thread;
	ret_case->planned = false;
	ret_case->limits = bench->limits;
	ret_case->findings = 0;
	ret_case->verdict = (struct rg_verdict){ .finding = RG_NR_FINDINGS };
	ret_case->unwinder = NULL;
	ret_case->nr_stack = 0;
	ret_case->site_known = false;
	ret_case->site = (struct rg_call_site){ 0 };
	ret_case->injected = NULL;
	ret_case->counted = 0;
	if (is_narrow)
		rg_limits_set(&ret_case->limits, RG_LIMIT_TASK_SIZE,
			      NARROW_TASK_SIZE);
	rg_sight_open(&ret_case->sight, notice->tid, &ret_case->limits,
		      &thread->maps);
}

/* ------------------------------------------------------------- planning */

static void make_plan(struct rg_case *of)
{
	struct rg_mm mm = {
		.find_vma = rg_sight_find,
		.ctx = &of->sight,
		.limits = of->limits,
	};

	of->planned = true;
	of->plan = rg_plan_make(&of->notice->req, &mm, &of->bench->kernel);
}

static void plan_with_numbers(struct rg_case *of, bool all_maps)
{
	if (of->plan.unknown && rg_numbers_fetch(of->notice->tid, &of->limits,
						 of->plan.unknown, all_maps))
		make_plan(of);
}

/*
 * What comes of the call is never learned, so there is nothing to read the
 * path off afterwards: all are planned, unless that was forbidden.
 */
static void plan(struct rg_case *of)
{
	if (of->bench->options->predict == RG_PREDICT_NEVER)
		return;
	make_plan(of);
	if (of->bench->options->predict == RG_PREDICT_ALWAYS ||
	    rg_caution_plans_all(&of->bench->caution))
		plan_with_numbers(of, false);
}

static void plan_closer(struct rg_case *of)
{
	rg_sight_look_closer(&of->sight);
	make_plan(of);
	plan_with_numbers(of, true);
}

/* ------------------------------------------------------------- findings */

static struct rg_scene scene_of(struct rg_case *of, struct rg_mm *ret_mm)
{
	struct rg_scene scene = {
		.req = &of->notice->req,
		.kernel = &of->bench->kernel,
		.limits = &of->limits,
		.is_empty = rg_sight_is_empty,
		.object_size = rg_sight_object_size,
		.ctx = &of->sight,
		.ignored = of->bench->ignored,
	};

	if (!of->planned)
		return scene;
	*ret_mm = (struct rg_mm){
		.find_vma = rg_sight_find,
		.ctx = &of->sight,
		.limits = of->limits,
	};
	scene.plan = &of->plan;
	scene.mm = ret_mm;
	return scene;
}

/* *ret_judged is the set of those that could be told at all. */
static uint64_t find(struct rg_case *of, uint64_t ignored, uint64_t *ret_judged)
{
	struct rg_mm mm;
	struct rg_scene scene = scene_of(of, &mm);

	scene.ignored = ignored;
	return rg_findings(&scene, ret_judged);
}

/* --------------------------------------------------------------- verdict */

void rg_case_unwind(struct rg_case *of)
{
	if (!of->nr_stack)
		of->nr_stack = (uint8_t)rg_unwind_thread(
			of->unwinder, of->notice->tid, of->notice->ip,
			&of->thread->syscall, of->stack, RG_EVENT_MAX_STACK);
}

static bool is_libc(const char *name)
{
	static const char *const libcs[] = { "libc.so.", "libc.musl-",
					     "ld-musl-", "libc-2." };

	for (size_t i = 0; i < sizeof(libcs) / sizeof(libcs[0]); i++) {
		if (!strncmp(name, libcs[i], strlen(libcs[i])))
			return true;
	}
	return false;
}

/* The file that an address is in; false: in none, or in libc. */
static bool find_module(struct rg_case *of, uint64_t addr, char module[256])
{
	struct rg_sight_file file;
	const char *name;

	if (rg_sight_file(&of->sight, addr, &file) || file.path[0] != '/')
		return false;
	name = strrchr(file.path, '/') + 1;
	snprintf(module, 256, "%s", name);
	return !is_libc(name);
}

/* The first frame outside libc, as far as frames are to be had. */
static void find_site(struct rg_case *of)
{
	of->site_known = true;
	rg_case_unwind(of);
	for (uint8_t i = 0; i < of->nr_stack; i++) {
		if (!find_module(of, of->stack[i], of->module))
			continue;
		of->site.module = of->module;
		return;
	}
}

static const struct rg_call_site *site_for(struct rg_case *of,
					   uint64_t findings)
{
	if (!of->site_known &&
	    rg_policy_asks_for_site(&of->bench->options->policy, findings))
		find_site(of);
	return &of->site;
}

static void decide(struct rg_case *of)
{
	const struct rg_call_site *site = site_for(of, of->findings);

	of->verdict = rg_policy_judge(&of->bench->options->policy, of->findings,
				      of->planned ? &of->plan : NULL,
				      &of->notice->req, site);
}

/* Refused for safety's sake, unless a rule lets it be. */
static void stop(struct rg_case *of, enum rg_finding finding, int error)
{
	rg_policy_stop(&of->bench->options->policy, finding, error,
		       &of->notice->req, site_for(of, RG_FINDING_BIT(finding)),
		       &of->verdict);
}

static bool replaces(struct rg_case *of)
{
	return of->verdict.kind == RG_VERDICT_ALLOW && of->planned &&
	       of->plan.fixed &&
	       find(of, ~RG_FINDING_BIT(RG_FINDING_CLOBBER), NULL);
}

/* noreplace=on: what it destroys is its finding, whatever its line says. */
static void refuse_replacing(struct rg_case *of)
{
	bool does = replaces(of);

	if (does && rg_plan_may_be_refused(&of->plan)) {
		plan_closer(of);
		does = replaces(of);
	}
	if (does)
		stop(of, RG_FINDING_CLOBBER, EEXIST);
}

static bool looks_closer(const struct rg_case *of, uint64_t judged)
{
	return rg_caution_looks_closer(&of->bench->caution,
				       of->planned ? &of->plan : NULL,
				       of->findings, judged);
}

/* ------------------------------------------------------------- injections */

/* An offset takes a look into the file, and is rarely asked for. */
static bool fits_place(struct rg_case *of, const char *module, uint64_t addr,
		       const struct rg_place_pattern *pattern)
{
	struct rg_call_site site = { .module = module };

	return rg_place_fits_module(pattern, module) &&
	       (!pattern->has_offset ||
		rg_module_offset(&of->sight, addr, &site.offset)) &&
	       rg_place_fits(pattern, &site);
}

static bool fits_site(struct rg_case *of, const struct rg_injection *injection)
{
	const struct rg_place_pattern *pattern = injection->site;
	const struct rg_place_pattern *end = pattern + injection->depth;
	char module[256];

	if (pattern < end)
		rg_case_unwind(of);
	for (uint8_t i = 0; i < of->nr_stack && pattern < end; i++) {
		if (!find_module(of, of->stack[i], module))
			continue;
		if (!fits_place(of, module, of->stack[i], pattern++))
			return false;
	}
	return pattern == end;
}

/* Nobody is kept waiting here: what is only to be late is not. */
static bool is_due(struct rg_case *of, uint32_t place)
{
	const struct rg_options *options = of->bench->options;
	const struct rg_injection *injection = &options->injections.list[place];
	enum rg_path path = of->planned ? of->plan.path : RG_PATH_INVALID;

	if (!injection->error ||
	    !rg_injection_fits(injection, &of->notice->req, path) ||
	    !fits_site(of, injection))
		return false;
	of->counted |= 1u << place;
	return rg_injection_is_due(injection, options->seed, place,
				   ++of->injected[place]);
}

static void inject(struct rg_case *of)
{
	const struct rg_injections *injections =
		&of->bench->options->injections;

	for (uint32_t i = 0; i < injections->nr; i++) {
		if (!is_due(of, i) || of->verdict.kind != RG_VERDICT_ALLOW)
			continue;
		of->verdict.kind = RG_VERDICT_INJECT;
		of->verdict.error = injections->list[i].error;
	}
}

void rg_case_uncount(struct rg_case *of)
{
	for (uint32_t i = 0; i < RG_MAX_INJECTIONS; i++) {
		if (of->counted & 1u << i)
			of->injected[i]--;
	}
}

/* ------------------------------------------------------------------ all of it
 */

void rg_case_judge(struct rg_case *of)
{
	const struct rg_bench *bench = of->bench;
	uint64_t judged;

	plan(of);
	of->findings = find(of, bench->ignored, &judged);
	if (looks_closer(of, judged)) {
		plan_closer(of);
		of->findings = find(of, bench->ignored, NULL);
	}
	if (of->findings)
		decide(of);
	if (rg_caution_refuses_first(&bench->caution,
				     of->planned ? &of->plan : NULL))
		stop(of, RG_FINDING_DESTRUCTIVE_REFUSAL, of->plan.error);
	if (bench->options->noreplace)
		refuse_replacing(of);
	if (of->injected && of->verdict.kind == RG_VERDICT_ALLOW)
		inject(of);
}

/* ------------------------------------------------------------- the event */

static bool refuses_surely(const struct rg_case *of)
{
	return of->planned && of->plan.path == RG_PATH_REFUSE &&
	       rg_plan_refuses_surely(&of->plan);
}

/* Of a refusal that is certain all is known that would be known of it. */
static uint64_t found_in_refusal(const struct rg_case *of)
{
	struct rg_scene scene = {
		.req = &of->notice->req,
		.kernel = &of->bench->kernel,
		.limits = &of->limits,
		.ignored = of->bench->ignored,
		.done = true,
		.result = -of->plan.error,
		.path = RG_PATH_REFUSE,
		.check = of->plan.check,
		.damage = of->plan.damage,
		.agreement = RG_AGREE_NONE,
	};

	return rg_findings(&scene, NULL);
}

/* What holds although nobody learned how the call went. */
static uint64_t found_in_all(const struct rg_case *of)
{
	uint64_t before = of->verdict.noted & ~of->bench->errors;

	if (rg_verdict_stops(of->verdict.kind))
		return of->verdict.noted;
	if (refuses_surely(of))
		return before | found_in_refusal(of);
	return before & ~RG_OF_REFUSALS;
}

/* What the plan was made of, for calls that want to be explained. */
static void put_sight(const struct rg_case *of, struct rg_event *event)
{
	const struct rg_sight *sight = &of->sight;

	event->limits = of->limits;
	for (uint32_t i = 0; i < sight->nr; i++) {
		if (sight->memo[i].ret == 1)
			rg_event_put_vma(event, &sight->memo[i].vma);
	}
}

static int stopped_error(const struct rg_verdict *verdict)
{
	return verdict->kind == RG_VERDICT_ABORT ? ECANCELED : verdict->error;
}

void rg_case_describe(const struct rg_case *of, struct rg_event *ret_event)
{
	bool stopped = rg_verdict_stops(of->verdict.kind);

	rg_event_clear(ret_event);
	ret_event->req = of->notice->req;
	ret_event->tid = (uint32_t)of->notice->tid;
	ret_event->tier = RG_TIER_SUPERVISOR;
	ret_event->result = UINT64_MAX;
	ret_event->verdict = of->verdict.kind;
	ret_event->judged = stopped ? RG_JUDGED_UNPLANNED : RG_JUDGED_UNSEEN;
	if (stopped) {
		ret_event->path = RG_PATH_REFUSE;
		ret_event->error = (uint8_t)stopped_error(&of->verdict);
	}
	if (of->planned) {
		rg_event_put_plan(ret_event, &of->plan);
		if (stopped)
			ret_event->judged = RG_JUDGED_PLANNED;
		if (rg_verdict_denies(of->verdict.kind) ||
		    (!stopped && refuses_surely(of)))
			ret_event->check = of->plan.check;
	}
	rg_event_put_findings(ret_event, found_in_all(of));
	if (of->planned && (ret_event->error || ret_event->nr_findings))
		put_sight(of, ret_event);
	ret_event->nr_stack = of->nr_stack;
	memcpy(ret_event->stack, of->stack, 8 * (size_t)of->nr_stack);
}
