/* SPDX-License-Identifier: MIT */

/*
 * An interpreter hands a native function its arguments where they lie on its
 * stack, and the function's own pushes grow the stack. Like many, it has a
 * handler of its own for crashes.
 */

#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SLOTS (32ul << 10)

struct machine {
	long *stack;
	size_t nr;
	size_t size;
};

static void on_crash(int signo)
{
	static const char said[] = "the interpreter crashed\n";

	(void)signo;
	(void)!write(STDERR_FILENO, said, sizeof(said) - 1);
	_exit(3);
}

static void push(struct machine *machine, long value)
{
	if (machine->nr == machine->size) {
		machine->size *= 2;
		machine->stack =
			realloc(machine->stack, machine->size * sizeof(long));
		if (!machine->stack)
			err(2, "realloc");
	}
	machine->stack[machine->nr++] = value;
}

/* Pushes all numbers below the argument, and has their sum replace it. */
static void count_down(struct machine *machine, size_t argument)
{
	long *in = &machine->stack[argument];
	long sum = 0;

	for (long number = *in; number-- > 0;) {
		push(machine, number);
		sum += number;
	}
	if (FIXED)
		in = &machine->stack[argument];
	*in = sum;
	machine->nr = argument + 1;
}

int main(void)
{
	struct machine machine = { .size = SLOTS };

	signal(SIGSEGV, on_crash);
	machine.stack = malloc(SLOTS * sizeof(long));
	if (!machine.stack)
		err(2, "malloc");
	push(&machine, 1000);
	push(&machine, 50000);
	count_down(&machine, 1);
	count_down(&machine, 0);
	printf("%ld\n", machine.stack[0]);
	free(machine.stack);
	return 0;
}
