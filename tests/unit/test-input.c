/* SPDX-License-Identifier: MIT */

/* Text that is handed to predict: what it says, and what is wrong with it. */

#include "unit.h"

#include "input/limits-text.h"
#include "input/maps-text.h"
#include "policy/size.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TASK_SIZE UINT64_C(0x7ffffffff000)

/* ----------------------------------------------------------------- sizes */

static const struct {
	const char *text;
	bool good;
	uint64_t want;
} sizes[] = {
	{ "0", true, 0 },
	{ "4096", true, 4096 },
	{ "4K", true, 4096 },
	{ "4k", true, 4096 },
	{ "3M", true, 3 << 20 },
	{ "2G", true, UINT64_C(2) << 30 },
	{ "0x1000", true, 4096 },
	{ "0XfF", true, 255 },
	{ "0x10K", true, 16384 },
	{ "18446744073709551615", true, UINT64_MAX },
	{ "0xffffffffffffffff", true, UINT64_MAX },
	{ "17179869183G", true, UINT64_C(17179869183) << 30 },
	{ "18446744073709551616", false, 0 },
	{ "0x10000000000000000", false, 0 },
	{ "17179869184G", false, 0 },
	{ "", false, 0 },
	{ "K", false, 0 },
	{ "0x", false, 0 },
	{ "0xK", false, 0 },
	{ "-1", false, 0 },
	{ "+1", false, 0 },
	{ " 1", false, 0 },
	{ "1 ", false, 0 },
	{ "4KB", false, 0 },
	{ "4KK", false, 0 },
	{ "1T", false, 0 },
	{ "12a", false, 0 },
};

START_TEST(parses_sizes)
{
	uint64_t got = 0xad;
	bool good = rg_size_parse(sizes[_i].text, &got);

	ck_assert_msg(good == sizes[_i].good, "'%s': %d", sizes[_i].text, good);
	ck_assert_msg(got == (good ? sizes[_i].want : 0xad), "'%s': %" PRIu64,
		      sizes[_i].text, got);
}
END_TEST

/* ---------------------------------------------------------------- reading */

static FILE *open_text(const char *text)
{
	/* fmemopen() of nothing fails */
	return *text ? fmemopen((char *)text, strlen(text), "r")
		     : fopen("/dev/null", "r");
}

static int read_maps(const char *text, uint64_t task_size,
		     struct rg_maps_text *ret_maps,
		     struct rg_input_error *ret_error)
{
	struct rg_limits limits = { 0 };
	FILE *in = open_text(text);
	int ret;

	rg_limits_set(&limits, RG_LIMIT_PAGE_SIZE, 4096);
	if (task_size)
		rg_limits_set(&limits, RG_LIMIT_TASK_SIZE, task_size);
	ret = rg_maps_text_read(in, &limits, ret_maps, ret_error);
	fclose(in);
	return ret;
}

#define LINE_A "1000-3000 rw-p 00000000 00:00 0 \n"
#define LINE_B "3000-4000 r--s 00001000 08:01 77    /tmp/with space\n"
#define STACK "7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0    [stack]\n"
#define GATE                                                                   \
	"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0  [vsyscall]\n"
#define SMAPS(flags)                                                           \
	"Size:      8 kB\nKernelPageSize:  4 kB\nMMUPageSize: 4 kB\n"          \
	"Private_Clean: 0 kB\nTHPeligible:    0\nVmFlags: " flags "\n"
#define HUGE_LINE "40000000-40400000 rw-s 00000000 00:0f 5    /memfd:h\n"

