/* SPDX-License-Identifier: MIT */

#include "diagnosis.h"

#include "probe.h"
#include "report/directory.h"
#include "report/processes.h"
#include "self.h"
#include "trace/procmap.h"

#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const healths[RG_NR_HEALTHS] = {
	[RG_HEALTH_WORKS] = "works",
	[RG_HEALTH_LIMITED] = "limited",
	[RG_HEALTH_MISSING] = "missing",
};

const char *rg_health_name(enum rg_health health)
{
	return (unsigned int)health < RG_NR_HEALTHS ? healths[health] : NULL;
}

/* A program that was run for it, and what is known of that. */
struct trial {
	struct rg_slot slot; /* pid 0: the object did not get into it */
	char why[256];	     /* then: what was said */
};

struct look {
	struct utsname system;
	struct rg_kernel kernel;
	struct trial trial;
};

__attribute__((format(printf, 3, 4))) static void
tell(struct rg_diagnosis *diagnosis, enum rg_health health, const char *format,
     ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(diagnosis->says, sizeof(diagnosis->says), format, args);
	va_end(args);
	diagnosis->health = health;
}

/* ------------------------------------------------------------- the trial */

/* The last line of what a trial has printed. */
static void take_words(int fd, char *why, size_t size)
{
	FILE *words = fdopen(fd, "r");
	char line[256];

	if (!words) {
		close(fd);
		return;
	}
	while (fgets(line, sizeof(line), words)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line)
			snprintf(why, size, "%s", line);
	}
	fclose(words);
	rg_plain_text(why);
}

static void exec_trial(const char *self, const char *dir, int words)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(null, 0);
	dup2(null, 1);
	dup2(words, 2);
	execl(self, "remapguard", "run", "--quiet", "--force", "-o", dir, "--",
	      self, "--version", (char *)NULL);
	dprintf(2, "%s: %s\n", self, strerror(errno));
	_exit(127);
}

