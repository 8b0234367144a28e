/* SPDX-License-Identifier: MIT */

/*
 * Calls that were found to be something, as lines for syslog: one datagram
 * to /dev/log, or to the socket that REMAPGUARD_SYSLOG names, and nothing at
 * all where nobody listens.
 *
 *   <12>remapguard[4711]: mremap(0x7f0000000000, 4096, 8192, 3,
 *   0x7f0000100000) = -17: RG101 clobber
 */

#include <remapguard/plugin.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define USER_WARNING "<12>"

static struct sockaddr_un address = { .sun_family = AF_UNIX,
				      .sun_path = "/dev/log" };

/* A line of its own making: stdio is not for here. */
struct line {
	char text[512];
	size_t len;
};

static void add(struct line *line, const char *text)
{
	size_t len = strlen(text);

	if (len > sizeof(line->text) - line->len)
		len = sizeof(line->text) - line->len;
	memcpy(line->text + line->len, text, len);
	line->len += len;
}

static void add_number(struct line *line, uint64_t value, unsigned int base)
{
	char digits[32];
	size_t at = sizeof(digits) - 1;

	digits[at] = '\0';
	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	if (base == 16)
		add(line, "0x");
	add(line, digits + at);
}

static void add_result(struct line *line, int64_t result)
{
	if (result >= 0 || result < -4095) {
		add_number(line, (uint64_t)result, 16);
		return;
	}
	add(line, "-");
	add_number(line, (uint64_t)-result, 10);
}

static void add_call(struct line *line, const struct remapguard_call *call)
{
	add(line, "mremap(");
	add_number(line, call->req.addr, 16);
	add(line, ", ");
	add_number(line, call->req.old_len, 10);
	add(line, ", ");
	add_number(line, call->req.new_len, 10);
	add(line, ", ");
	add_number(line, call->req.flags, 10);
	add(line, ", ");
	add_number(line, call->req.new_addr, 16);
	add(line, ") = ");
	add_result(line, call->result);
}

static void send_line(const struct line *line)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	sendto(fd, line->text, line->len, MSG_DONTWAIT | MSG_NOSIGNAL,
	       (struct sockaddr *)&address, sizeof(address));
	close(fd);
}

static void after(const struct remapguard_call *call)
{
	struct line line = { .len = 0 };
	uint64_t left = call->findings;

	if (!left)
		return;
	add(&line, USER_WARNING "remapguard[");
	add_number(&line, (uint64_t)getpid(), 10);
	add(&line, "]: ");
	add_call(&line, call);
	add(&line, ":");
	for (; left; left &= left - 1) {
		const struct rg_finding_info *info =
			rg_finding_info((enum rg_finding)__builtin_ctzll(left));

		add(&line, " ");
		add(&line, info->id);
		add(&line, " ");
		add(&line, info->name);
	}
	send_line(&line);
}

const struct remapguard_plugin *remapguard_plugin(uint32_t version)
{
	static const struct remapguard_plugin plugin = {
		.version = REMAPGUARD_PLUGIN_VERSION,
		.name = "syslog",
		.after = after,
	};
	const char *path = getenv("REMAPGUARD_SYSLOG");

	if (version != REMAPGUARD_PLUGIN_VERSION)
		return NULL;
	if (path && strlen(path) < sizeof(address.sun_path))
		strcpy(address.sun_path, path);
	return &plugin;
}
