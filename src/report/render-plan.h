/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_RENDER_PLAN_H
#define RG_REPORT_RENDER_PLAN_H

#include "report/format.h"

#include <remapguard/model.h>

#define RG_MAX_ASSUMED 4

/* A plan, and what it was made of. */
struct rg_prediction {
	struct rg_request req;
	struct rg_kernel kernel;
	const char *release; /* as the kernel was named */
	uint64_t page_size;
	struct rg_plan plan;
	/* what was taken for granted, as sentences without a final stop */
	struct rg_word assumed[RG_MAX_ASSUMED];
	size_t nr_assumed;
	/* its way, where that is asked for */
	struct rg_stop stops[RG_MAX_STOPS];
	size_t nr_stops;
};

/* Errors of the stream are the caller's to notice. */
void rg_render_plan_text(const struct rg_prediction *prediction, FILE *out);
void rg_render_plan_json(const struct rg_prediction *prediction, FILE *out);

#endif
