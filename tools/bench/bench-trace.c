/* SPDX-License-Identifier: MIT */

/*
 * A trace of any size and shape, byte for byte as the object writes one.
 *
 * usage: bench-trace DIR EVENTS [SHAPE=NUMBER]...
 *
 * Shapes, and what they are when not given:
 *
 *	processes=1
 *	at-once=1	their events lie in turns, so that each has to be
 *merged; 0: one process after another stacks=100	different ones frames=8
 *of each stack modules=10	of each process, which the frames lie in
 *	failures=10	of 100 events: they failed, and have what a plan saw
 *	accesses=0	stale ones of each process, beside its events
 *
 * The same arguments make the same trace.
 */

#include "trace/access.h"
#include "trace/ctf.h"
#include "trace/event.h"
#include "trace/modules.h"
#include "trace/process-table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BEGIN UINT64_C(1000000000)
#define STEP_NS 100
#define LEAST_SEGMENT (UINT32_C(64) << 10)
#define MOST_SEGMENT (UINT32_C(4) << 20)
#define MODULE_LEN (UINT64_C(1) << 20)
#define MODULES_AT UINT64_C(0x7f0000000000)

static struct shape {
	const char *name;
	uint64_t value;
	uint64_t least;
	uint64_t most;
} shapes[] = {
	{ "processes", 1, 1, 100000 },
	{ "at-once", 1, 0, 1 },
	{ "stacks", 100, 1, UINT32_MAX },
	{ "frames", 8, 0, RG_EVENT_MAX_STACK },
	{ "modules", 10, 1, 100000 },
	{ "failures", 10, 0, 100 },
	{ "accesses", 0, 0, 100 },
};

enum {
	PROCESSES,
	AT_ONCE,
	STACKS,
	FRAMES,
	MODULES,
	FAILURES,
	ACCESSES,
	NR_SHAPES
};

/* What a process's segments are made in. */
struct segment {
	_Alignas(8) uint8_t bytes[MOST_SEGMENT];
	size_t size;
	size_t at;
	uint32_t slot;
	uint32_t number;
};

static const char *dir;
static struct segment segment;

