/* SPDX-License-Identifier: MIT */

/*
 * What becomes of a use of memory where it was before it moved: signals ROW.
 * The same with a quarantine as without, where the old range is a hole.
 */

#include "stale.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static sigjmp_buf back;
static volatile int handled;
static volatile sig_atomic_t on_alternate, blocked_usr1, blocked_segv;
static char *volatile fault_at;

static void look_around(const siginfo_t *info)
{
	stack_t stack;
	sigset_t mask;

	sigaltstack(NULL, &stack);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	on_alternate = (stack.ss_flags & SS_ONSTACK) != 0;
	blocked_usr1 = sigismember(&mask, SIGUSR1);
	blocked_segv = sigismember(&mask, SIGSEGV);
	if (info)
		fault_at = info->si_addr;
	handled++;
}

static void with_info(int sig, siginfo_t *info, void *context)
{
	if (sig != SIGSEGV || !context)
		abort();
	look_around(info);
	siglongjmp(back, 1);
}

static void without_info(int sig)
{
	if (sig != SIGSEGV)
		abort();
	look_around(NULL);
	siglongjmp(back, 1);
}

static void set(int flags, void (*simple)(int))
{
	struct sigaction action = { .sa_flags = flags };

	if (simple)
		action.sa_handler = simple;
	else
		action.sa_sigaction = with_info;
	sigaddset(&action.sa_mask, SIGUSR1);
	if (sigaction(SIGSEGV, &action, NULL))
		abort();
}

/* Errno is the program's, in a handler and behind it. */
static void use(char *at)
{
	errno = EXDEV;
	if (!sigsetjmp(back, 1))
		*(volatile char *)at;
	if (errno != EXDEV)
		abort();
}

static void told(const char *stale)
{
	printf("handled %d at %td, alternate %d, usr1 %d, segv %d\n", handled,
	       fault_at ? fault_at - stale : 0, on_alternate, blocked_usr1,
	       blocked_segv);
}

/* ------------------------------------------------------------------ rows */

static void siginfo(void)
{
	char *stale = moved_from();

	set(SA_SIGINFO, NULL);
	use(stale + 5);
	told(stale);
}

static void set_before(void)
{
	char *stale;

	set(SA_SIGINFO, NULL);
	stale = moved_from();
	use(stale + 5);
	told(stale);
}

static void plain(void)
{
	char *stale = moved_from();

	set(0, without_info);
	use(stale);
	told(stale);
}

static void write_and_execute(void)
{
	char *stale = moved_from();

	set(SA_SIGINFO, NULL);
	if (!sigsetjmp(back, 1))
		*(volatile char *)(stale + 1) = 1;
	told(stale);
	if (!sigsetjmp(back, 1))
		((void (*)(void))(uintptr_t)(stale + 2))();
	told(stale);
}

static void no_defer(void)
{
	char *stale = moved_from();

	set(SA_SIGINFO | SA_NODEFER, NULL);
	use(stale);
	told(stale);
}

static void once(void)
{
	char *stale = moved_from();
	struct sigaction now;

	set(SA_SIGINFO | (int)SA_RESETHAND, NULL);
	use(stale);
	told(stale);
	sigaction(SIGSEGV, NULL, &now);
	printf("now the default: %d\n", now.sa_handler == SIG_DFL);
	fflush(stdout);
	use(stale);
}

static void alternate(void)
{
	char *stale = moved_from();
	stack_t stack = { .ss_size = 64 << 10 };

	stack.ss_sp = malloc(stack.ss_size);
	if (!stack.ss_sp || sigaltstack(&stack, NULL))
		abort();
	set(SA_SIGINFO | SA_ONSTACK, NULL);
	use(stale);
	told(stale);
}

static void no_alternate(void)
{
	char *stale = moved_from();
	stack_t stack = { .ss_size = 64 << 10 };

	stack.ss_sp = malloc(stack.ss_size);
	if (!stack.ss_sp || sigaltstack(&stack, NULL))
		abort();
	set(SA_SIGINFO, NULL);
	use(stale);
	told(stale);
}

/* With 4 KiB beside what the kernel puts there. */
static void set_small_alternate(void)
{
	stack_t stack = { .ss_size = getauxval(AT_MINSIGSTKSZ) + 4096 };
	char *guarded = map(stack.ss_size + 2 * PAGE);

	mprotect(guarded, PAGE, PROT_NONE);
	stack.ss_sp = guarded + PAGE;
	if (sigaltstack(&stack, NULL))
		abort();
}

