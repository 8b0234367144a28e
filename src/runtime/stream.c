/* SPDX-License-Identifier: MIT */

#include "runtime/stream.h"

#include "runtime/processor.h"
#include "runtime/sys.h"
#include "runtime/trace-dir.h"

/* Calls that end so shortly after each other on two processors have met. */
#define NEAR_NS 10000

/* So many are chance. */
#define MEETINGS 16

/* Not from the start: most threads hardly ever meet, and streams are files. */
static bool have_met(const struct rg_process *process)
{
	return atomic_load_explicit(&process->meetings.nr,
				    memory_order_relaxed) >= MEETINGS;
}

__attribute__((noinline)) void rg_stream_watch(struct rg_process *process,
					       uint64_t time)
{
	struct rg_meetings *last = &process->meetings;
	uint32_t processor;

	if (have_met(process))
		return;
	processor = rg_processor(process);
	if (__atomic_load_n(&last->processor, __ATOMIC_RELAXED) != processor &&
	    time - __atomic_load_n(&last->time, __ATOMIC_RELAXED) < NEAR_NS)
		atomic_fetch_add(&last->nr, 1);
	__atomic_store_n(&last->processor, processor, __ATOMIC_RELAXED);
	__atomic_store_n(&last->time, time, __ATOMIC_RELAXED);
}

static bool begin(const struct rg_process *process, struct rg_stream *stream)
{
	struct rg_slot *slot;

	if (rg_trace_dir_take_slot(&slot, &stream->slot_number))
		return false;
	rg_process_fill_further(process, slot);
	atomic_store(&stream->slot, slot);
	return true;
}

/* Whoever is not alone here goes on in the first stream meanwhile. */
static bool begin_alone(struct rg_process *process, struct rg_stream *stream)
{
	uint32_t nobody = 0;
	bool begun;

	if (rg_confined ||
	    !atomic_compare_exchange_strong(&process->spreading, &nobody, 1))
		return false;
	begun = atomic_load(&stream->slot) || begin(process, stream);
	/* where there is no more room in the table it stays so for good */
	if (begun)
		atomic_store(&process->spreading, 0);
	return begun;
}

__attribute__((noinline)) struct rg_stream *
rg_stream_here(struct rg_process *process)
{
	struct rg_stream *stream = process->streams;

	if (!have_met(process))
		return stream;
	stream += rg_processor(process) % RG_NR_STREAMS;
	return atomic_load(&stream->slot) || begin_alone(process, stream)
		       ? stream
		       : process->streams;
}
