/* SPDX-License-Identifier: MIT */

#include "runtime/frames.h"

#include <string.h>

/* A call returns to behind its instruction, which may be another function. */
static uint64_t call_of(uint64_t pc)
{
	return pc - 1;
}

static uint32_t hash(uint64_t pc)
{
	return (uint32_t)((pc * UINT64_C(0x9e3779b97f4a7c15)) >> 40);
}

/* -------------------------------------------------- of modules that stay */

/*
 * Never changed once pc is there: whoever reads needs to read nothing twice.
 * A writer that never came to an end (its thread was killed, or forked while
 * another was at it) costs one place.
 */
struct known {
	uint64_t pc; /* 0: free */
	struct rg_cfi_frame frame;
};

#define BEING_WRITTEN 1

#define NR_KNOWN 2048
#define NR_TRIES 8

static struct known known[NR_KNOWN] __attribute__((aligned(64)));

static bool find_known(uint64_t pc, struct rg_cfi_frame *ret_frame)
{
	uint32_t at = hash(pc);

	for (int i = 0; i < NR_TRIES; i++) {
		const struct known *one = &known[(at + i) % NR_KNOWN];
		uint64_t its = __atomic_load_n(&one->pc, __ATOMIC_ACQUIRE);

		if (its == pc) {
			*ret_frame = one->frame;
			return true;
		}
		if (!its)
			return false;
	}
	return false;
}

static void keep_known(uint64_t pc, const struct rg_cfi_frame *frame)
{
	uint32_t at = hash(pc);

	for (int i = 0; i < NR_TRIES; i++) {
		struct known *one = &known[(at + i) % NR_KNOWN];
		uint64_t free = 0;

		if (__atomic_compare_exchange_n(&one->pc, &free, BEING_WRITTEN,
						false, __ATOMIC_ACQUIRE,
						__ATOMIC_RELAXED)) {
			one->frame = *frame;
			__atomic_store_n(&one->pc, pc, __ATOMIC_RELEASE);
			return;
		}
	}
}

/* --------------------------------------------- of those that may be closed */

/*
 * All that the rule came from: the module that the loader says is there, the
 * row of its table, and the row's entries. While they are the same the search
 * would end there again, and the same bytes be read.
 */
struct reading {
	const struct link_map *map;
	struct rg_cfi_place place;
	uint64_t row;
	uint32_t next; /* where the function behind it begins */
	uint64_t sum;
};

/* Odd while it is written. */
struct witness {
	uint32_t version;
	uint64_t pc;
	struct rg_cfi_frame frame;
	struct reading reading;
};

#define NR_WITNESSES 256
#define NR_SEATS 4

static struct witness witnesses[NR_WITNESSES] __attribute__((aligned(64)));

static uint64_t mix(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * UINT64_C(0xff51afd7ed558ccd);
	return sum ^ sum >> 32;
}

static uint64_t sum_entry(uint64_t sum, const uint8_t *entry)
{
	uint32_t len;

	/* padded to four bytes, at least */
	memcpy(&len, entry, sizeof(len));
	for (uint32_t i = 0; i <= len / 4; i++) {
		uint32_t word;

		memcpy(&word, entry + 4 * (size_t)i, sizeof(word));
		sum = mix(sum, word);
	}
	return sum;
}

/* Both entries, and how far they lie apart. */
static uint64_t sum_entries(const uint8_t *fde)
{
	uint32_t back;

	memcpy(&back, fde + 4, sizeof(back));
	return sum_entry(sum_entry(0, fde), fde + 4 - back);
}

static bool module_at(uint64_t pc, struct rg_loaded *last)
{
	if (last->map && pc >= last->start && pc < last->end)
		return true;
	return rg_loaded_at(pc, last) == 1 && last->tables;
}

static void read_row(struct reading *reading)
{
	const struct rg_cfi_place *place = &reading->place;
	size_t at = (size_t)(place->row - place->header);

	memcpy(&reading->row, place->row, sizeof(reading->row));
	reading->next = 0;
	/* the rows begin behind 12 bytes, eight each */
	if (at + 8 < 12 + 8 * (size_t)place->nr_rows)
		memcpy(&reading->next, place->row + 8, sizeof(reading->next));
}

/* Read all of it that says which entry is meant; then the entry. */
static bool is_same(const struct reading *reading, const struct rg_loaded *now)
{
	struct reading again = *reading;
	uint32_t nr;

	if (now->map != reading->map || now->tables != reading->place.header)
		return false;
	memcpy(&nr, now->tables + 8, sizeof(nr));
	if (nr != reading->place.nr_rows)
		return false;
	read_row(&again);
	return again.row == reading->row && again.next == reading->next &&
	       sum_entries(reading->place.fde) == reading->sum;
}

