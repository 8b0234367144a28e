/* SPDX-License-Identifier: MIT */

#include "placed.h"

#include "bytes.h"
#include "case.h"
#include "large.h"
#include "limits.h"
#include "machine.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OBJECT "LD_PRELOAD"
#define OPTIONS "REMAPGUARD_OPTIONS"
/* Files as long as what is mapped of them. */
#define FILE_LEN ((off_t)64 << 20)

bool placed;

static struct {
	const char *object; /* NULL: none */
	bool moves_always;
	bool moves_never;
	bool holds;
	bool grows_ahead;
	bool threads;
	uint64_t template; /* what the object maps again to hold a range */
} mode;

/* ----------------------------------------------------------------- start */

static bool is_set(const char *name, const char *value)
{
	const char *now = getenv(name);

	return now && !strcmp(now, value);
}

static bool has_option(const char *options, const char *option)
{
	return options && strstr(options, option);
}

bool placed_prepare(const char *object, const char *options, bool threads)
{
	bool is_there;

	if (!object)
		return false;
	placed = true;
	mode.threads = threads;
	mode.moves_always = has_option(options, "move=always");
	mode.moves_never = has_option(options, "move=never");
	mode.grows_ahead = has_option(options, "grow-ahead=on");
	mode.holds = has_option(options, "quarantine=");
	if (!strcmp(object, "nothing"))
		return false;
	mode.object = object;
	is_there = is_set(OBJECT, object) && is_set(OPTIONS, options ?: "");
	setenv(OBJECT, object, 1);
	setenv(OPTIONS, options ?: "", 1);
	return !is_there;
}

static uint64_t find_template(const char *maps)
{
	const char *line = maps;

	for (; *line; line = strchr(line, '\n') + 1) {
		if (placed_is_ours(line))
			return strtoull(line, NULL, 16);
	}
	return 0;
}

const char *placed_start(void)
{
	static char maps[1 << 16];

	if (!placed)
		return NULL;
	if (ftruncate(machine.memory_fd, FILE_LEN) ||
	    ftruncate(machine.file_fd, FILE_LEN + 100))
		return "files cannot be made long";
	text_read("/proc/self/maps", maps, sizeof(maps));
	if (mode.object && !strstr(maps, mode.object))
		return "it is not there";
	mode.template = find_template(maps);
	return NULL;
}

static bool names(const char *line, const char *name)
{
	const char *found = strstr(line, name);

	return found && found < strchrnul(line, '\n');
}

bool placed_is_ours(const char *line)
{
	if (!placed)
		return false;
	if (names(line, "[uprobes]"))
		return true;
	return names(line, "/memfd:remapguard-") &&
	       (!mode.template || strtoull(line, NULL, 16) != mode.template);
}

/* -------------------------------------------------------------- a thread */

static void *wait_for_ever(void *arg)
{
	for (;;)
		pause();
	return arg;
}

/* It does nothing. But who has one may have others that do. */
int placed_enter(void)
{
	pthread_t thread;

	return mode.threads ? pthread_create(&thread, NULL, wait_for_ever, NULL)
			    : 0;
}

/* -------------------------------------------------------------- the call */

bool placed_by_name(const uint64_t args[5])
{
	uint64_t flags = args[3];
	bool given = flags & (RG_MREMAP_FIXED | RG_MREMAP_DONTUNMAP);

	return placed && !(flags & ~(uint64_t)RG_MREMAP_KNOWN_FLAGS) &&
	       (given || !args[4]) && (args[0] ^ args[2]) / machine.page % 2;
}

static uint64_t page_up(uint64_t len)
{
	return (len + machine.page - 1) & -machine.page;
}

static bool grows_freely(const struct rg_request *req)
{
	return req->flags == RG_MREMAP_MAYMOVE && page_up(req->old_len) &&
	       page_up(req->new_len) > page_up(req->old_len);
}

struct rg_request placed_request(const struct rg_request *req)
{
	struct rg_request asked = *req;

	if (mode.moves_never && grows_freely(req))
		asked.flags = 0;
	return asked;
}

/* -------------------------------------------------------------- the place */

/* The address space, with somebody where the mapping could grow. */
struct walled {
	const struct snapshot *before;
	uint64_t wall;
};

static int find_walled(void *ctx, uint64_t addr, struct rg_vma *ret_vma)
{
	const struct walled *walled = ctx;
	int found = snapshot_find((void *)walled->before, addr, ret_vma);

	if (addr > walled->wall || (found && ret_vma->start <= walled->wall))
		return found;
	*ret_vma = (struct rg_vma){ .start = walled->wall,
				    .end = walled->wall + machine.page,
				    .page_size = machine.page,
				    .known = ALL_FLAGS,
				    .kind = RG_KIND_ANON };
	return 1;
}

bool placed_moved(const struct call *call, const struct snapshot *before,
		  struct rg_plan *plan)
{
	struct walled walled = { before, plan->source.end };
	struct rg_mm mm = { find_walled, &walled, call->seen.limits };
	bool moved =
		call->result >= 0 && (uint64_t)call->result != call->req.addr;
	bool blocked = snapshot_meets_ours(before, plan->source.end,
					   call->req.addr +
						   page_up(call->req.new_len));

