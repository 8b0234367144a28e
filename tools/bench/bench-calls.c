/* SPDX-License-Identifier: MIT */

/*
 * What one call costs, as the caller's clock sees it.
 *
 * usage: bench-calls KIND [CALLS [BATCHES [DEPTH [THREADS]]]]
 *
 * Makes BATCHES batches of CALLS calls in each of THREADS threads, and one
 * more to warm up; then prints one line of key=value pairs: nanoseconds per
 * call, over the batches. With one thread DEPTH is the number of stack frames
 * from mremap's caller to _start, both counted; of realloc's caller, likewise.
 * A batch is long enough that reading the clock twice is nothing, and short
 * enough that the median leaves out what happens now and then: another process
 * on the processor, a new trace segment. The mean leaves nothing out.
 *
 * mremap() is called like any program would, so what is preloaded is measured.
 */

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#define PAGE 4096ul
#define MOVED_PAGES 16
#define REALLOC_START (256ul << 10)
#define REALLOC_END (4ul << 20)
#define MAX_THREADS 64
/* batch, run_batches, descend, main, two of libc's, _start */
#define LEAST_DEPTH 7

/* What a batch works on. Each thread has its own. */
struct arena {
	char *here;  /* what is resized; of a move, where the pages are now */
	char *there; /* the move's other place */
};

struct kind {
	const char *name;
	size_t pages; /* how long `here` and `there` are */
	void (*batch)(struct arena *arena, unsigned long calls);
};

struct job {
	const struct kind *kind;
	unsigned long calls;
	unsigned long batches;
	unsigned long depth;
	unsigned long which; /* thread, from 0 */
	double *samples;     /* ns per call, one for each batch */
	pthread_barrier_t *start;
};

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static void must_be(const void *got, const void *want)
{
	if (got != want)
		die("bench-calls: mremap");
}

/* --------------------------------------------------------------- kinds */

#if defined(__x86_64__)
static void *raw_noop(void *at, size_t len)
{
	register unsigned long flags __asm__("r10") = 0;
	register void *there __asm__("r8") = NULL;
	register unsigned long sixth __asm__("r9") = 0;
	void *result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"((long)SYS_mremap), "D"(at), "S"(len), "d"(len),
			   "r"(flags), "r"(there), "r"(sixth)
			 : "rcx", "r11", "memory");
	return result;
}
#elif defined(__aarch64__)
static void *raw_noop(void *at, size_t len)
{
	register long nr __asm__("x8") = SYS_mremap;
	register void *result __asm__("x0") = at;
	register size_t old_len __asm__("x1") = len;
	register size_t new_len __asm__("x2") = len;
	register unsigned long flags __asm__("x3") = 0;
	register void *there __asm__("x4") = NULL;
	register unsigned long sixth __asm__("x5") = 0;

	__asm__ volatile("svc #0"
			 : "+r"(result)
			 : "r"(nr), "r"(old_len), "r"(new_len), "r"(flags),
			   "r"(there), "r"(sixth)
			 : "memory");
	return result;
}
#endif

/* Same length: parameter checks, one lookup, nothing to do. */
static void batch_noop(struct arena *arena, unsigned long calls)
{
	while (calls--)
		must_be(mremap(arena->here, 2 * PAGE, 2 * PAGE, 0),
			arena->here);
}

/* The same by an instruction of our own, which nothing preloaded sees. */
static void batch_escaped(struct arena *arena, unsigned long calls)
{
	while (calls--)
		must_be(raw_noop(arena->here, 2 * PAGE), arena->here);
}

/* One page off and on again, with nothing behind it: never has to move. */
static void batch_resize(struct arena *arena, unsigned long calls)
{
	for (; calls >= 2; calls -= 2) {
		must_be(mremap(arena->here, 2 * PAGE, PAGE, 0), arena->here);
		must_be(mremap(arena->here, PAGE, 2 * PAGE, 0), arena->here);
	}
}

/* Present pages to a fixed place and back. */
static void batch_move(struct arena *arena, unsigned long calls)
{
	size_t len = MOVED_PAGES * PAGE;
	char *from;

	while (calls--) {
		from = arena->here;
		must_be(mremap(from, len, len, MREMAP_MAYMOVE | MREMAP_FIXED,
			       arena->there),
			arena->there);
		arena->here = arena->there;
		arena->there = from;
	}
}

/* A buffer that grows a page at a time: libc calls mremap by itself. */
static void batch_realloc(struct arena *arena, unsigned long calls)
{
	size_t size = REALLOC_START;
	char *buffer = NULL;

	(void)arena;
	while (calls--) {
		buffer = realloc(buffer, size);
		if (!buffer)
			die("bench-calls: realloc");
		size += PAGE;
		if (size > REALLOC_END)
			size = REALLOC_START;
	}
	free(buffer);
}

static const struct kind kinds[] = {
	{ .name = "noop", .pages = 2, .batch = batch_noop },
	{ .name = "escaped", .pages = 2, .batch = batch_escaped },
	{ .name = "resize", .pages = 2, .batch = batch_resize },
	{ .name = "move", .pages = MOVED_PAGES, .batch = batch_move },
	{ .name = "realloc", .pages = 2, .batch = batch_realloc },
};

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

