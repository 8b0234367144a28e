/* SPDX-License-Identifier: MIT */

/*
 * A plugin that does what it should not, by the word in PLUGIN_ODD: crash,
 * wait, call mremap and realloc itself, spoil errno, or deny with nonsense.
 */

#include <errno.h>
#include <remapguard/plugin.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define PAGE 4096ul

static const char *oddity = "";
static char *range;

static int crash(void)
{
	raise(SIGSEGV);
	return 0;
}

static int wait(void)
{
	struct timespec time = { 0, 20000000 };

	nanosleep(&time, NULL);
	return 0;
}

/* Once there and back, and once more behind libc's back. */
static int call(void)
{
	char *buffer = malloc(1 << 20);

	buffer = realloc(buffer, 1 << 24);
	free(buffer);
	range = mremap(range, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
	range = mremap(range, 2 * PAGE, PAGE, 0);
	return 0;
}

static int spoil(void)
{
	errno = EXDEV;
	return 0;
}

static int deny_nonsense(void)
{
	return -5;
}

/* An event has a byte for it: this one would read as success. */
static int deny_beyond(void)
{
	return 256;
}

static const struct {
	const char *name;
	int (*run)(void);
} oddities[] = {
	{ "crash", crash },
	{ "wait", wait },
	{ "call", call },
	{ "spoil", spoil },
	{ "nonsense", deny_nonsense },
	{ "beyond", deny_beyond },
};

static int before(const struct remapguard_call *unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(oddities) / sizeof(oddities[0]); i++) {
		if (!strcmp(oddities[i].name, oddity))
			return oddities[i].run();
	}
	return 0;
}

const struct remapguard_plugin *remapguard_plugin(uint32_t version)
{
	static struct remapguard_plugin plugin = {
		.name = "odd",
		.before = before,
	};

	plugin.version = version;
	if (getenv("PLUGIN_ODD"))
		oddity = getenv("PLUGIN_ODD");
	if (!strcmp(oddity, "unwilling"))
		return NULL;
	if (!strcmp(oddity, "old"))
		plugin.version = version + 1;
	range = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return &plugin;
}