static void small_alternate(void)
{
	char *stale = moved_from();

	set_small_alternate();
	set(SA_SIGINFO | SA_ONSTACK, NULL);
	use(stale);
	told(stale);
}

static void small_by_default(void)
{
	char *stale = moved_from();

	set_small_alternate();
	*(volatile char *)stale;
}

/* Until there is no more stack. */
static int recurse(volatile char *deep)
{
	char frame[4096];

	memset(frame, *deep, sizeof(frame));
	return *deep ? recurse(frame) + frame[17] : 5;
}

static void overflow(void)
{
	char deep[] = "deep";

	moved_from();
	set_small_alternate();
	exit(recurse(deep));
}

static void overflow_handled(void)
{
	char *stale = moved_from();
	char deep[] = "deep";

	set_small_alternate();
	set(SA_SIGINFO | SA_ONSTACK, NULL);
	if (!sigsetjmp(back, 1))
		exit(recurse(deep));
	printf("handled %d\n", handled);
	use(stale);
	printf("handled %d\n", handled);
}

static void by_default(void)
{
	*(volatile char *)moved_from();
}

static void ignored(void)
{
	signal(SIGSEGV, SIG_IGN);
	*(volatile char *)moved_from();
}

static void blocked(void)
{
	sigset_t mask;

	set(SA_SIGINFO, NULL);
	sigemptyset(&mask);
	sigaddset(&mask, SIGSEGV);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	*(volatile char *)moved_from();
}

static void sent(void)
{
	kill(getpid(), SIGSEGV);
	pause();
}

static void sent_and_ignored(void)
{
	signal(SIGSEGV, SIG_IGN);
	kill(getpid(), SIGSEGV);
	raise(SIGSEGV);
	printf("still here\n");
}

static void sent_and_handled(void)
{
	set(SA_SIGINFO, NULL);
	if (!sigsetjmp(back, 1))
		kill(getpid(), SIGSEGV);
	printf("handled %d\n", handled);
}

static void elsewhere(void)
{
	set(SA_SIGINFO, NULL);
	moved_from();
	use((char *)16);
	told(NULL);
}

/* Returns once the range is there again, so that the access succeeds. */
static void mend(int sig, siginfo_t *info, void *context)
{
	char *page = (char *)((uintptr_t)info->si_addr & -PAGE);

	(void)sig;
	(void)context;
	if (mmap(page, PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != page)
		abort();
	handled++;
}

static void mended(void)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO };
	char *stale = moved_from();
	int sum = 0;

	action.sa_sigaction = mend;
	sigaction(SIGSEGV, &action, NULL);
	for (size_t i = 0; i < MOVED_LEN; i += 64)
		sum += ((volatile char *)stale)[i];
	printf("handled %d, read %d\n", handled, sum);
}

static const char *name_of(void (*handler)(int))
{
	if (handler == SIG_DFL)
		return "default";
	if (handler == SIG_IGN)
		return "ignored";
	if (handler == SIG_HOLD)
		return "held";
	if (handler == SIG_ERR)
		return "error";
	return handler == without_info ? "ours" : "other";
}

static void print_now(const char *what, void (*before)(int))
{
	struct sigaction now;

	sigaction(SIGSEGV, NULL, &now);
	printf("%s: was %s, is %s, flags %x, usr1 %d, segv %d\n", what,
	       name_of(before), name_of(now.sa_handler), (unsigned)now.sa_flags,
	       sigismember(&now.sa_mask, SIGUSR1),
	       sigismember(&now.sa_mask, SIGSEGV));
}

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
void (*bsd_signal(int, void (*)(int)))(int);

