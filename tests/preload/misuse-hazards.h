/* SPDX-License-Identifier: MIT */

/* RG101 to RG120: what the kernel accepts, and nobody should want. */

static void clobber(void)
{
	lay("anon 0 2; anon 9 1");
	MREMAP(AT(0), P(2), P(2), FIXED, AT(8));
}

static void onto_a_reservation(void)
{
	lay("anon 0 2; reserve 9 1");
	MREMAP(AT(0), P(2), P(2), FIXED, AT(8));
}

static void fails_too_late(void)
{
	lay("vdso 0 0; anon 8 1");
	MREMAP(scene.base, P(1), P(1), FIXED, AT(8));
}

static void fails_with_nothing_lost(void)
{
	lay("vdso 0 0");
	MREMAP(scene.base, P(1), P(1), FIXED, AT(8));
}

static void unaligned_length(void)
{
	lay("anon 0 1");
	MREMAP(AT(0), P(1) - 1, P(1), 0, 0);
}

static void aligned_length(void)
{
	lay("anon 0 1");
	MREMAP(AT(0), P(1), P(1), 0, 0);
}

static void shrink_past_a_hole(void)
{
	lay("anon 0 2; anon 3 1");
	MREMAP(AT(0), P(4), P(1), 0, 0);
}

static void shrink_past_a_protection(void)
{
	lay("anon 0 4; readonly 2 2");
	MREMAP(AT(0), P(4), P(1), 0, 0);
}

static void longer_than_mapped(void)
{
	lay("anon 0 2");
	MREMAP(AT(0), P(3), P(3), 0, 0);
}

static void as_long_as_mapped(void)
{
	lay("anon 0 2");
	MREMAP(AT(0), P(2), P(2), 0, 0);
}

static void front_of_a_file(void)
{
	lay("file 0 2");
	MREMAP(AT(0), P(1), P(1), FIXED, AT(8));
}

static void end_of_a_file(void)
{
	lay("file 0 2");
	MREMAP(AT(1), P(1), P(1), FIXED, AT(8));
}

static void wrapped_length(void)
{
	lay("shared 0 1");
	MREMAP(AT(0), -1ul, P(1), MAYMOVE, 0);
}

static void no_length(void)
{
	lay("shared 0 1");
	MREMAP(AT(0), 0, P(1), MAYMOVE, 0);
}

static void duplicate_onto_itself(void)
{
	lay("shared 0 1");
	MREMAP(AT(0), 0, P(1), FIXED, AT(0));
}

static void duplicate_beside_itself(void)
{
	lay("shared 0 1");
	MREMAP(AT(0), 0, P(1), FIXED, AT(1));
}

static void executable(void)
{
	lay("exec 0 1");
	MREMAP(AT(0), P(1), P(1), FIXED, AT(8));
}

static void executable_stays(void)
{
	lay("exec 0 1");
	MREMAP(AT(0), P(1), P(2), MAYMOVE, 0);
}

/* Of this program, and nobody's: it can be done without. */
static char spare[P(3)] __attribute__((aligned(4096)));

static void of_the_program(void)
{
	MREMAP(&spare[P(1)], P(1), P(1), FIXED, AT(8));
}

/*
 * The same file, but nobody loaded it; and what has become one vma with the
 * program's variables, but is none of them.
 */
static void beside_the_program(void)
{
	extern char end[];
	char *behind = (char *)(((uintptr_t)end + PAGE - 1) & -PAGE);

	lay("self 0 1");
	MREMAP(AT(0), P(1), P(1), FIXED, AT(8));
	if (mmap(behind, P(1), PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		 0) != behind)
		skip("memory behind the program");
	behind[0] = 1;
	MREMAP(behind, P(1), P(1), FIXED, AT(12));
}

static void heap_grows(void)
{
	lay("heap 0 0");
	MREMAP(scene.base, P(1), P(2), 0, 0);
}

static void heap_stays(void)
{
	lay("heap 0 0");
	MREMAP(scene.base, P(1), P(1), 0, 0);
}

/* A page of a file of so many bytes, which keeps its name until the end. */
static void map_named_file(off_t size)
{
	static char name[] = "/tmp/misuse-XXXXXX";
	int fd = mkstemp(name);

	if (fd < 0 || ftruncate(fd, size) < 0)
		skip("no file in /tmp");
	remove_later(name);
	if (mmap((void *)AT(0), PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd,
		 0) == MAP_FAILED)
		skip("no file can be mapped");
	close(fd);
}

static void beyond_the_file(void)
{
	map_named_file(PAGE);
	MREMAP(AT(0), P(1), P(2), 0, 0);
}

static void to_the_files_last_byte(void)
{
	map_named_file(PAGE + 1);
	MREMAP(AT(0), P(1), P(2), 0, 0);
}

/*
 * A thread's call that has moved AT(0) to AT(8) and does not return until
 * somebody has read what userfaultfd tells of it.
 */
