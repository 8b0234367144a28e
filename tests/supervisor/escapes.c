/* SPDX-License-Identifier: MIT */

/*
 * escapes [ROUNDS [THREADS [storm|tolerant]]]: calls that no preloaded object
 * sees, each with the result it must have. Prints how many were made, and,
 * where a kernel without a listener may answer, how often it said ENOSYS.
 * In a storm a signal comes every 50 us.
 */

#include "raw.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>

#define PAGE 65536ul
#define FIXED 3ul

static int rounds = 10;
static int is_tolerant;
static atomic_int made, refused, wrong;
static volatile sig_atomic_t signals;

static void expect(const char *what, long got, long wanted)
{
	atomic_fetch_add(&made, 1);
	if (got == wanted)
		return;
	if (got == -ENOSYS && is_tolerant) {
		atomic_fetch_add(&refused, 1);
		return;
	}
	atomic_fetch_add(&wrong, 1);
	printf("%s: got %ld, wanted %ld\n", what, got, wanted);
}

/* Far from where the kernel maps by itself: what is free there stays free. */
static char *own_place(void)
{
	static atomic_ulong next = 0x800000000ul;

	return (char *)atomic_fetch_add(&next, 1ul << 30);
}

static void *work(void *arg)
{
	char *at = own_place();

	for (int i = 0; i < rounds; i++) {
		mmap(at, PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		expect("grow", raw_mremap(at, PAGE, 2 * PAGE, 0, NULL),
		       (long)at);
		expect("shrink", raw_mremap(at, 2 * PAGE, PAGE, 0, NULL),
		       (long)at);
		expect("nothing there",
		       raw_mremap(at + 2 * PAGE, PAGE, 2 * PAGE, 0, NULL),
		       -EFAULT);
		expect("no length", raw_mremap(at, PAGE, 0, 0, NULL), -EINVAL);
		expect("move", raw_mremap(at, PAGE, PAGE, FIXED, at + 4 * PAGE),
		       (long)(at + 4 * PAGE));
		munmap(at + 4 * PAGE, PAGE);
	}
	return arg;
}

static void on_signal(int signal)
{
	signals += signal != 0;
}

static void begin_storm(void)
{
	const struct itimerval often = { { 0, 50 }, { 0, 50 } };
	struct sigaction action = {
		.sa_handler = on_signal,
		.sa_flags = SA_RESTART,
	};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

static void end_storm(void)
{
	const struct itimerval never = { 0 };

	setitimer(ITIMER_REAL, &never, NULL);
	if (signals < 10)
		printf("only %d signals came\n", (int)signals);
}

int main(int argc, char **argv)
{
	int threads = argc > 2 ? atoi(argv[2]) : 1;
	const char *how = argc > 3 ? argv[3] : "";
	pthread_t thread[64];

	if (argc > 1)
		rounds = atoi(argv[1]);
	is_tolerant = !strcmp(how, "tolerant");
	if (!strcmp(how, "storm"))
		begin_storm();
	for (int i = 1; i < threads && i < 64; i++)
		pthread_create(&thread[i], NULL, work, NULL);
	work(NULL);
	for (int i = 1; i < threads && i < 64; i++)
		pthread_join(thread[i], NULL);
	if (!strcmp(how, "storm"))
		end_storm();
	printf("%d calls\n", made);
	if (is_tolerant)
		printf("%d refused\n", refused);
	return wrong != 0;
}
