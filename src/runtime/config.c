/* SPDX-License-Identifier: MIT */

#include "runtime/config.h"

#include "runtime/message.h"
#include "runtime/sys.h"

#include <link.h>
#include <sys/auxv.h>

struct rg_config rg_config;
uint64_t rg_sys_cookie;

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

/* ---------------------------------------------------------- the options */

/* No file of a policy is longer, or it is none. */
#define FILE_MAX (256 * 1024)

static void complain(void *ctx, const struct rg_complaint *complaint)
{
	(void)ctx;
	rg_message_option(complaint);
}

static void ignore(void *ctx, const struct rg_complaint *complaint)
{
	(void)ctx;
	(void)complaint;
}

struct text_file {
	const char *path;
	char *text; /* a mapping of FILE_MAX + 1 bytes */
};

static void complain_of_line(void *ctx, const struct rg_complaint *complaint)
{
	const struct text_file *file = ctx;
	uint64_t line = 1;

	for (const char *at = file->text; at < complaint->pair; at++)
		line += *at == '\n';
	rg_message_line(file->path, line, complaint);
}

/* Return: what is wrong, or NULL. */
static const char *fill(struct text_file *file, int fd)
{
	int64_t got = 1;
	size_t len = 0;

	while (got && len <= FILE_MAX) {
		got = rg_sys_read(fd, file->text + len, FILE_MAX + 1 - len);
		if (got == -EINTR)
			got = 1;
		else if (rg_sys_failed(got))
			return "cannot be read; ignored";
		else
			len += (size_t)got;
	}
	if (len > FILE_MAX)
		return "longer than 256 KiB; ignored";
	if (memchr(file->text, '\0', len))
		return "a zero byte: not a text; ignored";
	file->text[len] = '\0';
	return NULL;
}

static const char *read_fd(struct text_file *file, int fd)
{
	void *text = rg_sys_mmap(NULL, FILE_MAX + 1, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1);

	if (rg_sys_failed((intptr_t)text))
		return "no memory to read it; ignored";
	file->text = text;
	return fill(file, fd);
}

/* Unless file->text stays NULL it is to be unmapped, whatever is returned. */
static const char *read_file(struct text_file *file)
{
	/* a fifo that nobody writes to must not keep the program waiting */
	int fd = rg_sys_openat(AT_FDCWD, file->path,
			       O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
	const char *why;

	if (fd < 0)
		return fd == -ENOENT ? "no such file; ignored"
				     : "cannot be opened; ignored";
	why = read_fd(file, fd);
	rg_sys_close(fd);
	return why;
}

static void parse_file(const char *path,
		       void (*parse)(const char *text,
				     struct rg_options *options,
				     rg_complain *complain, void *ctx))
{
	struct text_file file = { .path = path };
	const char *why = read_file(&file);

	if (why)
		rg_message(path, why);
	else
		parse(file.text, &rg_config.options, complain_of_line, &file);
	if (file.text)
		rg_sys_munmap(file.text, FILE_MAX + 1);
}

static void parse_policy(const char *text, struct rg_options *options,
			 rg_complain *complain_of, void *ctx)
{
	const struct text_file *file = ctx;

	if (*text == '[' || strstr(text, "\n["))
		rg_message(file->path, "not compiled, see remapguard policy; "
				       "ignored");
	else
		rg_options_parse(text, options, complain_of, ctx);
}

/*
 * The file of a policy lies under what the string says; but the string says
 * which file it is.
 */
static void read_options(const char *text)
{
	char path[RG_OPTIONS_PATH_MAX];

	rg_options_parse(text, &rg_config.options, ignore, NULL);
	memcpy(path, rg_config.options.policy_file, sizeof(path));
	rg_options_init(&rg_config.options);
	if (*path)
		parse_file(path, parse_policy);
	rg_options_parse(text, &rg_config.options, complain, NULL);
	if (*rg_config.options.suppress_file)
		parse_file(rg_config.options.suppress_file,
			   rg_suppressions_parse);
}

/* ------------------------------------------------------ the surroundings */

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

	rg_options_init(&rg_config.options);
	/* in secure execution the environment is not to be trusted */
	if (text && !getauxval(AT_SECURE))
		read_options(text);
	rg_config.ignored = ~rg_policy_wanted(&rg_config.options.policy);
	rg_config.caution = rg_caution_of(&rg_config.options);
	if (rg_config.options.predict == RG_PREDICT_AUTO &&
	    (rg_caution_plans_all(&rg_config.caution) ||
	     rg_injections_ask_for_plan(&rg_config.options.injections)))
		rg_config.options.predict = RG_PREDICT_ALWAYS;
	rg_config.limits = rg_limits_default(getauxval(AT_PAGESZ));
	if (RG_ARCH_TASK_SIZE)
		rg_limits_set(&rg_config.limits, RG_LIMIT_TASK_SIZE,
			      RG_ARCH_TASK_SIZE);
	rg_config.stacks = rg_config.options.stacks;
	rg_sys_cookie = RG_ARCH_HAS_COOKIE ? rg_config.options.cookie : 0;
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
