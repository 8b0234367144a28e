/* SPDX-License-Identifier: MIT */

#include "runtime/libc-entry.h"

#include "runtime/config.h"
#include "runtime/intercept.h"
#include "runtime/sys.h"

#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <link.h>

/*
 * glibc's realloc and stdio reach mremap without a symbol, so the function
 * itself is replaced:
 *
 *     page   … other code │ mremap's body             │ other code …
 *     copy   … the same   │ jump to ours, then traps  │ the same …
 *
 * The pages are copied into a memfd, changed there, and the copy is mapped
 * over the original in one step, readable and executable. No instruction is
 * decoded, for the original is never called again; nothing is ever writable
 * and executable; and no page of libc is without its rights for a moment. The
 * constructor runs first (-z initfirst), so no thread can be inside.
 */

extern __typeof__(dladdr1) dladdr1 __attribute__((weak));
extern __typeof__(gnu_get_libc_version) gnu_get_libc_version
	__attribute__((weak));

/* The first glibc whose mremap refuses flags it does not know. */
#define FLAGS_TESTED_SINCE_MINOR 41

static void *entry;

void *rg_libc_entry(void)
{
	return entry;
}

/* libc's body of the function, [start, start + len). */
static enum rg_tier_state find_body(uint8_t **ret_start, size_t *ret_len)
{
	void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
	ElfW(Sym) *symbol = NULL;
	Dl_info info;

	/* through libc's own handle: RTLD_NEXT may be another preload's */
	entry = libc && dladdr1 ? dlsym(libc, "mremap") : NULL;
	if (!entry ||
	    !dladdr1(entry, &info, (void **)&symbol, RTLD_DL_SYMENT) ||
	    !symbol || info.dli_saddr != entry)
		return RG_TIER_NO_LIBC;
	*ret_start = entry;
	*ret_len = symbol->st_size;
	return *ret_len < RG_ARCH_JUMP_SIZE ? RG_TIER_TOO_SMALL : RG_TIER_WORKS;
}

static bool version_tests_flags(void)
{
	const char *version =
		gnu_get_libc_version ? gnu_get_libc_version() : "";
	unsigned minor = 0;

	if (strncmp(version, "2.", 2))
		return false;
	for (version += 2; *version >= '0' && *version <= '9'; version++)
		minor = minor * 10 + (unsigned)(*version - '0');
	return minor >= FLAGS_TESTED_SINCE_MINOR;
}

static int write_all(int fd, const uint8_t *from, size_t len)
{
	for (size_t at = 0; at < len;) {
		int64_t written = rg_sys_pwrite(fd, from + at, len - at, at);

		if (written <= 0)
			return written ? (int)written : -EIO;
		at += (size_t)written;
	}
	return 0;
}

/* The patched bytes of the body, over the copy of the pages. */
static int write_patch(int fd, size_t offset, size_t len)
{
	uint8_t patch[256];
	size_t at = RG_ARCH_JUMP_SIZE;

	if (len > sizeof(patch))
		len = sizeof(patch);
	rg_arch_write_jump(patch, (const void *)rg_libc_mremap);
	rg_arch_write_trap(patch + at, len - at);
	return rg_sys_pwrite(fd, patch, len, offset) == (int64_t)len ? 0 : -EIO;
}

static enum rg_tier_state patch(uint8_t *start, size_t len)
{
	size_t page = rg_config.limits.page_size;
	uint8_t *first = start - (uintptr_t)start % page;
	size_t span = ((size_t)(start - first) + len + page - 1) / page * page;
	int fd = rg_sys_memfd_create("libc-mremap", MFD_CLOEXEC);
	void *mapped = NULL;

	if (fd < 0)
		return RG_TIER_NOT_MAPPED;
	if (!write_all(fd, first, span) &&
	    !write_patch(fd, (size_t)(start - first), len))
		mapped = rg_sys_mmap(first, span, PROT_READ | PROT_EXEC,
				     MAP_PRIVATE | MAP_FIXED, fd);
	rg_sys_close(fd);
	return mapped == first ? RG_TIER_WORKS : RG_TIER_NOT_MAPPED;
}

enum rg_tier_state rg_libc_entry_install(void)
{
	enum rg_tier_state state;
	uint8_t *start;
	size_t len;

	state = find_body(&start, &len);
	if (state != RG_TIER_WORKS)
		return state;
	rg_config.libc_tests_flags =
		rg_arch_tests_flags(start, len) || version_tests_flags();
	return patch(start, len);
}
