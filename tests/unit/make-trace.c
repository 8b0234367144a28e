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
	struct rg_table_header header = rg_table_header_new();
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

void make_segment(const struct made_trace *trace, uint32_t slot,
		  uint32_t segment, const struct rg_event *events, size_t nr)
{
	static _Alignas(8) uint8_t bytes[MADE_SEGMENT];
	uint64_t time =
		nr && events[0].timestamp ? events[0].timestamp : MADE_BEGIN;
	struct rg_ctf_packet packet = {
		.magic = RG_CTF_MAGIC,
		.stream_instance_id = slot,
		.timestamp_begin = time,
		.packet_size = 8 * sizeof(bytes),
		.pid = 1000 + slot,
		.segment = segment,
	};
	size_t at = sizeof(packet);
	char name[RG_CTF_NAME_MAX];

	memset(bytes, 0, sizeof(bytes));
	for (size_t i = 0; i < nr; i++, time += 10) {
		struct rg_event_layout layout = rg_event_layout(&events[i]);

		ck_assert(at + layout.size <= sizeof(bytes));
		rg_event_encode(&events[i], &layout, bytes + at);
		memcpy(bytes + at, &time, sizeof(time));
		at += layout.size;
	}
	packet.content_size = 8 * at;
	memcpy(bytes, &packet, sizeof(packet));
	rg_ctf_stream_name(slot, segment, name);
	make_file(trace, name, bytes, sizeof(bytes));
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

struct rg_event a_failure(uint8_t error, enum rg_check check)
{
	struct rg_event event = an_event();

	event.result = UINT64_MAX;
	event.error = error;
	event.path = RG_PATH_REFUSE;
	event.check = check;
	return event;
}
