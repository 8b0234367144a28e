/* SPDX-License-Identifier: MIT */

/*
 * Names of this very program's functions, and of copies of it that are
 * stripped, changed or gone.
 */

#include "unit.h"

#include "report/names.h"

#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t called_from;

/* Kept out of line so that there is a return address to remember. */
static __attribute__((noinline)) void remember(void)
{
	called_from = (uint64_t)(uintptr_t)__builtin_return_address(0);
	__asm__ volatile("" ::: "memory");
}

enum { INNER_LINE = __LINE__ + 3 };
static inline __attribute__((always_inline)) void inner_function(void)
{
	remember();
	/* so that the call above is not the last thing done */
	__asm__ volatile("" ::: "memory");
}

enum { OUTER_LINE = __LINE__ + 4 };
__attribute__((noinline)) void outer_function(void);
__attribute__((noinline)) void outer_function(void)
{
	inner_function();
}

/* ---------------------------------------------------------- this program */

struct self {
	uint64_t base;
	uint8_t build_id[RG_BUILD_ID_MAX];
	uint8_t build_id_len;
};

/* A note is two lengths, a type, the name "GNU" and the id. */
static void take_build_id(const struct dl_phdr_info *info,
			  const ElfW(Phdr) * phdr, struct self *self)
{
	const char *at = (const char *)info->dlpi_addr + phdr->p_vaddr;
	const char *end = at + phdr->p_memsz;

	while (at + sizeof(ElfW(Nhdr)) < end) {
		ElfW(Nhdr) note;

		memcpy(&note, at, sizeof(note));
		at += sizeof(note) + ((note.n_namesz + 3) & ~3u);
		if (note.n_type == NT_GNU_BUILD_ID &&
		    note.n_descsz <= sizeof(self->build_id)) {
			memcpy(self->build_id, at, note.n_descsz);
			self->build_id_len = (uint8_t)note.n_descsz;
		}
		at += (note.n_descsz + 3) & ~3u;
	}
}

static int take_self(struct dl_phdr_info *info, size_t size, void *ctx)
{
	struct self *self = ctx;

	(void)size;
	self->base = info->dlpi_addr;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		if (info->dlpi_phdr[i].p_type == PT_NOTE)
			take_build_id(info, &info->dlpi_phdr[i], self);
	}
	return 1; /* the first is the program */
}

static char dir[32];

/* Run a shell command with $self this program and $d a fresh directory. */
static void shell(const char *command)
{
	char self[512] = "";
	char line[2048];

	ck_assert_int_gt(readlink("/proc/self/exe", self, sizeof(self) - 1), 0);
	snprintf(line, sizeof(line), "self=%s; d=%s; %s", self, dir, command);
	ck_assert_msg(!system(line), "%s", line);
}

static const struct row {
	const char *name;
	const char *make; /* shell commands that make $d/program */
	bool other_id;	  /* the trace saw another build id */
	bool no_id;	  /* the trace saw none */
	enum rg_object_state state;
	bool function;
	bool lines;
} rows[] = {
	{ "with debugging information", "cp $self $d/program", false, false,
	  RG_OBJECT_NAMED, true, true },
	{ "debugging information in a file beside it",
	  "objcopy --only-keep-debug $self $d/program.debug && "
	  "objcopy --strip-all --add-gnu-debuglink=$d/program.debug $self "
	  "$d/program",
	  false, false, RG_OBJECT_NAMED, true, true },
	{ "debugging information in a .debug directory",
	  "mkdir $d/.debug && "
	  "objcopy --only-keep-debug $self $d/.debug/program.debug && objcopy "
	  "--strip-all --add-gnu-debuglink=$d/.debug/program.debug $self "
	  "$d/program",
	  false, false, RG_OBJECT_NAMED, true, true },
	{ "symbols only", "objcopy --strip-debug $self $d/program", false,
	  false, RG_OBJECT_NAMED, true, false },
	{ "stripped", "objcopy --strip-all $self $d/program", false, false,
	  RG_OBJECT_NAMED, false, false },
	{ "another build id", "cp $self $d/program", true, false,
	  RG_OBJECT_CHANGED, false, false },
	{ "another program", "cp /bin/true $d/program", false, false,
	  RG_OBJECT_CHANGED, false, false },
	{ "no build id, older than the mapping",
	  "cp $self $d/program && touch -d 2001-01-01 $d/program", false, true,
	  RG_OBJECT_NAMED, true, true },
	{ "no build id, written after the mapping", "cp $self $d/program",
	  false, true, RG_OBJECT_CHANGED, false, false },
	{ "gone", "true", false, false, RG_OBJECT_MISSING, false, false },
	{ "a directory", "mkdir $d/program", false, false, RG_OBJECT_MISSING,
	  false, false },
	{ "a FIFO", "mkfifo $d/program", false, false, RG_OBJECT_MISSING, false,
	  false },
	{ "no ELF file", "echo hello > $d/program", false, false,
	  RG_OBJECT_MISSING, false, false },
	/* its beginning still says who it is */
	{ "an ELF file cut short", "head -c 5000 $self > $d/program", false,
	  false, RG_OBJECT_NAMED, false, false },
};

