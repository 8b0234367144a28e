/* SPDX-License-Identifier: MIT */

/*
 * What one call costs, as the caller's clock sees it.
 *
 * usage: bench-calls KIND [CALLS [BATCHES [DEPTH [THREADS [NEIGHBOURS
 *                    [wait]]]]]]
 *
 * Makes BATCHES batches of CALLS calls in each of THREADS threads, and one
 * more to warm up; then prints one line of key=value pairs: nanoseconds per
 * call, over the batches, and of all calls together from the first batch's
 * start to the last one's end (wall). DEPTH is the number of stack frames from
 * mremap's caller to the outermost, both counted; of realloc's caller,
 * likewise. It is 4, for which even a single thread is another than main's, or
 * at least 7. Each thread works among NEIGHBOURS mappings of its own, at the
 * place of several there where some calls more, that are not counted, show it
 * to be fastest. With wait all stays as it is until standard input ends.
 *
 * A batch is long enough that reading the clock twice is nothing, and short
 * enough that the median leaves out what happens now and then: another process
 * on the processor, a new trace segment. The mean leaves nothing out.
 *
 * mremap() is called like any program would, so what is preloaded is measured.
 */

#include "arena.h"
#include "kinds.h"

#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_THREADS 64
#define NEIGHBOURS 128
/* Each place is tried so often, and with so many calls. */
#define TRIES 3
#define TRIED_CALLS 20
/* batch, run_batches, start_thread, clone3 */
#define LEAST_DEPTH 4
/* batch, run_batches, descend, main, two of libc's, _start */
#define MAIN_DEPTH 7
/* batch, run_batches, descend, thread_main, start_thread, clone3 */
#define THREAD_DEPTH 6

struct job {
	const struct kind *kind;
	unsigned long calls;
	unsigned long batches;
	unsigned long depth;
	unsigned long neighbours;
	unsigned long which; /* thread, from 0 */
	double *samples;     /* ns per call, one for each batch */
	pthread_barrier_t *start;
	double started, ended; /* the measured batches, ns */
};

/* -------------------------------------------------------------- running */

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

/* The best of some short batches. */
static double try_place(struct arena *arena, const struct kind *kind)
{
	double best = INFINITY;

	for (int i = 0; i < TRIES; i++) {
		double start = now_ns();
		double took;

		kind->batch(arena, TRIED_CALLS);
		took = now_ns() - start;
		if (took < best)
			best = took;
	}
	return best;
}

static struct arena choose(struct arena arenas[NR_PLACES],
			   const struct kind *kind)
{
	double best = INFINITY;
	int chosen = 0;

	for (int i = 0; i < NR_PLACES && kind->picky; i++) {
		double took = try_place(&arenas[i], kind);

		if (took < best) {
			best = took;
			chosen = i;
		}
	}
	return arenas[chosen];
}

/* Of a thread's own type, as it may be all that a thread does. */
__attribute__((noinline)) static void *run_batches(void *arg)
{
	struct job *job = arg;
	struct arena arenas[NR_PLACES];
	struct arena arena;

	arenas_init(arenas, job->which, job->kind->pages * PAGE,
		    job->neighbours);
	arena = choose(arenas, job->kind);
	job->kind->batch(&arena, job->calls);
	if (job->start)
		pthread_barrier_wait(job->start);
	job->started = now_ns();
	for (unsigned long i = 0; i < job->batches; i++) {
		double start = now_ns();

		job->kind->batch(&arena, job->calls);
		job->samples[i] = (now_ns() - start) / job->calls;
	}
	job->ended = now_ns();
	return NULL;
}

/* The empty asm keeps the frame: nothing may be called as a tail. */
__attribute__((noinline)) static void descend(struct job *job,
					      unsigned long depth)
{
	if (depth)
		descend(job, depth - 1);
	else
		run_batches(job);
	__asm__ volatile("" ::: "memory");
}

static void *thread_main(void *arg)
{
	struct job *job = arg;

	descend(job, job->depth - THREAD_DEPTH);
	return NULL;
}

