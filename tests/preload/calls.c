/* SPDX-License-Identifier: MIT */

/*
 * The table of hand-written calls: `calls` runs every row and prints a line
 * for each, `calls NAME` runs one, `calls --list` prints the names.
 *
 *   shrink by a page: ok shrink +0 errno kept | 0-3 rw-p abc
 *
 * Exit status 1 when a row did not do what it says (generation G5, or later
 * where nothing is known to differ), and the line then ends in what was
 * expected. The last line counts the calls made, for who counts along.
 */

#include "calls.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls-arguments.h"
#include "calls-duplicate.h"
#include "calls-limits.h"
#include "calls-move.h"
#include "calls-precedence.h"
#include "calls-resize.h"
#include "calls-special.h"

#define ERRNO_MARK 4711
#define ROWS(rows)                                                             \
	{                                                                      \
		rows, sizeof(rows) / sizeof(*(rows))                           \
	}

static const struct {
	const struct call *rows;
	size_t nr;
} tables[] = {
	ROWS(argument_calls),  ROWS(resize_calls),     ROWS(move_calls),
	ROWS(duplicate_calls), ROWS(precedence_calls), ROWS(limit_calls),
	ROWS(special_calls),
};

/* What a row did. */
struct outcome {
	uint64_t addr;
	uint64_t result;
	int error;
	bool errno_kept;
	unsigned int sources;
	char left[1024];
};

struct scene scene;

/* Out of the compiler's sight, so that it knows nothing of their contract. */
static void *(*volatile grow)(void *ptr, size_t size) = realloc;

static uint64_t page_up(uint64_t len)
{
	return (len + PAGE - 1) & ~(PAGE - 1);
}

static uint64_t call_realloc(const struct call *call)
{
	char *ptr = malloc(call->old_len);
	char *got;

	if (!ptr)
		abort();
	ptr[0] = 'x';
	errno = ERRNO_MARK;
	got = grow(ptr, call->new_len);
	if (!got || got[0] != 'x')
		abort();
	return (uint64_t)got;
}

static uint64_t make_call(const struct call *call, uint64_t addr)
{
	void *old = (void *)addr;
	void *to = (void *)call->new_addr;
	int flags = (int)call->flags;

	errno = ERRNO_MARK;
	switch (call->via) {
	case VIA_MREMAP:
		return (uint64_t)mremap(old, call->old_len, call->new_len,
					flags, to);
	case VIA_FOUR:
		return (uint64_t)mremap(old, call->old_len, call->new_len,
					flags);
	case VIA_SYSCALL:
		return (uint64_t)syscall(SYS_mremap, addr, call->old_len,
					 call->new_len, call->flags,
					 call->new_addr);
	case VIA_REALLOC:
		return call_realloc(call);
	}
	abort();
}

static void run_call(const struct call *call, struct outcome *ret)
{
	uint64_t addr = call->addr + scene.base;
	uint64_t end = addr + page_up(call->old_len);

	ret->addr = addr;
	ret->sources = count_in(addr, end);
	__atomic_add_fetch(scene.calls, 1, __ATOMIC_RELAXED);
	ret->result = make_call(call, addr);
	ret->errno_kept = errno == ERRNO_MARK;
	ret->error = ret->result == UINT64_MAX ? errno : 0;
	show_arena(ret->left, sizeof(ret->left));
}

/* In the words of the model, read off the result. */
static const char *path_of(const struct call *call, const struct outcome *out)
{
	uint64_t old_len = page_up(call->old_len);
	uint64_t new_len = page_up(call->new_len);

	if (out->error)
		return "refuse";
	if (call->flags & ONLY_DONTUNMAP)
		return "dontunmap";
	if (old_len == 0)
		return "duplicate";
	if (call->flags & ONLY_FIXED)
		return old_len == new_len && out->sources > 1 ? "multi-move"
							      : "move";
	if (call->via == VIA_REALLOC)
		return "realloc";
	if (out->result != out->addr)
		return "move";
	if (old_len == new_len)
		return "no-resize";
	return old_len > new_len ? "shrink" : "expand-in-place";
}

