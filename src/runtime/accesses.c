/* SPDX-License-Identifier: MIT */

#include "runtime/accesses.h"

#include "runtime/clock.h"
#include "runtime/config.h"
#include "runtime/execute.h"
#include "runtime/modules.h"
#include "runtime/quarantine.h"
#include "runtime/site.h"
#include "runtime/stack.h"
#include "runtime/sys.h"
#include "runtime/trace-dir.h"
#include "runtime/trace.h"
#include "runtime/unwind.h"
#include "trace/ctf.h"
#include "trace/text.h"

#define STALE RG_FINDING_BIT(RG_FINDING_STALE_ACCESS)

/* Some fifty accesses with deep stacks: one is enough to find a bug by. */
#define FILE_SIZE (UINT32_C(64) << 10)

static void add(uint64_t *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/* --------------------------------------------------------------- the lock */

/*
 * One at a time. Who has it may have been interrupted by who wants it, or be a
 * thread that a forked child has not got: so nobody waits for long, and the
 * word says of which process the holder is.
 */
#define PATIENCE 10000

static _Atomic uint32_t holder;

/* The holder's, as a handler's stack may be small. */
static struct {
	struct rg_access access;
	struct rg_event event; /* for the policy: as if it were a call */
} draft;

static bool lock(const struct rg_process *process)
{
	uint32_t own = process->epoch + 1;

	for (int i = 0; i < PATIENCE; i++) {
		uint32_t other = 0;

		if (atomic_compare_exchange_strong(&holder, &other, own) ||
		    (other != own &&
		     atomic_compare_exchange_strong(&holder, &other, own)))
			return true;
		rg_sys_sched_yield();
	}
	return false;
}

static void unlock(void)
{
	atomic_store(&holder, 0);
}

/* --------------------------------------------------------------- the file */

static void begin_file(struct rg_process *process, void *base)
{
	*(struct rg_ctf_packet *)base = (struct rg_ctf_packet){
		.magic = RG_CTF_MAGIC,
		.stream_id = RG_CTF_STREAM_ACCESSES,
		.stream_instance_id = process->streams->slot_number,
		.timestamp_begin = rg_clock_now(),
		.content_size = 8 * sizeof(struct rg_ctf_packet),
		.packet_size = 8 * (uint64_t)FILE_SIZE,
		.pid = process->pid,
	};
	process->accesses_len = sizeof(struct rg_ctf_packet);
	atomic_store(&process->accesses, base);
}

enum phase { NOT_MADE, BEING_MADE, TRIED };

static void make_file(struct rg_process *process)
{
	char name[RG_CTF_NAME_MAX];
	char dot_name[RG_CTF_NAME_MAX];
	struct rg_text text;
	void *base;

	rg_ctf_accesses_name(process->streams->slot_number, name);
	rg_text_init(&text, dot_name, sizeof(dot_name));
	rg_text_char(&text, '.');
	rg_text_str(&text, name);
	rg_text_end(&text);
	if (rg_trace_dir_map_new(dot_name, FILE_SIZE, &base))
		return;
	begin_file(process, base);
	rg_trace_dir_publish(dot_name, name);
}

void rg_accesses_prepare(struct rg_process *process)
{
	uint32_t phase = NOT_MADE;

	if (atomic_load(&process->accesses_phase) != NOT_MADE ||
	    !rg_trace_wanted(process) || rg_confined ||
	    rg_config.ignored & STALE ||
	    !atomic_compare_exchange_strong(&process->accesses_phase, &phase,
					    BEING_MADE))
		return;
	make_file(process);
	atomic_store(&process->accesses_phase, TRIED);
}

/* Where another thread is at it, what it makes is waited for. */
static uint8_t *file_of(struct rg_process *process)
{
	rg_accesses_prepare(process);
	for (int i = 0; i < PATIENCE; i++) {
		if (atomic_load(&process->accesses_phase) != BEING_MADE)
			break;
		rg_sys_sched_yield();
	}
	return atomic_load(&process->accesses);
}

/* The timestamp last, and then the length, so that it counts when it is whole.
 */
static bool append(struct rg_process *process, uint8_t *base,
		   const struct rg_access *access)
{
	struct rg_ctf_packet *packet = (struct rg_ctf_packet *)base;
	uint8_t *at = base + process->accesses_len;

	if (!base || process->accesses_len + RG_ACCESS_MAX_SIZE > FILE_SIZE)
		return false;
	process->accesses_len += (uint32_t)rg_access_encode(access, at);
	__atomic_store_n((uint64_t *)at, access->timestamp, __ATOMIC_RELEASE);
	__atomic_store_n(&packet->content_size,
			 8 * (uint64_t)process->accesses_len, __ATOMIC_RELEASE);
	return true;
}

/* ------------------------------------------------------------- once enough */

/*
 * A handler may make the same access again and again. Of one instruction in
 * one range the first few are recorded; where the table is full, all.
 */
#define ENOUGH 4
#define NR_SEEN 128

static struct {
	uint64_t ticket;
	uint64_t at;
	uint32_t times;
} seen[NR_SEEN];

static bool is_enough(const struct rg_sighting *sighting, uint64_t at)
{
	for (int i = 0; i < NR_SEEN; i++) {
		if (!seen[i].times) {
			seen[i].ticket = sighting->ticket;
			seen[i].at = at;
		}
		if (seen[i].ticket == sighting->ticket && seen[i].at == at)
			return seen[i].times++ >= ENOUGH;
	}
	return false;
}

/* ----------------------------------------------------------- what is known */

/* As the constructor asked for when it loaded an unwinder. */
static bool wants_stack(const struct rg_process *process)
{
	return rg_trace_wanted(process) ||
	       rg_policy_asks_for_site(&rg_config.options.policy, STALE);
}

static size_t unwind(struct rg_process *process, uint64_t from, uint64_t *stack)
{
	bool noted;

	if (wants_stack(process))
		return rg_unwind(process, from, stack, &noted);
	stack[0] = from;
	return 1;
}

/* A function that is not there has no frame: only its caller is known. */
static size_t insert_caller(const uint64_t *caller, uint64_t *stack, size_t nr)
{
	if (!rg_sys_is_readable(caller) || (nr > 1 && stack[1] == *caller))
		return nr;
	if (nr < RG_EVENT_MAX_STACK)
		nr++;
	memmove(stack + 2, stack + 1, (nr - 2) * sizeof(*stack));
	stack[1] = *caller;
	return nr;
}

/*
 * The frames from the handler's return on: what it interrupted comes next if
 * the unwinder knows signals, else that is put in its place.
 */
static size_t unwind_fault(struct rg_process *process,
			   const struct rg_sighting *sighting, uint64_t *stack)
{
	uint64_t pc = rg_arch_pc(sighting->context);
	size_t nr = unwind(process, sighting->caller, stack);

	if (nr > 1 && stack[1] == pc)
		memmove(stack, stack + 1, --nr * sizeof(*stack));
	stack[0] = pc;
	if (sighting->kind == RG_ACCESS_EXECUTE)
		nr = insert_caller(rg_arch_caller(sighting->context), stack,
				   nr);
	return nr;
}

static void find_stack(struct rg_process *process,
		       const struct rg_sighting *sighting,
		       struct rg_access *access)
{
	size_t nr;

	access->nr_registers = 0;
	if (sighting->context) {
		rg_arch_registers(sighting->context, access->registers);
		access->nr_registers = RG_ARCH_REGISTERS;
		nr = unwind_fault(process, sighting, access->stack);
	} else {
		nr = unwind(process, sighting->caller, access->stack);
	}
	access->nr_stack = (uint8_t)nr;
}

/* Return: false when it has been let go of meanwhile. */
static bool fill_in(struct rg_process *process,
		    const struct rg_sighting *sighting,
		    struct rg_access *access)
{
	access->tid = rg_thread_id(process);
	access->kind = sighting->kind;
	access->system_call = sighting->system_call;
	access->addr = sighting->addr;
	if (!rg_quarantine_tell(sighting->ticket, sighting->addr, access))
		return false;
	find_stack(process, sighting, access);
	return true;
}

/* As of a call that had moved it: its sizes, and who accesses it. */
static struct rg_verdict judge(struct rg_process *process,
			       const struct rg_access *access)
{
	struct rg_event *event = &draft.event;
	struct rg_call_site site = { 0 };

	event->req = (struct rg_request){
		.addr = access->move.from,
		.old_len = access->move.len,
		.new_len = access->move.to_len,
	};
	event->nr_stack = access->nr_stack;
	memcpy(event->stack, access->stack,
	       access->nr_stack * sizeof(*access->stack));
	if (rg_policy_asks_for_site(&rg_config.options.policy, STALE))
		rg_site_find(process, event, access->stack[0], &site);
	return rg_policy_judge(&rg_config.options.policy, STALE, NULL,
			       &event->req, &site);
}

/* ----------------------------------------------------------------- saying */

/* "remapguard: RG115: read of 0x… at offset … of what moved from …" */
static void say(const struct rg_access *access)
{
	const struct rg_access_move *move = &access->move;
	char buf[256];
	struct rg_text text;

	rg_text_init(&text, buf, sizeof(buf));
	rg_text_str(&text, "remapguard: RG115: ");
	rg_text_str(&text, rg_access_kind_name(access->kind));
	if (access->kind == RG_ACCESS_SYSTEM_CALL) {
		rg_text_char(&text, ' ');
		rg_text_dec(&text, access->system_call);
	}
	rg_text_str(&text, " of 0x");
	rg_text_hex(&text, access->addr);
	rg_text_str(&text, " at offset ");
	rg_text_dec(&text, access->addr - move->from);
	rg_text_str(&text, " of what moved from 0x");
	rg_text_hex(&text, move->from);
	rg_text_str(&text, " to 0x");
	rg_text_hex(&text, move->to);
	rg_text_char(&text, '\n');
	rg_sys_write(2, text.buf, text.len);
}

static void record(struct rg_process *process, struct rg_access *access)
{
	uint8_t *base = file_of(process);

	rg_modules_note(process, access->stack, access->nr_stack);
	/* a parent may have moved it, and its list is another one */
	rg_modules_note(process, access->move.stack, access->move.nr_stack);
	/* not before the file's beginning, nor before its modules were there */
	access->timestamp = rg_clock_now();
	if (!append(process, base, access))
		add(&process->slot->accesses_lost);
}

/* Under the lock. Return: what the policy says. */
static enum rg_verdict_kind handle(struct rg_process *process,
				   const struct rg_sighting *sighting)
{
	struct rg_access *access = &draft.access;
	struct rg_verdict verdict;

	if (!fill_in(process, sighting, access))
		return RG_VERDICT_ALLOW;
	verdict = judge(process, access);
	if (!verdict.noted)
		return RG_VERDICT_ALLOW;
	add(&process->slot->accesses);
	if (is_enough(sighting, access->stack[0]))
		return verdict.kind;
	if (rg_trace_wanted(process))
		record(process, access);
	if (!rg_trace_wanted(process) || rg_config.options.verbose ||
	    verdict.kind == RG_VERDICT_ABORT)
		say(access);
	return verdict.kind;
}

static void lose(struct rg_process *process)
{
	add(&process->slot->accesses);
	add(&process->slot->accesses_lost);
}

bool rg_accesses_report(const struct rg_sighting *sighting)
{
	struct rg_process *process;
	enum rg_verdict_kind verdict;

	process = rg_process();
	if (!process || rg_config.ignored & STALE)
		return false;
	if (rg_stack_room() < RG_STACK_FOR_ACCESS) {
		lose(process);
		return true;
	}
	if (!rg_quarantine_is_there(process, sighting->addr))
		return false;
	if (!lock(process)) {
		lose(process);
		return true;
	}
	verdict = handle(process, sighting);
	unlock();
	if (verdict == RG_VERDICT_ABORT)
		rg_execute_abort(process);
	return true;
}
