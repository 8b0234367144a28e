/* SPDX-License-Identifier: MIT */

#include "supervisor/book.h"

#include "trace/ctf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NEW_FILE (O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)

#define SMALLEST_SEGMENT (UINT32_C(16) << 10)
#define LARGEST_SEGMENT (UINT32_C(4) << 20)

/* After a segment could not be made, the next try waits this long. */
#define RETRY_NS UINT64_C(100000000)

uint64_t rg_book_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void *map_file(int fd, size_t size)
{
	void *base =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return base == MAP_FAILED ? NULL : base;
}

/* With its room on the disk: a store must never meet a full one. */
static void *map_new(const struct rg_book *book, const char *name, size_t size)
{
	int fd = openat(book->dir, name, NEW_FILE, 0600);
	void *base = NULL;

	if (fd < 0)
		return NULL;
	if (!posix_fallocate(fd, 0, (off_t)size))
		base = map_file(fd, size);
	close(fd);
	if (!base)
		unlinkat(book->dir, name, 0);
	return base;
}

static int rename_new(const struct rg_book *book, const char *from,
		      const char *to)
{
	if (!renameat2(book->dir, from, book->dir, to, RENAME_NOREPLACE))
		return 0;
	if (errno == EINVAL && !renameat(book->dir, from, book->dir, to))
		return 0;
	return -errno;
}

/* ---------------------------------------------------------------- slots */

/* Another process may make the same table at the same time. */
static int make_table(const struct rg_book *book, uint32_t number,
		      const char *name)
{
	char temporary[RG_CTF_NAME_MAX];
	void *base;
	int ret;

	snprintf(temporary, sizeof(temporary), ".new-table-%d", (int)getpid());
	base = map_new(book, temporary, RG_TABLE_SIZE);
	if (!base)
		return -ENOSPC;
	*(struct rg_table_header *)base = rg_table_header_new(number);
	munmap(base, RG_TABLE_SIZE);
	ret = rename_new(book, temporary, name);
	if (ret)
		unlinkat(book->dir, temporary, 0);
	return ret == -EEXIST ? 0 : ret;
}

static char *map_table(const struct rg_book *book, const char *name)
{
	int fd = openat(book->dir, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	struct stat stat;
	char *base = NULL;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &stat) && stat.st_size == RG_TABLE_SIZE)
		base = map_file(fd, RG_TABLE_SIZE);
	close(fd);
	return base;
}

/* Never unmapped: its slots are in use. */
static bool open_table(struct rg_book *book, uint32_t number)
{
	char name[RG_CTF_NAME_MAX];
	char *base;

	rg_ctf_table_name(number, name);
	base = map_table(book, name);
	if (!base && !make_table(book, number, name))
		base = map_table(book, name);
	if (!base)
		return false;
	book->table = base;
	book->table_number = number;
	return true;
}

static struct rg_slot *take_entry(const struct rg_book *book,
				  uint32_t *ret_number)
{
	struct rg_table_header *header = (struct rg_table_header *)book->table;
	uint32_t entry =
		__atomic_fetch_add(&header->taken, 1, __ATOMIC_RELAXED);

	if (entry >= RG_TABLE_SLOTS)
		return NULL;
	*ret_number = book->table_number * RG_TABLE_SLOTS + entry;
	return (struct rg_slot *)(book->table + (entry + 1) * RG_SLOT_SIZE);
}

struct rg_slot *rg_book_take_slot(struct rg_book *book, uint32_t *ret_number)
{
	struct rg_slot *slot =
		book->table ? take_entry(book, ret_number) : NULL;

	while (!slot &&
	       open_table(book, book->table ? book->table_number + 1 : 0))
		slot = take_entry(book, ret_number);
	return slot;
}

/* -------------------------------------------------------------- segments */

/* Each twice the one before, within the cap. */
static uint32_t next_size(const struct rg_book *book,
			  const struct rg_stream *stream)
{
	uint64_t left = book->max_trace > stream->made
				? book->max_trace - stream->made
				: 0;
	uint32_t size = SMALLEST_SEGMENT;

	for (uint32_t i = 0; i < stream->segment && size < LARGEST_SEGMENT; i++)
		size *= 2;
	while (size > left && size >= SMALLEST_SEGMENT)
		size /= 2;
	return size >= SMALLEST_SEGMENT ? size : 0;
}