/* Addresses that the kernel picks differ from run to run: only their class. */
static void show_place(const struct call *call, const struct outcome *out,
		       char *buf, size_t size)
{
	uint64_t at = out->result;

	if (out->error)
		snprintf(buf, size, "-");
	else if (at >= ARENA && at < ARENA_END)
		snprintf(buf, size, "+%" PRIu64, (at - ARENA) / PAGE);
	else if (at == out->addr)
		snprintf(buf, size, "same");
	else if (call->flags & ONLY_FIXED && at == call->new_addr)
		snprintf(buf, size, "asked");
	else if (call->align)
		snprintf(buf, size, "elsewhere, %saligned",
			 at % call->align ? "not " : "");
	else
		snprintf(buf, size, "elsewhere");
}

static bool is_expected(const struct call *call, const struct outcome *out)
{
	if (call->varies || !kernel_at_least(6, 17))
		return true;
	if (call->only_g5 && kernel_at_least(7, 1))
		return true;
	if (out->error != call->error)
		return false;
	if (!out->error && !out->errno_kept)
		return false;
	if (!out->error && call->align && out->result % call->align)
		return false;
	if (call->path && strcmp(call->path, path_of(call, out)) != 0)
		return false;
	return !call->left || strcmp(call->left, out->left) == 0;
}

static int print_outcome(const struct call *call, const struct outcome *out)
{
	bool expected = is_expected(call, out);
	char place[64];

	show_place(call, out, place, sizeof(place));
	dprintf(1, "%s: %s %s %s%s | %s%s%s%s%s%s\n", call->name,
		out->error ? strerrorname_np(out->error) : "ok",
		path_of(call, out), place,
		!out->error && out->errno_kept ? " errno kept" : "", out->left,
		expected ? "" : "  EXPECTED ",
		expected	? "" :
		call->error ? strerrorname_np(call->error) :
				  call->path ?: "ok",
		expected ? "" : " | ", expected ? "" : call->left ?: "",
		expected ? "" : ".");
	return expected ? 0 : 1;
}

/* In a child of its own. */
static int run_row(const struct call *call)
{
	static struct outcome out;
	const char *verb = "";
	int r = lay_out(call->lay, &verb);

	if (r < 0) {
		dprintf(1, "%s: skip: %s: %s\n", call->name, verb,
			strerrorname_np(-r));
		return 0;
	}
	run_call(call, &out);
	return print_outcome(call, &out);
}

static int run_in_child(const struct call *call)
{
	int status;
	pid_t child = fork();

	if (child < 0) {
		perror("fork");
		exit(1);
	}
	if (child == 0)
		_exit(run_row(call));
	waitpid(child, &status, 0);
	if (WIFSIGNALED(status))
		dprintf(1, "%s: killed by signal %d\n", call->name,
			WTERMSIG(status));
	return status != 0;
}

/* Limits on memory count a growing stack: let it have grown before. */
static void grow_stack(void)
{
	volatile char room[256 * 1024];

	for (size_t i = 0; i < sizeof(room); i += PAGE)
		room[i] = 1;
}

static int run_rows(const char *only, bool list)
{
	int failed = 0;
	unsigned int found = 0;

	for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++)
		for (size_t i = 0; i < tables[t].nr; i++) {
			const struct call *call = &tables[t].rows[i];

			if (only && strcmp(only, call->name) != 0)
				continue;
			found++;
			if (list)
				dprintf(1, "%s\n", call->name);
			else
				failed |= run_in_child(call);
		}
	return found ? failed : 2;
}

int main(int argc, char **argv)
{
	bool list = argc > 1 && strcmp(argv[1], "--list") == 0;
	int r;

	if (sysconf(_SC_PAGESIZE) != (long)PAGE) {
		puts("skip: the table is written for pages of 4 KB");
		return 77;
	}
	scene.calls = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	grow_stack();
	r = run_rows(list ? NULL : argv[1], list);
	if (!list)
		dprintf(1, "calls %lu\n", *scene.calls);
	return r;
}
