/* SPDX-License-Identifier: MIT */
#ifndef RG_SUPERVISOR_NOTICE_H
#define RG_SUPERVISOR_NOTICE_H

/*
 * What the kernel tells a listener: a thread has called mremap and waits.
 * Its arguments are numbers in registers and cannot change any more.
 */

#include "supervisor/ioctl.h"

#include <remapguard/model.h>

#include <linux/seccomp.h>
#include <string.h>
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

/* Is it the object's, that asks whether anybody is here? */
bool rg_notice_is_test(const struct rg_notice *notice, uint64_t cookie);

/*
 * Does the caller still wait? What was read of its process in between was its
 * own, and not that of another which has got its number.
 */
bool rg_notice_stands(int listener, uint64_t id);

struct rg_answer {
	bool passes; /* the kernel is to make the call; else this came of it: */
	int64_t result; /* an address, or -errno */
};

/*
 * Return: 0; -ENOENT where nobody waits any more, so that neither has
 * happened; or -errno.
 */
int rg_notice_pass(int listener, uint64_t id);
int rg_notice_answer(int listener, uint64_t id, int64_t result);

/* ------------------------------------------------ the same, in place: ioctl.h
 */

/* A newer kernel's may be longer, and must find zeroes there. */
union rg_received {
	struct seccomp_notif notif;
	char room[512];
};

union rg_answered {
	struct seccomp_notif_resp response;
	char room[512];
};

/*
 * Take the next one; waits for it.
 * Return: 0; -ENOENT where the caller was killed meanwhile; or -errno.
 */
static inline int rg_notice_receive(int listener, struct rg_notice *ret_notice)
{
	union rg_received received;
	const struct seccomp_data *data = &received.notif.data;
	long ret;

	memset(&received, 0, sizeof(received));
	ret = rg_ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &received);
	if (ret)
		return (int)ret;
	*ret_notice = (struct rg_notice){
		.id = received.notif.id,
		.tid = (pid_t)received.notif.pid,
		.arch = data->arch,
		.ip = data->instruction_pointer,
		.req = { data->args[0], data->args[1], data->args[2],
			 data->args[3], data->args[4] },
		.sixth = data->args[5],
	};
	return 0;
}

static inline int rg_notice_reply(int listener, uint64_t id,
				  const struct rg_answer *answer)
{
	bool failed = answer->result < 0 && answer->result >= -4095;
	union rg_answered answered;

	memset(&answered, 0, sizeof(answered));
	answered.response.id = id;
	if (answer->passes)
		answered.response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	else if (failed)
		answered.response.error = (int)answer->result;
	else
		answered.response.val = answer->result;
	return (int)rg_ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answered);
}

#endif
