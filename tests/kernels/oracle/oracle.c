/* SPDX-License-Identifier: MIT */

/*
 * The model against the kernel that runs: random address spaces, random
 * calls, and everything that is mapped afterwards.
 *
 * usage: oracle [--seed=N] [--calls=N] [--profile=NAME] [--machine]
 * [--beside=TEXT] [--under=OBJECT|nothing [--options=TEXT] [--threads]]
 *
 * With --machine settings of the whole machine are changed, too. --beside is
 * for what is linked in beside (beside.h), --under for the mode of placed.h.
 * Exits 0 when all agree, 1 when something does not, 2 when it cannot run.
 */

#include "beside.h"
#include "case.h"
#include "child.h"
#include "machine.h"
#include "placed.h"
#include "special.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Enough that forking does not cost, few enough that a child stays small. */
#define CASES_A_CHILD 40
/* After so many the reason is known, or will not be found by more. */
#define MAX_DISAGREEMENTS 20

struct arguments {
	uint64_t seed;
	uint64_t calls;
	enum profile profile; /* NR_PROFILES: all, in turn */
	bool machine;
	const char *beside;
	const char *under;
	const char *options;
	bool threads;
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "oracle: %s: %s\n", what, why);
	exit(2);
}

static uint64_t to_number(const char *name, const char *text)
{
	char *end;
	uint64_t value;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || end == text || *end || *text == '-')
		die(name, "not a number");
	return value;
}

static struct arguments parse_arguments(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "calls", required_argument, NULL, 'c' },
		{ "profile", required_argument, NULL, 'p' },
		{ "machine", no_argument, NULL, 'm' },
		{ "beside", required_argument, NULL, 'b' },
		{ "under", required_argument, NULL, 'u' },
		{ "options", required_argument, NULL, 'o' },
		{ "threads", no_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 },
	};
	struct arguments arguments = { 1,    20000, NR_PROFILES, false,
				       NULL, NULL,  NULL };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (option == 's')
			arguments.seed = to_number("--seed", optarg);
		else if (option == 'c')
			arguments.calls = to_number("--calls", optarg);
		else if (option == 'p')
			arguments.profile = profile_from_name(optarg);
		else if (option == 'm')
			arguments.machine = true;
		else if (option == 'b')
			arguments.beside = optarg;
		else if (option == 'u')
			arguments.under = optarg;
		else if (option == 'o')
			arguments.options = optarg;
		else if (option == 't')
			arguments.threads = true;
		else
			exit(2);
		if (option == 'p' && arguments.profile == NR_PROFILES)
			die(optarg, "no such profile");
	}
	if (optind < argc)
		die(argv[optind], "not an option");
	return arguments;
}

/* The same addresses for the same seed, and the object where it is to be. */
static void start_again(const struct arguments *arguments, char **argv)
{
	bool under = placed_prepare(arguments->under, arguments->options,
				    arguments->threads);
	int now = personality(0xffffffff);

	if (now & ADDR_NO_RANDOMIZE && !under)
		return;
	personality((unsigned long)now | ADDR_NO_RANDOMIZE);
	execv("/proc/self/exe", argv);
}

static void *share(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("memory", strerror(errno));
	return memory;
}

/* --------------------------------------------------------------- children */

struct cases {
	enum profile profile;
	uint64_t first; /* their seeds */
	uint64_t nr;
};

static int run_child(void *arg)
{
	static struct layout layout;
	const struct cases cases = *(const struct cases *)arg;

	layout_enter(&layout, cases.profile);
	for (uint64_t i = 0; i < cases.nr; i++) {
		if (!case_run(&layout, cases.first + i))
			return 1;
	}
	return 0;
}

static void print_killed(enum profile profile, int signal)
{
	printf("# disagreement: killed by signal %d, --profile=%s --seed=%" PRIu64
	       " --calls=1\n",
	       signal, profile_name(profile), running->seed);
	case_print_operations();
}

