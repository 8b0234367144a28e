/* SPDX-License-Identifier: MIT */

#include "runtime/quarantine.h"

#include "runtime/apart.h"
#include "runtime/clock.h"
#include "runtime/config.h"
#include "runtime/limits.h"
#include "runtime/message.h"
#include "runtime/reserve.h"
#include "runtime/sys.h"
#include "runtime/template.h"
#include "runtime/vma-query.h"

/*
 * The ring is a mapping of its own, which a forked child gets a copy of, as it
 * gets the mappings. Threads and signal handlers write to it at once:
 *
 *     tail            head
 *      |--- tickets ---|      entry of ticket t: t % NR_ENTRIES
 *
 * Everything turns on an entry's word, its ticket and a state. Who takes it
 * from one state to the next by a swap owns it there; who finds another ticket
 * has come too late. A thread that never comes back leaves its entry taken,
 * and the ring goes round it.
 */

#define NR_ENTRIES UINT64_C(1024)
/* So that a slow thread still finds its entry free a round later. */
#define MAX_HELD (NR_ENTRIES - 64)
/* Of the maps that a process may have, at most one in so many is held. */
#define SHARE_OF_MAPS 64
#define USUAL_MAX_MAP_COUNT 65530
/* The limit of address space is looked at each so many ranges. */
#define LIMIT_PERIOD 32

enum state { FREE, CLAIMED, COMING, HELD, LEAVING };
#define STATE_BITS 3

struct entry {
	_Atomic uint64_t word;
	uint64_t start;
	uint64_t end;
	/* where its bytes are now, as far as they are still there; 0: nowhere
	 */
	_Atomic uint64_t now;
	_Atomic uint64_t now_len;
};

struct ring {
	struct entry entries[NR_ENTRIES];
	struct rg_access_move moves[NR_ENTRIES];
};

bool rg_quarantine_on;

static struct {
	struct ring *ring;
	uint64_t max_held;
	_Atomic uint64_t head;
	_Atomic uint64_t tail;
	_Atomic uint64_t bytes;
	_Atomic uint32_t tries;
	_Atomic bool limited; /* RLIMIT_AS is finite */
	_Atomic bool blind;   /* nobody tells whose a mapping is */
	_Atomic bool crowded; /* there is no room for more maps */
} held;

static uint64_t word_of(uint64_t ticket, enum state state)
{
	return ticket << STATE_BITS | state;
}

static struct entry *entry_of(uint64_t ticket)
{
	return &held.ring->entries[ticket % NR_ENTRIES];
}

static struct rg_access_move *move_of(uint64_t ticket)
{
	return &held.ring->moves[ticket % NR_ENTRIES];
}

static bool go(uint64_t ticket, enum state from, enum state to)
{
	uint64_t word = word_of(ticket, from);

	return atomic_compare_exchange_strong(&entry_of(ticket)->word, &word,
					      word_of(ticket, to));
}

static bool is_in(uint64_t ticket, enum state state)
{
	return atomic_load(&entry_of(ticket)->word) == word_of(ticket, state);
}

static void add(uint64_t *counter, uint64_t n)
{
	__atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
}

/* ------------------------------------------------------------ whose it is */

bool rg_quarantine_is_there(struct rg_process *process, uint64_t addr)
{
	struct rg_vma_query lookup = { .process = process };
	struct rg_vma vma;
	int found = rg_vma_query_find(&lookup, addr, &vma);

	return found < 0 ||
	       (found && vma.start <= addr && rg_template_is(&vma));
}

/* Return: where to look next, or -errno. */
static int64_t unmap_next(struct rg_process *process, uint64_t start,
			  uint64_t end)
{
	struct rg_vma_query lookup = { .process = process };
	struct rg_vma vma;
	int found = rg_vma_query_find(&lookup, start, &vma);

	if (found < 0)
		return found;
	if (!found || vma.start >= end)
		return (int64_t)end;
	if (vma.start > start)
		start = vma.start;
	if (vma.end < end)
		end = vma.end;
	if (rg_template_is(&vma))
		rg_sys_munmap((void *)(uintptr_t)start, end - start);
	return (int64_t)end;
}

