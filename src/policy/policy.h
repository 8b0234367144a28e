/* SPDX-License-Identifier: MIT */
#ifndef RG_POLICY_POLICY_H
#define RG_POLICY_POLICY_H

/*
 * What is done about the findings of a call. The first rule that fits a
 * finding and its call decides, else the finding's own line, which begins as
 * the profile has it. Of all that is decided the strictest counts.
 */

#include <remapguard/model.h>

/* What the policy decided. Stored in traces. */
enum rg_verdict_kind {
	RG_VERDICT_ALLOW,
	RG_VERDICT_DENY,
	RG_VERDICT_ABORT,
	RG_VERDICT_INJECT, /* not made, on request (policy/inject.h) */
	RG_VERDICT_DELAY,  /* made later, likewise */
	RG_NR_VERDICTS
};

/* "allow", …; NULL outside the enum. */
const char *rg_verdict_name(enum rg_verdict_kind verdict);

/* The kernel is not asked. */
static inline bool rg_verdict_stops(enum rg_verdict_kind verdict)
{
	return verdict == RG_VERDICT_DENY || verdict == RG_VERDICT_ABORT ||
	       verdict == RG_VERDICT_INJECT;
}

/* And that for what the call is, by the policy or a plugin. */
static inline bool rg_verdict_denies(enum rg_verdict_kind verdict)
{
	return verdict == RG_VERDICT_DENY || verdict == RG_VERDICT_ABORT;
}

struct rg_decision {
	uint8_t action; /* enum rg_action */
	uint8_t error;	/* of a deny; 0: the finding's own */
};

#define RG_POLICY_MAX_RULES 64
#define RG_POLICY_NAME_MAX 32
#define RG_POLICY_GLOB_MAX 96

/* All that is given must hold. */
struct rg_rule {
	char name[RG_POLICY_NAME_MAX];
	uint64_t findings; /* a set */
	struct rg_decision decision;
	char module[RG_POLICY_GLOB_MAX];   /* of the caller; "": any */
	char function[RG_POLICY_GLOB_MAX]; /* likewise */
	uint64_t min_size; /* of the longer of the two lengths, bytes */
	uint64_t max_size; /* UINT64_MAX: any */
	uint64_t flags;	   /* of mremap, all of them set */
};

struct rg_policy {
	struct rg_decision decisions[RG_NR_FINDINGS];
	/* suppressions come first, as rules that ignore */
	struct rg_rule rules[RG_POLICY_MAX_RULES];
	uint32_t nr_rules;
};

/* Whom a call comes from: the first frame outside libc and the object. */
struct rg_call_site {
	const char *module; /* the file's last part; NULL: not known */
	const char *function;
	uint64_t addr;	 /* in the process; 0: not known */
	uint64_t offset; /* in the module, as a report prints it */
};

struct rg_verdict {
	enum rg_verdict_kind kind;
	enum rg_finding finding; /* that decided; RG_NR_FINDINGS for none */
	int error;		 /* of what is not made, positive */
	uint64_t noted;		 /* findings that are not ignored */
};

/* The findings' lines as a profile has them, and no rules. */
void rg_policy_init(struct rg_policy *policy, enum rg_profile profile);
/* The lines of all findings as a profile has them, but of this set. */
void rg_policy_set_profile(struct rg_policy *policy, enum rg_profile profile,
			   uint64_t but);

/* Findings for which anything is done, and for which a call may be stopped. */
uint64_t rg_policy_wanted(const struct rg_policy *policy);
uint64_t rg_policy_may_stop(const struct rg_policy *policy);

/* Must the caller be known to judge these findings? */
bool rg_policy_asks_for_site(const struct rg_policy *policy, uint64_t findings);

/*
 * Judge a call by its findings before it is made. plan may be NULL. Where
 * several deny, the finding of the lowest number gives the errno. What the
 * kernel will refuse all the same, and without damage, is denied only for a
 * finding that is the refusal: programs rely on the kernel's errno.
 */
struct rg_verdict rg_policy_judge(const struct rg_policy *policy,
				  uint64_t findings, const struct rg_plan *plan,
				  const struct rg_request *req,
				  const struct rg_call_site *site);

/*
 * Deny what is refused for safety's sake, by preflight or noreplace, whatever
 * the line of the finding says: unless a rule lets this finding of this call
 * be, or the verdict has stopped it already.
 */
void rg_policy_stop(const struct rg_policy *policy, enum rg_finding finding,
		    int error, const struct rg_request *req,
		    const struct rg_call_site *site,
		    struct rg_verdict *verdict);

/* The longer of the two lengths: what sizes in conditions are of. */
static inline uint64_t rg_request_longer_len(const struct rg_request *req)
{
	return req->old_len > req->new_len ? req->old_len : req->new_len;
}

/* `*` any run, `?` any one byte; nothing else is special. */
bool rg_glob_matches(const char *glob, const char *text);

#endif
