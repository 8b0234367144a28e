/* SPDX-License-Identifier: MIT */

#include "report/metadata.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_LINE "/* CTF 1.8 */\n"

static const char not_ours[] = "not a trace of remapguard";
static const char damaged[] = "damaged: not as remapguard writes it";
static const char newer[] =
	"a newer format than this remapguard reads: use a newer one";
static const char older[] =
	"an older format than this remapguard reads: use the one that wrote it";

/* What stands behind `\tNAME = ` at the start of a line, or NULL. */
static const char *find_value(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = text; (at = strstr(at, name)); at += len) {
		if (at - text >= 2 && at[-2] == '\n' && at[-1] == '\t' &&
		    !strncmp(at + len, " = ", 3))
			return at + len + 3;
	}
	return NULL;
}

static bool get_string(const char *text, const char *name, char *ret_value,
		       size_t size)
{
	const char *value = find_value(text, name);
	size_t len;

	if (!value || *value != '"')
		return false;
	len = strcspn(++value, "\"\n");
	if (value[len] != '"' || len >= size)
		return false;
	memcpy(ret_value, value, len);
	ret_value[len] = '\0';
	return true;
}

static bool get_number(const char *text, const char *name, uint64_t *ret_value)
{
	const char *value = find_value(text, name);

	if (!value || *value < '0' || *value > '9')
		return false;
	*ret_value = strtoull(value, NULL, 10);
	return true;
}

static bool get_clock_offset(const char *text, uint64_t *ret_ns)
{
	uint64_t seconds;
	uint64_t ns;

	if (!get_number(text, "offset_s", &seconds) ||
	    !get_number(text, "offset", &ns) ||
	    seconds > INT64_MAX / 2 / 1000000000 || ns >= 1000000000)
		return false;
	*ret_ns = seconds * 1000000000 + ns;
	return true;
}

static bool get_env(const char *text, struct rg_trace_env *env)
{
	return get_string(text, "version", env->version,
			  sizeof(env->version)) &&
	       get_string(text, "kernel", env->kernel, sizeof(env->kernel)) &&
	       get_string(text, "generation", env->generation,
			  sizeof(env->generation)) &&
	       get_string(text, "machine", env->machine,
			  sizeof(env->machine)) &&
	       get_clock_offset(text, &env->clock_offset_ns);
}

/* `\t"NAME" = NUMBER` with or without a comma: a label of an enumeration. */
static bool is_label(const char *line, size_t len)
{
	const char *end = line + len;
	const char *at = line + 2;

	if (len < 7 || line[0] != '\t' || line[1] != '"')
		return false;
	at += strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789-");
	if (strncmp(at, "\" = ", 4))
		return false;
	at += 4;
	at += strspn(at, "0123456789");
	return at == end || (*at == ',' && at + 1 == end);
}

/* The next line that is no label; *ret_len is its length. */
static const char *next_line(const char *at, size_t *ret_len)
{
	size_t len = strcspn(at, "\n");

	while (is_label(at, len) && at[len]) {
		at += len + 1;
		len = strcspn(at, "\n");
	}
	*ret_len = len;
	return at;
}

static bool same_but_for_labels(const char *a, const char *b)
{
	size_t a_len;
	size_t b_len;

	do {
		a = next_line(a, &a_len);
		b = next_line(b, &b_len);
		if (a_len != b_len || memcmp(a, b, a_len) ||
		    a[a_len] != b[b_len])
			return false;
		a += a_len + 1;
		b += b_len + 1;
	} while (a[-1]);
	return true;
}

/* Is this the text that the writer makes of env? */
static bool is_written_by_us(const char *text, const struct rg_trace_env *env)
{
	struct rg_ctf_env ours = {
		.version = env->version,
		.kernel = env->kernel,
		.generation = env->generation,
		.machine = env->machine,
		.clock_offset_ns = env->clock_offset_ns,
		.format = env->format,
	};
	char *again = malloc(RG_CTF_METADATA_MAX);
	bool same = again &&
		    rg_ctf_metadata(&ours, again, RG_CTF_METADATA_MAX) &&
		    same_but_for_labels(text, again);

	free(again);
	return same;
}

int rg_metadata_parse(const char *text, struct rg_trace_env *ret_env,
		      const char **ret_why)
{
	struct rg_trace_env env;
	char tracer[16];
	uint64_t format;

	*ret_why = not_ours;
	if (strncmp(text, FIRST_LINE, strlen(FIRST_LINE)) ||
	    !get_string(text, "tracer", tracer, sizeof(tracer)) ||
	    strcmp(tracer, "remapguard"))
		return -EINVAL;
	*ret_why = damaged;
	if (!get_number(text, "format", &format))
		return -EINVAL;
	if (format < RG_CTF_OLDEST || format > RG_CTF_FORMAT) {
		*ret_why = format > RG_CTF_FORMAT ? newer : older;
		return -EINVAL;
	}
	env.format = (uint32_t)format;
	if (!get_env(text, &env) || !is_written_by_us(text, &env))
		return -EINVAL;
	*ret_env = env;
	return 0;
}