/* Of what was held there, that which is still ours. */
static void unmap_ours(struct rg_process *process, uint64_t start, uint64_t end)
{
	int64_t next = (int64_t)start;

	while (next >= 0 && (uint64_t)next < end)
		next = unmap_next(process, (uint64_t)next, end);
	if (next < 0)
		atomic_store(&held.blind, true);
}

/* ------------------------------------------------------------ letting go */

static void free_entry(uint64_t ticket)
{
	struct entry *entry = entry_of(ticket);

	atomic_fetch_sub(&held.bytes, entry->end - entry->start);
	atomic_store(&entry->word, FREE);
}

static bool let_go(struct rg_process *process, uint64_t ticket)
{
	struct entry *entry = entry_of(ticket);

	if (!go(ticket, HELD, LEAVING))
		return false;
	unmap_ours(process, entry->start, entry->end);
	free_entry(ticket);
	add(&process->slot->given_up, 1);
	return true;
}

/* Return: false when there is none. */
static bool let_oldest_go(struct rg_process *process)
{
	uint64_t ticket = atomic_load(&held.tail);

	if (ticket == atomic_load(&held.head))
		return false;
	if (atomic_compare_exchange_strong(&held.tail, &ticket, ticket + 1))
		let_go(process, ticket);
	return true;
}

static bool is_too_much(void)
{
	return atomic_load(&held.bytes) > rg_config.options.quarantine ||
	       atomic_load(&held.head) - atomic_load(&held.tail) >
		       held.max_held;
}

bool rg_quarantine_give_up(struct rg_process *process)
{
	uint64_t head = atomic_load(&held.head);
	bool any = false;

	if (!rg_quarantine_on || rg_confined)
		return false;
	for (uint64_t ticket = atomic_load(&held.tail); ticket < head; ticket++)
		any |= let_go(process, ticket);
	return any;
}

static bool meets(uint64_t ticket, uint64_t start, uint64_t end)
{
	const struct entry *entry = entry_of(ticket);

	return entry->start < end && start < entry->end;
}

void rg_quarantine_make_way(struct rg_process *process, uint64_t start,
			    uint64_t len)
{
	uint64_t end = start + len < start ? UINT64_MAX : start + len;
	uint64_t head = atomic_load(&held.head);

	if (!len || rg_confined)
		return;
	for (uint64_t ticket = atomic_load(&held.tail); ticket < head;
	     ticket++) {
		if (is_in(ticket, HELD) && meets(ticket, start, end))
			let_go(process, ticket);
	}
}

/* --------------------------------------------------------------- holding */

/*
 * A program whose address space is limited is to reach the limit where it
 * would without us, and its mmap and malloc are not ours to see.
 */
static bool is_limited(struct rg_process *process)
{
	struct rlimit64 limit = { .rlim_cur = RLIM64_INFINITY };
	bool limited;

	if (atomic_fetch_add(&held.tries, 1) % LIMIT_PERIOD)
		return atomic_load(&held.limited);
	if (rg_sys_getrlimit(RLIMIT_AS, &limit))
		return atomic_load(&held.limited);
	limited = limit.rlim_cur != RLIM64_INFINITY;
	if (atomic_exchange(&held.limited, limited) || !limited)
		return limited;
	rg_quarantine_give_up(process);
	if (rg_config.options.verbose)
		rg_message("quarantine", "address space is limited "
					 "(RLIMIT_AS): nothing is held");
	return true;
}

static bool takes(struct rg_process *process, uint64_t len)
{
	return len && len <= rg_config.options.quarantine && !rg_confined &&
	       !atomic_load(&held.blind) && !atomic_load(&held.crowded) &&
	       !is_limited(process);
}

