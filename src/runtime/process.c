/* SPDX-License-Identifier: MIT */

#include "runtime/process.h"

#include "runtime/clock.h"
#include "runtime/config.h"
#include "runtime/sys.h"
#include "runtime/trace-dir.h"

enum phase { PHASE_NONE, PHASE_SETTING_UP, PHASE_READY };

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

/* A page of its own, whatever the kernel's page size is. */
static union {
	struct rg_process process;
	char pages[(sizeof(struct rg_process) + RG_ARCH_MAX_PAGE - 1) /
		   RG_ARCH_MAX_PAGE * RG_ARCH_MAX_PAGE];
} memory __attribute__((aligned(RG_ARCH_MAX_PAGE)));

static struct rg_process *state = &memory.process;

/* Not wiped by fork: two processes never get the same epoch. */
static _Atomic uint32_t last_epoch;

/* How often another thread is waited for before its call is given up. */
#define PATIENCE 100000

static __thread struct {
	uint32_t epoch;
	uint32_t tid;
} thread __attribute__((tls_model("initial-exec")));

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
	if (rg_sys_failed((int64_t)own))
		return;
	rg_sys_madvise(own, sizeof(memory), MADV_WIPEONFORK);
	state = own;
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
	memcpy(slot->exe, rg_config.exe, sizeof(slot->exe));
	/* last: with a pid the slot is filled in */
	__atomic_store_n(&slot->pid, process->pid, __ATOMIC_RELEASE);
}

static void set_up(struct rg_process *process)
{
	process->pid = rg_sys_getpid();
	process->epoch = atomic_fetch_add(&last_epoch, 1) + 1;
	process->slot = &process->own;
	if (rg_config.options.trace[0])
		rg_trace_dir_take_slot(process);
	fill_slot(process);
}

/*
 * One thread sets up, the others wait. A signal handler in the middle of it
 * would wait for itself, so signals are held off meanwhile.
 */
static struct rg_process *become_ready(struct rg_process *process)
{
	uint32_t phase = PHASE_NONE;
	uint64_t signals;

	rg_sys_block_signals(&signals);
	if (atomic_compare_exchange_strong(&process->phase, &phase,
					   PHASE_SETTING_UP)) {
		set_up(process);
		atomic_store(&process->phase, PHASE_READY);
	}
	rg_sys_restore_signals(&signals);
	for (int i = 0; i < PATIENCE; i++) {
		if (atomic_load(&process->phase) == PHASE_READY)
			return process;
		rg_sys_sched_yield();
	}
	return NULL;
}

struct rg_process *rg_process(void)
{
	struct rg_process *process = state;

	if (atomic_load_explicit(&process->phase, memory_order_acquire) ==
	    PHASE_READY)
		return process;
	return rg_config.ready ? become_ready(process) : NULL;
}

uint32_t rg_thread_id(const struct rg_process *process)
{
	if (thread.epoch != process->epoch) {
		thread.tid = rg_sys_gettid();
		thread.epoch = process->epoch;
	}
	return thread.tid;
}

void rg_process_ended(void)
{
	struct rg_process *process = state;

	if (atomic_load(&process->phase) != PHASE_READY)
		return;
	process->slot->ended = RG_ENDED_EXIT;
	process->slot->end_ns = rg_clock_now();
}
