/* SPDX-License-Identifier: MIT */

/*
 * A seccomp filter that lets everything pass, and nothing else.
 *
 * usage: pass-filter allow|compare PROGRAM [ARG...]
 *
 * What any filter costs a program's calls, beside what is done with it: with
 * allow its one instruction lets all pass, which the kernel knows beforehand;
 * with compare it looks at the number and, of mremap, at the sixth argument,
 * as one must that tells calls apart, and then lets all pass.
 */

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define SIXTH offsetof(struct seccomp_data, args[5])
/* So many instructions further if it is not k. */
#define UNLESS(k, further) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, k, 0, further)
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static struct sock_filter allow[] = { ALLOW };

static struct sock_filter compare[] = {
	LOAD(offsetof(struct seccomp_data, nr)),
	UNLESS(SYS_mremap, 4),
	LOAD(SIXTH),
	UNLESS(0x5eed5eed, 2),
	LOAD(SIXTH + 4),
	UNLESS(0x5eed5eed, 0),
	ALLOW,
};

static const struct {
	const char *name;
	struct sock_fprog program;
} filters[] = {
	{ "allow", { sizeof(allow) / sizeof(allow[0]), allow } },
	{ "compare", { sizeof(compare) / sizeof(compare[0]), compare } },
};

static const struct sock_fprog *find_filter(const char *name)
{
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		if (!strcmp(filters[i].name, name))
			return &filters[i].program;
	return NULL;
}

int main(int argc, char **argv)
{
	const struct sock_fprog *program =
		argc > 2 ? find_filter(argv[1]) : NULL;

	if (!program) {
		fprintf(stderr, "usage: pass-filter allow|compare PROGRAM "
				"[ARG...]\n");
		return 2;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		    SECCOMP_FILTER_FLAG_SPEC_ALLOW, program)) {
		perror("pass-filter: seccomp");
		return 1;
	}
	execv(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
