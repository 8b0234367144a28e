/* SPDX-License-Identifier: MIT */

#include "runtime/chain.h"

#include "runtime/apart.h"
#include "runtime/frames.h"
#include "runtime/modules.h"
#include "runtime/sys.h"
#include "runtime/trace.h"

#include <string.h>

/*
 * A stack is unwound frame by frame: the rule for an address says where the
 * caller's frame begins, where its return address is, and where its frame
 * pointer. What was read that way is remembered, as words and where they
 * were:
 *
 *     sp                                               the stack's beginning
 *     |  frame a         | frame b          | frame c      |
 *     ......... [fp] [a's return] ... [b's return] [c's return] ...
 *
 * A call with the same return address at the same stack pointer (and, if that
 * was used before it was found saved, frame pointer) is answered by those
 * words alone: they are compared in the order in which they were read. As far
 * as they are the same, the frames are those that were there, their rules lead
 * to the next word, and so nothing is read that unwinding would not read. It
 * needs no knowledge of whose stack it is: threads that come and go,
 * coroutines and forked children may have the same addresses.
 *
 * A rule changes only where a module was closed and another has come to lie
 * there. For a module that may be closed the grounds of each rule are looked
 * at again, in their place among the words (frames.c).
 */

#define NR_WORDS 160
#define NR_GROUNDS 24

/* A place on the stack, from the stack pointer; its low bit: an address. */
#define IS_ADDRESS 1u

struct ground {
	struct rg_grounds grounds;
	uint32_t before; /* it leads to this word */
};

/* What was read to unwind one stack. */
struct reading {
	uint32_t nr_words;
	uint32_t nr_grounds;
	bool uses_fp;  /* the one that it began with */
	bool for_good; /* no module of it is ever closed */
	bool can_be_kept;
	uint32_t places[NR_WORDS];
	uint64_t words[NR_WORDS];
	struct ground grounds[NR_GROUNDS];
};

/* Shared by all threads. Odd while it is written. */
struct entry {
	uint32_t version;
	uint32_t epoch; /* of the process; 0: free */
	uint32_t noted; /* the version whose modules the trace knows */
	struct rg_chain_start start;
	struct reading reading;
} __attribute__((aligned(64)));

/* Pairs, of which each start has one. */
#define NR_ENTRIES 128

/* Mapped where stacks are asked for. NULL: none are remembered. */
static struct entry *entries;

void rg_chain_init(void)
{
	size_t len = NR_ENTRIES * sizeof(*entries);
	void *mapped = rg_sys_mmap(rg_apart(len), len, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1);

	if (!rg_sys_failed((intptr_t)mapped))
		entries = mapped;
}

static struct entry *pair_of(const struct rg_chain_start *start)
{
	uint64_t mixed =
		(start->pc ^ start->sp << 16) * UINT64_C(0x9e3779b97f4a7c15);

	return &entries[(mixed >> 40) % (NR_ENTRIES / 2) * 2];
}

/* ----------------------------------------------------------- remembered */

static inline bool is_still(const struct entry *entry, uint32_t version)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(&entry->version, __ATOMIC_RELAXED) == version;
}

static inline uint64_t stack_word(uint64_t sp, uint32_t place)
{
	return *(const volatile uint64_t *)(uintptr_t)(sp +
						       (place & ~IS_ADDRESS));
}

static bool is_for(const struct entry *entry, uint32_t epoch,
		   const struct rg_chain_start *start)
{
	return entry->start.pc == start->pc && entry->start.sp == start->sp &&
	       entry->epoch == epoch &&
	       (!entry->reading.uses_fp || entry->start.fp == start->fp);
}

/*
 * What a walk over an entry needs. Another thread may write to the entry
 * meanwhile, so nothing that it says is used as an address before the version
 * has been looked at again.
 */
struct walk {
	struct entry *entry;
	uint32_t version;
	uint64_t sp;
	uint64_t *stack;
	size_t nr;
	struct rg_loaded module;
};

static inline bool words_stand(struct walk *walk, uint32_t from, uint32_t to)
{
	const struct reading *reading = &walk->entry->reading;
	size_t nr = walk->nr;

	for (uint32_t i = from; i < to; i++) {
		uint32_t place = reading->places[i];
		uint64_t word = reading->words[i];

		if (!is_still(walk->entry, walk->version) ||
		    stack_word(walk->sp, place) != word)
			return false;
		walk->stack[nr] = word;
		nr += place & IS_ADDRESS;
	}
	walk->nr = nr;
	return true;
}

static bool grounds_stand(struct walk *walk, const struct ground *ground)
{
	struct ground copy = *ground;

	return is_still(walk->entry, walk->version) &&
	       rg_frames_stand(&copy.grounds, &walk->module);
}

