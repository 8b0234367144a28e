/* SPDX-License-Identifier: MIT */

#include "supervisor/filter.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Since Linux 5.19; Debian 12's libseccomp knows it not. */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

/*
 * Programs of other word sizes on the same kernel. Their calls carry no
 * cookie: the object is not made for them.
 */
static const struct {
	uint32_t native;
	uint32_t others[2];
} machines[] = {
	{ SCMP_ARCH_X86_64, { SCMP_ARCH_X86, SCMP_ARCH_X32 } },
	{ SCMP_ARCH_AARCH64, { SCMP_ARCH_ARM } },
};

/* Everything passes but what a rule says; foreign machines pass, too. */
static scmp_filter_ctx new_filter(uint32_t arch)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	if (!filter)
		return NULL;
	if (!seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
			      SCMP_ACT_ALLOW) &&
	    (arch == seccomp_arch_native() ||
	     (!seccomp_arch_add(filter, arch) &&
	      !seccomp_arch_remove(filter, SCMP_ARCH_NATIVE))))
		return filter;
	seccomp_release(filter);
	return NULL;
}

static scmp_filter_ctx foreign_filter(uint32_t arch)
{
	scmp_filter_ctx filter = new_filter(arch);

	if (filter &&
	    seccomp_rule_add(filter, SCMP_ACT_NOTIFY, SCMP_SYS(mremap), 0)) {
		seccomp_release(filter);
		return NULL;
	}
	return filter;
}

static int add_foreign(scmp_filter_ctx filter, uint32_t arch)
{
	scmp_filter_ctx other = foreign_filter(arch);
	int ret = other ? seccomp_merge(filter, other) : -ENOMEM;

	if (ret && other)
		seccomp_release(other);
	return ret;
}

static int add_machines(scmp_filter_ctx filter)
{
	const size_t nr = sizeof(machines) / sizeof(machines[0]);
	uint32_t native = seccomp_arch_native();
	int ret = 0;

	for (size_t i = 0; i < nr; i++) {
		for (int k = 0; k < 2 && machines[i].native == native; k++) {
			if (!ret && machines[i].others[k])
				ret = add_foreign(filter,
						  machines[i].others[k]);
		}
	}
	return ret;
}

static int add_rule(scmp_filter_ctx filter, uint64_t cookie)
{
	struct scmp_arg_cmp others = SCMP_A5(SCMP_CMP_NE, cookie);

	if (cookie)
		return seccomp_rule_add(filter, SCMP_ACT_NOTIFY,
					SCMP_SYS(mremap), 1, others);
	return seccomp_rule_add(filter, SCMP_ACT_NOTIFY, SCMP_SYS(mremap), 0);
}

/* ----------------------------------------------------------- loading it */

static int load_program(const struct sock_fprog *program)
{
	/* the filter's default would slow older kernels' processes down */
	unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER |
			      SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			  flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
			  program);

	if (fd < 0 && errno == EINVAL)
		fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags,
			     program);
	return fd < 0 ? -errno : (int)fd;
}

static int load_text(void *text, size_t len, bool *ret_gave_up)
{
	struct sock_fprog program = {
		.len = (unsigned short)(len / sizeof(struct sock_filter)),
		.filter = text,
	};
	int fd = load_program(&program);

	if (fd != -EACCES)
		return fd;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	*ret_gave_up = true;
	return load_program(&program);
}

/*
 * Not by seccomp_load(): it knows nothing of waiting killably, without which
 * a signal would make one call be told of twice.
 */
static int load(scmp_filter_ctx filter, bool *ret_gave_up)
{
	int file = memfd_create("filter", MFD_CLOEXEC);
	int ret = file < 0 ? -errno : seccomp_export_bpf(filter, file);
	struct stat stat;
	void *text;

	if (!ret && fstat(file, &stat))
		ret = -errno;
	if (ret) {
		close(file);
		return ret;
	}
	text = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, file,
		    0);
	close(file);
	if (text == MAP_FAILED)
		return -errno;
	ret = load_text(text, (size_t)stat.st_size, ret_gave_up);
	munmap(text, (size_t)stat.st_size);
	return ret;
}

int rg_filter_install(uint64_t cookie, bool *ret_gave_up)
{
	scmp_filter_ctx filter = new_filter(seccomp_arch_native());
	int ret;

	*ret_gave_up = false;
	if (!filter)
		return -ENOMEM;
	ret = add_rule(filter, cookie);
	if (!ret)
		ret = add_machines(filter);
	if (!ret)
		ret = load(filter, ret_gave_up);
	seccomp_release(filter);
	return ret;
}

bool rg_filter_gives_up_rights(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { 0 };

	return syscall(SYS_capget, &header, data) ||
	       !(data[0].effective & 1u << CAP_SYS_ADMIN);
}
