/* SPDX-License-Identifier: MIT */

/*
 * The model against the running kernel. A child builds a small address space,
 * makes a call, and compares errno, path, address and everything that is
 * mapped afterwards with the plan, whatever was damaged included. The same
 * call is planned again with inputs hidden: then the plan may say that it
 * does not know, but must not be wrong.
 *
 * A disagreement prints the seed and the call: RG_LIVE_SEED=… repeats a run,
 * RG_LIVE_CALLS=… changes its length.
 */

#include "remapguard/model.h"

#include "unit.h"

#include "test-model-live.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>

/* ---------------------------------------------------------------- limits */

static uint64_t status_kb(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

static size_t read_text(const char *file, char *buf, size_t size)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t got = read(fd, buf, size - 1);

	close(fd);
	buf[got > 0 ? got : 0] = '\0';
	return got > 0 ? (size_t)got : 0;
}

static uint64_t read_number(const char *file)
{
	char buf[64];

	read_text(file, buf, sizeof(buf));
	return strtoull(buf, NULL, 10);
}

static void set_rlimit(struct rg_limits *limits, int resource,
		       enum rg_limit soft)
{
	struct rlimit rlim;

	getrlimit(resource, &rlim);
	rg_limits_set(limits, soft, rlim.rlim_cur);
	if (soft == RG_LIMIT_RLIMIT_DATA)
		rg_limits_set(limits, RG_LIMIT_RLIMIT_DATA_MAX, rlim.rlim_max);
}

static struct rg_limits system_limits;

static void read_system_limits(void)
{
	struct rg_limits *limits = &system_limits;
	static char text[8192];

	*limits = rg_limits_default(PAGE);
	rg_limits_set(limits, RG_LIMIT_MAX_MAP_COUNT,
		      read_number("/proc/sys/vm/max_map_count"));
	rg_limits_set(limits, RG_LIMIT_MMAP_MIN_ADDR,
		      read_number("/proc/sys/vm/mmap_min_addr"));
	rg_limits_set(limits, RG_LIMIT_OVERCOMMIT,
		      read_number("/proc/sys/vm/overcommit_memory"));
	read_text("/proc/meminfo", text, sizeof(text));
	rg_limits_set(
		limits, RG_LIMIT_MEMORY_PAGES,
		(status_kb(text, "MemTotal:") + status_kb(text, "SwapTotal:")) /
			4);
	rg_limits_set(limits, RG_LIMIT_COMMIT_LIMIT_PAGES,
		      status_kb(text, "CommitLimit:") / 4);
	rg_limits_set(limits, RG_LIMIT_COMMITTED_PAGES,
		      status_kb(text, "Committed_AS:") / 4);
}

static struct rg_limits current_limits(void)
{
	struct rg_limits limits = system_limits;
	static char text[8192];
	uint64_t caps;

	read_text("/proc/self/status", text, sizeof(text));
	rg_limits_set(&limits, RG_LIMIT_MAP_COUNT, before.nr);
	rg_limits_set(&limits, RG_LIMIT_TOTAL_PAGES,
		      status_kb(text, "VmSize:") / 4);
	rg_limits_set(&limits, RG_LIMIT_DATA_PAGES,
		      status_kb(text, "VmData:") / 4);
	rg_limits_set(&limits, RG_LIMIT_LOCKED_PAGES,
		      status_kb(text, "VmLck:") / 4);
	set_rlimit(&limits, RLIMIT_AS, RG_LIMIT_RLIMIT_AS);
	set_rlimit(&limits, RLIMIT_DATA, RG_LIMIT_RLIMIT_DATA);
	set_rlimit(&limits, RLIMIT_MEMLOCK, RG_LIMIT_RLIMIT_MEMLOCK);
	caps = strtoull(strstr(text, "CapEff:") + 7, NULL, 16);
	rg_limits_set(&limits, RG_LIMIT_CAP_IPC_LOCK, caps >> CAP_IPC_LOCK & 1);
	rg_limits_set(&limits, RG_LIMIT_CAP_SYS_RAWIO,
		      caps >> CAP_SYS_RAWIO & 1);
	rg_limits_set(&limits, RG_LIMIT_CAP_SYS_ADMIN,
		      caps >> CAP_SYS_ADMIN & 1);
	return limits;
}

