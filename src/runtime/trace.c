/* SPDX-License-Identifier: MIT */

#include "runtime/trace.h"

#include "runtime/clock.h"
#include "runtime/config.h"
#include "runtime/history.h"
#include "runtime/stream.h"
#include "runtime/sys.h"
#include "runtime/trace-dir.h"
#include "trace/ctf.h"
#include "trace/text.h"

/*
 * A process's events go into segments, one file and one CTF packet each, and
 * all threads and signal handlers write to the same one:
 *
 *     header  event event event |event…event      |
 *             finished, readable |reserved, being  | free: zeroes
 *                                |written          |
 *             0 …… content_size ……………… offset …………………… size
 *
 * Reserve: load the state, read the clock, swap the state; whoever loses the
 * swap reads the clock again. So timestamps rise with the offset. (Reserving
 * first, or reading the clock first, both let them fall.) State and clock are
 * read when the call returns; the swap comes when its event is ready.
 * Write: all but the mark, then the mark, which says "finished".
 * Advance: move content_size over whatever is finished now, whoever wrote it.
 * Leave: one writer less.
 *
 * Nearly always an event is next in line, and nobody has come after it. Then
 * content_size is moved over it before the mark is set, when no other may do
 * so and a plain store is enough; and the swap that leaves, as it finds the
 * offset where this event ends, shows it to whoever comes later. Else the
 * store of a mark and the look at the next one must not pass each other, or
 * two writers could each leave the other's event behind.
 *
 * A segment that is full is sealed: no more reservations. Its last writer to
 * leave unmaps it. Everything this needs is one 64-bit word:
 *
 *     generation:27  writers:16  sealed:1  offset/8:20
 *
 * The generation tells a reused descriptor from the one a writer slept on,
 * and, being never 0, from a forked child's zeroed copy: a child that wakes in
 * the middle of its parent's append finishes harmlessly in the parent's file.
 *
 * Threads that call at the same time on different processors would hand that
 * word, and the lines of the cache around it, to and fro. Where they are seen
 * to do that, each processor gets a stream of its own (stream.c), with segments
 * and a slot to count in; readers put them together by time.
 */

#define OFFSET_BITS 20
#define SEALED (UINT64_C(1) << OFFSET_BITS)
#define WRITER (UINT64_C(1) << (OFFSET_BITS + 1))
#define WRITERS (UINT64_C(0xffff) << (OFFSET_BITS + 1))
#define GENERATION (UINT64_C(1) << (OFFSET_BITS + 17))

#define SMALLEST_SEGMENT (UINT32_C(16) << 10)
#define FIRST_SEGMENT (UINT32_C(64) << 10)
#define LARGEST_SEGMENT (UINT32_C(4) << 20)

_Static_assert(LARGEST_SEGMENT / 8 <= SEALED - 1, "an offset has its bits");
_Static_assert(SMALLEST_SEGMENT >
		       sizeof(struct rg_ctf_packet) + RG_EVENT_MAX_SIZE,
	       "an event has room in any segment");

/* After a segment could not be made, the next try waits this long. */
#define RETRY_NS UINT64_C(100000000)

/* Who makes a segment is alone with it, or others wait. */
enum { ALONE = 1, AWAITED };

/* How long others wait for the one that makes a segment. */
#define PATIENCE_NS UINT64_C(5000000000)
#define WAIT_NS UINT32_C(10000000)

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static uint32_t offset_of(uint64_t state)
{
	return (uint32_t)(state & (SEALED - 1)) * 8;
}

static uint64_t generation_of(uint64_t state)
{
	return state / GENERATION;
}

static bool is_drained(uint64_t state)
{
	return state & SEALED && !(state & WRITERS);
}

__attribute__((noinline)) void rg_trace_lose(struct rg_process *process,
					     enum rg_lost why)
{
	__atomic_fetch_add(&process->slot->lost[why], 1, __ATOMIC_RELAXED);
}

