/* SPDX-License-Identifier: MIT */

/*
 * The map count thresholds on the running kernel: a child fills its address
 * space with vmas up to a few below vm.max_map_count, and each call near the
 * limit must be refused, or not, as planned.
 */

#include "remapguard/model.h"

#include "unit.h"

#include "test-model-space.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#define PAGE UINT64_C(4096)
#define FILL UINT64_C(0x300000000000)
#define A UINT64_C(0x100000000000)
#define B UINT64_C(0x200000000000)
#define MOST_LEFT 9
#define MOST_MAPS 66000

static struct snapshot shot;
static struct rg_kernel kernel;

/* Three pages at A, three at B, and nothing near them. */
static const struct {
	const char *name;
	struct rg_request req;
} calls[] = {
	{ "no-op", { A, PAGE, PAGE, 0, 0 } },
	{ "shrink at the end", { A, 3 * PAGE, PAGE, 0, 0 } },
	{ "shrink in the middle", { A, 2 * PAGE, PAGE, 0, 0 } },
	{ "grow in place", { A, 3 * PAGE, 4 * PAGE, 0, 0 } },
	{ "grow by moving", { A, 2 * PAGE, 3 * PAGE, 1, 0 } },
	{ "fixed", { A, 3 * PAGE, 3 * PAGE, 3, B + 9 * PAGE } },
	{ "fixed from and to the middle",
	  { A + PAGE, PAGE, PAGE, 3, B + PAGE } },
	{ "fixed and shrink", { A, 2 * PAGE, PAGE, 3, B + PAGE } },
	{ "dontunmap", { A, PAGE, PAGE, 5, 0 } },
	{ "dontunmap, fixed", { A + PAGE, PAGE, PAGE, 7, B + PAGE } },
};

static void map_pages(uint64_t at, unsigned int nr)
{
	if (mmap((void *)at, nr * PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
			 MAP_FIXED_NOREPLACE,
		 -1, 0) == MAP_FAILED)
		_exit(99);
}

/* Every second page of one mapping gets another protection: two vmas each. */
static void fill(unsigned int maps)
{
	if (mmap((void *)FILL, MOST_MAPS * PAGE, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		 0) == MAP_FAILED)
		_exit(99);
	for (unsigned int i = 1; i + 2 <= maps; i += 2) {
		if (mprotect((void *)(FILL + i * PAGE), PAGE, PROT_READ))
			_exit(99);
	}
	if (!(maps & 1))
		map_pages(FILL - 9 * PAGE, 1);
}

static uint64_t max_map_count(void)
{
	char text[32] = "";
	int fd = open("/proc/sys/vm/max_map_count", O_RDONLY | O_CLOEXEC);
	ssize_t got = read(fd, text, sizeof(text) - 1);

	close(fd);
	return got > 0 ? strtoull(text, NULL, 10) : 0;
}

static struct rg_plan plan_call(const struct rg_request *req)
{
	struct rg_mm mm = { snapshot_find, &shot, rg_limits_default(PAGE) };

	rg_limits_set(&mm.limits, RG_LIMIT_MAP_COUNT, shot.nr);
	rg_limits_set(&mm.limits, RG_LIMIT_MAX_MAP_COUNT, max_map_count());
	rg_limits_set(&mm.limits, RG_LIMIT_OVERCOMMIT, 1);
	rg_limits_set(&mm.limits, RG_LIMIT_RLIMIT_AS, UINT64_MAX);
	rg_limits_set(&mm.limits, RG_LIMIT_RLIMIT_DATA, UINT64_MAX);
	return rg_plan_make(req, &mm, &kernel);
}

/* Runs in a child of the filled process: what it does is undone by its end. */
static void call_and_exit(int call)
{
	const struct rg_request *req = &calls[call].req;
	struct rg_plan plan = plan_call(req);
	int64_t result = syscall(SYS_mremap, req->addr, req->old_len,
				 req->new_len, req->flags, req->new_addr);

	if (result == -1)
		result = -errno;
	if (!plan.unknown &&
	    rg_plan_compare(&plan, req, result) == RG_AGREE_YES)
		_exit(0);
	printf("# %s, %u maps of %llu: planned %s (%d) unknown %x, got %lx\n",
	       calls[call].name, shot.nr, (unsigned long long)max_map_count(),
	       rg_path_name(plan.path), plan.error, plan.unknown,
	       (unsigned long)result);
	fflush(stdout);
	_exit(1);
}

static int run_in_child(void (*run)(int), int argument)
{
	pid_t pid = fork();
	int status = 0;

	if (!pid) {
		run(argument);
		_exit(98);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 97;
	return WEXITSTATUS(status);
}

static void fill_and_call(int left)
{
	int wrong = 0;

	map_pages(A, 3);
	map_pages(B, 3);
	take_snapshot(&shot, "/proc/self/maps");
	fill((unsigned int)(max_map_count() - shot.nr) - (unsigned int)left);
	take_snapshot(&shot, "/proc/self/maps");
	if (shot.nr != max_map_count() - (uint64_t)left) {
		printf("# %u maps are not %d below the limit\n", shot.nr, left);
		fflush(stdout);
		_exit(96);
	}
	for (size_t i = 0; i < NR_ROWS(calls); i++)
		wrong |= run_in_child(call_and_exit, (int)i);
	_exit(wrong);
}

START_TEST(near_the_limit)
{
	struct utsname uts;

	uname(&uts);
	if (!rg_kernel_from_release(uts.release, &kernel) ||
	    max_map_count() >= MOST_MAPS) {
		printf("# no rules for %s, or too high a limit\n", uts.release);
		return;
	}
	ck_assert_msg(!run_in_child(fill_and_call, _i), "%d maps left", _i);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, near_the_limit, 0, MOST_LEFT + 1);
}