static void lower(int resource, uint64_t bytes)
{
	struct rlimit rlim;

	getrlimit(resource, &rlim);
	rlim.rlim_cur = bytes;
	setrlimit(resource, &rlim);
}

static void drop_caps(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct none[2] = { { 0 } };

	syscall(SYS_capset, &head, none);
	lower(RLIMIT_MEMLOCK, (8 + below(40)) * PAGE + below(2));
}

/* Limits near what is used now, so that the calls meet them. */
static void set_limits(void)
{
	struct rg_limits now;
	uint64_t slack = below(24) * PAGE + below(2);

	now = current_limits();
	if (profile == LIMIT_AS)
		lower(RLIMIT_AS, now.total_pages * PAGE + slack);
	if (profile == LIMIT_DATA)
		lower(RLIMIT_DATA, now.data_pages * PAGE + slack);
	if (profile == DATA_ZERO)
		lower(RLIMIT_DATA, 0);
}

static void raise_limits(void)
{
	if (profile == LIMIT_AS)
		lower(RLIMIT_AS, RLIM_INFINITY);
	if (profile == LIMIT_DATA || profile == DATA_ZERO)
		lower(RLIMIT_DATA, RLIM_INFINITY);
}

/* ------------------------------------------------------------- comparing */

static uint64_t pages_of(uint64_t len)
{
	return (len + PAGE - 1) & -PAGE;
}

static void apply_move(const struct rg_plan *plan, const struct rg_request *req,
		       const struct rg_step *step, uint64_t result)
{
	uint64_t to = plan->fixed || plan->damage & RG_DAMAGE_VMAS_MOVED
			      ? step->to
			      : result;
	uint64_t new_len = step->len;

	if (step->kind == RG_STEP_COPY) {
		space_copy(&expected, step->start, PAGE, to, step->len);
		return;
	}
	if (plan->path == RG_PATH_MOVE &&
	    pages_of(req->new_len) > pages_of(req->old_len))
		new_len = pages_of(req->new_len);
	space_copy(&expected, step->start, step->len, to, new_len);
}

static void apply_step(const struct rg_plan *plan, const struct rg_request *req,
		       const struct rg_step *step, uint64_t result)
{
	uint64_t end = step->start + step->len;

	switch (step->kind) {
	case RG_STEP_UNMAP_DEST:
	case RG_STEP_UNMAP_TAIL:
	case RG_STEP_UNMAP_SOURCE:
		space_replace(&expected, step->start, end, NULL);
		break;
	case RG_STEP_EXPAND:
		space_copy(&expected, step->start - PAGE, PAGE,
			   step->start - PAGE, PAGE + step->len);
		break;
	case RG_STEP_MOVE:
	case RG_STEP_COPY:
		apply_move(plan, req, step, result);
		break;
	case RG_STEP_NONE:
	case RG_STEP_PICK:
	case RG_STEP_KEEP_SOURCE:
	case RG_NR_STEP_KINDS:
		break;
	}
}

static bool contents_agree(const struct rg_plan *plan,
			   const struct rg_request *req, int64_t result)
{
	if (plan->nr_steps > RG_PLAN_MAX_STEPS)
		return true;
	space_of(&expected, &before);
	for (uint32_t i = 0; i < plan->nr_steps; i++)
		apply_step(plan, req, &plan->steps[i], (uint64_t)result);
	space_of(&found, &after);
	return spaces_equal(&expected, &found);
}

/* A refusal without damage must not even split a vma. */
static bool splits_agree(const struct rg_plan *plan)
{
	if (plan->path != RG_PATH_REFUSE || plan->nr_steps)
		return true;
	if (plan->damage & RG_DAMAGE_VMA_SPLIT)
		return after.nr == before.nr + 1;
	return after.nr == before.nr;
}

static bool paths_agree(const struct rg_plan *plan,
			const struct rg_request *req, int64_t result)
{
	enum rg_path seen = rg_path_observed(req, result, &system_limits);

	if (plan->source.page_size > PAGE || plan->path == seen)
		return true;
	return plan->path == RG_PATH_MULTI_MOVE;
}

