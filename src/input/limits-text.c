/* SPDX-License-Identifier: MIT */

#include "input/limits-text.h"

#include "policy/size.h"

#include <errno.h>
#include <string.h>

#define BLANKS " \t\r"

static bool is_any(uint64_t value)
{
	(void)value;
	return true;
}

static bool is_page_size(uint64_t value)
{
	return value >= 4096 && value <= 1 << 20 && !(value & (value - 1));
}

static bool is_task_size(uint64_t value)
{
	return value >= 1 << 20 && value <= UINT64_C(1) << 57 &&
	       !(value & 4095);
}

static bool is_count(uint64_t value)
{
	return value <= INT32_MAX;
}

static bool is_pages(uint64_t value)
{
	return value <= UINT64_MAX >> 12;
}

static bool is_mode(uint64_t value)
{
	return value <= 2;
}

static bool is_switch(uint64_t value)
{
	return value <= 1;
}

struct range {
	bool (*holds)(uint64_t value);
	const char *why; /* when it does not */
};

static const struct range any = { is_any, NULL };
static const struct range page_size = {
	is_page_size, "not a page size: a power of two from 4K to 1M"
};
static const struct range task_size = {
	is_task_size, "not a task size: a multiple of 4K from 1M to 2^57"
};
static const struct range count = { is_count, "more than 2147483647" };
static const struct range pages = { is_pages, "more pages than 2^64 bytes" };
static const struct range mode = { is_mode, "not 0, 1 or 2" };
static const struct range yes_or_no = { is_switch, "not 0 or 1" };

static const struct range *const ranges[RG_NR_LIMITS] = {
	[RG_LIMIT_PAGE_SIZE] = &page_size,
	[RG_LIMIT_TASK_SIZE] = &task_size,
	[RG_LIMIT_UNTAG_MASK] = &any,
	[RG_LIMIT_MAP_COUNT] = &count,
	[RG_LIMIT_MAX_MAP_COUNT] = &count,
	[RG_LIMIT_MMAP_MIN_ADDR] = &any,
	[RG_LIMIT_RLIMIT_AS] = &any,
	[RG_LIMIT_RLIMIT_DATA] = &any,
	[RG_LIMIT_RLIMIT_DATA_MAX] = &any,
	[RG_LIMIT_RLIMIT_MEMLOCK] = &any,
	[RG_LIMIT_TOTAL_PAGES] = &pages,
	[RG_LIMIT_DATA_PAGES] = &pages,
	[RG_LIMIT_LOCKED_PAGES] = &pages,
	[RG_LIMIT_OVERCOMMIT] = &mode,
	[RG_LIMIT_MEMORY_PAGES] = &pages,
	[RG_LIMIT_COMMIT_LIMIT_PAGES] = &pages,
	[RG_LIMIT_COMMITTED_PAGES] = &pages,
	[RG_LIMIT_ADMIN_RESERVE_PAGES] = &pages,
	[RG_LIMIT_USER_RESERVE_PAGES] = &pages,
	[RG_LIMIT_CAP_IPC_LOCK] = &yes_or_no,
	[RG_LIMIT_CAP_SYS_RAWIO] = &yes_or_no,
	[RG_LIMIT_CAP_SYS_ADMIN] = &yes_or_no,
};

static enum rg_limit find_limit(const char *key)
{
	int i = 0;

	while (i < RG_NR_LIMITS && strcmp(key, rg_limit_name((enum rg_limit)i)))
		i++;
	return (enum rg_limit)i;
}

static bool parse_value(enum rg_limit limit, const char *text,
			uint64_t *ret_value)
{
	if (limit >= RG_LIMIT_RLIMIT_AS && limit <= RG_LIMIT_RLIMIT_MEMLOCK &&
	    !strcmp(text, "unlimited")) {
		*ret_value = UINT64_MAX;
		return true;
	}
	return rg_size_parse(text, ret_value);
}

/* Return: what is wrong, or NULL. */
static const char *set_limit(struct rg_limits *limits, const char *key,
			     const char *text)
{
	enum rg_limit limit = find_limit(key);
	uint64_t value;

	if (limit == RG_NR_LIMITS)
		return "no such limit, see struct rg_limits in "
		       "remapguard/model.h";
	if (limits->known & 1u << limit)
		return "this limit was given before";
	if (!parse_value(limit, text, &value))
		return "not a number (4096, 0x1000, 4K)";
	if (!ranges[limit]->holds(value))
		return ranges[limit]->why;
	rg_limits_set(limits, limit, value);
	return NULL;
}

/* Cut the blanks off both ends, in place. */
static char *strip(char *text)
{
	size_t len;

	text += strspn(text, BLANKS);
	len = strlen(text);
	while (len && strchr(BLANKS, text[len - 1]))
		len--;
	text[len] = '\0';
	return text;
}

static const char *take_line(struct rg_limits *limits, char *text)
{
	char *line = strip(text);
	char *equals = strchr(line, '=');

	if (!*line || *line == '#')
		return NULL;
	if (!equals)
		return "not `key = value`";
	*equals = '\0';
	return set_limit(limits, strip(line), strip(equals + 1));
}

int rg_limits_text_read(FILE *in, struct rg_limits *limits,
			struct rg_input_error *ret_error)
{
	struct rg_lines lines;
	const char *why;
	int ret;

	lines.in = in;
	lines.number = 0;
	while ((ret = rg_lines_next(&lines, ret_error)) > 0) {
		why = take_line(limits, lines.text);
		if (why)
			return rg_lines_refuse(&lines, why, ret_error);
	}
	return ret;
}
