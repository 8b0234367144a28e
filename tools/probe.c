/* SPDX-License-Identifier: MIT */

#include "probe.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

/*
 * What can be asked without harm:
 *
 *   no-op on unmapped memory       before 5.16 it succeeds
 *   DONTUNMAP, lengths 1 and 4096  since 6.17 lengths are rounded first
 *
 * Generations that these do not tell apart are left to the release.
 */

static long call(void *addr, size_t old_len, size_t new_len, unsigned flags)
{
	return syscall(SYS_mremap, addr, old_len, new_len, flags, 0);
}

static bool has_lookup_first(char *scratch, size_t page)
{
	munmap(scratch + page, page);
	return call(scratch + page, page, page, 0) == -1;
}

static bool rounds_lengths_first(char *scratch, size_t page)
{
	long moved =
		call(scratch, 1, page, RG_MREMAP_MAYMOVE | RG_MREMAP_DONTUNMAP);

	if (moved == -1)
		return false;
	munmap((void *)moved, page);
	return true;
}

static enum rg_generation clamp(enum rg_generation value,
				enum rg_generation low, enum rg_generation high)
{
	if (value < low)
		return low;
	return value > high ? high : value;
}

static enum rg_generation probe(char *scratch, size_t page,
				enum rg_generation claimed)
{
	if (!has_lookup_first(scratch, page))
		return clamp(claimed, RG_GEN_G0, RG_GEN_G1);
	if (!rounds_lengths_first(scratch, page))
		return clamp(claimed, RG_GEN_G2, RG_GEN_G4);
	return clamp(claimed, RG_GEN_G5, RG_GEN_G6);
}

struct rg_kernel rg_probe_kernel(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct rg_kernel kernel = { 0 };
	struct utsname name;
	char *scratch;

	if (uname(&name) || !rg_kernel_from_release(name.release, &kernel))
		return kernel;
	scratch = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (scratch == MAP_FAILED)
		return kernel;
	kernel.generation = probe(scratch, page, kernel.generation);
	munmap(scratch, 2 * page);
	return kernel;
}
