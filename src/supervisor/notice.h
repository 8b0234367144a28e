/* SPDX-License-Identifier: MIT */
#ifndef RG_SUPERVISOR_NOTICE_H
#define RG_SUPERVISOR_NOTICE_H

/*
 * What the kernel tells a listener: a thread has called mremap and waits.
 * Its arguments are numbers in registers and cannot change any more.
 */

#include <remapguard/model.h>

#include <sys/types.h>

struct rg_notice {
	uint64_t id;
	pid_t tid; /* of the thread that waits; 0: not to be seen from here */
	uint32_t arch; /* AUDIT_ARCH_…, of the system call */
	uint64_t ip;   /* behind the instruction that made it */
	struct rg_request req;
	uint64_t sixth; /* trace/cookie.h */
};

/* Tell the kernel that caller and listener take turns. Best effort. */
void rg_listener_prepare(int listener);

/* Is no process left that could be told of? */
bool rg_listener_is_over(int listener);

/*
 * Take the next one; waits for it.
 * Return: 0; -ENOENT where the caller was killed meanwhile; or -errno.
 */
int rg_notice_receive(int listener, struct rg_notice *ret_notice);

/* Is it the object's, that asks whether anybody is here? */
bool rg_notice_is_test(const struct rg_notice *notice, uint64_t cookie);

/*
 * Does the caller still wait? What was read of its process in between was its
 * own, and not that of another which has got its number.
 */
bool rg_notice_stands(int listener, uint64_t id);

/*
 * Let the kernel make the call, or give the caller a result: an address, or
 * -errno. Return: 0; -ENOENT where nobody waits any more, so that neither has
 * happened; or -errno.
 */
int rg_notice_pass(int listener, uint64_t id);
int rg_notice_answer(int listener, uint64_t id, int64_t result);

#endif
