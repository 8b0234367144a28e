/* SPDX-License-Identifier: MIT */

#include "operation.h"

#include "interrupt.h"
#include "machine.h"
#include "placed.h"
#include "special.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NR_mseal 462

struct operation_log *operation_log;

static int64_t errno_of(int64_t result)
{
	return result == -1 ? -errno : result;
}

static int64_t do_map(const uint64_t *args)
{
	int fd = args[4] == BACKING_MEMORY ? machine.memory_fd
		 : args[4] == BACKING_FILE ? machine.file_fd
					   : -1;

	return errno_of((int64_t)mmap((void *)args[0], args[1], (int)args[2],
				      (int)args[3], fd, (off_t)args[5]));
}

static int64_t do_protect(const uint64_t *args)
{
	return errno_of(mprotect((void *)args[0], args[1], (int)args[2]));
}

static int64_t do_lock(const uint64_t *args)
{
	return errno_of(mlock((void *)args[0], args[1]));
}

static int64_t do_seal(const uint64_t *args)
{
	return errno_of(syscall(NR_mseal, args[0], args[1], 0L));
}

static int64_t do_advise(const uint64_t *args)
{
	return errno_of(madvise((void *)args[0], args[1], (int)args[2]));
}

/* By way of the kernel, which does not mind where nothing can be written. */
static int64_t do_touch(const uint64_t *args)
{
	return errno_of(read(machine.zero_fd, (void *)args[0], 1));
}

static int64_t do_special(const uint64_t *args)
{
	return specials[args[0]].map(args[1], args[2]);
}

static int64_t do_limit(const uint64_t *args)
{
	struct rlimit rlim;

	getrlimit((int)args[0], &rlim);
	rlim.rlim_cur = args[1];
	return errno_of(setrlimit((int)args[0], &rlim));
}

/* They stay permitted, which no check of mremap's looks at. */
static int64_t do_caps(const uint64_t *args)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct caps[2] = { { 0 } };

	if (syscall(SYS_capget, &head, caps))
		return -errno;
	for (int i = 0; i < 2; i++)
		caps[i].effective = args[0] ? caps[i].permitted : 0;
	return errno_of(syscall(SYS_capset, &head, caps));
}

static int64_t do_setting(const uint64_t *args)
{
	return setting_write((enum setting)args[0], args[1]);
}

static int64_t do_call(const uint64_t *args)
{
	if (args[5])
		return interrupt_call(args);
	if (placed_by_name(args))
		return errno_of((int64_t)mremap((void *)args[0], args[1],
						args[2], (int)args[3],
						(void *)args[4]));
	return errno_of(syscall(SYS_mremap, args[0], args[1], args[2], args[3],
				args[4]));
}

static const struct {
	const char *name;
	int nr_args;
	int64_t (*run)(const uint64_t *args);
} kinds[NR_OPERATION_KINDS] = {
	[OP_MAP] = { "mmap", 6, do_map },
	[OP_PROTECT] = { "mprotect", 3, do_protect },
	[OP_LOCK] = { "mlock", 2, do_lock },
	[OP_SEAL] = { "mseal", 2, do_seal },
	[OP_ADVISE] = { "madvise", 3, do_advise },
	[OP_TOUCH] = { "touch", 1, do_touch },
	[OP_SPECIAL] = { "special", 3, do_special },
	[OP_LIMIT] = { "setrlimit", 2, do_limit },
	[OP_CAPS] = { "capset", 1, do_caps },
	[OP_SETTING] = { "sysctl", 2, do_setting },
	[OP_CALL] = { "mremap", 6, do_call },
};

int64_t operation_do(struct operation operation)
{
	struct operation_log *log = operation_log;

	if (!operation.kind)
		return 0;
	if (log->nr < MAX_OPERATIONS)
		log->operations[log->nr++] = operation;
	return kinds[operation.kind].run(operation.args);
}

void operation_print(const struct operation *operation)
{
	if (!operation->kind)
		return;
	printf("#   %s", kinds[operation->kind].name);
	if (operation->kind == OP_SPECIAL)
		printf(" %s", specials[operation->args[0]].name);
	for (int i = 0; i < kinds[operation->kind].nr_args; i++)
		printf(" %#" PRIx64, operation->args[i]);
	printf("\n");
}
