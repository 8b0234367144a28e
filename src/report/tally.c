/* SPDX-License-Identifier: MIT */

#include "report/tally.h"

#include "report/alloc.h"
#include "report/callers.h"
#include "report/frames.h"
#include "report/read.h"

#include <stdlib.h>
#include <string.h>

/* Where module tables of the trace being added are, by process. */
struct adding {
	struct rg_tally *tally;
	const struct rg_trace *trace;
	struct rg_processes processes; /* this trace's */
	struct rg_module_map *maps;    /* beside processes.list */
	bool *maps_read;
	struct rg_frames *frames;
};

static void count_judgement(struct rg_totals *totals,
			    const struct rg_event *event)
{
	totals->judged[event->judged]++;
	if (event->unknown && event->judged != RG_JUDGED_UNPLANNED)
		totals->unknown++;
	if (event->agreement != RG_AGREE_MISMATCH)
		return;
	if (event->racy)
		totals->racy++;
	else
		totals->mismatches++;
}

static void count_failure(struct rg_totals *totals,
			  const struct rg_event *event)
{
	totals->failed++;
	totals->errors[event->error]++;
	if (event->check)
		totals->checks[event->check]++;
}

static void count_verdict(struct rg_totals *totals,
			  enum rg_verdict_kind verdict)
{
	totals->denied += rg_verdict_denies(verdict);
	totals->aborted += verdict == RG_VERDICT_ABORT;
	totals->injected += verdict == RG_VERDICT_INJECT;
	totals->delayed += verdict == RG_VERDICT_DELAY;
}

static void count_totals(struct rg_totals *totals, const struct rg_event *event)
{
	totals->calls++;
	totals->tiers[event->tier]++;
	if (event->req.flags & RG_MREMAP_FIXED)
		totals->fixed++;
	count_verdict(totals, event->verdict);
	if (event->judged == RG_JUDGED_UNSEEN) {
		totals->judged[RG_JUDGED_UNSEEN]++;
		return;
	}
	count_judgement(totals, event);
	totals->paths[event->path]++;
	totals->bytes_moved += rg_event_moved_bytes(event);
	if (event->error)
		count_failure(totals, event);
}

static void count_finding(struct rg_finding_count *count, uint64_t number,
			  bool denied)
{
	if (!count->count++)
		count->first_event = number;
	count->denied += denied;
}

static void count_findings(struct rg_tally *tally, struct rg_site *site,
			   const struct rg_event *event)
{
	bool denied = rg_verdict_denies(event->verdict);

	for (uint8_t i = 0; i < event->nr_findings; i++) {
		enum rg_finding finding =
			rg_finding_from_number(event->findings[i]);

		if (finding == RG_NR_FINDINGS) {
			tally->unknown_findings++;
			continue;
		}
		count_finding(&tally->findings[finding], rg_tally_events(tally),
			      denied);
		count_finding(&rg_site_finding(site, finding)->of,
			      rg_tally_events(tally), denied);
	}
}

static void count_site(struct rg_site *site, const struct rg_event *event)
{
	site->calls++;
	if (event->judged == RG_JUDGED_UNSEEN)
		return;
	site->ns_total += event->duration_ns;
	site->bytes_moved += rg_event_moved_bytes(event);
	if (event->error) {
		site->failed++;
		rg_site_add_reason(site, event->error, event->check);
	} else if (rg_path_moves(event->path)) {
		site->moves++;
	}
}

/* worth_it: where none is asked for by number. */
static bool is_asked_for(const struct rg_tally *tally, bool worth_it)
{
	const struct rg_pick *pick = tally->pick;

	if (!pick || pick->found)
		return false;
	if (pick->number)
		return pick->number == rg_tally_events(tally);
	return worth_it;
}

static void pick_event(const struct rg_tally *tally,
		       const struct rg_process *process,
		       const struct rg_site *site, const struct rg_event *event)
{
	if (!is_asked_for(tally, event->error || rg_event_has_hazard(event)))
		return;
	*tally->pick = (struct rg_pick){
		.number = rg_tally_events(tally),
		.found = true,
		.event = *event,
		.process = *process,
		.site = (size_t)(site - tally->sites.list),
	};
}

static void pick_access(const struct rg_tally *tally,
			const struct rg_process *process,
			const struct rg_stale *stale)
{
	if (!is_asked_for(tally, true))
		return;
	*tally->pick = (struct rg_pick){
		.number = rg_tally_events(tally),
		.found = true,
		.is_access = true,
		.access = stale->access,
		.process = *process,
		.site = stale->site,
		.move_site = stale->move_site,
		.move_event = stale->move_event,
	};
}

/* seen: event or stale, process and site. Return: 1 to read no further. */
static int show(const struct adding *adding, const struct rg_seen *seen)
{
	const struct rg_tally *tally = adding->tally;
	const struct rg_watch *watch = tally->watch;
	struct rg_seen whole = *seen;

	if (!watch)
		return 0;
	whole.of = adding->trace;
	whole.number = rg_tally_events(tally);
	whole.trace = tally->nr_traces;
	whole.at = tally->processes.nr +
		   (size_t)(seen->process - adding->processes.list);
	if (seen->event)
		watch->call(watch->ctx, tally, &whole);
	else if (watch->access)
		watch->access(watch->ctx, tally, &whole);
	return watch->stop;
}

