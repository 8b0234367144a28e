/* SPDX-License-Identifier: MIT */
#ifndef RG_TESTS_MODEL_FINDINGS_H
#define RG_TESTS_MODEL_FINDINGS_H

/*
 * A case for the findings: one for the model, and what else is known of the
 * process.
 */

#include "test-model-case.h"

#include <stdio.h>

#define F(finding) RG_FINDING_BIT(RG_FINDING_##finding)

/* Does what lies at the destination have pages? */
enum case_pages { PAGES_USED, PAGES_EMPTY, PAGES_UNSEEN };

struct findings_case {
	const char *name;
	struct model_case c;
	uint64_t found;	     /* exactly these */
	uint64_t untold;     /* what cannot be told of it */
	const char *release; /* NULL: 6.18 */
	enum case_pages pages;
	uint64_t size; /* of the object, bytes; 0: cannot be read */
	uint64_t stack_pointer;
};

static inline int case_is_empty(void *ctx, uint64_t start, uint64_t end)
{
	const struct findings_case *row = ctx;

	if (row->pages == PAGES_UNSEEN || start >= end)
		return -1;
	return row->pages == PAGES_EMPTY;
}

static inline int64_t case_object_size(void *ctx, const struct rg_vma *vma)
{
	const struct findings_case *row = ctx;

	(void)vma;
	return row->size ? (int64_t)row->size : -1;
}

static inline struct rg_kernel case_kernel(const char *release)
{
	struct rg_kernel kernel = { RG_GEN_UNKNOWN, 0 };

	rg_kernel_from_release(release ? release : "6.18", &kernel);
	return kernel;
}

/* Before the call: all that was asked and seen, in one place. */
struct case_scene {
	struct case_space space;
	struct rg_mm mm;
	struct rg_kernel kernel;
	struct rg_plan plan;
	struct rg_scene scene;
};

static inline void set_scene(struct case_scene *s,
			     const struct findings_case *row)
{
	s->space = (struct case_space){ &row->c, 0 };
	s->mm = (struct rg_mm){ case_find_vma, &s->space,
				case_limits(&row->c) };
	s->kernel = case_kernel(row->release);
	s->plan = rg_plan_make(&row->c.req, &s->mm, &s->kernel);
	s->scene = (struct rg_scene){
		.req = &row->c.req,
		.kernel = &s->kernel,
		.limits = &s->mm.limits,
		.plan = &s->plan,
		.mm = &s->mm,
		.is_empty = case_is_empty,
		.object_size = case_object_size,
		.ctx = (void *)(uintptr_t)row,
		.stack_pointer = row->stack_pointer,
	};
}

/* "RG101 RG104": for messages. Valid until the next call but one. */
static inline const char *set_text(uint64_t set)
{
	static char texts[2][512];
	static unsigned int turn;
	char *text = texts[turn++ % 2];
	size_t used = 0;

	text[0] = '\0';
	for (int i = 0; i < RG_NR_FINDINGS; i++) {
		if (set & RG_FINDING_BIT(i))
			used += (size_t)sprintf(
				text + used, "%s%s", used ? " " : "",
				rg_finding_info((enum rg_finding)i)->id);
	}
	return set ? text : "none";
}

#endif