static const struct {
	const char *name;
	const char *text;
	size_t nr;
	bool has_flags;
	struct rg_vma first; /* kind, page size, some of flags and known */
	uint32_t unknown;    /* what must not be known of it */
	uint64_t total;	     /* pages */
	uint64_t data;	     /* pages, with flags */
	uint64_t locked;     /* pages, with flags */
} maps[] = {
	{ .name = "maps",
	  .text = LINE_A LINE_B STACK GATE,
	  .nr = 3,
	  .first = { .kind = RG_KIND_ANON,
		     .flags = RG_VMA_READ | RG_VMA_WRITE,
		     .known = RG_VMA_HUGETLB | RG_VMA_DONTEXPAND },
	  .unknown = RG_VMA_SEALED | RG_VMA_LOCKED | RG_VMA_ACCOUNT,
	  .total = 2 + 1 + 33 },
	{ .name = "no newline at the end",
	  .text = "1000-2000 r--p 00000000 00:00 0",
	  .nr = 1,
	  .first = { .flags = RG_VMA_READ, .kind = RG_KIND_ANON },
	  .total = 1 },
	{ .name = "smaps",
	  .text = LINE_A SMAPS("rd wr mr mw me ac lo") LINE_B SMAPS("rd sh mr")
		  STACK SMAPS("rd wr gd ac"),
	  .nr = 3,
	  .has_flags = true,
	  .first = { .page_size = 4096,
		     .kind = RG_KIND_ANON,
		     .flags = RG_VMA_ACCOUNT | RG_VMA_LOCKED,
		     .known = RG_VMA_SEALED | RG_VMA_LOCKED },
	  .total = 36,
	  .data = 2,
	  .locked = 2 },
	{ .name = "smaps of one mapping, maps of another",
	  .text = LINE_A SMAPS("rd wr") LINE_B,
	  .nr = 2,
	  .first = { .page_size = 4096,
		     .kind = RG_KIND_ANON,
		     .known = RG_VMA_SEALED },
	  .total = 3 },
	{ .name = "what was seen counts more than the name",
	  .text = "1000-2000 rw-s 00000000 00:0f 5    /dev/mem\n" SMAPS(
		  "rd wr sh io pf de"),
	  .nr = 1,
	  .has_flags = true,
	  .first = { .page_size = 4096,
		     .kind = RG_KIND_DRIVER,
		     .flags = RG_VMA_IO | RG_VMA_PFNMAP | RG_VMA_DONTEXPAND,
		     .known = RG_VMA_MIXEDMAP },
	  .unknown = RG_VMA_VETOES_MOVE,
	  .total = 1 },
	{ .name = "hugetlb, by its page size",
	  .text = HUGE_LINE
	  "KernelPageSize:  2048 kB\nVmFlags: rd wr sh ht de\n",
	  .nr = 1,
	  .has_flags = true,
	  .first = { .page_size = 2 << 20,
		     .kind = RG_KIND_HUGETLB,
		     .flags = RG_VMA_HUGETLB | RG_VMA_DONTEXPAND },
	  .total = 1024 },
	{ .name = "hugetlb, perhaps",
	  .text = HUGE_LINE,
	  .nr = 1,
	  .first = { .kind = RG_KIND_SHMEM, .known = RG_VMA_PFNMAP },
	  .unknown = RG_VMA_HUGETLB | RG_VMA_DONTEXPAND,
	  .total = 1024 },
	{ .name = "a path that is longer than any name we know",
	  .text = "1000-2000 r-xp 00000000 08:01 77    /usr/"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  " (deleted)\n",
	  .nr = 1,
	  .first = { .kind = RG_KIND_FILE, .flags = RG_VMA_EXEC },
	  .total = 1 },
	{ .name = "five levels",
	  .text = "ff000000000000-ff000000001000 rw-p 00000000 00:00 0\n",
	  .nr = 1,
	  .first = { .kind = RG_KIND_ANON },
	  .total = 1 },
	{ .name = "a newline in a path, as the kernel writes it",
	  .text = "1000-2000 rw-p 00000000 08:01 9    /tmp/a\\012b (deleted)\n",
	  .nr = 1,
	  .first = { .kind = RG_KIND_FILE },
	  .total = 1 },
};

START_TEST(reads_maps)
{
	struct rg_input_error error = { 0 };
	struct rg_limits limits = { .page_size = 4096 };
	const struct rg_vma *want = &maps[_i].first;
	const char *name = maps[_i].name;
	struct rg_maps_text got;
	struct rg_vma first;

	ck_assert_msg(!read_maps(maps[_i].text, 0, &got, &error),
		      "%s: line %" PRIu64 ": %s", name, error.line, error.why);
	ck_assert_msg(got.nr == maps[_i].nr &&
			      got.has_flags == maps[_i].has_flags,
		      "%s: %zu, %d", name, got.nr, got.has_flags);
	ck_assert(rg_maps_text_find_vma(&got, 0, &first) == 1);
	ck_assert_msg(first.kind == want->kind &&
			      first.page_size == want->page_size &&
			      (first.flags & want->flags) == want->flags &&
			      (first.known & want->known) == want->known &&
			      !(first.known & maps[_i].unknown),
		      "%s: kind %d flags %x known %x", name, first.kind,
		      first.flags, first.known);
	rg_maps_text_count(&got, &limits);
	ck_assert_msg(limits.map_count == got.nr &&
			      limits.total_pages == maps[_i].total,
		      "%s: total %" PRIu64, name, limits.total_pages);
	ck_assert_msg(limits.data_pages == maps[_i].data &&
			      limits.locked_pages == maps[_i].locked,
		      "%s: data %" PRIu64 ", locked %" PRIu64, name,
		      limits.data_pages, limits.locked_pages);
	rg_maps_text_free(&got);
}
END_TEST

