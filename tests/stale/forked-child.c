/* SPDX-License-Identifier: MIT */

/*
 * What a child is to work on is prepared before the parent grows the table it
 * lies in. The parent moves it, the child comes upon the old place.
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLICE (32ul << 10)

struct table {
	unsigned *rows;
	size_t nr;
};

struct job {
	const unsigned *rows;
	size_t from;
};

static void add_rows(struct table *table, size_t nr)
{
	table->rows = realloc(table->rows, (table->nr + nr) * sizeof(unsigned));
	if (!table->rows)
		err(2, "realloc");
	for (size_t i = 0; i < nr; i++)
		table->rows[table->nr + i] = (unsigned)i;
	table->nr += nr;
}

static unsigned sum_slice(const struct job *job)
{
	unsigned sum = 0;

	for (size_t i = 0; i < SLICE; i++)
		sum += job->rows[job->from + i];
	return sum;
}

/* Return: the child's wait status. */
static int work(const struct job *job)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child < 0)
		err(2, "fork");
	if (!child) {
		printf("sum %u\n", sum_slice(job));
		exit(0);
	}
	if (waitpid(child, &status, 0) != child)
		err(2, "waitpid");
	return status;
}

int main(void)
{
	struct table table = { NULL };
	struct job job;
	int status;

	add_rows(&table, 2 * SLICE);
	job = (struct job){ table.rows, SLICE };
	add_rows(&table, 6 * SLICE);
	if (FIXED)
		job.rows = table.rows;
	status = work(&job);
	free(table.rows);
	if (!status)
		return 0;
	printf("the child ended with status %#x\n", (unsigned)status);
	return 1;
}
