/* SPDX-License-Identifier: MIT */

/*
 * Who may not make code out of memory: no-new-code HOW. It sets that and
 * starts itself anew, calls, and has libc call:
 *
 *     mdwe      PR_SET_MDWE: no mapping gains PROT_EXEC
 *     wx        nothing is mapped or made both writable and executable
 *     exec      nothing is executable but what the loader maps of files
 */

#include "hosts.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

#define LOADERS_FLAG 0x800 /* MAP_DENYWRITE: with it the loader maps files */

#define LOAD(field)                                                            \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define UNLESS(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip)
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES)
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static struct sock_filter wx[] = {
	LOAD(nr),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 1, 0),
	UNLESS(SYS_mprotect, 4),
	LOAD(args[2]),
	BPF_STMT(BPF_ALU | BPF_AND | BPF_K, PROT_WRITE | PROT_EXEC),
	UNLESS(PROT_WRITE | PROT_EXEC, 1),
	REFUSE,
	ALLOW,
};

static struct sock_filter no_exec[] = {
	LOAD(nr),
	UNLESS(SYS_mprotect, 2),
	LOAD(args[2]),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 5, 6),
	UNLESS(SYS_mmap, 5),
	LOAD(args[2]),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 3),
	LOAD(args[3]),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, LOADERS_FLAG, 1, 0),
	REFUSE,
	ALLOW,
};

static int set_filter(struct sock_filter *code, size_t nr)
{
	struct sock_fprog filter = { (unsigned short)nr, code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

static int give_up(const char *how)
{
	if (!strcmp(how, "mdwe"))
		return prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0);
	if (!strcmp(how, "wx"))
		return set_filter(wx, sizeof(wx) / sizeof(wx[0]));
	return set_filter(no_exec, sizeof(no_exec) / sizeof(no_exec[0]));
}

/* Is it as it was meant to be? */
static int may_make_code(void)
{
	void *code = mmap(NULL, BOUNCE_PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return code != MAP_FAILED;
}

/* glibc's realloc of a large block: a call each that has no symbol. */
static void grow_heap(void)
{
	char *block = malloc(1000000);

	for (size_t size = 2000000; size <= 4000000; size += 1000000) {
		block = realloc(block, size);
		block[size - 1] = 1;
	}
	free(block);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";

	if (argc < 3) {
		if (give_up(how))
			return skipped("it cannot be set");
		execl(argv[0], argv[0], how, "again", (char *)NULL);
		return 127;
	}
	mixed(0);
	grow_heap();
	printf("code %d\ncalls %lu\nunseen %d\n", may_make_code(),
	       MIXED_CALLS + 3, strcmp(how, "exec") ? 0 : 3);
	return 0;
}
