/* SPDX-License-Identifier: MIT */

/*
 * What mremap(2) would do on any kernel, asked of the model:
 *
 *   cc example.c $(pkg-config --cflags --libs remapguard-model) -o example
 *   ./example 6.18.44 6.16.0
 *
 * Valid C99 and C++11.
 */

#include <remapguard/model.h>

#include <stdio.h>
#include <string.h>

#define PAGE 4096

/* The address space: two mappings, in order of their addresses. */
static struct rg_vma vmas[2];

/* Private anonymous memory, all of whose flags are known. */
static struct rg_vma mapping(uint64_t start, uint64_t pages)
{
	struct rg_vma vma;

	memset(&vma, 0, sizeof(vma));
	vma.start = start;
	vma.end = start + pages * PAGE;
	vma.page_size = PAGE;
	vma.flags = RG_VMA_READ | RG_VMA_WRITE;
	vma.known = UINT32_MAX;
	vma.kind = RG_KIND_ANON;
	return vma;
}

static int find_vma(void *ctx, uint64_t addr, struct rg_vma *ret_vma)
{
	(void)ctx;
	for (int i = 0; i < 2; i++) {
		if (vmas[i].end > addr) {
			*ret_vma = vmas[i];
			return 1;
		}
	}
	return 0;
}

static void print_checks(const char *what, uint64_t checks)
{
	for (int i = RG_CHECK_NONE + 1; i < RG_NR_CHECKS; i++) {
		if (checks >> i & 1)
			printf("  %s: %s\n", what,
			       rg_check_info((enum rg_check)i)->sentence);
	}
}

static void print_damage(uint32_t damage)
{
	for (int i = 0; i < RG_NR_DAMAGES; i++) {
		if (damage >> i & 1)
			printf("  left undone: %s\n",
			       rg_damage_name((enum rg_damage)(1u << i)));
	}
}

static void print_plan(const char *release, const struct rg_plan *plan)
{
	printf("%s: %s\n", release, rg_path_name(plan->path));
	if (plan->check != RG_CHECK_NONE)
		print_checks("refused, as", UINT64_C(1) << plan->check);
	print_damage(plan->damage);
	print_checks("it might also be that", plan->may_refuse);
}

int main(int argc, char **argv)
{
	/* a page more than there is, and to a place where something is */
	struct rg_request req = { 0x10000000, 3 * PAGE, 4 * PAGE,
				  RG_MREMAP_MAYMOVE | RG_MREMAP_FIXED,
				  0x20000000 };
	struct rg_mm mm = { find_vma, NULL, rg_limits_default(PAGE) };

	vmas[0] = mapping(0x10000000, 2);
	vmas[1] = mapping(0x20000000, 1);
	for (int i = 1; i < argc; i++) {
		struct rg_kernel kernel;
		struct rg_plan plan;

		if (!rg_kernel_from_release(argv[i], &kernel)) {
			printf("%s: no kernel that the model knows\n", argv[i]);
			continue;
		}
		plan = rg_plan_make(&req, &mm, &kernel);
		print_plan(argv[i], &plan);
	}
	return 0;
}