void rg_trace_lose_call(struct rg_slot *slot, enum rg_lost why)
{
	if (!slot)
		return;
	__atomic_fetch_add(&slot->paths[RG_PATH_INVALID], 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&slot->lost[why], 1, __ATOMIC_RELAXED);
}

/* -------------------------------------------------------------- writing */

void rg_trace_take_moment(struct rg_process *process,
			  struct rg_moment *ret_moment)
{
	struct rg_stream *stream =
		rg_has_threads() ? rg_stream_here(process) : process->streams;
	struct rg_segment *segment = atomic_load(&stream->current);

	ret_moment->stream = stream;
	ret_moment->segment = segment;
	ret_moment->state = segment ? atomic_load(&segment->state) : 0;
	ret_moment->ticks = rg_clock_ticks_in_order();
	ret_moment->time = rg_clock_time(ret_moment->ticks);
}

static bool has_room_for(const struct rg_segment *segment, uint64_t state,
			 uint32_t size)
{
	return !(state & SEALED) && (state & WRITERS) != WRITERS &&
	       offset_of(state) + size <= segment->size;
}

/* Return: false where the state is another by now, and *state that one. */
static bool swap(struct rg_segment *segment, uint64_t *state, uint32_t size,
		 uint64_t time, struct rg_place *ret_place)
{
	/* unchanged while the generation is, so read before the swap */
	uint8_t *base = segment->base;

	if (!atomic_compare_exchange_strong(&segment->state, state,
					    *state + size / 8 + WRITER))
		return false;
	*ret_place = (struct rg_place){
		.segment = segment,
		.generation = generation_of(*state),
		.base = base,
		.offset = offset_of(*state),
		.size = size,
		.timestamp = time,
	};
	return true;
}

/* Nearly always nothing has come since. */
static bool reserve_at(const struct rg_moment *moment, uint32_t size,
		       struct rg_place *ret_place)
{
	uint64_t state = moment->state;

	return moment->segment && has_room_for(moment->segment, state, size) &&
	       swap(moment->segment, &state, size, moment->time, ret_place);
}

static bool reserve_now(struct rg_segment *segment, uint32_t size,
			struct rg_place *ret_place)
{
	uint64_t state = atomic_load(&segment->state);

	do {
		if (!has_room_for(segment, state, size))
			return false;
	} while (!swap(segment, &state, size, rg_clock_now(), ret_place));
	return true;
}

__attribute__((noinline)) static void retire(struct rg_segment *segment)
{
	rg_sys_munmap(segment->base, segment->size);
	/* last: the descriptor may be taken from here on */
	__atomic_store_n(&segment->base, NULL, __ATOMIC_RELEASE);
}

__attribute__((noinline)) static void leave(const struct rg_place *place)
{
	struct rg_segment *segment = place->segment;
	uint64_t state = atomic_load(&segment->state);

	do {
		if (generation_of(state) != place->generation)
			return;
	} while (!atomic_compare_exchange_weak(&segment->state, &state,
					       state - WRITER));
	if (is_drained(state - WRITER))
		retire(segment);
}

/* The length of the finished event at an offset; most often our own. */
static uint64_t size_at(const struct rg_place *place, uint64_t offset)
{
	return offset == place->offset
		       ? place->size
		       : rg_event_encoded_size(place->base + offset);
}

static uint64_t *content_size(const struct rg_place *place)
{
	return &((struct rg_ctf_packet *)place->base)->content_size;
}

