/* SPDX-License-Identifier: MIT */

/*
 * stacks NAME [FILE FILE]: stacks that are nearly the same again, at the same
 * addresses. The object that is preloaded compares each with libunwind's, so
 * there is nothing to see to here. Compiled several times, with and without
 * frame pointers.
 */

#include "../hosts/hosts.h"

#include <alloca.h>
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/time.h>
#include <ucontext.h>

#define OUT_OF_LINE __attribute__((noinline, noclone))

static char *range;

static unsigned long seed = 88172645463325252ul;

static unsigned long chance(unsigned long below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % below;
}

/* Something after the call keeps it from being a jump. */
static volatile int after;

/* ------------------------------------------------ frames of several kinds */

typedef void grow_fn(int depth);

static void deeper(int depth);

OUT_OF_LINE static void plain(int depth)
{
	deeper(depth);
	after++;
}

OUT_OF_LINE static void large(int depth)
{
	volatile char room[3000];

	room[depth] = 1;
	deeper(depth);
	after += room[depth];
}

OUT_OF_LINE static void of_any_size(int depth)
{
	volatile char *room = alloca(16 + 16 * chance(20));

	room[0] = 1;
	deeper(depth);
	after += room[0];
}

OUT_OF_LINE static void aligned(int depth)
{
	volatile char room[64] __attribute__((aligned(64)));

	room[0] = 1;
	deeper(depth);
	after += room[0];
}

OUT_OF_LINE static int of_many(int depth, int b, int c, int d, int e, int f,
			       int g, int h, int i)
{
	deeper(depth);
	after++;
	return b + c + d + e + f + g + h + i;
}

OUT_OF_LINE static void of_nine(int depth)
{
	after += of_many(depth, 1, 2, 3, 4, 5, 6, 7, 8);
}

static bool no_alignment;

OUT_OF_LINE static void deeper(int depth)
{
	static grow_fn *const kinds[] = { plain, large, of_any_size, of_nine,
					  aligned };

	if (depth)
		kinds[chance(no_alignment ? 4 : 5)](depth - 1);
	else
		bounce(range, 2);
	after++;
}

static unsigned long fresh(int i)
{
	return (unsigned long)(i + 1) * 0x9e3779b97f4a7c15ul | 1;
}

static void depths(void)
{
	unsigned long begun[16];

	for (int i = 0; i < 16; i++)
		begun[i] = fresh(-2 - i);
	for (int i = 0; i < 20000; i++) {
		no_alignment = i % 4;
		/* often one of the last few once more */
		if (i % 8 == 0)
			begun[chance(16)] = seed;
		else
			seed = begun[chance(16)];
		deeper((int)chance(90));
		seed = fresh(i);
	}
}

/* ------------------------------------------------------------- coroutines */

/*
 * A stack pointer is all there is to them. The first frame says that it is
 * the outermost, as those of libraries for coroutines do; those of
 * makecontext(3) do not, and are left to libunwind.
 */
#ifdef __x86_64__
void switch_stack(void **own, void *other);
void coroutine_start(void);

__asm__(".text\n"
	".type switch_stack, @function\n"
	"switch_stack:\n"
	"	.cfi_startproc\n"
	"	pushq	%rbp\n"
	"	.cfi_adjust_cfa_offset 8\n"
	"	.cfi_rel_offset %rbp, 0\n"
	"	pushq	%rbx\n"
	"	.cfi_adjust_cfa_offset 8\n"
	"	.cfi_rel_offset %rbx, 0\n"
	"	pushq	%r12\n"
	"	.cfi_adjust_cfa_offset 8\n"
	"	pushq	%r13\n"
	"	.cfi_adjust_cfa_offset 8\n"
	"	pushq	%r14\n"
	"	.cfi_adjust_cfa_offset 8\n"
	"	pushq	%r15\n"
	"	.cfi_adjust_cfa_offset 8\n"
	"	movq	%rsp, (%rdi)\n"
	"	movq	%rsi, %rsp\n"
	"	popq	%r15\n"
	"	popq	%r14\n"
	"	popq	%r13\n"
	"	popq	%r12\n"
	"	popq	%rbx\n"
	"	popq	%rbp\n"
	"	.cfi_adjust_cfa_offset -48\n"
	"	ret\n"
	"	.cfi_endproc\n"
	".type coroutine_start, @function\n"
	"coroutine_start:\n"
	"	.cfi_startproc\n"
	"	.cfi_undefined %rip\n"
	"	call	*%rbx\n"
	"	hlt\n"
	"	.cfi_endproc\n");

