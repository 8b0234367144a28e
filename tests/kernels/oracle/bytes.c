/* SPDX-License-Identifier: MIT */

#include "bytes.h"

#include "machine.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A word of a page, before and after. */
struct sample {
	uint64_t was_at;
	uint64_t at; /* 0: nowhere any more */
	bool readable;
	uint64_t word;
	/* as it was found */
	bool found_readable;
	uint64_t found;
};

#define MAX_SAMPLES 32

static struct sample samples[MAX_SAMPLES];
static unsigned int nr;
static int fd = -1;
static uint64_t state;

void bytes_enter(void)
{
	close(fd);
	fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
}

/* Not those of the cases: what is written is no part of one. */
static uint64_t next_word(void)
{
	state = state * UINT64_C(6364136223846793005) +
		UINT64_C(1442695040888963407);
	return state >> 20 | 1;
}

/* ----------------------------------------------------------------- before */

/* By way of the kernel, some of which mind no protection of what is private. */
static bool read_word(uint64_t at, uint64_t *ret_word)
{
	return pread(fd, ret_word, sizeof(*ret_word), (off_t)at) ==
	       sizeof(*ret_word);
}

/* Others read what is in a driver's pages. */
static bool may_write(const struct rg_vma *vma)
{
	uint32_t drivers = RG_VMA_PFNMAP | RG_VMA_IO | RG_VMA_MIXEDMAP;

	return vma->kind != RG_KIND_DRIVER && vma->kind != RG_KIND_SPECIAL &&
	       !(vma->flags & (drivers | RG_VMA_VETOES_MOVE | RG_VMA_UFFD)) &&
	       vma->page_size == machine.page;
}

static void add(const struct layout *layout, const struct snapshot *before,
		uint64_t addr)
{
	uint64_t page = addr & -machine.page;
	const struct rg_vma *vma = snapshot_at(before, page);
	struct sample *sample = &samples[nr];
	uint64_t word = next_word();

	if (!vma || nr == MAX_SAMPLES ||
	    layout_meets_own(layout, page, machine.page))
		return;
	*sample = (struct sample){ .was_at = page +
					     word % (machine.page / 8) * 8 };
	sample->at = sample->was_at;
	if (may_write(vma) && word & 16 &&
	    pwrite(fd, &word, sizeof(word), (off_t)sample->at) < 0)
		return;
	nr++;
}

static void add_source(const struct layout *layout,
		       const struct snapshot *before,
		       const struct rg_request *req,
		       const struct rg_vma *source)
{
	uint64_t table = machine.page * (machine.page / 8);
	uint64_t end = req->addr + req->old_len;
	uint64_t reach;

	if (end > source->end || end < req->addr)
		end = source->end;
	reach = end > req->addr ? end - req->addr : machine.page;
	add(layout, before, req->addr);
	for (int i = 0; i < 5; i++)
		add(layout, before, req->addr + next_word() % reach);
	for (int i = -1; i < 2; i++)
		add(layout, before,
		    (req->addr & -table) + table + (uint64_t)i * machine.page);
	add(layout, before, (end & -table) - machine.page);
	add(layout, before, end & -table);
	add(layout, before, end - 1);
	/* and what is beside it */
	add(layout, before, req->addr - machine.page);
	add(layout, before, end);
	add(layout, before, req->addr + req->new_len);
	add(layout, before, source->end);
}

void bytes_look(const struct layout *layout, const struct snapshot *before,
		const struct rg_request *req)
{
	const struct rg_vma *source = snapshot_at(before, req->addr);

	nr = 0;
	state = req->addr ^ req->new_len << 20 ^ req->old_len ^
		before->nr * UINT64_C(0x9e3779b97f4a7c15);
	if (source)
		add_source(layout, before, req, source);
	for (int i = 0; i < 4; i++)
		add(layout, before,
		    before->vmas[next_word() % before->nr].start);
	/* some are pages of the same file */
	for (unsigned int i = 0; i < nr; i++)
		samples[i].readable =
			read_word(samples[i].at, &samples[i].word);
}

/* ------------------------------------------------------------------ after */

static bool is_in(const struct sample *sample, uint64_t start, uint64_t len)
{
	return sample->at && sample->at - start < len;
}

/* Mapped a second time, also beyond its end, and still where it was. */
static void copy(const struct rg_step *step, uint64_t end, uint64_t to)
{
	for (unsigned int i = nr; i-- && nr < MAX_SAMPLES;) {
		if (!is_in(&samples[i], step->start, step->len) ||
		    samples[i].at >= end)
			continue;
		samples[nr] = samples[i];
		samples[nr++].at += to - step->start;
	}
}

static void follow(const struct rg_plan *plan, const struct rg_step *step,
		   int64_t result)
{
	bool given = plan->fixed || plan->damage & RG_DAMAGE_VMAS_MOVED;
	uint64_t to = given ? step->to : (uint64_t)result;

	if (step->kind == RG_STEP_COPY)
		copy(step, plan->source.end, to);
	for (unsigned int i = 0; i < nr; i++) {
		struct sample *sample = &samples[i];

		if (!is_in(sample, step->start, step->len))
			continue;
		if (step->kind == RG_STEP_UNMAP_DEST ||
		    step->kind == RG_STEP_UNMAP_TAIL)
			sample->at = 0;
		if (step->kind == RG_STEP_MOVE)
			sample->at += to - step->start;
	}
}

/* Private memory grows by zeroes. */
static void add_growth(const struct rg_plan *plan, const struct rg_request *req,
		       int64_t result)
{
	const struct rg_vma *source = &plan->source;
	uint64_t old_len = (req->old_len + machine.page - 1) & -machine.page;
	uint64_t new_len = (req->new_len + machine.page - 1) & -machine.page;

	if (result < 0 || source->kind != RG_KIND_ANON || new_len <= old_len ||
	    !old_len || source->page_size > machine.page ||
	    nr + 2 > MAX_SAMPLES ||
	    source->flags & (RG_VMA_SHARED | RG_VMA_UFFD) ||
	    !(source->flags & RG_VMA_READ))
		return;
	samples[nr++] = (struct sample){ .at = (uint64_t)result + old_len,
					 .readable = true };
	samples[nr++] = (struct sample){ .at = (uint64_t)result + new_len - 8,
					 .readable = true };
}

static bool is_same(struct sample *sample)
{
	if (!sample->at)
		return true;
	sample->found_readable = read_word(sample->at, &sample->found);
	if (!sample->readable)
		return true;
	return sample->found_readable && sample->found == sample->word;
}

bool bytes_agree(const struct rg_plan *plan, const struct rg_request *req,
		 int64_t result)
{
	if (plan->nr_steps > RG_PLAN_MAX_STEPS)
		return true;
	for (uint32_t i = 0; i < plan->nr_steps; i++)
		follow(plan, &plan->steps[i], result);
	add_growth(plan, req, result);
	for (unsigned int i = 0; i < nr; i++) {
		if (!is_same(&samples[i])) {
			samples[0] = samples[i];
			return false;
		}
	}
	return true;
}

void bytes_print(void)
{
	printf("# word from %" PRIx64 " at %" PRIx64 ": %" PRIx64
	       ", was %" PRIx64 "\n",
	       samples[0].was_at, samples[0].at,
	       samples[0].found_readable ? samples[0].found : 0,
	       samples[0].word);
}
