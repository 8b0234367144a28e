/* SPDX-License-Identifier: MIT */

/*
 * A limit on how often one call site may call mremap: a token bucket for
 * each. What comes too fast is denied with EAGAIN.
 *
 * REMAPGUARD_LIMIT=RATE[,BURST] in the environment: so many calls a second
 * (1000), and so many at once before that counts (RATE).
 */

#include <errno.h>
#include <remapguard/plugin.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define NS_A_SECOND UINT64_C(1000000000)

static uint64_t ns_a_call = NS_A_SECOND / 1000;
static uint64_t burst_ns = NS_A_SECOND;

/*
 * A bucket is the time at which it will be full again: each call puts that
 * off by what a call costs, and may not put it off further than the burst.
 */
static struct bucket {
	_Atomic uint64_t caller;
	_Atomic uint64_t full_at; /* ns */
} buckets[1024];

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_A_SECOND + (uint64_t)now.tv_nsec;
}

/* NULL when there are more call sites than buckets: those have no limit. */
static struct bucket *bucket_of(uint64_t caller)
{
	const size_t nr = sizeof(buckets) / sizeof(buckets[0]);

	for (size_t i = 0; i < nr; i++) {
		struct bucket *bucket = &buckets[(caller / 4 + i) % nr];
		uint64_t found = 0;

		if (atomic_compare_exchange_strong(&bucket->caller, &found,
						   caller) ||
		    found == caller)
			return bucket;
	}
	return NULL;
}

static int before(const struct remapguard_call *call)
{
	struct bucket *bucket = bucket_of(call->caller);
	uint64_t now = now_ns();
	uint64_t full_at;
	uint64_t later;

	if (!bucket)
		return 0;
	full_at = atomic_load(&bucket->full_at);
	do {
		later = (full_at > now ? full_at : now) + ns_a_call;
		if (later > now + burst_ns)
			return EAGAIN;
	} while (!atomic_compare_exchange_weak(&bucket->full_at, &full_at,
					       later));
	return 0;
}

static void configure(const char *text)
{
	char *end;
	unsigned long rate = strtoul(text, &end, 10);
	unsigned long burst = rate;

	if (*end == ',')
		burst = strtoul(end + 1, NULL, 10);
	if (!rate || rate > NS_A_SECOND || burst > NS_A_SECOND)
		return;
	ns_a_call = NS_A_SECOND / rate;
	burst_ns = ns_a_call * (burst ? burst : 1);
}

const struct remapguard_plugin *remapguard_plugin(uint32_t version)
{
	static const struct remapguard_plugin plugin = {
		.version = REMAPGUARD_PLUGIN_VERSION,
		.name = "limit",
		.before = before,
	};
	const char *text = getenv("REMAPGUARD_LIMIT");

	if (version != REMAPGUARD_PLUGIN_VERSION)
		return NULL;
	if (text)
		configure(text);
	return &plugin;
}
