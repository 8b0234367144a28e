/* SPDX-License-Identifier: MIT */

/*
 * System calls that are given memory where it was before it moved, and their
 * like that are given other bad addresses or good ones: what they return.
 */

#include "stale.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static char good[10] = "good";
static char *stale;
static int in, out, file;

static void said(const char *name, long result)
{
	printf("%s: %ld %s\n", name, result, result < 0 ? strerror(errno) : "");
}

static void send_one(void)
{
	if (send(out, good, sizeof(good), 0) != sizeof(good))
		abort();
}

static void writes(char *at)
{
	struct iovec two[2] = { { good, 3 }, { at, 5 } };

	said("write", write(out, at, 10));
	said("send", send(out, at, 10, 0));
	said("sendto", sendto(out, at, 10, 0, NULL, 0));
	said("writev", writev(out, two, 2));
	said("writev, all of it", writev(out, (struct iovec *)at, 2));
	said("pwrite", pwrite(file, at, 10, 0));
	said("pwrite64", pwrite64(file, at, 10, 0));
	said("syscall", syscall(SYS_write, out, at, 10));
}

static void reads(char *at)
{
	struct iovec one = { at, 5 };

	send_one();
	said("read", read(in, at, 10));
	send_one();
	said("recv", recv(in, at, 10, MSG_DONTWAIT));
	send_one();
	said("recvfrom", recvfrom(in, at, 10, MSG_DONTWAIT, NULL, NULL));
	send_one();
	said("readv", readv(in, &one, 1));
	said("pread", pread(file, at, 10, 0));
	said("pread64", pread64(file, at, 10, 0));
	said("syscall", syscall(SYS_pipe2, at, 0));
}

int main(void)
{
	int both[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, both))
		abort();
	in = both[0];
	out = both[1];
	file = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	if (file < 0 || pwrite(file, good, 10, 0) != 10)
		return 77;
	stale = moved_from();
	writes(stale + 40);
	reads(stale + 80);
	writes((char *)40);
	reads((char *)40);
	writes(good);
	while (recv(in, good, 10, MSG_DONTWAIT) > 0)
		;
	reads(good);
	said("syscall without pointers", syscall(SYS_close, -1));
	return 0;
}
