/* SPDX-License-Identifier: MIT */

/*
 * Mappings that grow again and again, in every way that might be upset by
 * where they go: a line for each row of its name and what came of it, the same
 * wherever that is; and one of how often it moved, of those rows whose number
 * is worth looking at. All contents are checked after each growth.
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE ((size_t)4096)
#define MB ((size_t)1 << 20)
/* Large enough to be given room, and an odd number of pages. */
#define START (MB + 3 * PAGE)
#define LARGE (9 * MB + 3 * PAGE)

struct buffer {
	char *at;
	size_t len;
	size_t held; /* so much of it has contents */
	unsigned int seed;
	int moves;
};

static const char *wrong = "fine";

static void *map(void *addr, size_t len, int prot, int flags, int fd)
{
	void *got = mmap(addr, len, prot, flags, fd, 0);

	if (got == MAP_FAILED) {
		perror("settles: mmap");
		exit(1);
	}
	return got;
}

/* --------------------------------------------------------------- contents */

static unsigned int word_at(const struct buffer *buffer, size_t at)
{
	return buffer->seed + (unsigned int)(at / PAGE);
}

static void fill(struct buffer *buffer, size_t from)
{
	for (size_t at = from; at < buffer->held; at += PAGE)
		*(unsigned int *)(buffer->at + at) = word_at(buffer, at);
}

static void check(const struct buffer *buffer)
{
	for (size_t at = 0; at < buffer->held; at += PAGE) {
		if (*(unsigned int *)(buffer->at + at) != word_at(buffer, at))
			wrong = "lost what it held";
	}
}

/* ---------------------------------------------------------------- growing */

static struct buffer lay(size_t len, int flags, int fd)
{
	static unsigned int seed;
	struct buffer buffer = { .len = len, .held = len };

	buffer.seed = ++seed << 20;
	buffer.at = map(NULL, len, PROT_READ | PROT_WRITE, flags, fd);
	fill(&buffer, 0);
	return buffer;
}