static bool copy_witness(uint32_t number, struct witness *ret_copy)
{
	const struct witness *witness = &witnesses[number];
	uint32_t version = __atomic_load_n(&witness->version, __ATOMIC_ACQUIRE);

	*ret_copy = *witness;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	ret_copy->version = version;
	return !(version & 1) &&
	       __atomic_load_n(&witness->version, __ATOMIC_RELAXED) == version;
}

static uint32_t seat(uint64_t pc, uint32_t i)
{
	return (hash(pc) + i) % NR_WITNESSES;
}

static bool find_witness(uint64_t pc, struct rg_loaded *module,
			 struct rg_cfi_frame *ret_frame,
			 struct rg_grounds *ret_grounds)
{
	for (uint32_t i = 0; i < NR_SEATS; i++) {
		struct witness copy;

		if (!copy_witness(seat(pc, i), &copy) || copy.pc != pc ||
		    !is_same(&copy.reading, module))
			continue;
		*ret_frame = copy.frame;
		*ret_grounds = (struct rg_grounds){
			.kept = true,
			.number = (uint16_t)seat(pc, i),
			.version = copy.version,
		};
		return true;
	}
	return false;
}

/*
 * A seat that nobody has, or whose module has gone, or which has just been
 * found wrong. Not by reading the module's tables: no frame of ours keeps it
 * from being closed meanwhile.
 */
static bool is_free(const struct witness *copy, uint64_t wanted_pc)
{
	struct rg_loaded module = { 0 };

	return !copy->pc || copy->pc == wanted_pc ||
	       !module_at(call_of(copy->pc), &module) ||
	       module.map != copy->reading.map ||
	       module.tables != copy->reading.place.header;
}

static void keep_witness(const struct witness *wanted,
			 struct rg_grounds *ret_grounds)
{
	for (uint32_t i = 0; i < NR_SEATS; i++) {
		uint32_t number = seat(wanted->pc, i);
		struct witness *witness = &witnesses[number];
		struct witness before;

		if (!copy_witness(number, &before) ||
		    !is_free(&before, wanted->pc) ||
		    !__atomic_compare_exchange_n(
			    &witness->version, &before.version,
			    before.version + 1, false, __ATOMIC_ACQUIRE,
			    __ATOMIC_RELAXED))
			continue;
		__atomic_thread_fence(__ATOMIC_RELEASE);
		witness->pc = wanted->pc;
		witness->frame = wanted->frame;
		witness->reading = wanted->reading;
		__atomic_store_n(&witness->version, before.version + 2,
				 __ATOMIC_RELEASE);
		*ret_grounds = (struct rg_grounds){
			.kept = true,
			.number = (uint16_t)number,
			.version = before.version + 2,
		};
		return;
	}
}

bool rg_frames_stand(const struct rg_grounds *grounds, struct rg_loaded *last)
{
	struct witness copy;

	return copy_witness(grounds->number, &copy) &&
	       copy.version == grounds->version &&
	       module_at(call_of(copy.pc), last) &&
	       is_same(&copy.reading, last);
}

/* ------------------------------------------------------------------- both */

/* From the tables themselves. */
static struct rg_cfi_frame read_frame(uint64_t pc,
				      const struct rg_loaded *module,
				      struct reading *ret_reading)
{
	ret_reading->map = module->map;
	if (!rg_cfi_find(module->tables, call_of(pc), &ret_reading->place))
		return (struct rg_cfi_frame){ 0 };
	return rg_cfi_read(ret_reading->place.fde, call_of(pc));
}

__attribute__((noinline)) static struct rg_cfi_frame
look_up(uint64_t pc, struct rg_grounds *ret_grounds)
{
	struct rg_loaded module = { 0 };
	struct witness wanted = { .pc = pc };

	*ret_grounds = (struct rg_grounds){ 0 };
	if (!module_at(call_of(pc), &module))
		return (struct rg_cfi_frame){ 0 };
	ret_grounds->for_good = rg_loaded_for_good(module.map);
	if (!ret_grounds->for_good &&
	    find_witness(pc, &module, &wanted.frame, ret_grounds))
		return wanted.frame;
	wanted.frame = read_frame(pc, &module, &wanted.reading);
	if (ret_grounds->for_good) {
		keep_known(pc, &wanted.frame);
	} else if (wanted.frame.kind != RG_CFI_OPAQUE) {
		read_row(&wanted.reading);
		wanted.reading.sum = sum_entries(wanted.reading.place.fde);
		keep_witness(&wanted, ret_grounds);
	}
	return wanted.frame;
}

struct rg_cfi_frame rg_frames_find(uint64_t pc, struct rg_grounds *ret_grounds)
{
	struct rg_cfi_frame frame;

	if (find_known(pc, &frame)) {
		*ret_grounds = (struct rg_grounds){ .for_good = true };
		return frame;
	}
	return look_up(pc, ret_grounds);
}
