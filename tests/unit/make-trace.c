/* SPDX-License-Identifier: MIT */

#include "make-trace.h"

#include "unit.h"

#include <dlfcn.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *path_in(const struct made_trace *trace, const char *name)
{
	static char paths[4][256];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", trace->path, name);
	return path;
}

void make_file(const struct made_trace *trace, const char *name,
	       const void *bytes, size_t len)
{
	FILE *file = fopen(path_in(trace, name), "w");

	ck_assert(file);
	ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
	ck_assert(!fclose(file));
}

void poke_file(const struct made_trace *trace, const char *name, long offset,
	       const void *bytes, size_t len)
{
	FILE *file = fopen(path_in(trace, name), "r+");

	ck_assert(file);
	ck_assert(!fseek(file, offset, SEEK_SET));
	ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
	ck_assert(!fclose(file));
}

void cut_file(const struct made_trace *trace, const char *name, long len)
{
	ck_assert(!truncate(path_in(trace, name), len));
}

void make_trace(struct made_trace *trace)
{
	struct rg_ctf_env env = {
		.version = "0.1.0",
		.kernel = "6.18.44-test",
		.generation = "G5",
		.machine = "x86_64",
		.clock_offset_ns = UINT64_C(1700000000000000007),
	};
	char text[RG_CTF_METADATA_MAX];
	size_t len = rg_ctf_metadata(&env, text, sizeof(text));

	strcpy(trace->path, "/tmp/rg-made-XXXXXX");
	ck_assert(mkdtemp(trace->path));
	ck_assert(len);
	make_file(trace, RG_CTF_METADATA, text, len);
}