START_TEST(finds_vmas)
{
	static const struct {
		uint64_t addr;
		uint64_t start; /* 0: nothing above */
	} looks[] = {
		{ 0, 0x1000 },
		{ 0x1000, 0x1000 },
		{ 0x2fff, 0x1000 },
		{ 0x3000, 0x3000 },
		{ 0x4000, 0x7ffc00000000 },
		{ 0x7ffc00020fff, 0x7ffc00000000 },
		{ 0x7ffc00021000, 0 },
		{ UINT64_MAX, 0 },
	};
	struct rg_input_error error = { 0 };
	struct rg_maps_text got;
	struct rg_vma vma;

	ck_assert(
		!read_maps(LINE_A LINE_B STACK GATE, TASK_SIZE, &got, &error));
	for (size_t i = 0; i < NR_ROWS(looks); i++) {
		vma.start = 0;
		ck_assert_msg(
			rg_maps_text_find_vma(&got, looks[i].addr, &vma) ==
					(looks[i].start != 0) &&
				vma.start == looks[i].start,
			"%" PRIx64 ": %" PRIx64, looks[i].addr, vma.start);
	}
	rg_maps_text_free(&got);
}
END_TEST

START_TEST(keeps_what_is_given)
{
	struct rg_limits limits = { .page_size = 4096 };
	struct rg_input_error error = { 0 };
	struct rg_maps_text got;

	rg_limits_set(&limits, RG_LIMIT_MAP_COUNT, 999);
	ck_assert(!read_maps(LINE_A, TASK_SIZE, &got, &error));
	rg_maps_text_count(&got, &limits);
	ck_assert(limits.map_count == 999 && limits.total_pages == 2);
	rg_maps_text_free(&got);
}
END_TEST

#define NO_MAPPING "not a mapping"

static const struct {
	const char *name;
	const char *text;
	uint64_t line;
	const char *why; /* how it begins */
} no_maps[] = {
	{ "empty", "", 0, "there is no mapping in it" },
	{ "the gate alone", GATE, 0, "there is no mapping in it" },
	{ "an empty line", LINE_A "\n", 2, NO_MAPPING },
	{ "another text", "hello\n", 1, NO_MAPPING },
	{ "smaps without its head", SMAPS("rd"), 1, NO_MAPPING },
	{ "a comment", LINE_A "# comment\n", 2, NO_MAPPING },
	{ "cut", LINE_A "3000-4000 rw-p 000", 2, NO_MAPPING },
	{ "cut after the address", "3000-4000\n", 1, NO_MAPPING },
	{ "permissions in another order", "1000-2000 wr-p 0 00:00 0\n", 1,
	  NO_MAPPING },
	{ "neither shared nor private", "1000-2000 rw-- 0 00:00 0\n", 1,
	  NO_MAPPING },
	{ "no blank before the name", "1000-2000 rw-p 0 00:00 0[heap]\n", 1,
	  NO_MAPPING },
	{ "addresses of more than 64 bits",
	  "10000000000001000-10000000000002000 rw-p 0 00:00 0\n", 1,
	  NO_MAPPING },
	{ "a device that is none", "1000-2000 rw-p 0 1000000:00 0\n", 1,
	  NO_MAPPING },
	{ "no pages in it", "1000-1000 rw-p 0 00:00 0\n", 1, NO_MAPPING },
	{ "backwards", "2000-1000 rw-p 0 00:00 0\n", 1, NO_MAPPING },
	{ "half a page", "1000-1800 rw-p 0 00:00 0\n", 1,
	  "the mapping does not begin and end with a page" },
	{ "out of order", LINE_B LINE_A, 2, "the mapping begins before" },
	{ "the same twice", LINE_A LINE_A, 2, "the mapping begins before" },
	{ "overlap", LINE_A "2000-4000 rw-p 0 00:00 0\n", 2,
	  "the mapping begins before" },
	{ "beyond the task size", "7ffffffff000-800000000000 rw-p 0 00:00 0\n",
	  1, "the mapping ends behind" },
	{ "page size of nothing", LINE_A "KernelPageSize: 0 kB\n", 2,
	  "KernelPageSize is not" },
	{ "page size that is no power of two", LINE_A "KernelPageSize: 12 kB\n",
	  2, "KernelPageSize is not" },
	{ "page size beyond 64 bits",
	  LINE_A "KernelPageSize: 18446744073709551615 kB\n", 2,
	  "KernelPageSize is not" },
	{ "huge pages that do not fit", LINE_A "KernelPageSize: 2048 kB\n", 2,
	  "the mapping does not begin and end with a page of its" },
};

