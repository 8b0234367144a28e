/* SPDX-License-Identifier: MIT */

#include "unit.h"

#include "trace/maps.h"
#include "trace/vma-kind.h"

#include <errno.h>
#include <string.h>

#define RWXS (RG_VMA_READ | RG_VMA_WRITE | RG_VMA_EXEC | RG_VMA_SHARED)

static const struct {
	const char *name;
	const char *line;
	struct rg_vma want;
	const char *path;
} lines[] = {
	{ .name = "anonymous",
	  .line = "7f8a3c000000-7f8a3c021000 rw-p 00000000 00:00 0 ",
	  .want = { .start = 0x7f8a3c000000,
		    .end = 0x7f8a3c021000,
		    .flags = RG_VMA_READ | RG_VMA_WRITE },
	  .path = "" },
	{ .name = "a file, shared and executable",
	  .line = "400000-401000 r-xs 00002000 103:12 4711    /usr/bin/x y",
	  .want = { .start = 0x400000,
		    .end = 0x401000,
		    .offset = 0x2000,
		    .inode = 4711,
		    .dev = 0x103 << 20 | 0x12,
		    .flags = RG_VMA_READ | RG_VMA_EXEC | RG_VMA_SHARED },
	  .path = "/usr/bin/x y" },
	{ .name = "the gate page",
	  .line = "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 "
		  "[vsyscall]",
	  .want = { .start = 0xffffffffff600000,
		    .end = 0xffffffffff601000,
		    .flags = RG_VMA_EXEC },
	  .path = "[vsyscall]" },
};

START_TEST(parses_lines)
{
	const char *line = lines[_i].line;
	const struct rg_vma *want = &lines[_i].want;
	struct rg_vma got;
	int name = rg_maps_parse_line(line, strlen(line), &got);

	ck_assert_msg(name >= 0, "%s: refused", lines[_i].name);
	ck_assert_msg(got.start == want->start && got.end == want->end &&
			      got.offset == want->offset &&
			      got.inode == want->inode &&
			      got.dev == want->dev &&
			      got.flags == want->flags && got.known == RWXS,
		      "%s: wrong vma", lines[_i].name);
	ck_assert_msg(!strcmp(line + name, lines[_i].path), "%s: path %s",
		      lines[_i].name, line + name);
}
END_TEST

static const char *const no_lines[] = {
	"",
	"7f8a3c000000",
	"7f8a3c000000-7f8a3c000000 rw-p 00000000 00:00 0",
	"7f8a3c001000-7f8a3c000000 rw-p 00000000 00:00 0",
	"7f8a3c000000-7f8a3c021000 rw?p 00000000 00:00 0",
	"7f8a3c000000-7f8a3c021000 rw",
	"7f8a3c000000-7f8a3c021000 rw-p 00000000 00:00 ",
	"7f8a3c000000-7f8a3c021000 rw-- 00000000 00:00 0",
	"7f8a3c000000-7f8a3c021000 prwp 00000000 00:00 0",
	"7f8a3c000000-7f8a3c021000 rw-p 00000000 00:00 0[heap]",
	"7f8a3c000000-7f8a3c021000 rw-p 00000000 1000:00 0",
	"7f8a3c000000-7f8a3c021000 rw-p 00000000 00:100000 0",
	"11112222333344445-11112222333344446 rw-p 00000000 00:00 0",
	"Size:                  4 kB",
};

START_TEST(refuses_others)
{
	struct rg_vma vma = { .start = 0xad };
	int ret = rg_maps_parse_line(no_lines[_i], strlen(no_lines[_i]), &vma);

	ck_assert_msg(ret == -EINVAL, "'%s': got %d", no_lines[_i], ret);
	ck_assert_msg(vma.start == 0xad, "'%s': touched", no_lines[_i]);
}
END_TEST

