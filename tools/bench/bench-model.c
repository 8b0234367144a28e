/* SPDX-License-Identifier: MIT */

/*
 * What one plan costs: the model alone, without a kernel to ask.
 *
 * usage: bench-model plan|lookups KIND MAPS [PLANS [BATCHES]]
 *
 * Makes BATCHES batches of PLANS plans of one kind of request in an address
 * space of MAPS mappings, and one more to warm up; or instead, with lookups,
 * makes only the lookups that those plans would. Then prints one line of
 * key=value pairs: nanoseconds per plan, over the batches, and the lookups
 * that a plan makes. Mappings are found as `remapguard predict` finds them,
 * by binary search in an array. Everything is known, so every plan is complete.
 *
 * Requests are spread over all mappings, so that neither the processor nor its
 * caches know the next one.
 */

#include "input/maps-text.h"
#include "remapguard/model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAGE UINT64_C(4096)
#define BASE UINT64_C(0x100000000)
#define NR_REQUESTS 8192
#define MAX_LOOKUPS 4
#define RELEASE "6.18.44"

/*
 * The mappings come in pairs, each pair in a unit of so many pages:
 *
 *	|=== tight ===|=== roomy ===|~~~~~~~~~~~~~~~~~~~~~~~~~~~|
 *	0             4             8      ^ FREE               16
 */
#define UNIT 16
#define LEN 4
#define FREE 10

enum where { TIGHT, ROOMY };

struct kind {
	const char *name;
	enum where where;      /* which of a pair is asked about */
	struct rg_request req; /* in pages; addr and new_addr in the unit */
	uint64_t amiss;	       /* bytes that addr is off */
	enum rg_path path;     /* what must come out of it */
	enum rg_check check;
};

static const struct kind kinds[] = {
	{ "noop", ROOMY, { LEN, 4, 4, 0, 0 }, 0, RG_PATH_NO_RESIZE, 0 },
	{ "shrink", ROOMY, { LEN, 4, 2, 0, 0 }, 0, RG_PATH_SHRINK, 0 },
	{ "grow",
	  ROOMY,
	  { LEN, 4, 6, RG_MREMAP_MAYMOVE, 0 },
	  0,
	  RG_PATH_EXPAND_IN_PLACE,
	  0 },
	{ "grow-moves",
	  TIGHT,
	  { 0, 4, 6, RG_MREMAP_MAYMOVE, 0 },
	  0,
	  RG_PATH_MOVE,
	  0 },
	{ "fixed",
	  ROOMY,
	  { LEN, 4, 4, RG_MREMAP_MAYMOVE | RG_MREMAP_FIXED, FREE },
	  0,
	  RG_PATH_MOVE,
	  0 },
	{ "refused",
	  ROOMY,
	  { LEN, 4, 6, RG_MREMAP_MAYMOVE, 0 },
	  1,
	  RG_PATH_REFUSE,
	  RG_CHECK_ADDR_ALIGN },
};

/* What is judged, and what a plan of each request looks up. */
struct world {
	struct rg_maps_text maps;
	struct rg_mm mm;
	struct rg_kernel kernel;
	struct rg_request requests[NR_REQUESTS];
	uint64_t lookups[NR_REQUESTS][MAX_LOOKUPS];
	unsigned nr_lookups; /* of each plan */
	size_t next;	     /* request */
};

static void die(const char *what)
{
	fprintf(stderr, "bench-model: %s\n", what);
	exit(EXIT_FAILURE);
}

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

/* ------------------------------------------------------------ the world */

static void map_all(struct rg_maps_text *maps, size_t nr)
{
	maps->vmas = calloc(nr, sizeof(*maps->vmas));
	if (!maps->vmas)
		die("no memory");
	maps->nr = nr;
	for (size_t i = 0; i < nr; i++) {
		struct rg_vma *vma = &maps->vmas[i];

		vma->start = BASE + (i / 2 * UNIT + i % 2 * LEN) * PAGE;
		vma->end = vma->start + LEN * PAGE;
		vma->page_size = PAGE;
		vma->kind = RG_KIND_ANON;
		vma->flags = RG_VMA_READ | RG_VMA_ACCOUNT;
		if (i % 2 == ROOMY)
			vma->flags |= RG_VMA_WRITE;
		vma->known = UINT32_MAX;
	}
}

static void know_all(struct rg_limits *limits, const struct rg_maps_text *maps)
{
	*limits = rg_limits_default(PAGE);
	rg_maps_text_count(maps, limits);
	rg_limits_set(limits, RG_LIMIT_MAX_MAP_COUNT, 65530);
	rg_limits_set(limits, RG_LIMIT_RLIMIT_AS, UINT64_MAX);
	rg_limits_set(limits, RG_LIMIT_RLIMIT_DATA, UINT64_MAX);
	rg_limits_set(limits, RG_LIMIT_RLIMIT_DATA_MAX, UINT64_MAX);
	rg_limits_set(limits, RG_LIMIT_RLIMIT_MEMLOCK, 8 << 20);
	rg_limits_set(limits, RG_LIMIT_OVERCOMMIT, 0);
	rg_limits_set(limits, RG_LIMIT_MEMORY_PAGES, 4 << 20);
	rg_limits_set(limits, RG_LIMIT_CAP_IPC_LOCK, 0);
	rg_limits_set(limits, RG_LIMIT_CAP_SYS_RAWIO, 0);
	rg_limits_set(limits, RG_LIMIT_CAP_SYS_ADMIN, 0);
}