START_TEST(refuses_maps)
{
	struct rg_input_error error = { 0 };
	struct rg_maps_text got = { .nr = 0xad };
	int ret = read_maps(no_maps[_i].text, TASK_SIZE, &got, &error);

	ck_assert_msg(ret == -EINVAL && got.nr == 0xad, "%s: %d",
		      no_maps[_i].name, ret);
	ck_assert_msg(error.line == no_maps[_i].line &&
			      !strncmp(error.why, no_maps[_i].why,
				       strlen(no_maps[_i].why)),
		      "%s: line %" PRIu64 ": %s", no_maps[_i].name, error.line,
		      error.why);
}
END_TEST

/* --------------------------------------------------------- any text at all */

/* len bytes, all of them c but for a newline at the end */
static char *long_line(size_t len, char c)
{
	char *text = malloc(len);

	memset(text, c, len - 1);
	text[len - 1] = '\n';
	return text;
}

START_TEST(takes_lines_up_to_their_limit)
{
	static struct rg_lines lines;
	struct rg_input_error error = { 0 };
	char *text = long_line(RG_LINE_MAX + 1, 'a');

	lines.in = fmemopen(text, RG_LINE_MAX + 1, "r");
	ck_assert(rg_lines_next(&lines, &error) == 1);
	ck_assert(lines.number == 1 && strlen(lines.text) == RG_LINE_MAX);
	ck_assert(rg_lines_next(&lines, &error) == 0);
	fclose(lines.in);
	free(text);
}
END_TEST

static const struct {
	const char *name;
	const char *bytes;
	size_t len;
	uint64_t line;
	const char *why;
} no_texts[] = {
	{ "a zero byte", "a\n\0b\n", 5, 2, "a zero byte: not a text" },
	{ "a zero byte at the end", "a\0", 2, 1, "a zero byte: not a text" },
	{ "a line without end", NULL, RG_LINE_MAX + 2, 1,
	  "the line is too long" },
};

START_TEST(refuses_what_is_no_text)
{
	size_t len = no_texts[_i].len;
	char *text = long_line(len, 'a');
	static struct rg_lines lines;
	struct rg_input_error error = { 0 };
	int ret;

	if (no_texts[_i].bytes)
		memcpy(text, no_texts[_i].bytes, len);
	lines.in = fmemopen(text, len, "r");
	lines.number = 0;
	do {
		ret = rg_lines_next(&lines, &error);
	} while (ret > 0);
	ck_assert_msg(ret == -EINVAL && error.line == no_texts[_i].line &&
			      !strcmp(error.why, no_texts[_i].why),
		      "%s: %d line %" PRIu64, no_texts[_i].name, ret,
		      error.line);
	fclose(lines.in);
	free(text);
}
END_TEST

START_TEST(reports_a_failing_read)
{
	static struct rg_lines lines;
	struct rg_input_error error = { 0 };

	lines.in = fopen("/", "r");
	ck_assert(rg_lines_next(&lines, &error) == -EISDIR);
	ck_assert(!error.line && !strcmp(error.why, strerror(EISDIR)));
	fclose(lines.in);
}
END_TEST

/* ---------------------------------------------------------------- limits */

static int read_limits(const char *text, struct rg_limits *limits,
		       struct rg_input_error *ret_error)
{
	FILE *in = open_text(text);
	int ret = rg_limits_text_read(in, limits, ret_error);

	fclose(in);
	return ret;
}

START_TEST(reads_limits)
{
	struct rg_limits limits = { 0 };
	struct rg_input_error error = { 0 };
	int ret = read_limits("# as on host a\n"
			      "\n"
			      "page_size = 16K\r\n"
			      "  task_size=0x1000000000000\n"
			      "max_map_count\t=\t65530\n"
			      "rlimit_as = unlimited\n"
			      "rlimit_memlock = 8M\n"
			      "overcommit = 2\n"
			      "cap_sys_admin = 1",
			      &limits, &error);

	ck_assert_msg(!ret, "line %" PRIu64 ": %s", error.line, error.why);
	ck_assert(limits.page_size == 16384 &&
		  limits.task_size == UINT64_C(1) << 48 &&
		  limits.max_map_count == 65530 &&
		  limits.rlimit_as == UINT64_MAX &&
		  limits.rlimit_memlock == 8 << 20 && limits.overcommit == 2 &&
		  limits.cap_sys_admin == 1);
	ck_assert(limits.known ==
		  (1u << RG_LIMIT_PAGE_SIZE | 1u << RG_LIMIT_TASK_SIZE |
		   1u << RG_LIMIT_MAX_MAP_COUNT | 1u << RG_LIMIT_RLIMIT_AS |
		   1u << RG_LIMIT_RLIMIT_MEMLOCK | 1u << RG_LIMIT_OVERCOMMIT |
		   1u << RG_LIMIT_CAP_SYS_ADMIN));
}
END_TEST