static bool chain_stands(struct walk *walk, uint32_t nr_words,
			 uint32_t nr_grounds)
{
	const struct ground *grounds = walk->entry->reading.grounds;
	uint32_t at = 0;

	for (uint32_t i = 0; i < nr_grounds; i++) {
		uint32_t before = grounds[i].before;

		if (!is_still(walk->entry, walk->version) ||
		    !words_stand(walk, at, before) ||
		    !grounds_stand(walk, &grounds[i]))
			return false;
		at = before;
	}
	return words_stand(walk, at, nr_words);
}

/*
 * Has the trace been told of all modules? Asked once; afterwards the entry
 * says so, as long as it is the same.
 */
static bool is_noted(struct rg_process *process, struct walk *walk)
{
	struct entry *entry = walk->entry;

	if (__atomic_load_n(&entry->noted, __ATOMIC_RELAXED) == walk->version)
		return true;
	if (!rg_trace_wanted(process) ||
	    !rg_modules_note(process, walk->stack, walk->nr))
		return false;
	__atomic_store_n(&entry->noted, walk->version, __ATOMIC_RELAXED);
	return true;
}

/* Nothing where it is not the same stack. */
static struct rg_chain remembered(struct rg_process *process,
				  struct entry *entry,
				  const struct rg_chain_start *start,
				  uint64_t *stack)
{
	struct walk walk = {
		.entry = entry,
		.version = __atomic_load_n(&entry->version, __ATOMIC_ACQUIRE),
		.sp = start->sp,
		.stack = stack,
		.nr = 1,
	};
	struct rg_chain nothing = { 0 };
	uint32_t nr_words, nr_grounds;
	bool for_good;

	if (walk.version & 1 || !is_for(entry, process->epoch, start))
		return nothing;
	nr_words = entry->reading.nr_words;
	nr_grounds = entry->reading.nr_grounds;
	for_good = entry->reading.for_good;
	stack[0] = start->pc;
	if (!is_still(entry, walk.version) ||
	    !chain_stands(&walk, nr_words, nr_grounds) ||
	    !is_still(entry, walk.version))
		return nothing;
	return (struct rg_chain){
		.nr = walk.nr,
		.is_noted = for_good && is_noted(process, &walk),
		.is_remembered = true,
	};
}

/* -------------------------------------------------------------- unwinding */

/* A frame that is larger, or a deeper stack, is left to the unwinder. */
#define MAX_DEPTH (UINT64_C(1) << 31)
#define NOT_SAVED UINT32_MAX

struct unwinding {
	struct rg_chain_start now;
	uint64_t first_sp;
	/* where the frame pointer was found, until that counts */
	uint32_t fp_place;
	bool fp_is_first;
	struct reading *reading;
};

static void note_word(struct reading *reading, uint32_t place, uint64_t word)
{
	if (reading->nr_words == NR_WORDS) {
		reading->can_be_kept = false;
		return;
	}
	reading->places[reading->nr_words] = place;
	reading->words[reading->nr_words++] = word;
}

static void note_grounds(struct reading *reading,
			 const struct rg_grounds *grounds)
{
	if (grounds->for_good)
		return;
	reading->for_good = false;
	if (!grounds->kept || reading->nr_grounds == NR_GROUNDS) {
		reading->can_be_kept = false;
		return;
	}
	reading->grounds[reading->nr_grounds++] = (struct ground){
		.grounds = *grounds,
		.before = reading->nr_words,
	};
}

static void use_fp(struct unwinding *unwinding)
{
	if (unwinding->fp_is_first)
		unwinding->reading->uses_fp = true;
	else if (unwinding->fp_place != NOT_SAVED)
		note_word(unwinding->reading, unwinding->fp_place,
			  unwinding->now.fp);
	unwinding->fp_place = NOT_SAVED;
}

/* Where the caller's frame begins. Stacks grow down: callers lie above. */
static bool find_callers_sp(struct unwinding *unwinding,
			    const struct rg_cfi_frame *frame, uint64_t *ret_sp)
{
	const struct rg_chain_start *now = &unwinding->now;
	uint64_t base = now->sp;

	if (frame->kind == RG_CFI_FROM_FP) {
		use_fp(unwinding);
		base = now->fp;
	}
	*ret_sp = base + (uint64_t)(int64_t)frame->sp_offset;
	return *ret_sp > now->sp && *ret_sp % 8 == 0 &&
	       *ret_sp - unwinding->first_sp < MAX_DEPTH;
}

/* The place of a word that lies before the caller's frame, and in ours. */
static bool find_place(const struct unwinding *unwinding, uint64_t sp,
		       int offset, uint32_t *ret_place)
{
	*ret_place = (uint32_t)(sp - unwinding->first_sp) + (uint32_t)offset;
	return offset < 0 && sp - unwinding->now.sp >= (uint64_t)-offset;
}