bool rg_quarantine_takes(struct rg_process *process, uint64_t len)
{
	bool does = takes(process, len);

	if (!does)
		add(&process->slot->not_held, 1);
	return does;
}

static void fill_in(uint64_t ticket, const struct rg_access_move *move)
{
	struct entry *entry = entry_of(ticket);
	struct rg_access_move *own = move_of(ticket);

	*own = *move;
	own->nr_stack = 0;
	entry->start = move->from;
	entry->end = move->from + move->len;
	atomic_store(&entry->now, move->to);
	atomic_store(&entry->now_len,
		     move->len < move->to_len ? move->len : move->to_len);
}

uint64_t rg_quarantine_claim(struct rg_process *process,
			     const struct rg_access_move *move)
{
	uint64_t ticket = atomic_fetch_add(&held.head, 1);
	uint64_t word = FREE;

	if (!atomic_compare_exchange_strong(&entry_of(ticket)->word, &word,
					    word_of(ticket, CLAIMED))) {
		add(&process->slot->not_held, 1);
		return RG_NO_TICKET;
	}
	fill_in(ticket, move);
	atomic_fetch_add(&held.bytes, move->len);
	go(ticket, CLAIMED, COMING);
	return ticket;
}

void rg_quarantine_settle(struct rg_process *process, uint64_t ticket,
			  bool covered)
{
	if (!covered) {
		free_entry(ticket);
		add(&process->slot->not_held, 1);
		return;
	}
	go(ticket, COMING, HELD);
	add(&process->slot->held, 1);
	while (is_too_much() && let_oldest_go(process))
		;
	/* it was the oldest, and was not there yet when that was let go */
	if (atomic_load(&held.tail) > ticket)
		let_go(process, ticket);
}

static int take_hole(uint64_t start, uint64_t len)
{
	int ret = rg_reserve_at(start, len);

	if (ret)
		return ret;
	ret = rg_template_cover(start, len);
	if (ret)
		rg_sys_munmap((void *)(uintptr_t)start, len);
	return ret;
}

/* As many maps as there may be: the program's next one is not ours to see. */
static void leave_room(struct rg_process *process)
{
	atomic_store(&held.crowded, true);
	rg_quarantine_give_up(process);
	if (rg_config.options.verbose)
		rg_message("quarantine", "no room for more maps "
					 "(vm.max_map_count): nothing is held");
}

uint64_t rg_quarantine_hold_hole(struct rg_process *process,
				 const struct rg_access_move *move)
{
	uint64_t ticket = rg_quarantine_claim(process, move);
	int ret;

	if (ticket == RG_NO_TICKET)
		return ticket;
	ret = take_hole(move->from, move->len);
	rg_quarantine_settle(process, ticket, !ret);
	if (ret == -ENOMEM)
		leave_room(process);
	return ret ? RG_NO_TICKET : ticket;
}

void rg_quarantine_went(uint64_t ticket, uint64_t to)
{
	move_of(ticket)->to = to;
	atomic_store(&entry_of(ticket)->now, to);
}

__attribute__((noinline)) void
rg_quarantine_describe(uint64_t ticket, const struct rg_event *event)
{
	struct rg_access_move *move = move_of(ticket);

	if (!is_in(ticket, HELD))
		return;
	memcpy(move->stack, event->stack,
	       event->nr_stack * sizeof(*event->stack));
	if (event->timestamp)
		move->timestamp = event->timestamp;
	__atomic_store_n(&move->nr_stack, event->nr_stack, __ATOMIC_RELEASE);
}

/* ------------------------------------------------------------- following */

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 *     from |----- len -----|        to |--- to_len ---|
 *             now |--|      becomes       now |--|
 *
 * What the shorter of the two cuts off is gone, and so is what was where it
 * went to.
 */
