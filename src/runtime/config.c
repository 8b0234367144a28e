/* SPDX-License-Identifier: MIT */

#include "runtime/config.h"

#include "runtime/message.h"
#include "runtime/sys.h"

#include <link.h>
#include <sys/auxv.h>

struct rg_config rg_config;

#define OPTIONS_VARIABLE "REMAPGUARD_OPTIONS="
#define PRELOAD_VARIABLE "LD_PRELOAD="

static char *find_variable(char **envp, const char *name)
{
	size_t len = strlen(name);

	for (; envp && *envp; envp++) {
		if (!strncmp(*envp, name, len))
			return *envp + len;
	}
	return NULL;
}

static void complain(const char *pair, size_t len, const char *why)
{
	rg_message_option(pair, len, why);
}

static void read_kernel(void)
{
	struct utsname name;

	if (rg_sys_uname(&name))
		return;
	rg_kernel_from_release(name.release, &rg_config.kernel);
	if (rg_config.options.generation != RG_GEN_UNKNOWN)
		rg_config.kernel.generation = rg_config.options.generation;
}

static void read_exe(void)
{
	int64_t len =
		rg_sys_readlinkat(AT_FDCWD, "/proc/self/exe", rg_config.exe,
				  sizeof(rg_config.exe) - 1);
	const char *name = (const char *)getauxval(AT_EXECFN);

	if (rg_sys_failed(len)) {
		len = 0;
		if (name) {
			len = (int64_t)strnlen(name, sizeof(rg_config.exe) - 1);
			memcpy(rg_config.exe, name, (size_t)len);
		}
	}
	rg_config.exe[len] = '\0';
}

void rg_config_init(char **envp)
{
	const char *text = find_variable(envp, OPTIONS_VARIABLE);

	rg_config.options = rg_options_default();
	/* in secure execution the environment is not to be trusted */
	if (text && !getauxval(AT_SECURE))
		rg_options_parse(text, &rg_config.options, complain);
	rg_config.ignored = ~rg_policy_wanted(&rg_config.options.policy);
	rg_config.may_stop = rg_policy_may_stop(&rg_config.options.policy);
	rg_config.limits = rg_limits_default(getauxval(AT_PAGESZ));
	rg_config.stacks = rg_config.options.stacks;
	read_kernel();
	read_exe();
}

/* Is this entry of LD_PRELOAD, up to a colon or blank, our object? */
static bool names_us(const char *entry, size_t len)
{
	static const char file[] = "libremapguard.so";
	size_t file_len = sizeof(file) - 1;

	return len >= file_len &&
	       !memcmp(entry + len - file_len, file, file_len) &&
	       (len == file_len || entry[len - file_len - 1] == '/');
}

void rg_config_unfollow(char **envp)
{
	char *from = find_variable(envp, PRELOAD_VARIABLE);
	char *to = from;

	while (from && *from) {
		size_t len = strcspn(from, ": ");
		size_t step = from[len] ? len + 1 : len;

		if (!names_us(from, len)) {
			memmove(to, from, step);
			to += step;
		}
		from += step;
	}
	if (to)
		*to = '\0';
}