/* Move content_size over one finished event, whoever wrote it. */
static bool advance_one(const struct rg_place *place, uint64_t *bits)
{
	uint64_t offset = *bits / 8;
	uint64_t next;

	if (offset >= offset_of(atomic_load(&place->segment->state)) ||
	    !__atomic_load_n(rg_event_mark(place->base + offset),
			     __ATOMIC_SEQ_CST))
		return false;
	next = *bits + 8 * size_at(place, offset);
	if (__atomic_compare_exchange_n(content_size(place), bits, next, false,
					__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		*bits = next;
	return true;
}

__attribute__((noinline)) static void advance(const struct rg_place *place)
{
	uint64_t bits;

	atomic_thread_fence(memory_order_seq_cst);
	bits = __atomic_load_n(content_size(place), __ATOMIC_SEQ_CST);
	while (advance_one(place, &bits))
		;
}

/*
 * Before its mark is set nobody else moves content_size over an event. One
 * that was copied by fork, though, may come when its parent has gone on.
 */
static bool advance_in_line(const struct rg_place *place)
{
	uint64_t *size = content_size(place);
	uint64_t before = 8 * (uint64_t)place->offset;

	return __atomic_load_n(size, __ATOMIC_RELAXED) == before &&
	       rg_arch_swap_here(size, before, before + 8 * place->size);
}

/* Return: false where somebody has come after it. */
static bool leave_as_last(const struct rg_place *place)
{
	struct rg_segment *segment = place->segment;
	uint64_t state =
		atomic_load_explicit(&segment->state, memory_order_relaxed);

	if (generation_of(state) != place->generation ||
	    offset_of(state) != place->offset + place->size ||
	    !atomic_compare_exchange_strong(&segment->state, &state,
					    state - WRITER))
		return false;
	if (is_drained(state - WRITER))
		retire(segment);
	return true;
}

void rg_trace_commit(const struct rg_place *place, uint32_t mark)
{
	bool in_line = advance_in_line(place);

	__atomic_store_n(rg_event_mark(place->base + place->offset), mark,
			 __ATOMIC_RELEASE);
	if (in_line && leave_as_last(place))
		return;
	advance(place);
	leave(place);
}

/* -------------------------------------------------------------- growing */

/* A segment in the making. */
struct draft {
	char name[RG_CTF_NAME_MAX];	/* its name to be */
	char dot_name[RG_CTF_NAME_MAX]; /* its name until then */
	uint8_t *base;
	uint32_t size;
	uint32_t number;
};

static struct rg_segment *free_descriptor(struct rg_stream *stream)
{
	for (int i = 0; i < RG_NR_SEGMENTS; i++) {
		struct rg_segment *segment = &stream->segments[i];

		if (!__atomic_load_n(&segment->base, __ATOMIC_ACQUIRE))
			return segment;
	}
	return NULL;
}

/* Each segment twice the one before, within the cap. */
static uint32_t next_size(uint32_t number, uint64_t made)
{
	uint64_t left = rg_config.options.max_trace > made
				? rg_config.options.max_trace - made
				: 0;
	uint32_t size = FIRST_SEGMENT;

	while (number-- && size < LARGEST_SEGMENT)
		size *= 2;
	while (size > left && size >= SMALLEST_SEGMENT)
		size /= 2;
	return size >= SMALLEST_SEGMENT ? size : 0;
}

/* Taken from the cap at once, as other streams grow, too; 0: it is reached. */
static uint32_t take_bytes(struct rg_process *process, uint32_t number)
{
	uint64_t made = atomic_load(&process->bytes);
	uint32_t size;

	do
		size = next_size(process->wants_room ? UINT32_MAX : number,
				 made);
	while (!atomic_compare_exchange_weak(&process->bytes, &made,
					     made + size));
	return size;
}

static void name_draft(const struct rg_stream *stream, struct draft *draft)
{
	struct rg_text text;

	rg_ctf_stream_name(stream->slot_number, draft->number, draft->name);
	rg_text_init(&text, draft->dot_name, sizeof(draft->dot_name));
	rg_text_char(&text, '.');
	rg_text_str(&text, draft->name);
	rg_text_end(&text);
}

/*
 * All first touches now, in one go, and not one by one under later calls: the
 * kernel fills in its page tables for the whole range, then each page is
 * really stored to, since a hypervisor may keep tables of its own that only
 * an access fills in.
 */
static void touch(uint8_t *base, size_t size)
{
	rg_sys_madvise(base, size, MADV_POPULATE_WRITE);
	for (size_t at = 0; at < size; at += rg_config.limits.page_size)
		*(volatile uint8_t *)(base + at) = 0;
}

/* Smaller and smaller, until the disk and the limits have room for it. */
static int map_draft(struct draft *draft)
{
	void *base;
	int ret;

	for (;;) {
		ret = rg_trace_dir_map_new(draft->dot_name, draft->size, &base);
		if (!ret)
			break;
		draft->size /= 2;
		if (draft->size < SMALLEST_SEGMENT)
			return ret;
	}
	draft->base = base;
	touch(draft->base, draft->size);
	return 0;
}

/*
 * Later than everything in the segment before, and unlike its beginning:
 * readers take two packets that begin together for one.
 */
static uint64_t next_begin(struct rg_stream *stream)
{
	uint64_t begin;

	do
		begin = rg_clock_now();
	while (begin <= stream->last_begin);
	stream->last_begin = begin;
	return begin;
}

static void seal(struct rg_segment *segment)
{
	if (is_drained(atomic_fetch_or(&segment->state, SEALED) | SEALED))
		retire(segment);
}

static void install(uint32_t pid, struct rg_stream *stream,
		    struct rg_segment *segment, const struct draft *draft)
{
	struct rg_segment *before = atomic_load(&stream->current);
	uint64_t generation = generation_of(atomic_load(&segment->state)) + 1;
	struct rg_ctf_packet *packet = (struct rg_ctf_packet *)draft->base;

	if (before)
		seal(before);
	*packet = (struct rg_ctf_packet){
		.magic = RG_CTF_MAGIC,
		.stream_instance_id = stream->slot_number,
		.timestamp_begin = next_begin(stream),
		.content_size = 8 * sizeof(*packet),
		.packet_size = 8 * (uint64_t)draft->size,
		.pid = pid,
		.segment = draft->number,
	};
	segment->size = draft->size;
	__atomic_store_n(&segment->base, draft->base, __ATOMIC_RELEASE);
	atomic_store(&segment->state,
		     generation * GENERATION + sizeof(*packet) / 8);
	atomic_store(&stream->current, segment);
	rg_trace_dir_publish(draft->dot_name, draft->name);
}

static bool make_segment(struct rg_process *process, struct rg_stream *stream,
			 enum rg_lost *why)
{
	struct rg_segment *segment = free_descriptor(stream);
	struct draft draft = { .number = stream->next_segment };
	uint32_t taken;

	*why = RG_LOST_NO_SPACE;
	if (!segment)
		return false;
	taken = draft.size = take_bytes(process, draft.number);
	if (!taken) {
		*why = RG_LOST_CAP;
		return false;
	}
	name_draft(stream, &draft);
	if (map_draft(&draft)) {
		atomic_fetch_sub(&process->bytes, taken);
		return false;
	}
	atomic_fetch_sub(&process->bytes, taken - draft.size);
	stream->next_segment++;
	install(process->pid, stream, segment, &draft);
	return true;
}

/*
 * Someone else makes one already. It takes milliseconds at most, unless that
 * was a child of vfork and was killed: then the place is declared free.
 */
static void wait_for_other(struct rg_stream *stream, struct rg_segment *full)
{
	uint64_t deadline = rg_clock_now() + PATIENCE_NS;

	while (atomic_load(&stream->growing) &&
	       atomic_load(&stream->current) == full) {
		uint32_t alone = ALONE;

		if (rg_clock_now() > deadline)
			atomic_store(&stream->growing, 0);
		atomic_compare_exchange_strong(&stream->growing, &alone,
					       AWAITED);
		rg_sys_futex_wait(&stream->growing, AWAITED, WAIT_NS);
	}
}

static bool grow_alone(struct rg_process *process, struct rg_stream *stream,
		       struct rg_segment *full, enum rg_lost *why)
{
	bool made = atomic_load(&stream->current) != full;

	if (!made)
		made = make_segment(process, stream, why);
	if (!made)
		atomic_store(&stream->retry_at,
			     *why == RG_LOST_CAP ? UINT64_MAX
						 : rg_clock_now() + RETRY_NS);
	return made;
}

/*
 * Replace a full segment. One thread does; a signal handler that interrupted
 * it would wait for itself, so signals are held off meanwhile.
 * Return: whether reserving is worth another try.
 */
__attribute__((noinline)) static bool grow(struct rg_process *process,
					   struct rg_stream *stream,
					   struct rg_segment *full,
					   enum rg_lost *why)
{
	uint64_t retry_at = atomic_load(&stream->retry_at);
	uint32_t nobody = 0;
	struct rg_signals signals;
	bool made;

	*why = retry_at == UINT64_MAX ? RG_LOST_CAP : RG_LOST_NO_SPACE;
	if (rg_confined)
		return false;
	if (retry_at && rg_clock_now() < retry_at)
		return false;
	signals = rg_sys_block_signals();
	if (!atomic_compare_exchange_strong(&stream->growing, &nobody, ALONE)) {
		rg_sys_restore_signals(&signals);
		wait_for_other(stream, full);
		return true;
	}
	made = grow_alone(process, stream, full, why);
	if (atomic_exchange(&stream->growing, 0) == AWAITED)
		rg_sys_futex_wake(&stream->growing);
	rg_sys_restore_signals(&signals);
	return made;
}

static bool has_room(const struct rg_segment *segment)
{
	return segment &&
	       offset_of(atomic_load(&segment->state)) < LARGEST_SEGMENT / 2 &&
	       segment->size == LARGEST_SEGMENT;
}

void rg_trace_make_room(struct rg_process *process)
{
	struct rg_segment *current = atomic_load(&process->streams->current);
	enum rg_lost why;

	process->wants_room = true;
	if (!has_room(current))
		grow(process, process->streams, current, &why);
}

static bool reserve_in(struct rg_process *process, struct rg_stream *stream,
		       uint32_t size, struct rg_place *ret_place,
		       enum rg_lost *why)
{
	struct rg_segment *segment;

	do {
		segment = atomic_load(&stream->current);
		if (segment && reserve_now(segment, size, ret_place))
			return true;
	} while (grow(process, stream, segment, why));
	return false;
}

__attribute__((noinline)) static bool reserve(struct rg_process *process,
					      struct rg_stream *stream,
					      uint32_t size,
					      struct rg_place *ret_place)
{
	enum rg_lost why = RG_LOST_NO_SPACE;

	if (reserve_in(process, stream, size, ret_place, &why))
		return true;
	/* where there are limits, the first is likely to have room left */
	if (stream != process->streams &&
	    reserve_in(process, process->streams, size, ret_place, &why))
		return true;
	rg_trace_lose(process, why);
	return false;
}

bool rg_trace_reserve(struct rg_process *process,
		      const struct rg_moment *moment, uint32_t size,
		      struct rg_place *ret_place)
{
	if (rg_has_threads())
		rg_stream_watch(process, moment->time);
	return reserve_at(moment, size, ret_place) ||
	       reserve(process, moment->stream, size, ret_place);
}

void rg_trace_append(struct rg_process *process, const struct rg_moment *moment,
		     struct rg_event *event)
{
	struct rg_event_layout layout = rg_event_layout(event);
	struct rg_place place;

	if (!rg_trace_wanted(process) ||
	    !rg_trace_reserve(process, moment, layout.size, &place))
		return;
	event->timestamp = place.timestamp;
	rg_event_encode(event, &layout, place.base + place.offset);
	rg_trace_commit(&place, event->tid);
}