static void *begin_on(char *stack, size_t len, void (*begin)(void))
{
	void **sp = (void **)(stack + len);

	sp -= 2; /* aligned, as where a call is made */
	*--sp = (void *)coroutine_start;
	*--sp = NULL;	       /* rbp */
	*--sp = (void *)begin; /* rbx */
	return sp - 4;
}
#endif

static ucontext_t back_context, context;
static void *back_sp, *own_sp;
static bool by_context;

static void yields(void)
{
	if (by_context)
		swapcontext(&context, &back_context);
#ifdef __x86_64__
	else
		switch_stack(&own_sp, back_sp);
#endif
}

OUT_OF_LINE static void twice(int depth)
{
	if (depth)
		twice(depth - 1);
	else
		bounce(range, 2);
	yields();
	bounce(range, 2);
}

static void begin_small(void)
{
	for (;;)
		twice(3);
}

static void begin_large(void)
{
	for (;;) {
		large(2);
		twice(5);
	}
}

static void run_context(void (*begin)(void), char *stack, size_t len)
{
	getcontext(&context);
	context.uc_stack.ss_sp = stack;
	context.uc_stack.ss_size = len;
	makecontext(&context, begin, 0);
	for (int i = 0; i < 20; i++)
		swapcontext(&back_context, &context);
}

static void run_coroutine(void (*begin)(void), char *stack, size_t len)
{
#ifdef __x86_64__
	by_context = chance(8) == 0;
	if (!by_context) {
		own_sp = begin_on(stack, len, begin);
		for (int i = 0; i < 20; i++)
			switch_stack(&back_sp, own_sp);
		return;
	}
#else
	by_context = true;
#endif
	run_context(begin, stack, len);
}

/* The same end of a stack, over more or less of it, mapped anew each time. */
static void on_coroutines(void)
{
	char *end = (char *)0x300000000000ul;

	no_alignment = true;
	for (int i = 0; i < 4000; i++) {
		size_t len = (16ul + 16 * chance(3)) << 10;
		char *stack =
			mmap(end - len, len, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

		if (stack != end - len)
			abort();
		run_coroutine(chance(2) ? begin_small : begin_large, stack,
			      len);
		munmap(stack, len);
	}
}

/* ------------------------------------------------------------- long jumps */

static jmp_buf out;

OUT_OF_LINE static void jumps(int depth)
{
	if (depth)
		jumps(depth - 1);
	bounce(range, 2);
	if (!depth)
		longjmp(out, 1);
	after++;
}

static void long_jumps(void)
{
	for (volatile int i = 0; i < 20000; i++) {
		if (!setjmp(out))
			jumps((int)chance(10));
		deeper((int)chance(3));
	}
}

/* ---------------------------------------------------------------- signals */

static char *handlers_range;

static void handle(int signal)
{
	(void)signal;
	bounce(handlers_range, 2);
	after++;
}

static void signals_on(int flags)
{
	struct sigaction action = { .sa_handler = handle, .sa_flags = flags };
	struct itimerval never = { { 0, 0 }, { 0, 0 } };

	handlers_range = bounce_range(1);
	sigaction(SIGALRM, &action, NULL);
	for (int i = 0; i < 20000; i++) {
		/* one each time: they must not come faster than they end */
		struct itimerval soon = { .it_value.tv_usec =
						  1 + (long)chance(60) };

		if (i % 4 == 0)
			setitimer(ITIMER_REAL, &soon, NULL);
		deeper((int)chance(6));
		if (i % 16 == 0)
			raise(SIGALRM);
	}
	setitimer(ITIMER_REAL, &never, NULL);
}

static void in_handlers(void)
{
	stack_t stack = { .ss_size = 128 << 10 };

	signals_on(SA_RESTART);
	stack.ss_sp = malloc(stack.ss_size);
	sigaltstack(&stack, NULL);
	signals_on(SA_RESTART | SA_ONSTACK);
}

/* ---------------------------------------------------------------- threads */

OUT_OF_LINE static void nested(char *own, int depth)
{
	if (depth)
		nested(own, depth - 1);
	else
		bounce(own, 20);
	after++;
}

static void *one(void *own)
{
	nested(own, 2);
	return NULL;
}

static void *other(void *own)
{
	nested(own, 5);
	nested(own, 2);
	return NULL;
}

static void in_threads(void)
{
	for (int i = 0; i < 2000; i++) {
		pthread_t threads[3];

		for (unsigned long t = 0; t < 3; t++)
			pthread_create(&threads[t], NULL,
				       chance(2) ? one : other,
				       bounce_range(1 + t));
		for (int t = 0; t < 3; t++)
			pthread_join(threads[t], NULL);
	}
}

/* --------------------------------------------------------------- children */

OUT_OF_LINE static void vfork_child(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		bounce(range, 2);
		_exit(0);
	}
	ended(pid);
}

