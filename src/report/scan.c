/* SPDX-License-Identifier: MIT */

#include "report/scan.h"

#include "report/alloc.h"
#include "trace/access.h"
#include "trace/event.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Far above any segment the writer makes. */
#define CONTENT_MAX (UINT64_C(64) << 20)

static const char *bad_count_of_access(const uint8_t *at, size_t left)
{
	(void)left;
	return rg_access_bad_count(at);
}

/* What the packets hold. */
static const struct content {
	size_t min_size;
	/* asked in this order, of min_size bytes at least */
	const char *(*bad_count)(const uint8_t *at, size_t left);
	size_t (*encoded_size)(const uint8_t *at);
} contents[RG_NR_CTF_STREAMS] = {
	[RG_CTF_STREAM_CALLS] = { RG_EVENT_MIN_SIZE, rg_event_bad_count,
				  rg_event_encoded_size },
	[RG_CTF_STREAM_ACCESSES] = { RG_ACCESS_MIN_SIZE, bad_count_of_access,
				     rg_access_encoded_size },
};

void rg_stream_name(const struct rg_stream *stream,
		    char ret_name[RG_CTF_NAME_MAX])
{
	if (stream->kind == RG_CTF_STREAM_ACCESSES)
		rg_ctf_accesses_name(stream->slot, ret_name);
	else
		rg_ctf_stream_name(stream->slot, stream->segment, ret_name);
}

bool rg_stream_parse_name(const char *name, struct rg_stream *ret_stream)
{
	struct rg_stream stream = { .kind = RG_CTF_STREAM_CALLS };
	char again[RG_CTF_NAME_MAX];

	if (sscanf(name, "accesses-%" SCNu32, &stream.slot) == 1)
		stream.kind = RG_CTF_STREAM_ACCESSES;
	else if (sscanf(name, "stream-%" SCNu32 "-%" SCNu32, &stream.slot,
			&stream.segment) != 2)
		return false;
	/* "stream-01-+1" and "stream-1-1.old" are not what we would write */
	rg_stream_name(&stream, again);
	if (strcmp(name, again))
		return false;
	*ret_stream = stream;
	return true;
}

/* Why a header is not that of the stream's file, or NULL. */
static const char *header_fault(const struct rg_ctf_packet *packet,
				const struct rg_stream *stream,
				uint64_t file_size)
{
	if (packet->magic != RG_CTF_MAGIC)
		return "no CTF packet: wrong magic number";
	if (packet->stream_id != stream->kind ||
	    packet->stream_instance_id != stream->slot ||
	    packet->segment != stream->segment)
		return "damaged: the header is another file's";
	if (packet->packet_size != 8 * file_size)
		return packet->packet_size > 8 * file_size
			       ? "truncated"
			       : "damaged: longer than its packet";
	if (packet->content_size > packet->packet_size ||
	    packet->content_size < 8 * sizeof(*packet) ||
	    packet->content_size % 64)
		return "damaged: content_size";
	if (packet->content_size > 8 * CONTENT_MAX)
		return "larger than any segment of ours";
	/* babeltrace2 counts nanoseconds since 1970 in 63 bits */
	if (!packet->timestamp_begin || packet->timestamp_begin > INT64_MAX / 4)
		return "damaged: timestamp_begin";
	return NULL;
}

/* Why the event at `at`, with `left` bytes from there, is none, or NULL. */
static const char *event_fault(const struct content *content, const uint8_t *at,
			       size_t left, uint64_t not_before)
{
	uint64_t timestamp;
	const char *why;

	if (left < content->min_size)
		return "ends in the middle of an event";
	memcpy(&timestamp, at, sizeof(timestamp));
	if (timestamp < not_before)
		return "time goes backwards";
	if (timestamp > INT64_MAX / 4)
		return "impossible time";
	why = content->bad_count(at, left);
	if (why)
		return why;
	if (content->encoded_size(at) > left)
		return "ends in the middle of an event";
	return NULL;
}

static int scan_events(const struct rg_bytes *bytes, struct rg_stream *stream,
		       const char **ret_why)
{
	const struct content *content = &contents[stream->kind];
	size_t at = 0;
	uint64_t end = stream->begin;

	while (at < bytes->len) {
		const char *why = event_fault(content, bytes->at + at,
					      bytes->len - at, end);

		if (why) {
			*ret_why = why;
			return -EINVAL;
		}
		memcpy(&end, bytes->at + at, sizeof(end));
		at += content->encoded_size(bytes->at + at);
		stream->events++;
	}
	stream->end = end;
	return 0;
}

static int scan_content(int fd, const struct rg_ctf_packet *packet,
			struct rg_stream *stream, const char **ret_why)
{
	struct rg_bytes bytes = { .len = packet->content_size / 8 -
					 sizeof(*packet) };
	int ret;

	bytes.at = rg_alloc(bytes.len);
	ret = rg_read_at(fd, bytes.at, bytes.len, sizeof(*packet));
	if (ret)
		*ret_why = strerror(-ret);
	else
		ret = scan_events(&bytes, stream, ret_why);
	free(bytes.at);
	return ret;
}

static int scan_file(int fd, uint64_t size, struct rg_stream *stream,
		     const char **ret_why)
{
	struct rg_ctf_packet packet;

	if (size < sizeof(packet) ||
	    rg_read_at(fd, &packet, sizeof(packet), 0)) {
		*ret_why = "truncated";
		return -EINVAL;
	}
	*ret_why = header_fault(&packet, stream, size);
	if (*ret_why)
		return -EINVAL;
	stream->pid = packet.pid;
	stream->begin = packet.timestamp_begin;
	return scan_content(fd, &packet, stream, ret_why);
}

int rg_stream_scan(const struct rg_directory *dir, struct rg_stream *stream,
		   struct rg_report_error *err)
{
	struct rg_stream scanned = { .kind = stream->kind,
				     .slot = stream->slot,
				     .segment = stream->segment };
	char name[RG_CTF_NAME_MAX];
	const char *why;
	uint64_t size;
	int fd;
	int ret;

	rg_stream_name(stream, name);
	fd = rg_directory_file(dir, name, &size, err);
	if (fd < 0)
		return fd;
	ret = scan_file(fd, size, &scanned, &why);
	close(fd);
	if (ret)
		return rg_report_fail(err, ret, "%s/%s: %s", dir->path, name,
				      why);
	*stream = scanned;
	return 0;
}