static const struct {
	const char *name;
	const char *line;
	uint32_t set;
	uint32_t clear;
} flag_lines[] = {
	{ "an ordinary one", "VmFlags: rd wr mr mw me ac ", RG_VMA_ACCOUNT,
	  RG_VMA_LOCKED | RG_VMA_SEALED | RG_VMA_UFFD },
	{ "locked and sealed", "VmFlags: rd mr mw me lo sl",
	  RG_VMA_LOCKED | RG_VMA_SEALED, RG_VMA_ACCOUNT },
	{ "sealed without letters", "VmFlags: rd mr ??", RG_VMA_SEALED, 0 },
	{ "any userfaultfd mode", "VmFlags: rd uw", RG_VMA_UFFD, 0 },
	{ "a driver's", "VmFlags: rd mr pf io de dd ",
	  RG_VMA_PFNMAP | RG_VMA_IO | RG_VMA_DONTEXPAND, RG_VMA_HUGETLB },
	{ "none", "VmFlags:", 0, RG_VMA_LOCKED },
};

START_TEST(reads_flags)
{
	const char *line = flag_lines[_i].line;
	struct rg_vma vma = { 0 };

	ck_assert_msg(rg_smaps_parse_flags(line, strlen(line), &vma), "%s",
		      flag_lines[_i].name);
	ck_assert_msg((vma.flags & flag_lines[_i].set) == flag_lines[_i].set,
		      "%s: %#x is missing", flag_lines[_i].name,
		      flag_lines[_i].set & ~vma.flags);
	ck_assert_msg(!(vma.flags & flag_lines[_i].clear) &&
			      (vma.known & flag_lines[_i].clear) ==
				      flag_lines[_i].clear,
		      "%s: not known to be clear", flag_lines[_i].name);
}
END_TEST

static const struct {
	const char *line;
	const char *key;
	bool found;
	uint64_t want;
} fields[] = {
	{ "VmSize:\t    2276 kB", "VmSize", true, 2276 },
	{ "VmSizeX:\t    2276 kB", "VmSize", false, 0 },
	{ "VmSize 2276", "VmSize", false, 0 },
	{ "VmSize:", "VmSize", false, 0 },
	{ "VmSize: 99999999999999999999", "VmSize", false, 0 },
};

START_TEST(reads_fields)
{
	const char *line = fields[_i].line;
	uint64_t got = 0xad;
	bool found =
		rg_proc_parse_field(line, strlen(line), fields[_i].key, &got);

	ck_assert_msg(found == fields[_i].found, "'%s': %d", line, found);
	ck_assert_msg(got == (found ? fields[_i].want : 0xad), "'%s'", line);
}
END_TEST