/* splitmix64 */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static struct rg_request request_in(uint64_t unit, const struct kind *kind)
{
	struct rg_request req = kind->req;

	req.addr = unit + req.addr * PAGE + kind->amiss;
	req.old_len *= PAGE;
	req.new_len *= PAGE;
	req.new_addr = unit + req.new_addr * PAGE;
	return req;
}

static void ask_everywhere(struct world *world, const struct kind *kind)
{
	uint64_t units = world->maps.nr / 2;
	uint64_t state = 0;

	for (size_t i = 0; i < NR_REQUESTS; i++) {
		uint64_t unit = next_random(&state) % units * UNIT * PAGE;

		world->requests[i] = request_in(BASE + unit, kind);
	}
}

/* -------------------------------------------------------------- lookups */

struct recorder {
	struct rg_maps_text *maps;
	uint64_t *addrs;
	unsigned nr;
};

static int find_recorded(void *ctx, uint64_t addr, struct rg_vma *ret_vma)
{
	struct recorder *recorder = ctx;

	if (recorder->nr == MAX_LOOKUPS)
		die("more lookups than there is room for");
	recorder->addrs[recorder->nr++] = addr;
	return rg_maps_text_find_vma(recorder->maps, addr, ret_vma);
}

static void must_be_as_wanted(const struct rg_plan *plan,
			      const struct kind *kind)
{
	if (plan->path != kind->path || plan->check != kind->check ||
	    plan->unknown)
		die("the plan is another than the one to be measured");
}

static void record_lookups(struct world *world, const struct kind *kind)
{
	struct rg_mm mm = world->mm;
	struct recorder recorder = { .maps = &world->maps };

	mm.find_vma = find_recorded;
	mm.ctx = &recorder;
	for (size_t i = 0; i < NR_REQUESTS; i++) {
		struct rg_plan plan;

		recorder.addrs = world->lookups[i];
		recorder.nr = 0;
		plan = rg_plan_make(&world->requests[i], &mm, &world->kernel);
		must_be_as_wanted(&plan, kind);
		if (i && recorder.nr != world->nr_lookups)
			die("plans of one kind differ in their lookups");
		world->nr_lookups = recorder.nr;
	}
}

static void build(struct world *world, const struct kind *kind, size_t nr)
{
	map_all(&world->maps, nr);
	world->mm.find_vma = rg_maps_text_find_vma;
	world->mm.ctx = &world->maps;
	know_all(&world->mm.limits, &world->maps);
	rg_kernel_from_release(RELEASE, &world->kernel);
	ask_everywhere(world, kind);
	record_lookups(world, kind);
}

/* -------------------------------------------------------------- running */

/* What comes out is used, so that nothing of it is left out. */
static uint64_t sink;

static size_t next_request(struct world *world)
{
	return world->next++ % NR_REQUESTS;
}

static void batch_plan(struct world *world, unsigned long plans)
{
	while (plans--) {
		const struct rg_request *req =
			&world->requests[next_request(world)];
		struct rg_plan plan =
			rg_plan_make(req, &world->mm, &world->kernel);

		sink += plan.path;
	}
}

/* By the same pointer as the model calls it. */
static void batch_lookups(struct world *world, unsigned long plans)
{
	while (plans--) {
		const uint64_t *addrs = world->lookups[next_request(world)];
		struct rg_vma vma;

		for (unsigned j = 0; j < world->nr_lookups; j++)
			sink += (uint64_t)world->mm.find_vma(world->mm.ctx,
							     addrs[j], &vma);
	}
}

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(struct world *world,
		    void (*batch)(struct world *world, unsigned long plans),
		    unsigned long plans, unsigned long batches)
{
	double *samples = calloc(batches, sizeof(double));
	double sum = 0;

	if (!samples)
		die("no memory");
	batch(world, plans);
	for (unsigned long i = 0; i < batches; i++) {
		double start = now_ns();

		batch(world, plans);
		samples[i] = (now_ns() - start) / (double)plans;
		sum += samples[i];
	}
	qsort(samples, batches, sizeof(double), by_value);
	printf("min=%.1f median=%.1f mean=%.1f lookups=%u\n", samples[0],
	       samples[batches / 2], sum / (double)batches, world->nr_lookups);
	free(samples);
}

static unsigned long argument(int argc, char **argv, int which,
			      unsigned long otherwise)
{
	return argc > which ? strtoul(argv[which], NULL, 0) : otherwise;
}

int main(int argc, char **argv)
{
	static struct world world;
	bool alone = argc > 1 && !strcmp(argv[1], "lookups");
	const struct kind *kind = argc > 2 ? find_kind(argv[2]) : NULL;
	unsigned long maps = argument(argc, argv, 3, 0);
	unsigned long plans = argument(argc, argv, 4, 1000);
	unsigned long batches = argument(argc, argv, 5, 20);

	if (!kind || (!alone && strcmp(argv[1], "plan")) || maps < 2 ||
	    !plans || !batches) {
		fprintf(stderr, "usage: bench-model plan|lookups KIND MAPS "
				"[PLANS [BATCHES]]\n");
		return 2;
	}
	build(&world, kind, maps);
	measure(&world, alone ? batch_lookups : batch_plan, plans, batches);
	rg_maps_text_free(&world.maps);
	return 0;
}
