/* SPDX-License-Identifier: MIT */

/*
 * A signal's handler stores into a table whose base was copied for it when it
 * was installed; the table has grown since.
 */

#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>

#define SIZE (256ul << 10)

static unsigned *ticks; /* one for each round */
static size_t size = SIZE;
static volatile sig_atomic_t round_now;
static unsigned *volatile for_handler;

/* It moves as it grows: there is a page behind it. */
static void guard(void *end)
{
	mmap(end, 4096, PROT_NONE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

static void on_tick(int signo)
{
	for_handler[round_now] = (unsigned)signo;
}

static void install(void)
{
	struct sigaction action = { .sa_handler = on_tick };

	for_handler = ticks;
	sigaction(SIGUSR1, &action, NULL);
}

static void grow_ticks(void)
{
	sigset_t tick, before;

	sigemptyset(&tick);
	sigaddset(&tick, SIGUSR1);
	sigprocmask(SIG_BLOCK, &tick, &before);
	ticks = mremap(ticks, size, 2 * size, MREMAP_MAYMOVE);
	if (ticks == MAP_FAILED)
		err(2, "mremap");
	size *= 2;
	if (FIXED)
		for_handler = ticks;
	sigprocmask(SIG_SETMASK, &before, NULL);
}

int main(void)
{
	unsigned long sum = 0;

	ticks = mmap(NULL, size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (ticks == MAP_FAILED)
		err(2, "mmap");
	guard((char *)ticks + size);
	install();
	for (; round_now < 8; round_now++) {
		raise(SIGUSR1);
		if (round_now == 3)
			grow_ticks();
	}
	for (int i = 0; i < 8; i++)
		sum += ticks[i] == SIGUSR1;
	printf("%lu ticks\n", sum);
	munmap(ticks, size);
	return 0;
}
