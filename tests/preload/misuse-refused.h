/* SPDX-License-Identifier: MIT */

/* RG001 to RG035: what the kernel refuses. */

static void unknown_flags(void)
{
	lay("anon 0 1");
	MREMAP(AT(0), P(1), P(1), 8, 0);
}

static void known_flags(void)
{
	lay("anon 0 1");
	MREMAP(AT(0), P(1), P(1), MAYMOVE, 0);
}

static void unaligned_addr(void)
{
	lay("anon 0 2");
	MREMAP(AT(1) - 1, P(1), P(1), 0, 0);
}

static void aligned_addr(void)
{
	lay("anon 0 2");
	MREMAP(AT(1), P(1), P(1), 0, 0);
}

static void zero_new_len(void)
{
	lay("anon 0 1");
	MREMAP(AT(0), P(1), 0, 0, 0);
}

static void least_new_len(void)
{
	lay("anon 0 1");
	MREMAP(AT(0), P(1), 1, 0, 0);
}

static void beyond_address_space(void)
{
	lay("high 0 0; anon 0 1");
	MREMAP(AT(0), P(1), P(1), FIXED, TASK_END);
}

static void end_of_address_space(void)
{
	lay("high 0 0; anon 0 1");
	MREMAP(AT(0), P(1), P(1), FIXED, TASK_END - PAGE);
}

static void unaligned_new_addr(void)
{
	lay("anon 0 1");
	MREMAP(AT(0), P(1), P(1), FIXED, AT(8) + 1);
}

static void aligned_new_addr(void)
{
	lay("anon 0 1");
	MREMAP(AT(0), P(1), P(1), FIXED, AT(8));
}

static void fixed_alone(void)
{
	lay("anon 0 1");
	MREMAP(AT(0), P(1), P(1), ONLY_FIXED, AT(8));
}

static void fixed_and_maymove(void)
{
	lay("anon 0 1");
	MREMAP(AT(0), P(1), P(1), FIXED, AT(8));
}

static void dontunmap_and_resize(void)
{
	lay("anon 0 2");
	MREMAP(AT(0), P(2), P(1), DONTUNMAP, AT(8));
}

static void dontunmap_alone(void)
{
	lay("anon 0 2");
	MREMAP(AT(0), P(2), P(2), DONTUNMAP, AT(8));
}

static void overlapping(void)
{
	lay("anon 0 2");
	MREMAP(AT(0), P(2), P(2), FIXED, AT(1));
}

static void adjacent(void)
{
	lay("anon 0 2");
	MREMAP(AT(0), P(2), P(2), FIXED, AT(2));
}

static void too_many_maps(void)
{
	lay("anon 0 1; vmas-left 0 3");
	MREMAP(AT(0), P(1), P(1), FIXED, AT(8));
}

static void not_too_many_maps(void)
{
	lay("anon 0 1; vmas-left 0 8");
	MREMAP(AT(0), P(1), P(1), FIXED, AT(8));
}

static void unmapped_source(void)
{
	lay("anon 1 1");
	MREMAP(AT(0), P(1), P(1), 0, 0);
}

static void mapped_source(void)
{
	lay("anon 1 1");
	MREMAP(AT(1), P(1), P(1), 0, 0);
}

static void sealed(void)
{
	lay("anon 0 2; seal 0 1");
	MREMAP(AT(0), P(1), P(1), FIXED, AT(8));
}

static void beside_the_sealed(void)
{
	lay("anon 0 2; seal 1 1");
	MREMAP(AT(0), P(1), P(1), FIXED, AT(8));
}

static void huge_page_grows(void)
{
	lay("huge 0 512");
	MREMAP(AT(0), P(512), P(513), MAYMOVE, 0);
}

static void huge_page_stays(void)
{
	lay("huge 0 512");
	MREMAP(AT(0), P(511), P(512), MAYMOVE, 0);
}

static void private_duplicate(void)
{
	lay("anon 0 1");
	MREMAP(AT(0), 0, P(1), FIXED, AT(8));
}

static void shared_duplicate(void)
{
	lay("shared 0 1");
	MREMAP(AT(0), 0, P(1), FIXED, AT(8));
}

static void special_dontunmap(void)
{
	lay("vdso 0 0");
	MREMAP(scene.base, P(1), P(1), DONTUNMAP, AT(8));
}

static void ordinary_dontunmap(void)
{
	lay("file 0 1");
	MREMAP(AT(0), P(1), P(1), DONTUNMAP, AT(8));
}

static void crosses_the_end(void)
{
	lay("anon 0 1");
	MREMAP(AT(0), P(2), P(3), MAYMOVE, 0);
}

static void reaches_the_end(void)
{
	lay("anon 0 1");
	MREMAP(AT(0), P(1), P(3), MAYMOVE, 0);
}

static void special_grows(void)
{
	lay("vdso 0 0");
	MREMAP(scene.base, P(1), P(2), MAYMOVE, 0);
}

static void special_stays(void)
{
	lay("vdso 0 0");
	MREMAP(scene.base, P(1), P(1), MAYMOVE, 0);
}

static void too_much_locked(void)
{
	lay("anon 0 1; lock 0 1; limit-lock 0 2; no-caps 0 0");
	MREMAP(AT(0), P(1), P(4), 0, 0);
}