static void launch(pthread_t *thread, struct job *job)
{
	if (pthread_create(
		    thread, NULL,
		    job->depth == LEAST_DEPTH ? run_batches : thread_main, job))
		die("bench-calls: pthread_create");
}

static void run_threads(struct job *jobs, unsigned long threads)
{
	pthread_barrier_t barrier;
	pthread_t ids[MAX_THREADS];

	pthread_barrier_init(&barrier, NULL, threads);
	for (unsigned long i = 0; i < threads; i++) {
		jobs[i] = jobs[0];
		jobs[i].samples += i * jobs[0].batches;
		jobs[i].which = i;
		jobs[i].start = &barrier;
	}
	for (unsigned long i = 0; i < threads; i++)
		launch(&ids[i], &jobs[i]);
	for (unsigned long i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	pthread_barrier_destroy(&barrier);
}

/* -------------------------------------------------------------- printing */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Per call, of all threads' calls in the time that all of them took. */
static double wall_ns(const struct job *jobs, unsigned long threads)
{
	double started = jobs[0].started;
	double ended = jobs[0].ended;

	for (unsigned long i = 1; i < threads; i++) {
		if (jobs[i].started < started)
			started = jobs[i].started;
		if (jobs[i].ended > ended)
			ended = jobs[i].ended;
	}
	return (ended - started) / (jobs->calls * jobs->batches * threads);
}

static void print_result(const struct job *job, unsigned long threads)
{
	unsigned long nr = job->batches * threads;
	double sum = 0;

	for (unsigned long i = 0; i < nr; i++)
		sum += job->samples[i];
	qsort(job->samples, nr, sizeof(double), by_value);
	printf("kind=%s calls=%lu batches=%lu depth=%lu threads=%lu "
	       "neighbours=%lu min=%.1f median=%.1f p90=%.1f mean=%.1f "
	       "wall=%.1f\n",
	       job->kind->name, job->calls, job->batches, job->depth, threads,
	       job->neighbours, job->samples[0], job->samples[nr / 2],
	       job->samples[nr * 9 / 10], sum / nr, wall_ns(job, threads));
	fflush(stdout);
}

static unsigned long argument(int argc, char **argv, int which,
			      unsigned long otherwise)
{
	return argc > which ? strtoul(argv[which], NULL, 0) : otherwise;
}

static bool makes_sense(const struct job *job, unsigned long threads)
{
	return job->kind && job->calls && job->batches &&
	       (job->depth == LEAST_DEPTH || job->depth >= MAIN_DEPTH) &&
	       threads >= 1 && threads <= MAX_THREADS;
}

static int usage(void)
{
	fprintf(stderr, "usage: bench-calls ");
	print_kinds();
	fprintf(stderr, " [CALLS [BATCHES [DEPTH [THREADS [NEIGHBOURS "
			"[wait]]]]]]\n");
	return 2;
}

int main(int argc, char **argv)
{
	static struct job jobs[MAX_THREADS];
	struct job *job = jobs;
	unsigned long threads = argument(argc, argv, 5, 1);

	job->kind = argc > 1 ? find_kind(argv[1]) : NULL;
	job->calls = argument(argc, argv, 2, 1000);
	job->batches = argument(argc, argv, 3, 20);
	job->depth = argument(argc, argv, 4, MAIN_DEPTH);
	job->neighbours = argument(argc, argv, 6, NEIGHBOURS);
	if (!makes_sense(job, threads))
		return usage();
	keep_buffers_mapped();
	job->samples = calloc(job->batches * threads, sizeof(double));
	if (!job->samples)
		die("bench-calls: calloc");
	if (threads == 1 && job->depth >= MAIN_DEPTH)
		descend(job, job->depth - MAIN_DEPTH);
	else
		run_threads(jobs, threads);
	print_result(job, threads);
	while (argc > 7 && !strcmp(argv[7], "wait") && getchar() != EOF)
		;
	return 0;
}
