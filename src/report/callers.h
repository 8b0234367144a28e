/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_CALLERS_H
#define RG_REPORT_CALLERS_H

/*
 * Sites as people think of them: by the first function that is neither in
 * libc nor ours, whatever called it, and the libc function it went through
 * ("in realloc").
 */

#include "report/names.h"
#include "report/tally.h"

struct rg_caller {
	struct rg_name name; /* all "": no stack */
	const char *inside;  /* libc's function, "" for none or mremap itself */
	bool has_stack;
};

struct rg_caller_count {
	struct rg_caller caller;
	uint64_t calls; /* or those asked for */
	uint64_t failed;
	uint64_t moves;
	uint64_t bytes_moved;
};

struct rg_callers {
	struct rg_caller_count *list; /* most calls first */
	size_t nr;
	size_t capacity;
};

/* Neither in libc nor ours. */
bool rg_frame_is_outside(const struct rg_objects *objects,
			 const struct rg_frame *frame);
/* Whose frame a caller's is; 0 where there is none. */
uint8_t rg_caller_frame(const struct rg_site *site,
			const struct rg_objects *objects);
struct rg_caller rg_caller_of(const struct rg_site *site,
			      const struct rg_objects *objects,
			      struct rg_names *names);

/* The same, where it is known which frame is the caller's. */
struct rg_caller rg_caller_at(const struct rg_site *site, uint8_t at,
			      const struct rg_objects *objects,
			      struct rg_names *names);

/* The innermost place outside libc that has a source line; false: none has. */
bool rg_source_of(const struct rg_site *site, const struct rg_objects *objects,
		  struct rg_names *names, struct rg_name *ret_name);

/* All callers of all calls. */
void rg_callers_all(const struct rg_tally *tally, struct rg_names *names,
		    struct rg_callers *ret_callers);
/* Those whose calls failed for this reason; calls counts these. */
void rg_callers_failed(const struct rg_tally *tally, struct rg_names *names,
		       const struct rg_reason *reason,
		       struct rg_callers *ret_callers);
/* Those whose calls have this finding; calls counts these. */
void rg_callers_found(const struct rg_tally *tally, struct rg_names *names,
		      enum rg_finding finding, struct rg_callers *ret_callers);
void rg_callers_deinit(struct rg_callers *callers);

/* Every (errno, check) of the tally with its count, most first; to be freed. */
struct rg_reason *rg_reasons_all(const struct rg_tally *tally, size_t *ret_nr);

/* What a finding is one of: "call", or "access". */
const char *rg_finding_noun(enum rg_finding finding);
/* Hazards have 0, what only informs the most. */
uint8_t rg_finding_urgency(enum rg_finding finding);
/* Those that were met, hazards first, then by how many. Return: how many. */
size_t rg_findings_met(const struct rg_tally *tally,
		       enum rg_finding ret_findings[RG_NR_FINDINGS]);

/*
 * Why, for people: the check's sentence or, where the check is not known, what
 * the errno says.
 */
const char *rg_reason_sentence(const struct rg_reason *reason);
/* "ENOMEM"; "errno-200" for none, in buf. */
const char *rg_error_name(uint8_t error, char buf[16]);

#endif
