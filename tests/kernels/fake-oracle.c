/* SPDX-License-Identifier: MIT */
/*
 * Stands in for the oracle where the runner is tested: does what fake=… among
 * the kernel's parameters asks for.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned long long calls;
static int has_mutants;

static unsigned int invisible = 3;

static int result(unsigned long long made, unsigned int unknown,
		  unsigned int disagreements)
{
	printf("result calls=%llu unknown=%u invisible=%u disagreements=%u "
	       "seconds=0.1\n",
	       made, unknown, invisible, disagreements);
	return disagreements != 0;
}

static int agree(void)
{
	puts("generation G3b");
	puts("not-run perf: no such device");
	puts("unknown commit 7");
	puts("check overlap 5");
	puts("path move 2");
	if (has_mutants) {
		puts("mutant caught\tone\ta.c:1: x <= y\ta call");
		puts("mutant left\ttwo\ta.c:2: x > y\t");
		puts("mutant elsewhere\tG0: three\tgenerations.c\t");
	}
	return result(calls, 7, 0);
}

static int disagree(void)
{
	puts("disagreement: seed 7");
	puts("\t{ a row }");
	return result(calls, 0, 2);
}

static int contradict(void)
{
	return !result(calls, 0, 0);
}

static int babble(void)
{
	puts("\x80\xff result calls=ten");
	return 0;
}

static int stop_early(void)
{
	return result(calls - 1, 0, 0);
}

static int be_ignorant(void)
{
	puts("unknown commit 11");
	return result(calls, calls / 1000 + 1, 0);
}

static int be_blind(void)
{
	puts("unknown ksm 101");
	invisible = calls / 100 + 1;
	return result(calls, 0, 0);
}

static int mistake_kernel(void)
{
	puts("generation G9");
	return result(calls, 0, 0);
}

static int refuse(void)
{
	puts("no memory");
	return 2;
}

static int crash(void)
{
	puts("about to crash");
	fflush(stdout);
	abort();
}

static int hang(void)
{
	for (;;)
		pause();
}

static int panic(void)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY);

	if (write(fd, "c", 1) < 0)
		perror("sysrq-trigger");
	return 0;
}

static const struct {
	const char *name;
	int (*act)(void);
} acts[] = {
	{ "fake=disagree", disagree },
	{ "fake=contradict", contradict },
	{ "fake=babble", babble },
	{ "fake=stop-early", stop_early },
	{ "fake=be-ignorant", be_ignorant },
	{ "fake=be-blind", be_blind },
	{ "fake=mistake-kernel", mistake_kernel },
	{ "fake=refuse", refuse },
	{ "fake=crash", crash },
	{ "fake=hang", hang },
	{ "fake=panic", panic },
};

static int (*wanted(void))(void)
{
	char line[4096] = "";
	FILE *file = fopen("/proc/cmdline", "r");

	if (!file || !fgets(line, sizeof(line), file))
		return refuse;
	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++)
		if (strstr(line, acts[i].name))
			return acts[i].act;
	return agree;
}

static int list(void)
{
	puts("one\ntwo\nG0: three");
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "--calls=", 8))
			calls = strtoull(argv[i] + 8, NULL, 10);
		if (!strcmp(argv[i], "--beside=list"))
			return list();
		if (!strncmp(argv[i], "--beside=", 9))
			has_mutants = 1;
	}
	return wanted()();
}