static void in_children(void)
{
	for (int i = 0; i < 300; i++) {
		pid_t pid;

		deeper(3);
		pid = fork();
		if (pid == 0) {
			for (int times = 0; times < 10; times++)
				deeper((int)chance(5));
			_exit(0);
		}
		if (ended(pid))
			abort();
		vfork_child();
	}
}

/* ---------------------------------------------------------------- plugins */

/*
 * Two plugins that take each other's place, and two functions that call them.
 * The second plugin's frame is larger by STEP, for which the second function
 * makes less room, so that all the stack has the same addresses but for the
 * return to that function. Where the first plugin's lay, in what the second
 * leaves as it is, stands what did stand there. So every word that was read to
 * unwind through the first plugin is there again, and the stack is another.
 */
#define FIRST_FRAME 136
#define STEP 64

static const char *files[2];

typedef void call_fn(void (*function)(void));

static int which;
static void **place;
static void *word;

OUT_OF_LINE static void inner(void)
{
	if (which == 0) {
		place = (void **)((char *)__builtin_dwarf_cfa() + FIRST_FRAME);
		word = *place;
	}
	bounce(range, 2);
	after++;
}

OUT_OF_LINE static void through_first(call_fn *call, size_t room)
{
	volatile char *space = alloca(room);

	space[0] = 1;
	call(inner);
	after += space[0];
}

OUT_OF_LINE static void through_second(call_fn *call, size_t room)
{
	volatile char *space = alloca(room);

	space[0] = 1;
	/* below the stack pointer, so far */
	if (place)
		*(void *volatile *)place = word;
	call(inner);
	after += 2 * space[0];
}

static void call_plugin(void **address)
{
	static void (*const through[])(call_fn *, size_t) = { through_first,
							      through_second };
	void *plugin = dlopen(files[which], RTLD_NOW);
	call_fn *call;

	if (!plugin)
		abort();
	call = (call_fn *)dlsym(plugin, "call");
	if (*address && *address != call) {
		fprintf(stderr, "plugins do not take each other's place\n");
		exit(SKIPPED);
	}
	*address = (void *)call;
	for (int i = 0; i < 3; i++)
		through[which](call, (size_t)(3 - which) * STEP);
	dlclose(plugin);
}

static void in_plugins(void)
{
	void *address = NULL;

	for (int i = 0; i < 3000; i++) {
		which = (int)chance(2);
		call_plugin(&address);
	}
}

/* ------------------------------------------------------------------------ */

static const struct {
	const char *name;
	void (*run)(void);
} scenes[] = {
	{ "depths", depths },	      { "coroutines", on_coroutines },
	{ "long-jumps", long_jumps }, { "handlers", in_handlers },
	{ "threads", in_threads },    { "children", in_children },
	{ "plugins", in_plugins },
};

int main(int argc, char **argv)
{
	if (argc < 2)
		return 1;
	for (int i = 0; i < 2 && i + 2 < argc; i++)
		files[i] = argv[i + 2];
	range = bounce_range(0);
	for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
		if (strcmp(scenes[i].name, argv[1]))
			continue;
		scenes[i].run();
		return 0;
	}
	return 1;
}