static struct buffer lay_private(size_t len)
{
	return lay(len, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

/* Return: 0, or the errno. */
static int grow_to(struct buffer *buffer, size_t len, int flags)
{
	size_t before = buffer->held;
	char *got = mremap(buffer->at, buffer->len, len, flags);

	if (got == MAP_FAILED)
		return errno;
	buffer->moves += got != buffer->at;
	buffer->at = got;
	/* a shared object has the size that it had */
	if (buffer->held == buffer->len)
		buffer->held = len;
	buffer->len = len;
	fill(buffer, before);
	check(buffer);
	return 0;
}

static int grow(struct buffer *buffer)
{
	return grow_to(buffer, buffer->len + buffer->len / 2 / PAGE * PAGE,
		       MREMAP_MAYMOVE);
}

static void drop(struct buffer *buffer)
{
	munmap(buffer->at, buffer->len);
}

static const char *grow_often(struct buffer *buffer, int times)
{
	int error = 0;

	while (times-- && !error)
		error = grow(buffer);
	drop(buffer);
	return error ? strerrorname_np(error) : wrong;
}

/* Something new behind it each time, so that it must move but for luck. */
static void *block(const struct buffer *buffer)
{
	void *end = buffer->at + buffer->len;
	void *got =
		mmap(end, PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	return got == end ? got : NULL;
}

/* ------------------------------------------------------------------ rows */

static const char *private(int *moves)
{
	struct buffer one = lay_private(START), other = lay_private(START);
	int error = 0;

	for (int i = 0; i < 9 && !error; i++) {
		error = grow(&one);
		if (!error)
			error = grow(&other);
	}
	*moves = one.moves + other.moves;
	drop(&one);
	drop(&other);
	return error ? strerrorname_np(error) : wrong;
}

static const char *large(int *moves)
{
	struct buffer buffer = lay_private(LARGE);
	const char *how;
	void *behind = block(&buffer);

	how = grow_often(&buffer, 4);
	if (behind)
		munmap(behind, PAGE);
	*moves = buffer.moves;
	return how;
}

static const char *shared(int *moves)
{
	struct buffer buffer = lay(LARGE, MAP_SHARED | MAP_ANONYMOUS, -1);

	buffer.held = START;
	(void)moves;
	return grow_often(&buffer, 3);
}

static const char *of_file(int fd)
{
	struct buffer buffer;
	const char *how;

	if (fd < 0 || posix_fallocate(fd, 0, (off_t)(3 * LARGE)))
		return "cannot be had";
	buffer = lay(LARGE, MAP_SHARED, fd);
	buffer.held = LARGE;
	how = grow_often(&buffer, 2);
	close(fd);
	return how;
}

static const char *memory_file(int *moves)
{
	(void)moves;
	return of_file(memfd_create("settles", MFD_CLOEXEC));
}

static const char *file(int *moves)
{
	char path[] = "settles-XXXXXX";
	int fd = mkstemp(path);

	(void)moves;
	unlink(path);
	return of_file(fd);
}

static const char *low(int *moves)
{
	struct buffer buffer =
		lay(LARGE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1);

	(void)moves;
	block(&buffer);
	return grow_often(&buffer, 3);
}

static const char *huge_pages(int *moves)
{
	size_t len = 4 * MB;
	char *at = mmap(NULL, len, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	void *got;
	int error;

	(void)moves;
	if (at == MAP_FAILED)
		return "cannot be had";
	got = mremap(at, len, 2 * len, MREMAP_MAYMOVE);
	error = errno;
	munmap(at, len);
	return got == MAP_FAILED ? strerrorname_np(error) : "grew";
}

static const char *locked(int *moves)
{
	struct buffer buffer = lay_private(START);

	(void)moves;
	if (mlock(buffer.at, buffer.len))
		return "cannot be had";
	return grow_often(&buffer, 4);
}

static const char *all_locked(int *moves)
{
	const char *how;
	struct buffer buffer;

	(void)moves;
	if (mlockall(MCL_FUTURE))
		return "cannot be had";
	buffer = lay_private(8 * START);
	how = grow_often(&buffer, 2);
	munlockall();
	return how;
}

/* As the kernel has it in smaps, with the permissions. */
static const char *attributes_of(const char *at)
{
	static char found[256];
	FILE *smaps = fopen("/proc/self/smaps", "re");
	char line[512], access[8] = "";
	uintptr_t start, end;
	bool is_it = false;

	found[0] = '\0';
	while (smaps && fgets(line, sizeof(line), smaps)) {
		if (sscanf(line, "%lx-%lx %7s", &start, &end, access) == 3)
			is_it = start <= (uintptr_t)at && (uintptr_t)at < end;
		else if (is_it && !strncmp(line, "VmFlags:", 8)) {
			line[strcspn(line, "\n")] = '\0';
			snprintf(found, sizeof(found), "%s %.200s", access,
				 line);
			break;
		}
	}
	if (smaps)
		fclose(smaps);
	return found;
}

static const char *attributes(int *moves)
{
	struct buffer buffer = lay_private(LARGE);
	const char *found;

	(void)moves;
	madvise(buffer.at, buffer.len, MADV_DONTFORK);
	madvise(buffer.at, buffer.len, MADV_DONTDUMP);
	madvise(buffer.at, buffer.len, MADV_NOHUGEPAGE);
	mprotect(buffer.at, buffer.len, PROT_READ | PROT_WRITE | PROT_EXEC);
	block(&buffer);
	if (grow(&buffer) || grow(&buffer))
		return "cannot grow";
	found = attributes_of(buffer.at);
	drop(&buffer);
	return found;
}

/* ----------------------------------------------------------------- limits */

static size_t space_used(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	if (!file || fscanf(file, "%lu", &pages) != 1)
		abort();
	fclose(file);
	return pages * PAGE;
}

static void limit(int which, size_t most)
{
	const struct rlimit rlimit = { most, RLIM_INFINITY };

	setrlimit(which, &rlimit);
}

/* How far it gets, in pages. */
static const char *limited(int *moves)
{
	static char far[64];
	struct buffer buffer = lay_private(LARGE);
	size_t step = 64 * PAGE;
	int error = 0;

	(void)moves;
	block(&buffer);
	/* the next call is to meet the limit, not the one that opens a file */
	grow_to(&buffer, buffer.len + step, MREMAP_MAYMOVE);
	limit(RLIMIT_AS, space_used() + 3 * MB);
	while (!error) {
		error = grow_to(&buffer, buffer.len + step, MREMAP_MAYMOVE);
		if (!error)
			block(&buffer);
	}
	limit(RLIMIT_AS, RLIM_INFINITY);
	/* a block is a page, or none where there was something before */
	snprintf(far, sizeof(far), "%s, %s", strerrorname_np(error),
		 buffer.len > LARGE + MB ? wrong : "too early");
	drop(&buffer);
	return far;
}

#define MOST_MAPS 80000
#define MOST_FREE 7

static char *filler[MOST_MAPS];

/* As many maps as there may be. */
static int fill_maps(void)
{
	int nr = 0;

	while (nr < MOST_MAPS) {
		char *got = mmap(NULL, PAGE, nr % 2 ? PROT_READ : PROT_NONE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (got == MAP_FAILED)
			break;
		filler[nr++] = got;
	}
	return nr;
}

/*
 * What comes of a growth that moves with none free, one, two … The maps that
 * are given back are the lowest, so that each makes a map less.
 */
static const char *full_of_maps(int *moves)
{
	static char answers[MOST_FREE + 1];
	struct buffer buffers[MOST_FREE];
	int nr;

	(void)moves;
	for (int i = 0; i < MOST_FREE; i++) {
		buffers[i] = lay_private(LARGE);
		block(&buffers[i]);
	}
	nr = fill_maps();
	for (int i = 0; i < MOST_FREE; i++) {
		struct buffer *buffer = &buffers[i];

		answers[i] = grow_to(buffer, buffer->len + PAGE, MREMAP_MAYMOVE)
				     ? '!'
				     : '.';
		munmap(filler[--nr], PAGE);
	}
	while (nr)
		munmap(filler[--nr], PAGE);
	for (int i = 0; i < MOST_FREE; i++)
		drop(&buffers[i]);
	return answers;
}

/* ----------------------------------------------------------------- others */

static _Atomic bool done;

/* What comes between: holes are taken, and given back, all the time. */
static void *take_holes(void *arg)
{
	struct buffer *const *buffers = arg;

	while (!atomic_load(&done)) {
		for (int i = 0; i < 4; i++) {
			char *hint = buffers[i]->at + buffers[i]->len;
			char *got = mmap(hint, 4 * PAGE, PROT_READ,
					 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

			if (got != MAP_FAILED)
				munmap(got, 4 * PAGE);
		}
	}
	return NULL;
}

static void *grow_in_thread(void *arg)
{
	struct buffer *buffer = arg;

	for (int round = 0; round < 6; round++) {
		for (int i = 0; i < 6; i++) {
			if (grow(buffer))
				wrong = "a thread's cannot grow";
		}
		if (mremap(buffer->at, buffer->len, START, 0) != buffer->at)
			wrong = "a thread's cannot shrink";
		buffer->len = buffer->held = START;
	}
	return NULL;
}

static const char *in_threads(int *moves)
{
	struct buffer buffers[4], *all[4];
	pthread_t grower[4], taker;

	(void)moves;
	for (int i = 0; i < 4; i++) {
		buffers[i] = lay_private(START);
		all[i] = &buffers[i];
	}
	pthread_create(&taker, NULL, take_holes, all);
	for (int i = 0; i < 4; i++)
		pthread_create(&grower[i], NULL, grow_in_thread, &buffers[i]);
	for (int i = 0; i < 4; i++)
		pthread_join(grower[i], NULL);
	atomic_store(&done, true);
	pthread_join(taker, NULL);
	for (int i = 0; i < 4; i++)
		drop(&buffers[i]);
	return wrong;
}

static struct buffer handled;

static void grow_in_handler(int number)
{
	(void)number;
	if (handled.len > 4 * START) {
		if (mremap(handled.at, handled.len, START, 0) != handled.at)
			wrong = "a handler's cannot shrink";
		handled.len = handled.held = START;
	}
	if (grow(&handled))
		wrong = "a handler's cannot grow";
}

static const char *in_handler(int *moves)
{
	const struct itimerval often = { { 0, 5000 }, { 0, 5000 } };
	const struct itimerval never = { 0 };

	(void)moves;
	handled = lay_private(START);
	signal(SIGALRM, grow_in_handler);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < 10; i++) {
		struct buffer buffer = lay_private(START);

		if (strcmp(grow_often(&buffer, 6), "fine") != 0)
			wrong = "cannot grow beside a handler";
	}
	setitimer(ITIMER_REAL, &never, NULL);
	drop(&handled);
	return wrong;
}

static const char *forked(int *moves)
{
	struct buffer buffer = lay_private(START);
	int status = 0;
	pid_t child;

	(void)moves;
	for (int i = 0; i < 3; i++)
		grow(&buffer);
	fflush(stdout);
	child = fork();
	if (!child)
		_exit(strcmp(grow_often(&buffer, 3), "fine") != 0);
	if (waitpid(child, &status, 0) != child || status)
		return "a child's cannot grow";
	return grow_often(&buffer, 3);
}

static const char *left_mapped(int *moves)
{
	struct buffer buffer = lay_private(START);
	char *old;

	(void)moves;
	grow(&buffer);
	grow(&buffer);
	old = buffer.at;
	buffer.at = mremap(old, buffer.len, buffer.len,
			   MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
	if (buffer.at == MAP_FAILED)
		return strerrorname_np(errno);
	check(&buffer);
	/* the old range is there, and grows, too */
	if (*old || mremap(old, buffer.len, buffer.len + PAGE,
			   MREMAP_MAYMOVE) == MAP_FAILED)
		return "the old range is not what it was";
	return grow_often(&buffer, 3);
}

static const char *room_taken(int *moves)
{
	struct buffer buffer = lay_private(START);
	char *behind;

	grow(&buffer);
	grow(&buffer);
	behind = block(&buffer);
	if (behind)
		*behind = 7;
	if (grow(&buffer))
		return "cannot grow";
	*moves = buffer.moves;
	return behind && *behind != 7 ? "the neighbour is gone"
				      : grow_often(&buffer, 1);
}

/* Moved to where it might grow: as onto a hole. */
static const char *room_moved_to(int *moves)
{
	struct buffer buffer = lay_private(START), other = lay_private(START);
	char *end;

	(void)moves;
	grow(&buffer);
	grow(&buffer);
	end = buffer.at + buffer.len;
	munmap(end, START);
	if (mremap(other.at, other.len, other.len,
		   MREMAP_MAYMOVE | MREMAP_FIXED, end) != end)
		return strerrorname_np(errno);
	other.at = end;
	if (grow(&buffer))
		return "cannot grow";
	check(&other);
	drop(&other);
	return grow_often(&buffer, 1);
}

/* What cannot move grows there as well. */
static const char *unmoving(int *moves)
{
	struct buffer buffer = lay_private(START);
	int error = ENOMEM;

	(void)moves;
	for (int i = 0; i < 3; i++)
		grow(&buffer);
	munmap(buffer.at + buffer.len, PAGE);
	error = grow_to(&buffer, buffer.len + PAGE, 0);
	drop(&buffer);
	return error ? strerrorname_np(error) : wrong;
}

static const struct row {
	const char *name;
	const char *(*what)(int *moves);
	bool says_moves;
} rows[] = {
	{ "private", private, true },
	{ "large", large, true },
	{ "shared", shared, false },
	{ "memory file", memory_file, false },
	{ "file", file, false },
	{ "low", low, false },
	{ "huge pages", huge_pages, false },
	{ "locked", locked, false },
	{ "all locked", all_locked, false },
	{ "attributes", attributes, false },
	{ "limited", limited, false },
	{ "full of maps", full_of_maps, false },
	{ "in threads", in_threads, false },
	{ "in a handler", in_handler, false },
	{ "forked", forked, false },
	{ "left mapped", left_mapped, false },
	{ "room taken", room_taken, true },
	{ "room moved to", room_moved_to, false },
	{ "unmoving", unmoving, false },
};

int main(int argc, char **argv)
{
	const char *prefix = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int moves = 0;

		if (strncmp(rows[i].name, prefix, strlen(prefix)) != 0)
			continue;
		wrong = "fine";
		printf("%s: %s\n", rows[i].name, rows[i].what(&moves));
		if (rows[i].says_moves)
			printf("moves of %s: %d\n", rows[i].name, moves);
		fflush(stdout);
	}
	return 0;
}