static void die(const char *what)
{
	fprintf(stderr, "bench-trace: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static void write_file(const char *name, const void *bytes, size_t len)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	if (!file || fwrite(bytes, 1, len, file) != len || fclose(file))
		die(path);
}

/* The number'th output of splitmix64: the same each time. */
static uint64_t chance(uint64_t number)
{
	uint64_t z = number * UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* ---------------------------------------------------------------- events */

/* The innermost frame is the rarest, as where many functions call one. */
static uint8_t make_stack(uint64_t number, uint64_t *ret_stack)
{
	uint64_t which = number % shapes[STACKS].value;

	for (uint64_t i = 0; i < shapes[FRAMES].value; i++) {
		uint64_t place = chance(which);

		ret_stack[i] = MODULES_AT +
			       place % shapes[MODULES].value * 2 * MODULE_LEN +
			       (place >> 32) % (MODULE_LEN - 16) + 16;
		which /= 4;
	}
	return (uint8_t)shapes[FRAMES].value;
}

static void make_success(uint64_t number, struct rg_event *event)
{
	static const enum rg_path paths[] = {
		RG_PATH_EXPAND_IN_PLACE,
		RG_PATH_SHRINK,
		RG_PATH_NO_RESIZE,
		RG_PATH_MOVE,
	};

	event->path = paths[number % 4];
	event->result = event->req.addr;
	if (event->path == RG_PATH_MOVE && number % 3 == 0) {
		event->nr_findings = 1;
		event->findings[0] = 201;
	}
}

/* With the sight of a call that people ask about. */
static void make_failure(struct rg_event *event)
{
	event->path = RG_PATH_REFUSE;
	event->result = UINT64_MAX;
	event->error = EFAULT;
	event->check = RG_CHECK_CROSSES_VMA;
	event->judged = RG_JUDGED_EXPLAINED;
	event->agreement = RG_AGREE_YES;
	event->findings[event->nr_findings++] = 9;
	event->has_vma = true;
	event->vma_start = event->req.addr;
	event->vma_end = event->req.addr + 4096;
	event->limits = rg_limits_default(4096);
	event->nr_vmas = 2;
	for (int i = 0; i < 2; i++)
		event->vmas[i] = (struct rg_event_vma){
			.start = event->req.addr + 8192 * (i + 1),
			.end = event->req.addr + 8192 * (i + 2),
		};
}

static void make_event(uint64_t number, struct rg_event *event)
{
	uint64_t dice = chance(number);

	rg_event_clear(event);
	event->tid = 1000 + segment.slot;
	event->duration_ns = dice % 2000;
	event->req = (struct rg_request){
		.addr = (UINT64_C(0x100000) + dice % 4096) * 4096,
		.old_len = 8192,
		.new_len = 4096 * (1 + dice % 7),
		.flags = RG_MREMAP_MAYMOVE,
	};
	event->nr_stack = make_stack(dice >> 20, event->stack);
	if (dice % 100 < shapes[FAILURES].value)
		make_failure(event);
	else
		make_success(dice >> 8, event);
}

/* -------------------------------------------------------------- segments */

static void begin_segment(uint64_t time)
{
	struct rg_ctf_packet packet = {
		.magic = RG_CTF_MAGIC,
		.stream_instance_id = segment.slot,
		.timestamp_begin = time,
		.pid = 1000 + segment.slot,
		.segment = segment.number,
	};

	segment.size = LEAST_SEGMENT
		       << (segment.number < 6 ? segment.number : 6);
	packet.packet_size = 8 * segment.size;
	memset(segment.bytes, 0, segment.size);
	memcpy(segment.bytes, &packet, sizeof(packet));
	segment.at = sizeof(packet);
}

static void end_segment(void)
{
	struct rg_ctf_packet *packet = (struct rg_ctf_packet *)segment.bytes;
	char name[RG_CTF_NAME_MAX];

	packet->content_size = 8 * segment.at;
	rg_ctf_stream_name(segment.slot, segment.number++, name);
	write_file(name, segment.bytes, segment.size);
}

static void put_event(uint64_t number)
{
	struct rg_event event;
	struct rg_event_layout layout;
	uint64_t time = BEGIN + STEP_NS * number;

	make_event(number, &event);
	layout = rg_event_layout(&event);
	if (segment.at + layout.size > segment.size) {
		end_segment();
		begin_segment(time);
	}
	rg_event_encode(&event, &layout, segment.bytes + segment.at);
	memcpy(segment.bytes + segment.at, &time, sizeof(time));
	segment.at += layout.size;
}

/* Which of all events is the nr'th of a process. */
static uint64_t number_of(uint32_t slot, uint64_t nr, uint64_t events)
{
	uint64_t processes = shapes[PROCESSES].value;

	return shapes[AT_ONCE].value ? nr * processes + slot
				     : slot * (events / processes) + nr;
}

/* Return: how many. */
static uint64_t write_events(uint32_t slot, uint64_t events)
{
	uint64_t nr = events / shapes[PROCESSES].value;

	segment.slot = slot;
	segment.number = 0;
	begin_segment(BEGIN + STEP_NS * number_of(slot, 0, events));
	for (uint64_t i = 0; i < nr; i++)
		put_event(number_of(slot, i, events));
	end_segment();
	return nr;
}

static void write_accesses(uint32_t slot)
{
	struct rg_ctf_packet *packet = (struct rg_ctf_packet *)segment.bytes;
	char name[RG_CTF_NAME_MAX];

	segment.number = 0;
	begin_segment(BEGIN + 1);
	packet->stream_id = RG_CTF_STREAM_ACCESSES;
	for (uint64_t i = 0; i < shapes[ACCESSES].value; i++) {
		uint64_t dice = chance(slot * 1000 + i);
		struct rg_access access = { .kind = RG_ACCESS_READ };
		uint64_t time = BEGIN + STEP_NS * (i + 1) + 1;
		uint8_t *at = segment.bytes + segment.at;

		access.move.pid = 1000 + slot;
		access.nr_stack = make_stack(dice, access.stack);
		access.move.nr_stack =
			make_stack(dice >> 20, access.move.stack);
		segment.at += rg_access_encode(&access, at);
		memcpy(at, &time, sizeof(time));
	}
	packet->content_size = 8 * segment.at;
	rg_ctf_accesses_name(slot, name);
	write_file(name, segment.bytes, segment.size);
}

/* --------------------------------------------------------------- the rest */

static void write_metadata(void)
{
	struct rg_ctf_env env = {
		.version = "bench",
		.kernel = "6.18.0-bench",
		.generation = "G5",
		.machine = "x86_64",
		.clock_offset_ns = UINT64_C(1700000000000000007),
	};
	char text[RG_CTF_METADATA_MAX];

	write_file(RG_CTF_METADATA, text,
		   rg_ctf_metadata(&env, text, sizeof(text)));
}

static void write_modules(uint32_t slot)
{
	size_t room = shapes[MODULES].value * 256;
	char *text = malloc(room);
	char path[64];
	char name[RG_CTF_NAME_MAX];
	size_t len = 0;

	if (!text)
		die("memory");
	for (uint64_t i = 0; i < shapes[MODULES].value; i++) {
		uint64_t start = MODULES_AT + i * 2 * MODULE_LEN;
		struct rg_module module = {
			.start = start,
			.end = start + MODULE_LEN,
			.base = start,
			.path = path,
		};

		snprintf(path, sizeof(path), "/nowhere/module-%" PRIu64 ".so",
			 i);
		len += rg_module_format(&module, text + len, room - len);
	}
	rg_ctf_modules_name(slot, name);
	write_file(name, text, len);
	free(text);
}

static void write_table(uint32_t table, const struct rg_slot *slots, size_t nr)
{
	static uint8_t bytes[RG_TABLE_SIZE];
	struct rg_table_header header = rg_table_header_new(table);
	char name[RG_CTF_NAME_MAX];

	memset(bytes, 0, sizeof(bytes));
	header.taken = (uint32_t)nr;
	memcpy(bytes, &header, sizeof(header));
	for (size_t i = 0; i < nr; i++)
		memcpy(bytes + (i + 1) * RG_SLOT_SIZE, &slots[i],
		       sizeof(slots[i]));
	rg_ctf_table_name(table, name);
	write_file(name, bytes, sizeof(bytes));
}

static void write_trace(uint64_t events)
{
	struct rg_slot slots[RG_TABLE_SLOTS];
	uint32_t nr = (uint32_t)shapes[PROCESSES].value;

	write_metadata();
	for (uint32_t i = 0; i < nr; i++) {
		struct rg_slot *slot = &slots[i % RG_TABLE_SLOTS];

		*slot = (struct rg_slot){ .pid = 1000 + i,
					  .start_ns = BEGIN,
					  .exe = "/nowhere/program" };
		slot->paths[RG_PATH_MOVE] = write_events(i, events);
		slot->accesses = shapes[ACCESSES].value;
		write_modules(i);
		if (slot->accesses)
			write_accesses(i);
		if (i + 1 == nr || i % RG_TABLE_SLOTS == RG_TABLE_SLOTS - 1)
			write_table(i / RG_TABLE_SLOTS, slots,
				    i % RG_TABLE_SLOTS + 1);
	}
}

static int set_shape(const char *word)
{
	for (int i = 0; i < NR_SHAPES; i++) {
		size_t len = strlen(shapes[i].name);

		if (strncmp(word, shapes[i].name, len) || word[len] != '=')
			continue;
		shapes[i].value = strtoull(word + len + 1, NULL, 0);
		return shapes[i].value < shapes[i].least ||
		       shapes[i].value > shapes[i].most;
	}
	return 1;
}

int main(int argc, char **argv)
{
	int status = argc < 3;

	for (int i = 3; i < argc; i++)
		status |= set_shape(argv[i]);
	if (status) {
		fputs("usage: bench-trace DIR EVENTS [SHAPE=NUMBER]...\n",
		      stderr);
		return 2;
	}
	dir = argv[1];
	if (mkdir(dir, 0700))
		die(dir);
	write_trace(strtoull(argv[2], NULL, 0));
	return 0;
}
