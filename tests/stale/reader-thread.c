/* SPDX-License-Identifier: MIT */

/*
 * A thread sums up samples in batches while another one grows them between
 * two batches. The lock is taken, but the base was read before it.
 */

#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define SIZE (512ul << 10)
#define NR (SIZE / sizeof(long))
#define BATCHES 4

static struct {
	pthread_mutex_t lock;
	long *samples;
	size_t size;
} table = { .lock = PTHREAD_MUTEX_INITIALIZER };

static sem_t batch_done, grown;

/* It moves as it grows: there is a page behind it. */
static void guard(void *end)
{
	mmap(end, 4096, PROT_NONE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

static void *map(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		err(2, "mmap");
	guard((char *)at + size);
	return at;
}

static void grow_table(void)
{
	pthread_mutex_lock(&table.lock);
	table.samples = mremap(table.samples, table.size, 2 * table.size,
			       MREMAP_MAYMOVE);
	if (table.samples == MAP_FAILED)
		err(2, "mremap");
	table.size *= 2;
	pthread_mutex_unlock(&table.lock);
}

static long sum_batch(const long *samples, size_t batch)
{
	long sum = 0;

	for (size_t i = 0; i < NR / BATCHES; i++)
		sum += samples[batch * (NR / BATCHES) + i];
	return sum;
}

static void *sum_up(void *ret_sum)
{
	const long *samples = table.samples;
	long sum = 0;

	for (size_t batch = 0; batch < BATCHES; batch++) {
		pthread_mutex_lock(&table.lock);
		if (FIXED)
			samples = table.samples;
		sum += sum_batch(samples, batch);
		pthread_mutex_unlock(&table.lock);
		sem_post(&batch_done);
		sem_wait(&grown);
	}
	*(long *)ret_sum = sum;
	return NULL;
}

int main(void)
{
	pthread_t thread;
	long sum;

	sem_init(&batch_done, 0, 0);
	sem_init(&grown, 0, 0);
	table.samples = map(SIZE);
	table.size = SIZE;
	for (size_t i = 0; i < NR; i++)
		table.samples[i] = (long)i;
	pthread_create(&thread, NULL, sum_up, &sum);
	for (int batch = 0; batch < BATCHES; batch++) {
		sem_wait(&batch_done);
		grow_table();
		sem_post(&grown);
	}
	pthread_join(thread, NULL);
	printf("sum %ld\n", sum);
	munmap(table.samples, table.size);
	return 0;
}