/* As users run theirs, so whatever hinders them hinders this as well. */
static void run_trial(const char *dir, struct trial *trial)
{
	char self[PATH_MAX];
	int words[2];
	pid_t pid;

	if (!rg_self_path(self) || pipe2(words, O_CLOEXEC)) {
		snprintf(trial->why, sizeof(trial->why), "%s", strerror(errno));
		return;
	}
	pid = fork();
	if (!pid)
		exec_trial(self, dir, words[1]);
	close(words[1]);
	take_words(words[0], trial->why, sizeof(trial->why));
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void read_trial(const char *path, struct trial *trial)
{
	struct rg_processes processes;
	struct rg_report_error err;
	struct rg_directory dir;

	if (rg_directory_open(path, &dir, &err)) {
		if (!*trial->why)
			snprintf(trial->why, sizeof(trial->why), "%.200s",
				 err.text);
		return;
	}
	if (!rg_processes_read(&dir, &processes, &err)) {
		if (processes.nr)
			trial->slot = processes.list[0].slot;
		rg_processes_deinit(&processes);
	}
	rg_directory_close(&dir);
}

static void remove_trial(const char *path)
{
	pid_t pid = fork();

	if (!pid) {
		execlp("rm", "rm", "-rf", path, (char *)NULL);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void try_object(struct trial *trial)
{
	const char *temporary = getenv("TMPDIR");
	char path[PATH_MAX];
	char inner[PATH_MAX + 8];

	snprintf(path, sizeof(path), "%s/remapguard-doctor-XXXXXX",
		 temporary && *temporary ? temporary : "/tmp");
	if (!mkdtemp(path)) {
		snprintf(trial->why, sizeof(trial->why), "%.200s: %s", path,
			 strerror(errno));
		return;
	}
	snprintf(inner, sizeof(inner), "%s/trace", path);
	run_trial(inner, trial);
	read_trial(inner, trial);
	remove_trial(path);
}

/* ------------------------------------------------------------- the kernel */

static void look_at_kernel(const struct look *look,
			   struct rg_diagnosis *diagnosis)
{
	const struct utsname *system = &look->system;

	if (look->kernel.generation == RG_GEN_UNKNOWN)
		tell(diagnosis, RG_HEALTH_LIMITED,
		     "Linux %.64s on %.32s: no rules of it are known, so calls "
		     "are recorded and not judged",
		     system->release, system->machine);
	else
		tell(diagnosis, RG_HEALTH_WORKS, "Linux %.64s on %.32s",
		     system->release, system->machine);
}

static void look_at_generation(const struct look *look,
			       struct rg_diagnosis *diagnosis)
{
	enum rg_generation generation = look->kernel.generation;
	struct rg_kernel claimed = { 0 };

	rg_kernel_from_release(look->system.release, &claimed);
	if (generation == RG_GEN_UNKNOWN)
		tell(diagnosis, RG_HEALTH_LIMITED, "none");
	else if (generation == claimed.generation)
		tell(diagnosis, RG_HEALTH_WORKS,
		     "%s, as Linux %s: its release says so, and a few calls "
		     "agree",
		     rg_generation_name(generation),
		     rg_generation_releases(generation));
	else
		tell(diagnosis, RG_HEALTH_WORKS,
		     "%s, as Linux %s: a few calls say so, where its release "
		     "would be %s",
		     rg_generation_name(generation),
		     rg_generation_releases(generation),
		     rg_generation_name(claimed.generation));
}

static void look_at_query(const struct look *look,
			  struct rg_diagnosis *diagnosis)
{
	struct rg_procmap query = {
		.size = sizeof(query),
		.query_flags = RG_PROCMAP_COVERING_OR_NEXT,
	};
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	(void)look;
	if (fd < 0)
		tell(diagnosis, RG_HEALTH_LIMITED,
		     "/proc/self/maps: %s: mappings cannot be seen, and plans "
		     "say what they do not know",
		     strerror(errno));
	else if (ioctl(fd, RG_PROCMAP_QUERY, &query))
		tell(diagnosis, RG_HEALTH_LIMITED,
		     "%s (Linux 6.11 has it): /proc/self/maps is read instead, "
		     "which takes longer the more mappings there are",
		     strerror(errno));
	else
		tell(diagnosis, RG_HEALTH_WORKS,
		     "mappings are asked for one at a time");
	if (fd >= 0)
		close(fd);
}

static bool file_has(const char *path, const char *words, int *ret_error)
{
	FILE *file = fopen(path, "re");
	bool has = false;
	char line[512];

	*ret_error = errno;
	if (!file)
		return false;
	*ret_error = 0;
	while (!has && fgets(line, sizeof(line), file))
		has = !strncmp(line, words, strlen(words));
	fclose(file);
	return has;
}

static void look_at_smaps(const struct look *look,
			  struct rg_diagnosis *diagnosis)
{
	int error;

	(void)look;
	if (file_has("/proc/self/smaps", "VmFlags:", &error))
		tell(diagnosis, RG_HEALTH_WORKS,
		     "failures are explained down to sealed, locked and "
		     "special mappings");
	else
		tell(diagnosis, RG_HEALTH_LIMITED,
		     "/proc/self/smaps: %s: what it alone shows of a mapping "
		     "stays unknown",
		     error ? strerror(error) : "no VmFlags");
}

/* Does the kernel have an action of seccomp filters? */
static int lacks_action(uint32_t action)
{
	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action)
		       ? errno
		       : 0;
}

static bool is_release_at_least(const struct look *look, uint32_t version)
{
	return look->kernel.version >= version;
}

static void look_at_seccomp(const struct look *look,
			    struct rg_diagnosis *diagnosis)
{
	int error = lacks_action(SECCOMP_RET_USER_NOTIF);

	if (error)
		tell(diagnosis, RG_HEALTH_LIMITED,
		     "%s: --coverage=all is not to be had, and calls of static "
		     "programs and inline system calls are not seen",
		     strerror(error));
	else if (!is_release_at_least(look, RG_KERNEL_VERSION(5, 19)))
		tell(diagnosis, RG_HEALTH_LIMITED,
		     "--coverage=all sees a call twice that a signal "
		     "interrupts: Linux 5.19 can tell");
	else
		tell(diagnosis, RG_HEALTH_WORKS,
		     "--coverage=all sees what a preloaded object cannot");
}

/* ------------------------------------------------------------- the object */

static void look_at_object(const struct look *look,
			   struct rg_diagnosis *diagnosis)
{
	if (look->trial.slot.pid)
		tell(diagnosis, RG_HEALTH_WORKS,
		     "it gets into programs, with glibc %s",
		     gnu_get_libc_version());
	else
		tell(diagnosis, RG_HEALTH_MISSING,
		     "it did not get into a program: %s",
		     *look->trial.why ? look->trial.why : "nothing was said");
}

static void look_at_tier(const struct look *look, enum rg_tier tier,
			 enum rg_health without, const char *what,
			 struct rg_diagnosis *diagnosis)
{
	enum rg_tier_state state =
		(enum rg_tier_state)look->trial.slot.tiers[tier];
	const char *why = rg_tier_state_sentence(state);

	if (!look->trial.slot.pid)
		tell(diagnosis, without, "not tried: the object is missing");
	else if (state == RG_TIER_WORKS)
		tell(diagnosis, RG_HEALTH_WORKS, "%s are seen", what);
	else
		tell(diagnosis, without, "%s are not seen: %s", what,
		     why ? why : "no reason is known");
}

/* What passes by here still meets libc's own. */
static void look_at_symbol(const struct look *look,
			   struct rg_diagnosis *diagnosis)
{
	bool is_met = look->trial.slot.tiers[RG_TIER_LIBC] == RG_TIER_WORKS;

	look_at_tier(look, RG_TIER_SYMBOL,
		     is_met ? RG_HEALTH_LIMITED : RG_HEALTH_MISSING,
		     is_met ? "calls of mremap(3) before they reach libc"
			    : "calls of mremap(3)",
		     diagnosis);
}

static void look_at_libc(const struct look *look,
			 struct rg_diagnosis *diagnosis)
{
	look_at_tier(look, RG_TIER_LIBC, RG_HEALTH_LIMITED,
		     "glibc's own calls, as in realloc,", diagnosis);
}

static void look_at_syscall(const struct look *look,
			    struct rg_diagnosis *diagnosis)
{
	look_at_tier(look, RG_TIER_SYSCALL, RG_HEALTH_LIMITED,
		     "calls by syscall(3)", diagnosis);
}

static void look_at_stacks(const struct look *look,
			   struct rg_diagnosis *diagnosis)
{
	enum rg_stacks stacks = (enum rg_stacks)look->trial.slot.stacks;

	if (!look->trial.slot.pid)
		tell(diagnosis, RG_HEALTH_LIMITED,
		     "not tried: the object is missing");
	else if (stacks == RG_STACKS_LIBUNWIND)
		tell(diagnosis, RG_HEALTH_WORKS, "by libunwind");
	else
		tell(diagnosis, RG_HEALTH_LIMITED,
		     "%s: libunwind is not there, or was not asked for",
		     rg_stacks_name(stacks));
}

/* ------------------------------------------------------------- the limits */

/* The lowest that a preloaded program gets along with, and why. */
static const struct limit {
	const char *name;
	int resource;
	rlim_t least;
	const char *otherwise;
} limits[] = {
	{ "RLIMIT_NOFILE", RLIMIT_NOFILE, 8,
	  "a segment of the trace is opened now and then" },
	{ "RLIMIT_FSIZE", RLIMIT_FSIZE, 4 << 20,
	  "segments of the trace are smaller, or lost" },
	{ "RLIMIT_AS", RLIMIT_AS, 256 << 20,
	  "what the object maps may be missing elsewhere" },
};

/* One line for all, worst first: nearly everywhere there is nothing to say. */
static void look_at_limits(const struct look *look,
			   struct rg_diagnosis *diagnosis)
{
	(void)look;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct rlimit limit;

		if (getrlimit(limits[i].resource, &limit) ||
		    limit.rlim_cur >= limits[i].least)
			continue;
		tell(diagnosis, RG_HEALTH_LIMITED, "%s is %" PRIu64 ": %s",
		     limits[i].name, (uint64_t)limit.rlim_cur,
		     limits[i].otherwise);
		return;
	}
	tell(diagnosis, RG_HEALTH_WORKS, "none of this process is too low");
}

static bool read_number(const char *path, uint64_t *ret_number)
{
	FILE *file = fopen(path, "re");
	bool got = file && fscanf(file, "%" SCNu64, ret_number) == 1;

	if (file)
		fclose(file);
	return got;
}

#define DEFAULT_MAX_MAP_COUNT 65530

static void look_at_map_count(const struct look *look,
			      struct rg_diagnosis *diagnosis)
{
	uint64_t most;

	(void)look;
	if (!read_number("/proc/sys/vm/max_map_count", &most))
		tell(diagnosis, RG_HEALTH_LIMITED,
		     "/proc/sys/vm/max_map_count: %s: refusals by it stay "
		     "unknown",
		     strerror(errno));
	else
		tell(diagnosis, RG_HEALTH_WORKS,
		     "vm.max_map_count is %" PRIu64 "%s", most,
		     most < DEFAULT_MAX_MAP_COUNT ? ", below what is usual"
						  : "");
}

static void look_at_overcommit(const struct look *look,
			       struct rg_diagnosis *diagnosis)
{
	uint64_t mode;

	(void)look;
	if (!read_number("/proc/sys/vm/overcommit_memory", &mode))
		tell(diagnosis, RG_HEALTH_LIMITED,
		     "/proc/sys/vm/overcommit_memory: %s: refusals by it stay "
		     "unknown",
		     strerror(errno));
	else
		tell(diagnosis, RG_HEALTH_WORKS,
		     "vm.overcommit_memory is %" PRIu64 "%s", mode,
		     mode == 2 ? ": near the limit, what other processes do "
				 "decides"
			       : "");
}

#define ROOM (UINT64_C(64) << 20)

/* Where `run` makes a trace unless told otherwise. */
static void look_at_directory(const struct look *look,
			      struct rg_diagnosis *diagnosis)
{
	struct statvfs files;

	(void)look;
	if (access(".", W_OK | X_OK))
		tell(diagnosis, RG_HEALTH_LIMITED,
		     "the current directory: %s: run needs -o", strerror(errno));
	else if (!statvfs(".", &files) &&
		 (uint64_t)files.f_bavail * files.f_frsize < ROOM)
		tell(diagnosis, RG_HEALTH_LIMITED,
		     "less than 64 MiB are free in the current directory: what "
		     "does not fit is counted as lost");
	else
		tell(diagnosis, RG_HEALTH_WORKS,
		     "a trace can be made in the current directory");
}

/* -------------------------------------------------------------- all of it */

static const struct row {
	const char *name;
	void (*look)(const struct look *look, struct rg_diagnosis *diagnosis);
} rows[] = {
	{ "kernel", look_at_kernel },
	{ "generation", look_at_generation },
	{ "object", look_at_object },
	{ "symbol", look_at_symbol },
	{ "libc", look_at_libc },
	{ "syscall", look_at_syscall },
	{ "supervisor", look_at_seccomp },
	{ "stacks", look_at_stacks },
	{ "procmap-query", look_at_query },
	{ "smaps", look_at_smaps },
	{ "map-count", look_at_map_count },
	{ "overcommit", look_at_overcommit },
	{ "limits", look_at_limits },
	{ "directory", look_at_directory },
};

_Static_assert(sizeof(rows) / sizeof(rows[0]) <= RG_MAX_DIAGNOSES, "room");

size_t rg_diagnose(struct rg_diagnosis ret_diagnoses[RG_MAX_DIAGNOSES])
{
	static struct look look;
	size_t nr = sizeof(rows) / sizeof(rows[0]);

	uname(&look.system);
	look.kernel = rg_probe_kernel();
	try_object(&look.trial);
	for (size_t i = 0; i < nr; i++) {
		ret_diagnoses[i] = (struct rg_diagnosis){ rows[i].name };
		rows[i].look(&look, &ret_diagnoses[i]);
	}
	return nr;
}
