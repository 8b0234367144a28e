/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_DIAGNOSIS_H
#define RG_TOOLS_DIAGNOSIS_H

/* What of remapguard works on this host, and why what does not. */

#include <remapguard/model.h>

#include <stddef.h>

enum rg_health {
	RG_HEALTH_WORKS,
	RG_HEALTH_LIMITED, /* something is done in another way, or not at all */
	RG_HEALTH_MISSING, /* calls of ordinary programs are not seen, or lost */
	RG_NR_HEALTHS
};

/* "works", …; NULL outside the enum. */
const char *rg_health_name(enum rg_health health);

struct rg_diagnosis {
	const char *name; /* of what was looked at */
	enum rg_health health;
	char says[512]; /* one sentence, without its stop */
};

#define RG_MAX_DIAGNOSES 32

/* Look at everything. Return: how many there are. */
size_t rg_diagnose(struct rg_diagnosis ret_diagnoses[RG_MAX_DIAGNOSES]);

#endif
