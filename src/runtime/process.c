/* SPDX-License-Identifier: MIT */

#include "runtime/process.h"

#include "runtime/clock.h"
#include "runtime/config.h"
#include "runtime/message.h"
#include "runtime/sys.h"
#include "runtime/trace-dir.h"

/*
 * NONE is what a forked child finds; ASK: as READY, but a forked child may
 * find it, too.
 */
enum phase {
	PHASE_NONE,
	PHASE_READY = RG_PROCESS_READY,
	PHASE_ASK,
	PHASE_SETTING_UP,
};

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

/* A page of its own, whatever the kernel's page size is. */
static union {
	struct rg_process process;
	char pages[(sizeof(struct rg_process) + RG_ARCH_MAX_PAGE - 1) /
		   RG_ARCH_MAX_PAGE * RG_ARCH_MAX_PAGE];
} memory __attribute__((aligned(RG_ARCH_MAX_PAGE)));

struct rg_process *rg_process_state = &memory.process;

static enum phase phase_when_ready = PHASE_READY;

/*
 * Where nothing is wiped a child of fork cannot be told from one of vfork, and
 * to take the state over would be wrong in either. So any other process than
 * the first is this one, whose calls count as lost. It has no descriptor on
 * its maps, since its children would inherit that.
 */
static struct rg_process stranger = { .epoch = UINT32_MAX,
				      .slot = &stranger.own,
				      .streams[0].slot = &stranger.own,
				      .procmap_missing = 1 };

/* Not wiped by fork: two processes never get the same epoch. */
static _Atomic uint32_t last_epoch;

/* The last slot that this process or an ancestor had; not wiped either. */
static struct rg_slot *last_slot;

/* How often another thread is waited for before its call is given up. */
#define PATIENCE 100000

__thread struct rg_thread rg_thread
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

/* Set up, whether or not it has to be asked whose it is. */
static bool is_ready(const struct rg_process *process)
{
	enum phase phase = (enum phase)atomic_load(&process->phase);

	return phase == PHASE_READY || phase == PHASE_ASK;
}

void rg_process_init_memory(void)
{
	/*
	 * The pages lie past the end of the file's data, so they are private
	 * anonymous memory, which is what WIPEONFORK asks for. A mapping of
	 * our own takes their place where that fails.
	 */
	void *own;

	if (!rg_sys_madvise(&memory, sizeof(memory), MADV_WIPEONFORK))
		return;
	own = rg_sys_mmap(NULL, sizeof(memory), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1);
	if (rg_sys_failed((intptr_t)own)) {
		phase_when_ready = PHASE_ASK;
		return;
	}
	if (rg_sys_madvise(own, sizeof(memory), MADV_WIPEONFORK))
		phase_when_ready = PHASE_ASK;
	rg_process_state = own;
}

static void fill_slot(struct rg_process *process)
{
	struct rg_slot *slot = process->slot;

	slot->ppid = rg_sys_getppid();
	slot->start_ns = rg_clock_now();
	slot->stacks = (uint8_t)rg_config.stacks;
	for (int i = 0; i < RG_NR_TIERS; i++)
		slot->tiers[i] = (uint8_t)rg_config.tiers[i];
	rg_sys_get_comm(slot->comm);
	memcpy(slot->exe, rg_config.exe, sizeof(slot->exe) - 1);
	/* last: with a pid the slot is filled in */
	__atomic_store_n(&slot->pid, process->pid, __ATOMIC_RELEASE);
}

void rg_process_fill_further(const struct rg_process *process,
			     struct rg_slot *slot)
{
	slot->further_of = process->streams->slot_number + 1;
	slot->start_ns = rg_clock_now();
	__atomic_store_n(&slot->pid, process->pid, __ATOMIC_RELEASE);
}

/*
 * A forked child that gets none (the table is full, and it can open no other)
 * has its calls counted with its ancestor's, as lost. Where there is no
 * ancestor nobody counts them, so that is said, as the program starts.
 */
static void take_slot(struct rg_process *process)
{
	bool is_first = !rg_process_is_forked();

	if (!is_first && !rg_config.options.follow)
		return;
	if (!rg_trace_dir_take_slot(&process->slot,
				    &process->streams->slot_number))
		last_slot = process->slot;
	else if (is_first)
		rg_message(rg_config.options.trace,
			   "no slot for this process, its calls are not seen");
	else
		process->heir = last_slot;
}

static void set_up(struct rg_process *process)
{
	process->pid = rg_sys_getpid();
	process->epoch = atomic_fetch_add(&last_epoch, 1) + 1;
	process->slot = &process->own;
	atomic_store(&process->streams->slot, process->slot);
	if (rg_confined) {
		process->heir = last_slot;
		return;
	}
	if (rg_config.options.trace[0])
		take_slot(process);
	fill_slot(process);
	atomic_store(&process->streams->slot, process->slot);
}

/*
 * One thread sets up, the others wait. A signal handler in the middle of it
 * would wait for itself, so signals are held off meanwhile.
 */
static struct rg_process *become_ready(struct rg_process *process)
{
	uint32_t phase = PHASE_NONE;
	struct rg_signals signals = rg_sys_block_signals();

	if (atomic_compare_exchange_strong(&process->phase, &phase,
					   PHASE_SETTING_UP)) {
		set_up(process);
		atomic_store(&process->phase, phase_when_ready);
	}
	rg_sys_restore_signals(&signals);
	for (int i = 0; i < PATIENCE; i++) {
		if (is_ready(process))
			return process;
		rg_sys_sched_yield();
	}
	return NULL;
}

static struct rg_process *this_one(struct rg_process *process)
{
	if (process->pid == rg_sys_getpid())
		return process;
	stranger.heir = last_slot;
	return &stranger;
}

struct rg_process *rg_process_other(void)
{
	struct rg_process *process = rg_process_state;

	if (atomic_load(&process->phase) == PHASE_ASK)
		return this_one(process);
	return rg_config.ready ? become_ready(process) : NULL;
}

uint32_t rg_process_epoch(void)
{
	return rg_process_state->epoch;
}

bool rg_process_is_forked(void)
{
	return rg_process_epoch() != 1;
}

bool rg_process_is_borrowed(void)
{
	return !rg_confined && is_ready(rg_process_state) &&
	       rg_process_state->pid != rg_sys_getpid();
}

/* No two threads the same, and no thread's number. */
static uint32_t unknown_thread(void)
{
	static _Atomic uint32_t last;

	return UINT32_C(1) << 31 | atomic_fetch_add(&last, 1);
}

uint32_t rg_thread_ask(const struct rg_process *process)
{
	rg_thread.tid = rg_confined ? unknown_thread() : rg_sys_gettid();
	rg_thread.epoch = process->epoch;
	return rg_thread.tid;
}

void rg_process_ended(void)
{
	struct rg_process *process = rg_process_state;

	if (!is_ready(process) ||
	    (phase_when_ready == PHASE_ASK && this_one(process) != process))
		return;
	process->slot->ended = RG_ENDED_EXIT;
	process->slot->end_ns = rg_clock_now();
}