/* -------------------------------------------------------------- running */

/*
 * How long a resize takes depends on where in the kernel's tree of mappings
 * the range lies, by up to a factor of two, and every mapping of a preloaded
 * object shifts that. So each thread works far from everything else, between
 * neighbours of its own, and the tree looks the same whatever is preloaded:
 *
 *	| 64 single pages | here, 16 pages | 16 free | there, 16 | 16 free | 64
 *…
 */
#define FAR_AWAY 0x800000000ul
#define ARENA_LEN (1ul << 30)
#define NR_NEIGHBOURS 64

static char *map_at(char *where, size_t len, int prot)
{
	char *mem =
	    mmap(where, len, prot,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (mem != where)
		die("bench-calls: mmap");
	return mem;
}

/* Every second page, so that no two merge. Returns where they end. */
static char *map_neighbours(char *where)
{
	for (int i = 0; i < NR_NEIGHBOURS; i++, where += 2 * PAGE)
		map_at(where, PAGE, PROT_READ);
	return where;
}

static void arena_init(struct arena *arena, unsigned long which, size_t len)
{
	char *where = (char *)(FAR_AWAY + which * ARENA_LEN);

	where = map_neighbours(where);
	arena->here = map_at(where, len, PROT_READ | PROT_WRITE);
	memset(arena->here, 1, len);
	where += 2 * MOVED_PAGES * PAGE;
	arena->there = map_at(where, len, PROT_READ | PROT_WRITE);
	map_neighbours(where + 2 * MOVED_PAGES * PAGE);
}

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

__attribute__((noinline)) static void run_batches(const struct job *job)
{
	struct arena arena;

	arena_init(&arena, job->which, job->kind->pages * PAGE);
	job->kind->batch(&arena, job->calls);
	if (job->start)
		pthread_barrier_wait(job->start);
	for (unsigned long i = 0; i < job->batches; i++) {
		double start = now_ns();

		job->kind->batch(&arena, job->calls);
		job->samples[i] = (now_ns() - start) / job->calls;
	}
}

/* The empty asm keeps the frame: nothing may be called as a tail. */
__attribute__((noinline)) static void descend(const struct job *job,
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
	const struct job *job = arg;

	descend(job, job->depth - LEAST_DEPTH);
	return NULL;
}

static void run_threads(struct job *job, unsigned long threads)
{
	pthread_barrier_t barrier;
	pthread_t ids[MAX_THREADS];
	struct job jobs[MAX_THREADS];

	pthread_barrier_init(&barrier, NULL, threads);
	for (unsigned long i = 0; i < threads; i++) {
		jobs[i] = *job;
		jobs[i].samples += i * job->batches;
		jobs[i].which = i;
		jobs[i].start = &barrier;
		if (pthread_create(&ids[i], NULL, thread_main, &jobs[i]))
			die("bench-calls: pthread_create");
	}
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

static void print_result(const struct job *job, unsigned long threads)
{
	unsigned long nr = job->batches * threads;
	double sum = 0;

	for (unsigned long i = 0; i < nr; i++)
		sum += job->samples[i];
	qsort(job->samples, nr, sizeof(double), by_value);
	printf("kind=%s calls=%lu batches=%lu depth=%lu threads=%lu "
	       "min=%.1f median=%.1f p90=%.1f mean=%.1f\n",
	       job->kind->name, job->calls, job->batches, job->depth, threads,
	       job->samples[0], job->samples[nr / 2], job->samples[nr * 9 / 10],
	       sum / nr);
}

static unsigned long argument(int argc, char **argv, int which,
			      unsigned long otherwise)
{
	return argc > which ? strtoul(argv[which], NULL, 0) : otherwise;
}

int main(int argc, char **argv)
{
	struct job job = {
		.kind = argc > 1 ? find_kind(argv[1]) : NULL,
		.calls = argument(argc, argv, 2, 1000),
		.batches = argument(argc, argv, 3, 20),
		.depth = argument(argc, argv, 4, LEAST_DEPTH),
	};
	unsigned long threads = argument(argc, argv, 5, 1);

	if (!job.kind || !job.calls || !job.batches ||
	    job.depth < LEAST_DEPTH || threads < 1 || threads > MAX_THREADS) {
		fprintf(stderr, "usage: bench-calls noop|escaped|resize|move|"
				"realloc [CALLS [BATCHES [DEPTH [THREADS]]]]\n");
		return 2;
	}
	/* else the first free() makes libc keep later buffers on its heap */
	mallopt(M_MMAP_THRESHOLD, REALLOC_START / 2);
	job.samples = calloc(job.batches * threads, sizeof(double));
	if (!job.samples)
		die("bench-calls: calloc");
	if (threads == 1)
		descend(&job, job.depth - LEAST_DEPTH);
	else
		run_threads(&job, threads);
	print_result(&job, threads);
	return 0;
}