static void begin_move(struct slow_move *move)
{
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = UFFD_FEATURE_EVENT_REMAP,
	};
	struct uffdio_register range = {
		.range = { .start = AT(0), .len = PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct pollfd event = { .events = POLLIN };

	lay("anon 0 1; anon 16 1");
	event.fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (event.fd < 0 || ioctl(event.fd, UFFDIO_API, &api) < 0 ||
	    ioctl(event.fd, UFFDIO_REGISTER, &range) < 0)
		skip("no userfaultfd that tells of moves");
	move->uffd = event.fd;
	if (pthread_create(&move->thread, NULL, move_slowly, NULL))
		skip("no thread");
	poll(&event, 1, -1);
}

static void end_move(struct slow_move *move)
{
	struct uffd_msg message;

	if (read(move->uffd, &message, sizeof(message)) != sizeof(message))
		abort();
	pthread_join(move->thread, NULL);
}

static void meets_another_call(void)
{
	struct slow_move move;

	begin_move(&move);
	MREMAP(AT(8), P(1), P(1), 0, 0);
	end_move(&move);
}

static void meets_no_other_call(void)
{
	struct slow_move move;

	begin_move(&move);
	MREMAP(AT(16), P(1), P(1), 0, 0);
	end_move(&move);
}

static void move_away(void)
{
	lay("anon 0 1");
	if (mremap((void *)AT(0), P(1), P(1), (int)FIXED, AT(8)) == MAP_FAILED)
		abort();
}

static void after_it_moved(void)
{
	move_away();
	MREMAP(AT(0), P(1), P(1), 0, 0);
}

static void after_another_came(void)
{
	move_away();
	lay("anon 0 1");
	MREMAP(AT(0), P(1), P(1), 0, 0);
}

static void a_drivers(void)
{
	lay("aio 0 0");
	MREMAP(scene.base, P(1), P(1), FIXED, AT(8));
}

static void of_dev_zero(void)
{
	lay("zero 0 1");
	MREMAP(AT(0), P(1), P(1), FIXED, AT(8));
}

static void watched(void)
{
	lay("anon 0 2; uffd 0 1");
	MREMAP(AT(0), P(1), P(1), FIXED, AT(8));
}

static void beside_the_watched(void)
{
	lay("anon 0 2; uffd 1 1");
	MREMAP(AT(0), P(1), P(1), FIXED, AT(8));
}

static void for_small_pages(void)
{
	lay("anon 0 16");
	MREMAP(AT(0), P(15), P(15), 0, 0);
}

static void for_any_pages(void)
{
	lay("anon 0 16");
	MREMAP(AT(0), P(16), P(16), 0, 0);
}

static void shrink_and_move(void)
{
	need_kernel(6, 15);
	need_older_kernel(7, 3);
	lay("anon 0 2");
	MREMAP(AT(0), P(2), P(1), FIXED, AT(8));
}

static void shrink_and_move_shared(void)
{
	lay("shared 0 2");
	MREMAP(AT(0), P(2), P(1), FIXED, AT(8));
}

static void stops_part_way(void)
{
	need_kernel(6, 17);
	lay("anon 0 2; seal 1 1");
	MREMAP(AT(0), P(2), P(2), FIXED, AT(8));
}

static void stops_at_once(void)
{
	need_kernel(6, 17);
	lay("anon 0 2; seal 0 1");
	MREMAP(AT(0), P(2), P(2), FIXED, AT(8));
}

static const struct misuse hazards[] = {
	{ "RG101", clobber, onto_a_reservation, EEXIST, EEXIST },
	{ "RG102", fails_too_late, fails_with_nothing_lost, EINVAL, EINVAL },
	{ "RG103", unaligned_length, aligned_length, .options = "RG103=note" },
	{ "RG104", shrink_past_a_hole, shrink_past_a_protection, EFAULT,
	  EFAULT },
	{ "RG105", longer_than_mapped, as_long_as_mapped, EFAULT, EFAULT },
	{ "RG106", front_of_a_file, end_of_a_file },
	{ "RG107", wrapped_length, no_length, EINVAL, EINVAL },
	/* it is RG102 as well, whose errno would be the kernel's, EFAULT */
	{ "RG108", duplicate_onto_itself, duplicate_beside_itself, EINVAL,
	  EINVAL },
	{ "RG109", executable, executable_stays, 0, EPERM },
	{ "RG110", of_the_program, beside_the_program, 0, EPERM },
	{ "RG111", heap_grows, heap_stays, 0, EPERM },
	{ "RG112", beyond_the_file, to_the_files_last_byte },
	{ "RG113", meets_another_call, meets_no_other_call },
	{ "RG114", after_it_moved, after_another_came },
	/* RG115 is no call's: tests/quarantine and tests/stale have it */
	{ "RG116", a_drivers, of_dev_zero, 0, EPERM },
	{ "RG117", watched, beside_the_watched, .options = "profile=debug" },
	{ "RG118", for_small_pages, for_any_pages, .options = "profile=debug",
	  .cold = true },
	{ "RG119", shrink_and_move, shrink_and_move_shared },
	/* preflight does not let it begin */
	{ "RG120", stops_part_way, stops_at_once, .options = "preflight=off" },
};