static void make_object(const struct row *row, const struct self *self,
			struct rg_object *ret_object)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/program", dir);
	*ret_object = (struct rg_object){
		.path = path,
		.build_id_len = row->no_id ? 0 : self->build_id_len,
		/* in 2020 */
		.since_realtime = UINT64_C(1600000000000000000),
	};
	memcpy(ret_object->build_id, self->build_id, RG_BUILD_ID_MAX);
	ret_object->build_id[0] ^= row->other_id;
}

static void check_names(const struct row *row, const struct rg_name_list *got)
{
	const struct rg_name *first = &got->list[0];
	const struct rg_name *last = &got->list[got->nr - 1];

	ck_assert_msg(got->nr == (row->lines ? 2 : 1), "%s: %zu names",
		      row->name, got->nr);
	ck_assert_msg(
		!strcmp(last->function, row->function ? "outer_function" : ""),
		"%s: in %s", row->name, last->function);
	ck_assert_msg(strstr(first->module, "/program") != NULL, "%s: %s",
		      row->name, first->module);
	if (!row->lines)
		return;
	ck_assert_msg(!strcmp(first->function, "inner_function"),
		      "%s: inlined %s", row->name, first->function);
	ck_assert_msg(strstr(first->file, "test-report-names.c") &&
			      strstr(last->file, "test-report-names.c"),
		      "%s: %s, %s", row->name, first->file, last->file);
	ck_assert_msg(first->line == INNER_LINE && last->line == OUTER_LINE,
		      "%s: lines %d, %d", row->name, first->line, last->line);
}

START_TEST(names_of)
{
	const struct row *row = &rows[_i];
	struct self self = { 0 };
	struct rg_object object;
	struct rg_objects objects = { .list = &object, .nr = 1 };
	struct rg_name_list got;
	struct rg_frame frame = { 0 };
	struct rg_names *names;

	strcpy(dir, "/tmp/rg-names-XXXXXX");
	ck_assert(mkdtemp(dir));
	shell(row->make);
	dl_iterate_phdr(take_self, &self);
	ck_assert_uint_gt(self.build_id_len, 0);
	outer_function();
	make_object(row, &self, &object);
	frame.offset = called_from - self.base;
	names = rg_names_new(&objects);
	got = rg_names_find(names, &frame);
	ck_assert_msg(rg_names_state(names, 0) == row->state, "%s: state %d",
		      row->name, rg_names_state(names, 0));
	check_names(row, &got);
	ck_assert_msg(got.list[0].offset == frame.offset, "%s: offset",
		      row->name);
	rg_names_free(names);
	shell("rm -r $d");
}
END_TEST

START_TEST(no_object)
{
	struct rg_objects objects = { 0 };
	struct rg_frame frame = { .object = RG_NO_OBJECT, .offset = 0x1234 };
	struct rg_names *names = rg_names_new(&objects);
	struct rg_name_list got = rg_names_find(names, &frame);

	ck_assert_uint_eq(got.nr, 1);
	ck_assert_str_eq(got.list[0].function, "");
	ck_assert_str_eq(got.list[0].module, "");
	ck_assert_uint_eq(got.list[0].offset, 0x1234);
	rg_names_free(names);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, names_of, 0, NR_ROWS(rows));
	tcase_add_test(tc, no_object);
}