/* Every field has a name and a range: 1 is in all but those of sizes. */
START_TEST(knows_every_limit)
{
	struct rg_limits limits = { 0 };
	struct rg_input_error error = { 0 };
	char text[64];

	for (int i = 0; i < RG_NR_LIMITS; i++) {
		snprintf(text, sizeof(text), "%s = %s",
			 rg_limit_name((enum rg_limit)i),
			 i == RG_LIMIT_PAGE_SIZE || i == RG_LIMIT_TASK_SIZE
				 ? "1M"
				 : "1");
		ck_assert_msg(!read_limits(text, &limits, &error), "%s: %s",
			      text, error.why);
	}
	ck_assert(limits.known == (1u << RG_NR_LIMITS) - 1);
}
END_TEST

static const struct {
	const char *name;
	const char *text;
	uint64_t line;
	const char *why; /* how it begins */
} no_limits[] = {
	{ "no such key", "map_count = 1\nmax_maps = 1\n", 2, "no such limit" },
	{ "no key", "= 1", 1, "no such limit" },
	{ "the bits are no field", "known = 1", 1, "no such limit" },
	{ "twice", "map_count = 1\n#\nmap_count = 1\n", 3,
	  "this limit was given before" },
	{ "no =", "map_count 1", 1, "not `key = value`" },
	{ "a section", "[limits]\nmap_count = 1", 1, "not `key = value`" },
	{ "no value", "map_count =", 1, "not a number" },
	{ "a word", "map_count = many", 1, "not a number" },
	{ "two values", "map_count = 1 2", 1, "not a number" },
	{ "a comment behind it", "map_count = 1 # few", 1, "not a number" },
	{ "negative", "map_count = -1", 1, "not a number" },
	{ "beyond 64 bits", "rlimit_as = 18446744073709551616", 1,
	  "not a number" },
	{ "a count is not unlimited", "map_count = unlimited", 1,
	  "not a number" },
	{ "too many maps", "max_map_count = 2147483648", 1, "more than" },
	{ "too many pages", "total_pages = 0x10000000000000", 1,
	  "more pages than" },
	{ "page size of 3000", "page_size = 3000", 1, "not a page size" },
	{ "page size of 0", "page_size = 0", 1, "not a page size" },
	{ "page size of 2 GB", "page_size = 2G", 1, "not a page size" },
	{ "task size of 0", "task_size = 0", 1, "not a task size" },
	{ "task size of half a page", "task_size = 0x7ffffffff800", 1,
	  "not a task size" },
	{ "task size beyond 57 bits", "task_size = 0x200000000001000", 1,
	  "not a task size" },
	{ "a mode that is none", "overcommit = 3", 1, "not 0, 1 or 2" },
	{ "half a capability", "cap_ipc_lock = 2", 1, "not 0 or 1" },
};

START_TEST(refuses_limits)
{
	struct rg_limits limits = { 0 };
	struct rg_input_error error = { 0 };
	int ret = read_limits(no_limits[_i].text, &limits, &error);

	ck_assert_msg(ret == -EINVAL, "%s: %d", no_limits[_i].name, ret);
	ck_assert_msg(error.line == no_limits[_i].line &&
			      !strncmp(error.why, no_limits[_i].why,
				       strlen(no_limits[_i].why)),
		      "%s: line %" PRIu64 ": %s", no_limits[_i].name,
		      error.line, error.why);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, parses_sizes, 0, NR_ROWS(sizes));
	tcase_add_loop_test(tc, reads_maps, 0, NR_ROWS(maps));
	tcase_add_test(tc, finds_vmas);
	tcase_add_test(tc, keeps_what_is_given);
	tcase_add_loop_test(tc, refuses_maps, 0, NR_ROWS(no_maps));
	tcase_add_test(tc, takes_lines_up_to_their_limit);
	tcase_add_loop_test(tc, refuses_what_is_no_text, 0, NR_ROWS(no_texts));
	tcase_add_test(tc, reports_a_failing_read);
	tcase_add_test(tc, reads_limits);
	tcase_add_test(tc, knows_every_limit);
	tcase_add_loop_test(tc, refuses_limits, 0, NR_ROWS(no_limits));
}