void rg_stream_close(struct rg_stream *stream)
{
	if (stream->base)
		munmap(stream->base, stream->size);
	stream->base = NULL;
}

/* Unlike any earlier moment of the stream. */
static uint64_t later_than(uint64_t before)
{
	uint64_t now;

	do
		now = rg_book_now();
	while (now <= before);
	return now;
}

static void begin_segment(struct rg_stream *stream)
{
	stream->last_time = later_than(stream->last_time);
	*(struct rg_ctf_packet *)stream->base = (struct rg_ctf_packet){
		.magic = RG_CTF_MAGIC,
		.stream_instance_id = stream->slot,
		.timestamp_begin = stream->last_time,
		.content_size = 8 * sizeof(struct rg_ctf_packet),
		.packet_size = 8 * (uint64_t)stream->size,
		.pid = stream->pid,
		.segment = stream->segment,
	};
	stream->offset = sizeof(struct rg_ctf_packet);
	stream->segment++;
	stream->made += stream->size;
}

static bool make_segment(struct rg_book *book, struct rg_stream *stream,
			 uint32_t size)
{
	char name[RG_CTF_NAME_MAX];
	char dot_name[RG_CTF_NAME_MAX + 1];

	rg_ctf_stream_name(stream->slot, stream->segment, name);
	snprintf(dot_name, sizeof(dot_name), ".%s", name);
	stream->base = NULL;
	for (; !stream->base && size >= SMALLEST_SEGMENT; size /= 2) {
		stream->base = map_new(book, dot_name, size);
		stream->size = size;
	}
	if (!stream->base)
		return false;
	begin_segment(stream);
	if (!rename_new(book, dot_name, name))
		return true;
	rg_stream_close(stream);
	unlinkat(book->dir, dot_name, 0);
	return false;
}

static bool grow(struct rg_book *book, struct rg_stream *stream,
		 enum rg_lost *ret_why)
{
	uint32_t size = next_size(book, stream);

	rg_stream_close(stream);
	*ret_why = size ? RG_LOST_NO_SPACE : RG_LOST_CAP;
	if (!size || rg_book_now() < stream->retry_at)
		return false;
	if (make_segment(book, stream, size))
		return true;
	stream->retry_at = rg_book_now() + RETRY_NS;
	return false;
}

/* As the object does it, for readers that look on. */
static void put(struct rg_stream *stream, struct rg_event *event,
		const struct rg_event_layout *layout)
{
	struct rg_ctf_packet *packet = (struct rg_ctf_packet *)stream->base;
	uint8_t *at = stream->base + stream->offset;
	uint64_t now = rg_book_now();

	event->timestamp = now < stream->last_time ? stream->last_time : now;
	stream->last_time = event->timestamp;
	rg_event_encode(event, layout, at);
	*rg_event_mark(at) = event->tid;
	stream->offset += layout->size;
	__atomic_store_n(&packet->content_size, 8 * (uint64_t)stream->offset,
			 __ATOMIC_RELEASE);
}

bool rg_book_append(struct rg_book *book, struct rg_stream *stream,
		    struct rg_event *event, enum rg_lost *ret_why)
{
	struct rg_event_layout layout = rg_event_layout(event);

	if ((!stream->base || stream->offset + layout.size > stream->size) &&
	    !grow(book, stream, ret_why))
		return false;
	put(stream, event, &layout);
	return true;
}

/* --------------------------------------------------------------- modules */

void rg_book_note_module(struct rg_book *book, uint32_t slot, const char *line,
			 size_t len)
{
	char name[RG_CTF_NAME_MAX];
	int fd;

	rg_ctf_modules_name(slot, name);
	fd = openat(book->dir, name,
		    O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	if (fd < 0)
		return;
	/* what does not fit on the disk leaves offsets without names */
	if (write(fd, line, len) < 0)
		errno = 0;
	close(fd);
}