void make_table(const struct made_trace *trace, const struct rg_slot *slots,
		size_t nr)
{
	static uint8_t table[RG_TABLE_SIZE];
	struct rg_table_header header = rg_table_header_new(0);
	char name[RG_CTF_NAME_MAX];

	header.taken = (uint32_t)nr;
	memset(table, 0, sizeof(table));
	memcpy(table, &header, sizeof(header));
	for (size_t i = 0; i < nr; i++)
		memcpy(table + (i + 1) * RG_SLOT_SIZE, &slots[i],
		       sizeof(slots[i]));
	rg_ctf_table_name(0, name);
	make_file(trace, name, table, sizeof(table));
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void remove_trace(const struct made_trace *trace)
{
	nftw(trace->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* A packet being made, at its end. */
struct made_packet {
	_Alignas(8) uint8_t bytes[MADE_SEGMENT];
	size_t at;
};

static void begin_packet(struct made_packet *made, uint32_t slot,
			 struct rg_ctf_packet packet)
{
	packet.magic = RG_CTF_MAGIC;
	packet.stream_instance_id = slot;
	packet.packet_size = 8 * sizeof(made->bytes);
	packet.pid = 1000 + slot;
	memset(made->bytes, 0, sizeof(made->bytes));
	memcpy(made->bytes, &packet, sizeof(packet));
	made->at = sizeof(packet);
}

/* What is encoded at the end becomes an event of that time. */
static void finish_event(struct made_packet *made, size_t size, uint64_t time)
{
	memcpy(made->bytes + made->at, &time, sizeof(time));
	made->at += size;
}

static void end_packet(struct made_packet *made, const struct made_trace *trace,
		       const char *name)
{
	uint64_t content = 8 * made->at;

	memcpy(made->bytes + offsetof(struct rg_ctf_packet, content_size),
	       &content, sizeof(content));
	make_file(trace, name, made->bytes, sizeof(made->bytes));
}

void make_segment(const struct made_trace *trace, uint32_t slot,
		  uint32_t segment, const struct rg_event *events, size_t nr)
{
	static struct made_packet made;
	uint64_t time =
		nr && events[0].timestamp ? events[0].timestamp : MADE_BEGIN;
	char name[RG_CTF_NAME_MAX];

	begin_packet(&made, slot,
		     (struct rg_ctf_packet){ .timestamp_begin = time,
					     .segment = segment });
	for (size_t i = 0; i < nr; i++, time += 10) {
		struct rg_event_layout layout = rg_event_layout(&events[i]);

		if (events[i].timestamp > time)
			time = events[i].timestamp;
		ck_assert(made.at + layout.size <= sizeof(made.bytes));
		rg_event_encode(&events[i], &layout, made.bytes + made.at);
		*rg_event_mark(made.bytes + made.at) = events[i].tid;
		finish_event(&made, layout.size, time);
	}
	rg_ctf_stream_name(slot, segment, name);
	end_packet(&made, trace, name);
}

void make_accesses(const struct made_trace *trace, uint32_t slot,
		   const struct rg_access *accesses, size_t nr)
{
	static struct made_packet made;
	uint64_t time = MADE_BEGIN;
	char name[RG_CTF_NAME_MAX];

	begin_packet(&made, slot,
		     (struct rg_ctf_packet){
			     .stream_id = RG_CTF_STREAM_ACCESSES,
			     .timestamp_begin = time,
		     });
	for (size_t i = 0; i < nr; i++, time += 10) {
		ck_assert(made.at + RG_ACCESS_MAX_SIZE <= sizeof(made.bytes));
		if (accesses[i].timestamp)
			time = accesses[i].timestamp;
		finish_event(
			&made,
			rg_access_encode(&accesses[i], made.bytes + made.at),
			time);
	}
	rg_ctf_accesses_name(slot, name);
	end_packet(&made, trace, name);
}

void make_modules(const struct made_trace *trace, uint32_t slot,
		  const struct rg_module *modules, size_t nr)
{
	static char text[16 * RG_MODULE_LINE_MAX];
	char name[RG_CTF_NAME_MAX];
	size_t len = 0;

	for (size_t i = 0; i < nr; i++)
		len += rg_module_format(&modules[i], text + len,
					sizeof(text) - len);
	rg_ctf_modules_name(slot, name);
	make_file(trace, name, text, len);
}

/* Far in the future: the program's file is older, and so believed. */
struct rg_module a_module(void)
{
	static char path[512];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	Dl_info info;

	ck_assert_int_gt(len, 0);
	path[len] = '\0';
	ck_assert(dladdr((void *)(uintptr_t)&a_module, &info));
	return (struct rg_module){
		.since = MADE_SINCE,
		.start = (uintptr_t)info.dli_fbase,
		.end = (uintptr_t)info.dli_fbase + (64 << 20),
		.base = (uintptr_t)info.dli_fbase,
		.path = path,
	};
}

uint64_t an_address(void (*function)(void))
{
	return (uintptr_t)function + 1;
}

struct rg_event an_event(void)
{
	return (struct rg_event){
		.tid = 1,
		.duration_ns = 100,
		.req = { .addr = 0x7f0000000000,
			 .old_len = 4096,
			 .new_len = 8192,
			 .flags = RG_MREMAP_MAYMOVE },
		.result = 0x7f0000000000,
		.path = RG_PATH_EXPAND_IN_PLACE,
	};
}

struct rg_access an_access(void)
{
	return (struct rg_access){
		.tid = 2,
		.kind = RG_ACCESS_READ,
		.addr = 0x7f0000000010,
		.now = 0x7f1000000010,
		.move = { .timestamp = MADE_BEGIN,
			  .pid = 1000,
			  .tid = 1,
			  .from = 0x7f0000000000,
			  .len = 4096,
			  .to = 0x7f1000000000,
			  .to_len = 8192 },
	};
}

struct rg_event a_failure(uint8_t error, enum rg_check check)
{
	struct rg_event event = an_event();

	event.result = UINT64_MAX;
	event.error = error;
	event.path = RG_PATH_REFUSE;
	event.check = check;
	return event;
}