static void print_space(const char *what, const struct space *space)
{
	printf("# %s:\n", what);
	for (unsigned int i = 0; i < space->nr; i++) {
		const struct piece *p = &space->pieces[i];

		if (!meets_own(p->start, p->end - p->start))
			printf("#   %" PRIx64 "-%" PRIx64 " %" PRIx64 "\n",
			       p->start, p->end, p->flags);
	}
}

static void print_plan(const struct rg_plan *plan)
{
	const struct rg_check_info *info = rg_check_info(plan->check);

	printf("# plan %s check %s damage %x unknown %x may %" PRIx64
	       " result %" PRIx64 "\n",
	       rg_path_name(plan->path), info ? info->name : "-", plan->damage,
	       plan->unknown, plan->may_refuse, plan->result);
	for (uint32_t i = 0; i < plan->nr_steps && i < RG_PLAN_MAX_STEPS; i++)
		printf("#   %s %" PRIx64 "+%" PRIx64 " %" PRIx64 "\n",
		       rg_step_name(plan->steps[i].kind), plan->steps[i].start,
		       plan->steps[i].len, plan->steps[i].to);
}

static void complain(const char *what, const struct rg_plan *plan,
		     const struct rg_request *req, int64_t result)
{
	printf("# %s, %s: seed %" PRIu64 "\n", profile_names[profile], what,
	       seed);
	printf("# { 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 ", %" PRIu64
	       ", 0x%" PRIx64 " } -> %" PRIx64 " (%s)\n",
	       req->addr, req->old_len, req->new_len, req->flags, req->new_addr,
	       (uint64_t)result,
	       result < 0 && result > -4096 ? strerrorname_np((int)-result)
					    : "ok");
	print_plan(plan);
	for (unsigned int i = 0; i < before.nr; i++) {
		const struct rg_vma *vma = &before.vmas[i];

		if (!meets_own(vma->start, vma->end - vma->start))
			printf("#   vma %" PRIx64 "-%" PRIx64
			       " flags %x offset %" PRIx64 "\n",
			       vma->start, vma->end, vma->flags, vma->offset);
	}
	print_space("expected", &expected);
	print_space("found", &found);
}

/* ------------------------------------------------------------ one call */

static const char *disagreement(const struct rg_plan *plan,
				const struct rg_request *req, int64_t result)
{
	enum rg_agreement agreement = rg_plan_compare(plan, req, result);

	if (agreement == RG_AGREE_UNKNOWN)
		return NULL;
	if (agreement != RG_AGREE_YES)
		return "result";
	if (!paths_agree(plan, req, result))
		return "path";
	if (!contents_agree(plan, req, result))
		return "contents";
	return splits_agree(plan) ? NULL : "splits";
}

/* Each input is hidden with the chance given, in percent. */
static int find_hidden(void *ctx, uint64_t addr, struct rg_vma *ret_vma)
{
	int found_one = snapshot_find(&before, addr, ret_vma);

	ret_vma->known &= (uint32_t) * (uint64_t *)ctx | 0xf;
	ret_vma->flags &= ret_vma->known;
	return found_one;
}

static struct rg_plan plan_hidden(const struct rg_request *req,
				  struct rg_limits limits)
{
	uint64_t flags = next_random() | next_random();
	struct rg_mm mm = { find_hidden, &flags, limits };

	mm.limits.known &= (uint32_t)(next_random() | next_random()) | 7;
	return rg_plan_make(req, &mm, &kernel);
}

static unsigned int certain;

/* How often each was planned, by all children: in shared memory. */
static struct {
	unsigned int calls;
	unsigned int certain;
	unsigned int paths[RG_NR_PATHS];
	unsigned int checks[RG_NR_CHECKS];
} * seen;

static void count_plan(const struct rg_plan *plan)
{
	certain += !plan->unknown;
	seen->calls++;
	seen->certain += !plan->unknown;
	seen->paths[plan->path]++;
	seen->checks[plan->check]++;
}