static void given_back(void)
{
	print_now("nothing", NULL);
	set(SA_RESTART | SA_ONSTACK, without_info);
	print_now("sigaction", NULL);
	print_now("signal", signal(SIGSEGV, SIG_DFL));
	print_now("signal", signal(SIGSEGV, without_info));
	print_now("bsd_signal", bsd_signal(SIGSEGV, SIG_IGN));
	print_now("ssignal", ssignal(SIGSEGV, without_info));
	print_now("sysv_signal", sysv_signal(SIGSEGV, without_info));
	print_now("sigset", sigset(SIGSEGV, without_info));
	print_now("sigset, hold", sigset(SIGSEGV, SIG_HOLD));
	print_now("sigset, held", sigset(SIGSEGV, without_info));
	printf("sigignore %d\n", sigignore(SIGSEGV));
	print_now("sigignore", NULL);
	print_now("wrong", signal(SIGSEGV, SIG_ERR));
	siginterrupt(SIGSEGV, 0);
	print_now("siginterrupt", signal(SIGSEGV, without_info));
	printf("others: %s", name_of(signal(SIGUSR1, without_info)));
	printf(" %s\n", name_of(signal(SIGUSR1, SIG_DFL)));
	moved_from();
	if (!sigsetjmp(back, 1))
		*(volatile char *)moved_from();
	printf("handled %d\n", handled);
}

/* What a child of vfork sets before it calls exec is its own. */
static void vfork_child(void)
{
	char *stale = moved_from();
	pid_t pid;
	int status;

	set(SA_SIGINFO, NULL);
	pid = vfork();
	if (!pid) {
		signal(SIGSEGV, SIG_DFL);
		execl("/bin/sh", "sh", "-c", "kill -s SEGV $$", (char *)NULL);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	printf("child: signal %d\n", WTERMSIG(status));
	use(stale);
	told(stale);
}

static void in_child(void)
{
	char *stale = moved_from();
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		set(SA_SIGINFO, NULL);
		use(stale + 3);
		told(stale);
		stale = moved_from();
		use(stale + 4);
		told(stale);
		exit(0);
	}
	waitpid(pid, &status, 0);
	printf("child: status %x\n", (unsigned)status);
	*(volatile char *)stale;
}

static void *use_it(void *stale)
{
	use(stale);
	return NULL;
}

static void in_thread(void)
{
	char *stale = moved_from();
	pthread_t thread;

	set(SA_SIGINFO, NULL);
	pthread_create(&thread, NULL, use_it, stale + 6);
	pthread_join(thread, NULL);
	told(stale);
}

/* What it may do: write, end, and return from handlers. */
static void shut_in(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigreturn, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof(code) / sizeof(code[0]), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) {
		fprintf(stderr, "no seccomp filter can be had\n");
		exit(77);
	}
}

static void in_sandbox(void)
{
	char *stale = moved_from();

	set(SA_SIGINFO, NULL);
	use(stale + 8);
	told(stale);
	signal(SIGSEGV, SIG_DFL);
	fflush(stdout);
	shut_in();
	*(volatile char *)stale;
}

/* Moved on, cut, and gone: where the bytes are now. */
static void moved_on(void)
{
	char *first = map(MOVED_LEN);
	char *second = map(MOVED_LEN);
	char *third = map(MOVED_LEN);

	set(SA_SIGINFO, NULL);
	mremap(first, MOVED_LEN, MOVED_LEN, MREMAP_MAYMOVE | MREMAP_FIXED,
	       second);
	use(first + 1);
	mremap(second, MOVED_LEN, MOVED_LEN, MREMAP_MAYMOVE | MREMAP_FIXED,
	       third);
	use(first + 2);
	use(second + 3);
	mremap(third, MOVED_LEN, PAGE, 0);
	use(first + PAGE);
	munmap(third, PAGE);
	use(first + 5);
}

static const struct row rows[] = {
	{ "siginfo", siginfo },
	{ "set-before", set_before },
	{ "plain", plain },
	{ "write-and-execute", write_and_execute },
	{ "no-defer", no_defer },
	{ "once", once },
	{ "alternate", alternate },
	{ "no-alternate", no_alternate },
	{ "small-alternate", small_alternate },
	{ "small-by-default", small_by_default },
	{ "overflow", overflow },
	{ "overflow-handled", overflow_handled },
	{ "by-default", by_default },
	{ "ignored", ignored },
	{ "blocked", blocked },
	{ "sent", sent },
	{ "sent-and-ignored", sent_and_ignored },
	{ "sent-and-handled", sent_and_handled },
	{ "elsewhere", elsewhere },
	{ "mended", mended },
	{ "given-back", given_back },
	{ "vfork-child", vfork_child },
	{ "in-child", in_child },
	{ "in-thread", in_thread },
	{ "in-sandbox", in_sandbox },
	{ "moved-on", moved_on },
};

int main(int argc, char **argv)
{
	return run_row(rows, sizeof(rows) / sizeof(rows[0]), argc, argv);
}