/* To the caller's frame. Return: false where that is not found. */
static bool step(struct unwinding *unwinding, const struct rg_cfi_frame *frame)
{
	struct rg_chain_start *now = &unwinding->now;
	uint32_t place, fp_place;
	uint64_t sp;

	if (!find_callers_sp(unwinding, frame, &sp) ||
	    !find_place(unwinding, sp, frame->return_offset, &place))
		return false;
	if (frame->fp_offset) {
		if (!find_place(unwinding, sp, frame->fp_offset, &fp_place))
			return false;
		now->fp = stack_word(unwinding->first_sp, fp_place);
		unwinding->fp_place = fp_place;
		unwinding->fp_is_first = false;
	}
	now->pc = stack_word(unwinding->first_sp, place);
	now->sp = sp;
	note_word(unwinding->reading, place | IS_ADDRESS, now->pc);
	return now->pc;
}

/* Return: how many frames; 0 where one is not simple. */
static size_t unwind(const struct rg_chain_start *start,
		     struct reading *reading, uint64_t *stack)
{
	struct unwinding unwinding = {
		.now = *start,
		.first_sp = start->sp,
		.fp_place = NOT_SAVED,
		.fp_is_first = true,
		.reading = reading,
	};
	size_t nr = 0;

	reading->nr_words = reading->nr_grounds = 0;
	reading->uses_fp = false;
	reading->can_be_kept = reading->for_good = true;
	for (;;) {
		struct rg_grounds grounds;
		struct rg_cfi_frame frame;

		stack[nr++] = unwinding.now.pc;
		if (nr == RG_EVENT_MAX_STACK)
			return nr;
		frame = rg_frames_find(unwinding.now.pc, &grounds);
		note_grounds(reading, &grounds);
		if (frame.kind == RG_CFI_OUTERMOST)
			return nr;
		if (frame.kind == RG_CFI_OPAQUE || !step(&unwinding, &frame))
			return 0;
	}
}

/* ---------------------------------------------------------------- keeping */

static void copy_reading(struct reading *to, const struct reading *from)
{
	to->nr_words = from->nr_words;
	to->nr_grounds = from->nr_grounds;
	to->uses_fp = from->uses_fp;
	to->for_good = from->for_good;
	memcpy(to->places, from->places,
	       from->nr_words * sizeof(*from->places));
	memcpy(to->words, from->words, from->nr_words * sizeof(*from->words));
	memcpy(to->grounds, from->grounds,
	       from->nr_grounds * sizeof(*from->grounds));
}

/* Of a pair the one for the same start, or a free one, else by turns. */
static struct entry *choose(struct entry *pair,
			    const struct rg_chain_start *start)
{
	for (int i = 0; i < 2; i++) {
		if (!pair[i].epoch || (pair[i].start.pc == start->pc &&
				       pair[i].start.sp == start->sp))
			return &pair[i];
	}
	return pair[0].version > pair[1].version ? &pair[1] : &pair[0];
}

/*
 * Where another writes it stays theirs: also for ever, should they never come
 * back (a thread that was killed, or was not forked along).
 */
static void keep(const struct rg_process *process,
		 const struct rg_chain_start *start,
		 const struct reading *reading)
{
	struct entry *entry = choose(pair_of(start), start);
	uint32_t version = __atomic_load_n(&entry->version, __ATOMIC_RELAXED);

	if (version & 1 || !__atomic_compare_exchange_n(
				   &entry->version, &version, version + 1,
				   false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	__atomic_thread_fence(__ATOMIC_RELEASE);
	entry->epoch = process->epoch;
	entry->start = *start;
	copy_reading(&entry->reading, reading);
	__atomic_store_n(&entry->version, version + 2, __ATOMIC_RELEASE);
}

__attribute__((noinline)) static struct rg_chain
unwind_anew(struct rg_process *process, const struct rg_chain_start *start,
	    uint64_t *stack)
{
	struct reading reading;
	struct rg_chain chain = { .nr = unwind(start, &reading, stack) };

	if (chain.nr && reading.can_be_kept && entries)
		keep(process, start, &reading);
	return chain;
}

struct rg_chain rg_chain_unwind(struct rg_process *process,
				const struct rg_chain_start *start,
				uint64_t *stack)
{
	struct rg_chain chain = { 0 };
	struct entry *pair;

	if (entries) {
		pair = pair_of(start);
		chain = remembered(process, &pair[0], start, stack);
		if (!chain.nr)
			chain = remembered(process, &pair[1], start, stack);
	}
	return chain.nr ? chain : unwind_anew(process, start, stack);
}
