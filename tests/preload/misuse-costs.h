/* SPDX-License-Identifier: MIT */

/* RG201 to RG205: what costs more than it had to, or is worth knowing. */

static void not_alike(void)
{
	lay("anon 0 512");
	MREMAP(AT(0), P(512), P(512), FIXED, AT(1025));
}

static void alike(void)
{
	lay("anon 0 512");
	MREMAP(AT(0), P(512), P(512), FIXED, AT(1024));
}

#define STEPS 16

static void creeping_growth(void)
{
	lay("anon 0 64");
	for (uint64_t i = 0; i < STEPS; i++)
		MREMAP(AT(i % 2 * 1024), P(64 + i), P(65 + i), FIXED,
		       AT((i + 1) % 2 * 1024));
}

static void growth_in_place(void)
{
	lay("anon 0 64");
	for (uint64_t i = 0; i < STEPS; i++)
		MREMAP(AT(0), P(64 + i), P(65 + i), MAYMOVE, 0);
}

static void fails_with_many_maps(void)
{
	lay("anon 0 1; shared 1 1; vmas-left 0 6000");
	MREMAP(AT(0), P(1), P(2), 0, 0);
}

static void fails_with_fewer_maps(void)
{
	lay("anon 0 1; shared 1 1; vmas-left 0 7000");
	MREMAP(AT(0), P(1), P(2), 0, 0);
}

static void try_in_place(void)
{
	lay("anon 0 1; shared 1 1");
	MREMAP(AT(0), P(1), P(2), 0, 0);
}

static void duplicate_in_place(void)
{
	lay("shared 0 1");
	MREMAP(AT(0), 0, P(1), 0, 0);
}

/* As planned, but for the plan that was broken on purpose. */
static void against_the_plan(void)
{
	lay("anon 0 1");
	MREMAP(AT(0), P(1), P(2), 0, 0);
}

static void as_planned(void)
{
	lay("anon 0 1");
	MREMAP(AT(0), P(1), P(2), 0, 0);
}

static const struct misuse costs[] = {
	{ "RG201", not_alike, alike },
	{ "RG202", creeping_growth, growth_in_place },
	{ "RG203", fails_with_many_maps, fails_with_fewer_maps },
	{ "RG204", try_in_place, duplicate_in_place },
	{ "RG205", against_the_plan, as_planned, .options = "break-plan=on",
	  .cold = true },
};