/* Return: whether all cases agreed. */
static bool run_cases(struct cases cases)
{
	pid_t pid = child_start(run_child, &cases);
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die("child", strerror(errno));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	tally->disagreements++;
	if (WIFEXITED(status))
		case_shrink(cases.profile);
	else
		print_killed(cases.profile, WTERMSIG(status));
	return false;
}

static enum profile next_profile(const struct arguments *arguments,
				 uint64_t child)
{
	enum profile profile = (enum profile)(child % NR_PROFILES);

	if (arguments->profile != NR_PROFILES)
		return arguments->profile;
	return profile_is_harmless(profile) || arguments->machine
		       ? profile
		       : PROFILE_PLAIN;
}

/* The vdso is not made again once it was unmapped. */
static uint64_t cases_of(enum profile profile)
{
	return profile == PROFILE_VDSO ? CASES_A_CHILD / 10 : CASES_A_CHILD;
}

static bool is_enough(void)
{
	return tally->disagreements >= MAX_DISAGREEMENTS ||
	       (beside && beside->is_done());
}

static void run(const struct arguments *arguments)
{
	uint64_t seed = arguments->seed;
	uint64_t end =
		seed + (arguments->calls + CALLS_A_CASE - 1) / CALLS_A_CASE;

	while (seed < end && !is_enough()) {
		uint64_t left = end - seed;
		struct cases cases = {
			next_profile(arguments, seed / CASES_A_CHILD), seed, 0
		};

		cases.nr = cases_of(cases.profile);
		if (cases.nr > left)
			cases.nr = left;
		seed += run_cases(cases) ? cases.nr : running->seed + 1 - seed;
	}
}

/* --------------------------------------------------------------- printing */

static void print_specials(void)
{
	for (unsigned int i = 0; i < nr_specials; i++) {
		int ret = specials[i].map(0, machine.page);

		if (ret < 0)
			printf("not-run %s: %s\n", specials[i].name,
			       strerror(-ret));
	}
}

static void print_tally(double seconds)
{
	for (int i = RG_PATH_REFUSE; i < RG_NR_PATHS; i++)
		printf("path %s %" PRIu64 "\n", rg_path_name((enum rg_path)i),
		       tally->paths[i]);
	for (int i = RG_CHECK_NONE + 1; i < RG_NR_CHECKS; i++) {
		if (tally->checks[i])
			printf("check %s %" PRIu64 "\n",
			       rg_check_info((enum rg_check)i)->name,
			       tally->checks[i]);
	}
	for (int i = 0; i < RG_NR_UNKNOWNS; i++) {
		if (tally->unknowns[i])
			printf("unknown %s %" PRIu64 "\n",
			       rg_unknown_name((enum rg_unknown)(1u << i)),
			       tally->unknowns[i]);
	}
	printf("result calls=%" PRIu64 " unknown=%" PRIu64 " invisible=%" PRIu64
	       " disagreements=%" PRIu64 " seconds=%.1f\n",
	       tally->calls, tally->unknown, tally->invisible,
	       tally->disagreements, seconds);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct arguments arguments = parse_arguments(argc, argv);
	double start = now();
	const char *what;
	int ret;

	start_again(&arguments, argv);
	ret = machine_find(arguments.machine, &what);
	if (ret < 0)
		die(what, strerror(-ret));
	what = placed_start();
	if (what)
		die(arguments.under, what);
	tally = share(sizeof(*tally));
	operation_log = share(sizeof(*operation_log));
	running = share(sizeof(*running));
	if (beside)
		beside->start(arguments.beside, arguments.calls);
	setvbuf(stdout, NULL, _IOLBF, 1 << 12);
	printf("generation %s\n",
	       rg_generation_name(machine.kernel.generation));
	print_specials();
	run(&arguments);
	if (beside)
		beside->print();
	placed_print();
	print_tally(now() - start);
	return tally->disagreements ? 1 : 0;
}