static void just_enough_locked(void)
{
	lay("anon 0 1; lock 0 1; limit-lock 0 2; no-caps 0 0");
	MREMAP(AT(0), P(1), P(3), 0, 0);
}

static void too_much_mapped(void)
{
	lay("anon 0 1; limit-as 0 2");
	MREMAP(AT(0), P(1), P(4), 0, 0);
}

static void just_enough_mapped(void)
{
	lay("anon 0 1; limit-as 0 2");
	MREMAP(AT(0), P(1), P(3), 0, 0);
}

static void too_much_committed(void)
{
	lay("overcommit 0 0; anon 0 1");
	MREMAP(AT(0), P(1), 1ul << 44, 0, 0);
}

static void nothing_committed(void)
{
	lay("overcommit 0 0; noreserve 0 1");
	MREMAP(AT(0), P(1), 1ul << 44, 0, 0);
}

static void no_room(void)
{
	lay("anon 0 1; shared 2 1");
	MREMAP(AT(0), P(1), P(3), 0, 0);
}

static void just_enough_room(void)
{
	lay("anon 0 1; shared 2 1");
	MREMAP(AT(0), P(1), P(2), 0, 0);
}

/* The lowest address that may be mapped without a privilege. */
static uint64_t least_address(void)
{
	uint64_t least = sysctl_value("/proc/sys/vm/mmap_min_addr");

	if (least < PAGE)
		skip("no address is too low here");
	return least;
}

static void low_address(void)
{
	uint64_t least = least_address();

	lay("anon 0 1; no-caps 0 0");
	MREMAP(AT(0), P(1), P(1), FIXED, least - PAGE);
}

static void least_low_address(void)
{
	uint64_t least = least_address();

	lay("anon 0 1; no-caps 0 0");
	MREMAP(AT(0), P(1), P(1), FIXED, least);
}

static void part_of_the_vdso(void)
{
	lay("vdso 0 0");
	MREMAP(scene.base, P(1), P(1), FIXED, AT(8));
}

static void part_of_the_vdso_stays(void)
{
	lay("vdso 0 0");
	MREMAP(scene.base, P(1), P(1), 0, 0);
}

static void gap_at_the_start(void)
{
	need_kernel(6, 17);
	lay("anon 1 1");
	MREMAP(AT(0), P(2), P(2), FIXED, AT(8));
}

static void gap_at_the_end(void)
{
	need_kernel(6, 17);
	lay("anon 0 1");
	MREMAP(AT(0), P(2), P(2), FIXED, AT(8));
}

/* The last two pages that there are. */
#define LAST_PAGES (TASK_END - P(2))

static void map_last_pages(void)
{
	lay("high 0 0");
	if (mmap((void *)LAST_PAGES, P(2), PROT_READ,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		 0) == MAP_FAILED)
		skip("the end of the address space is taken");
}

static void tail_beyond(void)
{
	map_last_pages();
	MREMAP(LAST_PAGES, P(3), P(1), 0, 0);
}

static void tail_not_beyond(void)
{
	map_last_pages();
	MREMAP(LAST_PAGES, P(2), P(1), 0, 0);
}

static void no_hole_that_large(void)
{
	lay("overcommit 0 0; noreserve 0 1; shared 1 1");
	MREMAP(AT(0), P(1), TASK_END, MAYMOVE, 0);
}

static void hole_that_large(void)
{
	lay("overcommit 0 0; noreserve 0 1; shared 1 1");
	MREMAP(AT(0), P(1), 1ul << 40, MAYMOVE, 0);
}

static const struct misuse refused[] = {
	{ "RG001", unknown_flags, known_flags },
	{ "RG002", unaligned_addr, aligned_addr },
	{ "RG003", zero_new_len, least_new_len },
	{ "RG004", beyond_address_space, end_of_address_space },
	{ "RG005", unaligned_new_addr, aligned_new_addr },
	{ "RG006", fixed_alone, fixed_and_maymove },
	{ "RG007", dontunmap_and_resize, dontunmap_alone },
	{ "RG008", overlapping, adjacent },
	{ "RG009", too_many_maps, not_too_many_maps },
	{ "RG020", unmapped_source, mapped_source },
	{ "RG021", sealed, beside_the_sealed },
	{ "RG022", huge_page_grows, huge_page_stays },
	{ "RG023", private_duplicate, shared_duplicate },
	{ "RG024", special_dontunmap, ordinary_dontunmap },
	{ "RG025", crosses_the_end, reaches_the_end },
	{ "RG026", special_grows, special_stays },
	{ "RG027", too_much_locked, just_enough_locked },
	{ "RG028", too_much_mapped, just_enough_mapped },
	{ "RG029", too_much_committed, nothing_committed },
	{ "RG030", no_room, just_enough_room },
	{ "RG031", low_address, least_low_address },
	{ "RG032", part_of_the_vdso, part_of_the_vdso_stays },
	{ "RG033", gap_at_the_start, gap_at_the_end },
	{ "RG034", tail_beyond, tail_not_beyond },
	{ "RG035", no_hole_that_large, hole_that_large },
};