static const struct {
	const char *name;
	uint32_t flags; /* of RWXS */
	uint64_t page_size;
	enum rg_vma_kind kind;
	uint32_t set;
	uint32_t clear;
	uint32_t unknown;
} kinds[] = {
	{ "", RG_VMA_WRITE, 4096, RG_KIND_ANON, 0,
	  RG_VMA_DONTEXPAND | RG_VMA_HUGETLB,
	  RG_VMA_ACCOUNT | RG_VMA_LOCKED | RG_VMA_SEALED | RG_VMA_GROWSDOWN },
	{ "[stack]", RG_VMA_WRITE, 4096, RG_KIND_ANON, RG_VMA_GROWSDOWN, 0, 0 },
	{ "[heap]", RG_VMA_WRITE, 4096, RG_KIND_ANON, 0, RG_VMA_GROWSDOWN, 0 },
	{ "[anon:glibc: malloc]", RG_VMA_WRITE, 4096, RG_KIND_ANON, 0,
	  RG_VMA_DONTEXPAND, 0 },
	{ "[vdso]", RG_VMA_EXEC, 4096, RG_KIND_SPECIAL,
	  RG_VMA_DONTEXPAND | RG_VMA_UNSPLITTABLE, RG_VMA_PFNMAP,
	  RG_VMA_SEALED },
	{ "[vvar_vclock]", RG_VMA_READ, 4096, RG_KIND_SPECIAL,
	  RG_VMA_PFNMAP | RG_VMA_UNSPLITTABLE, 0, RG_VMA_SEALED },
	{ "/memfd:x (deleted)", RG_VMA_SHARED, 4096, RG_KIND_SHMEM, 0,
	  RG_VMA_DONTEXPAND | RG_VMA_ACCOUNT, RG_VMA_LOCKED },
	{ "/memfd:huge (deleted)", RG_VMA_SHARED, 2 << 20, RG_KIND_HUGETLB,
	  RG_VMA_HUGETLB, 0, 0 },
	{ "/anon_hugepage (deleted)", RG_VMA_WRITE, 2 << 20, RG_KIND_HUGETLB,
	  RG_VMA_HUGETLB | RG_VMA_DONTEXPAND, 0, 0 },
	{ "/usr/lib/libc.so.6", 0, 4096, RG_KIND_FILE, 0,
	  RG_VMA_DONTEXPAND | RG_VMA_PICKS_ADDRESS, 0 },
	{ "/SYSV00000000 (deleted)", RG_VMA_SHARED, 4096, RG_KIND_SHMEM,
	  RG_VMA_PICKS_ADDRESS, RG_VMA_DONTEXPAND, RG_VMA_LOCKED },
	{ "/dev/dri/card0", RG_VMA_SHARED, 4096, RG_KIND_DRIVER, 0,
	  RG_VMA_ACCOUNT, RG_VMA_DONTEXPAND | RG_VMA_PICKS_ADDRESS },
	{ "/dev/shm/x", RG_VMA_SHARED, 4096, RG_KIND_SHMEM, 0,
	  RG_VMA_DONTEXPAND, 0 },
	{ "socket:[123]", RG_VMA_SHARED, 4096, RG_KIND_DRIVER, 0, 0,
	  RG_VMA_MIXEDMAP },
	{ "anon_inode:[io_uring]", RG_VMA_SHARED, 4096, RG_KIND_DRIVER,
	  RG_VMA_DONTEXPAND | RG_VMA_PICKS_ADDRESS, 0, RG_VMA_VETOES_MOVE },
	{ "/[aio] (deleted)", RG_VMA_SHARED, 4096, RG_KIND_DRIVER,
	  RG_VMA_VETOES_MOVE, 0, 0 },
};

START_TEST(knows_kinds)
{
	struct rg_vma vma = { .flags = kinds[_i].flags,
			      .known = RWXS,
			      .page_size = kinds[_i].page_size };

	rg_vma_set_kind(&vma, kinds[_i].name, 4096);
	ck_assert_msg(vma.kind == kinds[_i].kind, "'%s': kind %d",
		      kinds[_i].name, vma.kind);
	ck_assert_msg((vma.flags & vma.known & kinds[_i].set) == kinds[_i].set,
		      "'%s': %#x is missing", kinds[_i].name,
		      kinds[_i].set & ~(vma.flags & vma.known));
	ck_assert_msg((vma.known & kinds[_i].clear) == kinds[_i].clear &&
			      !(vma.flags & kinds[_i].clear),
		      "'%s': not known to be clear", kinds[_i].name);
	ck_assert_msg(!(vma.known & kinds[_i].unknown),
		      "'%s': claims to know %#x", kinds[_i].name,
		      vma.known & kinds[_i].unknown);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, parses_lines, 0, NR_ROWS(lines));
	tcase_add_loop_test(tc, refuses_others, 0, NR_ROWS(no_lines));
	tcase_add_loop_test(tc, reads_flags, 0, NR_ROWS(flag_lines));
	tcase_add_loop_test(tc, reads_fields, 0, NR_ROWS(fields));
	tcase_add_loop_test(tc, knows_kinds, 0, NR_ROWS(kinds));
}
