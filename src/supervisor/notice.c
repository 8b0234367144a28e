/* SPDX-License-Identifier: MIT */

#include "supervisor/notice.h"

#include "trace/cookie.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>

/* Since Linux 6.6; Debian 12 has older headers. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

/* A newer kernel's may be longer, and must find zeroes there. */
union received {
	struct seccomp_notif notif;
	char room[512];
};

union answered {
	struct seccomp_notif_resp response;
	char room[512];
};

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

int rg_notice_receive(int listener, struct rg_notice *ret_notice)
{
	union received received;
	const struct seccomp_data *data = &received.notif.data;

	memset(&received, 0, sizeof(received));
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &received))
		return -errno;
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

static int send_response(int listener,
			 const struct seccomp_notif_resp *response)
{
	union answered answered;

	memset(&answered, 0, sizeof(answered));
	answered.response = *response;
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answered) ? -errno
								    : 0;
}

int rg_notice_pass(int listener, uint64_t id)
{
	return send_response(listener,
			     &(struct seccomp_notif_resp){
				     .id = id,
				     .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE,
			     });
}

int rg_notice_answer(int listener, uint64_t id, int64_t result)
{
	bool failed = result < 0 && result >= -4095;

	return send_response(listener,
			     &(struct seccomp_notif_resp){
				     .id = id,
				     .val = failed ? 0 : result,
				     .error = failed ? (int)result : 0,
			     });
}