static void follow(struct entry *entry, const struct rg_access_move *move)
{
	uint64_t now = atomic_load(&entry->now);
	uint64_t len = atomic_load(&entry->now_len);
	uint64_t offset = now - move->from;
	uint64_t left = least(move->len, move->to_len);

	if (!now)
		return;
	if (offset < move->len) {
		atomic_store(&entry->now,
			     offset < left ? move->to + offset : 0);
		if (offset < left)
			atomic_store(&entry->now_len,
				     least(len, left - offset));
	} else if (now < move->to + move->to_len && move->to < now + len &&
		   move->to != move->from) {
		atomic_store(&entry->now, 0);
	}
}

void rg_quarantine_follow(uint64_t own, const struct rg_access_move *move)
{
	uint64_t head = atomic_load(&held.head);

	for (uint64_t ticket = atomic_load(&held.tail); ticket < head;
	     ticket++) {
		if (ticket != own && is_in(ticket, HELD))
			follow(entry_of(ticket), move);
	}
}

/* --------------------------------------------------------------- looking */

static bool is_known(uint64_t ticket)
{
	return is_in(ticket, HELD) || is_in(ticket, COMING);
}

uint64_t rg_quarantine_find(uint64_t start, uint64_t end, uint64_t *ret_addr)
{
	uint64_t tail = atomic_load(&held.tail);

	for (uint64_t ticket = atomic_load(&held.head); ticket-- > tail;) {
		uint64_t first = entry_of(ticket)->start;

		if (!meets(ticket, start, end) || !is_known(ticket))
			continue;
		*ret_addr = start > first ? start : first;
		return ticket;
	}
	return RG_NO_TICKET;
}

/* The program may have unmapped it since, and we do not see that. */
static uint64_t where_now(struct rg_process *process, uint64_t now)
{
	struct rg_vma_query lookup = { .process = process };
	struct rg_vma vma;

	if (!process || rg_vma_query_find(&lookup, now, &vma) != 1)
		return 0;
	return vma.start <= now && !rg_template_is(&vma) ? now : 0;
}

bool rg_quarantine_tell(uint64_t ticket, uint64_t addr,
			struct rg_access *access)
{
	const struct entry *entry = entry_of(ticket);
	uint64_t offset = addr - entry->start;
	uint64_t now = atomic_load(&entry->now);
	bool is_left = now && offset < atomic_load(&entry->now_len);
	uint8_t nr_stack =
		__atomic_load_n(&move_of(ticket)->nr_stack, __ATOMIC_ACQUIRE);

	access->move = *move_of(ticket);
	access->move.nr_stack = nr_stack;
	access->now = 0;
	if (!is_known(ticket))
		return false;
	if (is_left)
		access->now = where_now(rg_process(), now + offset);
	return true;
}

/* -------------------------------------------------------------- the start */

static bool map_ring(void)
{
	void *ring =
		rg_sys_mmap(rg_apart(sizeof(*held.ring)), sizeof(*held.ring),
			    PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

	if (rg_sys_failed((intptr_t)ring))
		return false;
	held.ring = ring;
	return true;
}

static uint64_t max_held(struct rg_process *process)
{
	uint64_t maps = USUAL_MAX_MAP_COUNT;
	struct rg_limits limits;

	rg_limits_start(process, &limits);
	rg_limits_fetch(process, &limits, RG_UNKNOWN_MAP_COUNT,
			RG_EFFORT_FILES);
	if (limits.known >> RG_LIMIT_MAX_MAP_COUNT & 1)
		maps = limits.max_map_count;
	return least(maps / SHARE_OF_MAPS, MAX_HELD);
}

void rg_quarantine_init(void)
{
	struct rg_process *process = rg_process();

	if (!rg_config.options.quarantine)
		return;
	if (!RG_ARCH_HAS_QUARANTINE || !process || !rg_template_map() ||
	    !map_ring()) {
		rg_message("quarantine", "not to be had: nothing is held");
		return;
	}
	held.max_held = max_held(process);
	rg_quarantine_on = true;
	is_limited(process);
}
