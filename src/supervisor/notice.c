/* SPDX-License-Identifier: MIT */

#include "supervisor/notice.h"

#include "trace/cookie.h"

#include <poll.h>

/* Since Linux 6.6; Debian 12 has older headers. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

void rg_listener_prepare(int listener)
{
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
	      SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

bool rg_listener_is_over(int listener)
{
	struct pollfd end = { .fd = listener, .events = POLLIN };

	return poll(&end, 1, 0) == 1 && !(end.revents & POLLIN);
}

bool rg_notice_is_test(const struct rg_notice *notice, uint64_t cookie)
{
	static const struct rg_request nothing;

	return cookie && notice->sixth == rg_cookie_of_test(cookie) &&
	       !memcmp(&notice->req, &nothing, sizeof(nothing));
}

bool rg_notice_stands(int listener, uint64_t id)
{
	return !ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id);
}

int rg_notice_pass(int listener, uint64_t id)
{
	const struct rg_answer answer = { .passes = true };

	return rg_notice_reply(listener, id, &answer);
}

int rg_notice_answer(int listener, uint64_t id, int64_t result)
{
	const struct rg_answer answer = { .result = result };

	return rg_notice_reply(listener, id, &answer);
}