/* NULL for a process that came into a running trace after we looked. */
static struct rg_process *process_of(struct adding *adding,
				     const struct rg_source *source)
{
	const struct rg_process *listed =
		rg_processes_find(&adding->trace->processes, source->slot);

	return rg_processes_find(&adding->processes,
				 listed ? listed->number : source->slot);
}

static const struct rg_module_map *map_of(struct adding *adding,
					  const struct rg_process *process)
{
	size_t at = (size_t)(process - adding->processes.list);

	if (!adding->maps_read[at]) {
		rg_module_map_read(&adding->trace->dir, process->number,
				   adding->trace->env.clock_offset_ns,
				   &adding->tally->objects, &adding->maps[at]);
		adding->maps_read[at] = true;
	}
	return &adding->maps[at];
}

/*
 * Where there are too many different stacks, of new ones only what leads to
 * the caller is kept, and at last nothing.
 */
static struct rg_site *site_of(struct rg_tally *tally,
			       const struct rg_frame *frames, uint8_t nr)
{
	const struct rg_site whole = { .frames = frames, .nr_frames = nr };
	struct rg_sites *sites = &tally->sites;
	struct rg_site *site = rg_sites_intern(sites, frames, nr,
					       nr ? RG_SITES_MAX : SIZE_MAX);

	if (site)
		return site;
	tally->totals.stacks_cut++;
	nr = (uint8_t)(rg_caller_frame(&whole, &tally->objects) + 1);
	site = rg_sites_intern(sites, frames, nr, 2 * RG_SITES_MAX);
	return site ? site : rg_sites_intern(sites, frames, 0, SIZE_MAX);
}

static int add_event(void *ctx, const struct rg_source *source,
		     const struct rg_event *event)
{
	struct adding *adding = ctx;
	struct rg_tally *tally = adding->tally;
	struct rg_process *process = process_of(adding, source);
	struct rg_frame frames[RG_EVENT_MAX_STACK];
	const struct rg_module_map *map;
	struct rg_site *site;

	if (!process)
		return 0;
	process->events++;
	map = map_of(adding, process);
	count_totals(&tally->totals, event);
	for (uint8_t i = 0; i < event->nr_stack; i++)
		frames[i] = rg_frames_find(adding->frames, map, event->stack[i],
					   event->timestamp);
	site = site_of(tally, frames, event->nr_stack);
	if (!site->calls)
		site->first_event = rg_tally_events(tally);
	count_site(site, event);
	count_findings(tally, site, event);
	rg_moves_note(&tally->moves, event, process->slot.pid,
		      rg_tally_events(tally));
	pick_event(tally, process, site, event);
	return show(adding, &(struct rg_seen){
				    .event = event,
				    .process = process,
				    .site = (size_t)(site - tally->sites.list),
			    });
}

/* Who moved it: before a fork another process, which may not be listed. */
static const struct rg_process *mover(struct adding *adding,
				      const struct rg_process *user,
				      const struct rg_access_move *move)
{
	const struct rg_process *found = NULL;

	if (move->pid == user->slot.pid)
		return user;
	for (size_t i = 0; i < adding->processes.nr; i++) {
		const struct rg_process *process = &adding->processes.list[i];

		if (process->slot.pid == move->pid &&
		    process->slot.start_ns <= move->timestamp &&
		    (!found || found->slot.start_ns < process->slot.start_ns))
			found = process;
	}
	return found;
}

/* The site of the access: a fault's stack begins with the instruction. */
static size_t site_of_access(struct adding *adding,
			     const struct rg_process *process,
			     const struct rg_access *access)
{
	const struct rg_module_map *map = map_of(adding, process);
	struct rg_tally *tally = adding->tally;
	struct rg_frame frames[RG_EVENT_MAX_STACK];
	const struct rg_site *site;

	for (uint8_t i = 0; i < access->nr_stack; i++)
		frames[i] = rg_module_map_find(map, access->stack[i],
					       access->timestamp);
	if (access->nr_stack && access->kind != RG_ACCESS_SYSTEM_CALL)
		frames[0] = rg_module_map_find_exact(map, access->stack[0],
						     access->timestamp);
	site = site_of(tally, frames, access->nr_stack);
	return (size_t)(site - tally->sites.list);
}

/* What is not known of the mover's modules, the user's may tell. */
static size_t site_of_move(struct adding *adding,
			   const struct rg_process *process,
			   const struct rg_access *access)
{
	const struct rg_access_move *move = &access->move;
	const struct rg_process *by = mover(adding, process, move);
	const struct rg_module_map *map = map_of(adding, by ? by : process);
	const struct rg_module_map *own = map_of(adding, process);
	struct rg_tally *tally = adding->tally;
	struct rg_frame frames[RG_EVENT_MAX_STACK];
	const struct rg_site *site;

	for (uint8_t i = 0; i < move->nr_stack; i++) {
		frames[i] = rg_module_map_find(map, move->stack[i],
					       move->timestamp);
		if (frames[i].object == RG_NO_OBJECT)
			frames[i] = rg_module_map_find(own, move->stack[i],
						       access->timestamp);
	}
	site = site_of(tally, frames, move->nr_stack);
	return (size_t)(site - tally->sites.list);
}

