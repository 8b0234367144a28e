/* SPDX-License-Identifier: MIT */

#include "version.h"

#include "report/demangle.h"
#include "report/render.h"
#include "trace/ctf.h"

#include <curses.h>
#include <elfutils/libdwfl.h>
#include <remapguard/model.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

static void print_kernels(void)
{
	enum rg_generation first = (enum rg_generation)(RG_GEN_UNKNOWN + 1);
	enum rg_generation last = (enum rg_generation)(RG_NR_GENERATIONS - 1);
	const char *oldest = rg_generation_releases(first);

	printf("%.*s to %s, generations %s to %s", (int)strcspn(oldest, " ,"),
	       oldest, rg_generation_releases(last), rg_generation_name(first),
	       rg_generation_name(last));
}

static void print_trace_format(void)
{
	printf("%d, reads %d to %d", RG_CTF_FORMAT, RG_CTF_OLDEST,
	       RG_CTF_FORMAT);
}

static void print_coverage(void)
{
	const struct scmp_version *seccomp = seccomp_version();

	printf("preload, all (libseccomp %u.%u.%u)", seccomp->major,
	       seccomp->minor, seccomp->micro);
}

static void print_lines(void)
{
	printf("libdw %s", dwfl_version(NULL));
}

static void print_screen(void)
{
	fputs(curses_version(), stdout);
}

static void print_names(void)
{
	char *name = rg_demangle("_Z1fv");

	fputs(name ? "demangled" : "as they are in the object", stdout);
	free(name);
}

static void print_html(void)
{
	fputs(rg_has_html() ? "built in" : "not built in", stdout);
}

static const struct {
	const char *name;
	void (*print)(void);
	const char *text; /* instead, where the build alone knows */
} features[] = {
	{ "machine", .text = RG_MACHINE },	{ "kernels", print_kernels },
	{ "trace format", print_trace_format }, { "coverage", print_coverage },
	{ "stacks", .text = RG_STACKS },	{ "probes", .text = RG_PROBES },
	{ "source lines", print_lines },	{ "C++ names", print_names },
	{ "report --format=html", print_html }, { "top", print_screen },
};

void rg_version_print(void)
{
	puts("remapguard " RG_VERSION);
	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
		printf("%s: ", features[i].name);
		if (features[i].print)
			features[i].print();
		else
			fputs(features[i].text, stdout);
		putchar('\n');
	}
}
