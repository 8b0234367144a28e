/* SPDX-License-Identifier: MIT */
#ifndef RG_TEST_CALLS_H
#define RG_TEST_CALLS_H

/*
 * One hand-written mremap call: what is mapped, what is asked, what a kernel
 * of generation G5 is known to do. Every row runs in a child of its own, in an
 * arena at a fixed address where nothing is mapped but what the row says, so
 * that a line printed bare and a line printed preloaded can be compared byte
 * by byte.
 *
 * The page at AT(n) holds the letter 'a' + n % 26 when it is laid out, so
 * that the layout left behind shows where every page went:
 *
 *   { .name = "move two pages up",
 *     .lay = "anon 0 2; anon 8 2",          // pages 0,1: ab  8,9: ij
 *     CALL(AT(0), P(2), P(2), FIXED, AT(8)),
 *     .path = "move", .left = "8-10 rw-p ab" }
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE 4096ul
#define P(n) ((uint64_t)(n)*PAGE)

/* Far from where any program, library, stack or shadow memory is put. */
#define ARENA 0x200000000000ul
#define ARENA_END 0x480000000000ul
#define AT(n) (ARENA + P(n))

#if defined(__x86_64__)
#define TASK_END 0x7ffffffff000ul /* four levels of page tables */
#else
#define TASK_END 0x1000000000000ul
#endif

#define MAYMOVE 1ul
#define FIXED 3ul /* with MAYMOVE, as it must be */
#define ONLY_FIXED 2ul
#define DONTUNMAP 5ul /* likewise */
#define ONLY_DONTUNMAP 4ul

enum via {
	VIA_MREMAP,  /* libc's function, five arguments */
	VIA_FOUR,    /* libc's function, four arguments */
	VIA_SYSCALL, /* libc's syscall() */
	VIA_REALLOC, /* old_len and new_len are sizes; no address */
};

struct call {
	const char *name;
	const char *lay; /* verbs: calls-lay.c */
	uint64_t addr;	 /* from base when the lay sets one, else absolute */
	uint64_t old_len;
	uint64_t new_len;
	uint64_t flags;
	uint64_t new_addr;
	enum via via;
	int error;	  /* expected; 0 for success */
	const char *path; /* expected, NULL: not asserted */
	const char *left; /* expected layout, NULL: not asserted */
	uint64_t align;	  /* the result is a multiple of this */
	bool varies;	  /* depends on the machine: expect nothing */
	bool only_g5;	  /* later kernels are known to differ */
};

/* As one would call it: old address and length, new length, flags, address. */
#define CALL(from, old, new, how, to)                                          \
	.addr = (from), .old_len = (old), .new_len = (new), .flags = (how),    \
	.new_addr = (to)

/* What laying out found that the call needs. */
struct scene {
	uint64_t base;	      /* added to addr */
	uint64_t guard;	      /* kept mapped: the scratch page for warm-ups */
	unsigned long *calls; /* shared: calls made by all rows */
	bool owns_machine;    /* its settings may be changed */
};

extern struct scene scene;

/*
 * Carry out the verbs of lay.
 * Return: 0, or a negative errno with *ret_verb the verb that failed.
 */
int lay_out(const char *lay, const char **ret_verb);

/* A field of a file like /proc/self/status in kB, "VmSize:". */
unsigned long field_kb(const char *path, const char *field);
unsigned long status_kb(const char *field);

/* Rows may change settings from now on; those of vm.* that must be small. */
void own_machine(void);
/* As own_machine() left it, whatever a row has changed. */
void restore_machine(void);

bool kernel_at_least(unsigned int major, unsigned int minor);

/* Lines of /proc/self/maps, [vsyscall] apart. */
unsigned long count_vmas(void);

/* The first mapping with this name; false when there is none. */
bool find_named(const char *name, uint64_t *ret_start, uint64_t *ret_end);

/* What is mapped in the arena, as "0-2 rw-p ab, 4-5 ---p e". */
void show_arena(char *buf, size_t size);

/* Vmas that meet [start, end). */
unsigned int count_in(uint64_t start, uint64_t end);

#endif