static void count_stale(struct rg_tally *tally, const struct rg_stale *stale)
{
	struct rg_site *site = &tally->sites.list[stale->site];
	struct rg_stale *kept = rg_stales_intern(&tally->stales, stale);

	if (kept)
		kept->count++;
	else
		tally->stales.unlisted++;
	count_finding(&tally->findings[RG_FINDING_STALE_ACCESS],
		      stale->first_event, false);
	count_finding(&rg_site_finding(site, RG_FINDING_STALE_ACCESS)->of,
		      stale->first_event, false);
}

static int add_access(void *ctx, const struct rg_source *source,
		      const struct rg_access *access)
{
	struct adding *adding = ctx;
	struct rg_tally *tally = adding->tally;
	struct rg_process *process = process_of(adding, source);
	struct rg_stale stale = { .access = *access };

	if (!process)
		return 0;
	tally->totals.accesses++;
	stale.first_event = rg_tally_events(tally);
	stale.pid = process->slot.pid;
	stale.site = site_of_access(adding, process, access);
	stale.move_site = site_of_move(adding, process, access);
	stale.move_event = rg_moves_find(&tally->moves, &access->move);
	count_stale(tally, &stale);
	pick_access(tally, process, &stale);
	return show(adding, &(struct rg_seen){
				    .stale = &stale,
				    .process = process,
				    .site = stale.site,
			    });
}

static int compare_numbers(const void *a, const void *b)
{
	const struct rg_process *left = a;
	const struct rg_process *right = b;

	return (left->number > right->number) - (left->number < right->number);
}

/* A stream without a slot gets one that says nothing but the pid. */
static void add_unlisted(struct adding *adding)
{
	const struct rg_trace *trace = adding->trace;

	for (size_t i = 0; i < trace->nr_streams; i++) {
		const struct rg_stream *stream = &trace->streams[i];
		struct rg_process process = { .number = stream->slot,
					      .slot.pid = stream->pid };

		if (i && trace->streams[i - 1].slot == stream->slot)
			continue;
		if (!rg_processes_find(&trace->processes, stream->slot))
			rg_processes_add(&adding->processes, &process);
	}
	if (adding->processes.nr)
		qsort(adding->processes.list, adding->processes.nr,
		      sizeof(*adding->processes.list), compare_numbers);
}

static void begin_adding(struct adding *adding)
{
	const struct rg_processes *listed = &adding->trace->processes;

	for (size_t i = 0; i < listed->nr; i++)
		rg_processes_add(&adding->processes, &listed->list[i]);
	add_unlisted(adding);
	adding->maps = rg_alloc(adding->processes.nr * sizeof(*adding->maps));
	adding->maps_read =
		rg_alloc(adding->processes.nr * sizeof(*adding->maps_read));
	adding->frames = rg_alloc(sizeof(*adding->frames));
}

static void end_adding(struct adding *adding)
{
	for (size_t i = 0; i < adding->processes.nr; i++) {
		adding->processes.list[i].trace = adding->tally->nr_traces;
		rg_processes_add(&adding->tally->processes,
				 &adding->processes.list[i]);
		rg_module_map_deinit(&adding->maps[i]);
	}
	rg_processes_deinit(&adding->processes);
	free(adding->maps);
	free(adding->maps_read);
	free(adding->frames);
}

static void note_env(struct rg_tally *tally, const struct rg_trace_env *env)
{
	if (!tally->nr_traces)
		tally->env = *env;
	else if (strcmp(tally->env.kernel, env->kernel) ||
		 strcmp(tally->env.generation, env->generation))
		tally->mixed_env = true;
}

int rg_tally_add(struct rg_tally *tally, const char *dir,
		 struct rg_report_error *err)
{
	struct adding adding = { .tally = tally };
	struct rg_reader reader = { .event = add_event,
				    .access = add_access,
				    .ctx = &adding };
	struct rg_trace trace;
	int ret = rg_trace_open(dir, &trace, err);

	if (ret)
		return ret;
	adding.trace = &trace;
	note_env(tally, &trace.env);
	begin_adding(&adding);
	tally->moves.nr = 0;
	ret = rg_trace_read(&trace, &reader, err);
	end_adding(&adding);
	tally->nr_traces++;
	rg_trace_close(&trace);
	return ret;
}

struct rg_tally *rg_tally_new(void)
{
	return rg_alloc(sizeof(struct rg_tally));
}

void rg_tally_free(struct rg_tally *tally)
{
	if (!tally)
		return;
	rg_processes_deinit(&tally->processes);
	rg_objects_deinit(&tally->objects);
	rg_sites_deinit(&tally->sites);
	rg_stales_deinit(&tally->stales);
	free(tally);
}