static bool call_once(void)
{
	struct rg_limits limits = current_limits();
	struct rg_mm mm = { snapshot_find, &before, limits };
	struct rg_request req = some_request();
	struct rg_plan plan = rg_plan_make(&req, &mm, &kernel);
	struct rg_plan hidden = plan_hidden(&req, limits);
	const char *what;
	int64_t result;

	result = syscall(SYS_mremap, req.addr, req.old_len, req.new_len,
			 req.flags, req.new_addr);
	if (result == -1)
		result = -errno;
	take_snapshot(&after, "/proc/self/smaps");
	count_plan(&plan);
	what = disagreement(&plan, &req, result);
	if (what) {
		complain(what, &plan, &req, result);
		return false;
	}
	if (rg_plan_compare(&hidden, &req, result) == RG_AGREE_MISMATCH ||
	    (hidden.may_refuse && !hidden.unknown)) {
		complain("with inputs hidden", &hidden, &req, result);
		return false;
	}
	return true;
}

static bool build_and_call(void)
{
	bool right = true;

	build();
	take_snapshot(&before, "/proc/self/smaps");
	set_limits();
	for (int i = 0; i < CALLS_A_BUILD && right; i++) {
		right = call_once();
		before.nr = after.nr;
		memcpy(before.vmas, after.vmas,
		       after.nr * sizeof(struct rg_vma));
	}
	raise_limits();
	tear_down();
	return right;
}

/* --------------------------------------------------------------- children */

static void grow_stack(void)
{
	volatile char room[256 << 10];

	for (size_t i = 0; i < sizeof(room); i += PAGE)
		room[i] = 0;
}

static void run_child(uint64_t child_seed)
{
	bool right = true;

	rng = seed = child_seed;
	region = REGION;
	unit = profile == HUGETLB ? HUGE : PAGE;
	grow_stack();
	if (profile == NO_CAPS)
		drop_caps();
	setvbuf(stdout, NULL, _IOLBF, 1 << 12);
	printf("%s", "");
	take_snapshot(&own, "/proc/self/maps");
	for (int i = 0; i < BUILDS_A_CHILD && right; i++)
		right = build_and_call();
	fflush(stdout);
	_exit(!right					     ? 1
	      : certain * 2 > BUILDS_A_CHILD * CALLS_A_BUILD ? 0
							     : 2);
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

/* Return: whether there are rules for this kernel. */
static bool prepare(void)
{
	struct utsname uts;

	uname(&uts);
	if (!rg_kernel_from_release(uts.release, &kernel)) {
		printf("# no rules for kernel %s\n", uts.release);
		return false;
	}
	read_system_limits();
	memory_fd = memfd_create("live", MFD_CLOEXEC);
	file_fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (seen == MAP_FAILED || memory_fd < 0 || file_fd < 0 ||
	    ftruncate(memory_fd, 5 * PAGE) ||
	    ftruncate(file_fd, 3 * PAGE + 100))
		exit(99);
	return true;
}

static void print_seen(void)
{
	printf("# %u calls, %u planned with certainty\n", seen->calls,
	       seen->certain);
	for (int i = RG_PATH_REFUSE; i < RG_NR_PATHS; i++)
		printf("# %6u %s\n", seen->paths[i],
		       rg_path_name((enum rg_path)i));
	for (int i = RG_CHECK_NONE + 1; i < RG_NR_CHECKS; i++) {
		if (seen->checks[i])
			printf("# %6u %s\n", seen->checks[i],
			       rg_check_info((enum rg_check)i)->name);
	}
	fflush(stdout);
}

START_TEST(agrees_with_the_kernel)
{
	uint64_t calls = from_environment("RG_LIVE_CALLS", 20000);
	uint64_t first = from_environment("RG_LIVE_SEED", 1);
	uint64_t children = calls / (BUILDS_A_CHILD * CALLS_A_BUILD) + 1;
	int status;
	pid_t pid;

	if (!prepare())
		return;
	for (uint64_t i = 0; i < children; i++) {
		profile = (enum profile)((first + i) % NR_PROFILES);
		pid = fork();
		if (!pid)
			run_child(first + i);
		ck_assert(waitpid(pid, &status, 0) == pid);
		ck_assert_msg(WIFEXITED(status) && !WEXITSTATUS(status),
			      "%s: seed %" PRIu64 ": status %x",
			      profile_names[profile], first + i, status);
	}
	print_seen();
	for (int i = RG_PATH_REFUSE; i < RG_NR_PATHS && calls >= 20000; i++)
		ck_assert_msg(seen->paths[i], "no %s among the calls",
			      rg_path_name((enum rg_path)i));
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_test(tc, agrees_with_the_kernel);
}