	if (!grows_freely(&call->req) || plan->path != RG_PATH_EXPAND_IN_PLACE)
		return false;
	tally->may_stay += mode.moves_always;
	tally->sent_away += mode.moves_always && moved;
	if (!moved || !(mode.moves_always || (mode.holds && blocked)))
		return false;
	*plan = rg_plan_make(&call->req, &mm, &machine.kernel);
	return true;
}

static uint64_t table(void)
{
	return machine.page * (machine.page / 8);
}

static bool is_congruent(const struct rg_request *req, int64_t result)
{
	return !(((uint64_t)result - req->addr) & (table() - 1));
}

bool placed_alignment(const struct rg_request *req, int64_t result)
{
	return placed && grows_freely(req) &&
	       (is_congruent(req, result) || mode.grows_ahead ||
		(mode.holds && mode.threads));
}

/* Those that are worth a place of the object's choice (docs/placement.md). */
#define LARGE (4 * table())

static void count_place(const struct call *call, const struct rg_plan *plan)
{
	const struct rg_request *req = &call->req;

	if (call->result < 0 || plan->path != RG_PATH_MOVE ||
	    !grows_freely(req) || req->old_len < LARGE ||
	    plan->source.page_size > machine.page || req->addr >> 32 == 0)
		return;
	tally->large++;
	tally->congruent += is_congruent(&call->req, call->result);
}

/* ------------------------------------------------------------- comparing */

/*
 * Mistakes of these kernels: what is left is no longer charged for, or, before
 * 5.11, what lies behind it is.
 */
static bool charges_wrong(void)
{
	uint32_t version = machine.kernel.version;

	return version < RG_KERNEL_VERSION(5, 11) ||
	       (version >= RG_KERNEL_VERSION(6, 15) &&
		version <= RG_KERNEL_VERSION(6, 17));
}

/* What DONTUNMAP moves out of a locked mapping, or leaves, may not be. */
uint64_t placed_attributes(const struct rg_request *req)
{
	uint64_t may_change = 0;

	if (!placed)
		return 0;
	if (req->flags & RG_MREMAP_DONTUNMAP) {
		may_change |= snapshot_attribute("lo");
		if (charges_wrong())
			may_change |= snapshot_attribute("ac");
	}
	return ~may_change;
}

static struct rg_limits counted;

void placed_look(const struct layout *layout, const struct snapshot *before,
		 const struct rg_request *req)
{
	if (!placed)
		return;
	limits_count(&counted);
	bytes_look(layout, before, req);
}

/* 5.10 counts the pages that a mapping grows by in place in an int. */
static bool counts_wrong(const struct call *call)
{
	return machine.kernel.version < RG_KERNEL_VERSION(6, 1) &&
	       call->req.new_len > call->req.old_len &&
	       (call->req.new_len - call->req.old_len) / machine.page >
		       INT32_MAX;
}

/*
 * The kernel counts what it maps. It loses count by itself of what is locked,
 * where DONTUNMAP leaves it behind.
 */
static bool counts_agree(const struct call *call, const struct snapshot *before,
			 const struct snapshot *after)
{
	struct rg_limits was;
	struct rg_limits is;
	struct rg_limits now;

	limits_count(&now);
	limits_sum(before, &was);
	limits_sum(after, &is);
	is.total_pages += after->ours_pages;
	was.total_pages += before->ours_pages;
	return now.total_pages - counted.total_pages ==
		       is.total_pages - was.total_pages &&
	       now.data_pages - counted.data_pages ==
		       is.data_pages - was.data_pages &&
	       (call->req.flags & RG_MREMAP_DONTUNMAP ||
		now.locked_pages - counted.locked_pages ==
			is.locked_pages - was.locked_pages);
}

/* Room behind what has grown is for its growing again. */
static void count_again(const struct call *call)
{
	bool grows = grows_freely(&call->req) && call->result >= 0 &&
		     call->req.old_len >= LARGE;

	if (grows && large_has_grown(call->req.addr)) {
		tally->again++;
		tally->again_in_place +=
			(uint64_t)call->result == call->req.addr;
	}
	if (grows)
		large_note((uint64_t)call->result);
}

const char *placed_judge(const struct call *call, const struct rg_plan *plan,
			 const struct snapshot *before,
			 const struct snapshot *after)
{
	bool refused = call->result < 0 && call->result > -4096;

	if (!placed)
		return NULL;
	count_place(call, plan);
	count_again(call);
	tally->ours += after->ours_pages > 0;
	if (!counts_wrong(call) && !counts_agree(call, before, after))
		return "counters";
	/* what is not certain has no steps */
	if (refused != (plan->path == RG_PATH_REFUSE))
		return NULL;
	return bytes_agree(plan, &call->req, call->result) ? NULL : "bytes";
}

void placed_print(void)
{
	if (!placed)
		return;
	printf("placed large %" PRIu64 "\nplaced congruent %" PRIu64 "\n",
	       tally->large, tally->congruent);
	printf("placed may-stay %" PRIu64 "\nplaced sent-away %" PRIu64 "\n",
	       tally->may_stay, tally->sent_away);
	printf("placed among-ours %" PRIu64 "\n", tally->ours);
	printf("placed again %" PRIu64 "\nplaced again-in-place %" PRIu64 "\n",
	       tally->again, tally->again_in_place);
}
