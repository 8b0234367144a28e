/* SPDX-License-Identifier: MIT */

#include "policy/options.h"

#include "policy/size.h"

#include <string.h>

/* A value, its escapes undone. */
struct value {
	char text[RG_OPTIONS_PATH_MAX];
	size_t len;
};

static const char *const stacks_names[RG_NR_STACKS] = {
	[RG_STACKS_LIBUNWIND] = "libunwind",
	[RG_STACKS_FP] = "fp",
	[RG_STACKS_NONE] = "none",
};

const char *rg_stacks_name(enum rg_stacks stacks)
{
	return (unsigned)stacks < RG_NR_STACKS ? stacks_names[stacks] : NULL;
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

/* Where the word stands in the list, or -1. */
static int word_index(const char *word, const char *const *words, int nr)
{
	for (int i = 0; i < nr; i++) {
		if (same(word, words[i]))
			return i;
	}
	return -1;
}

static const char *set_trace(const struct value *value,
			     struct rg_options *options)
{
	if (!value->len)
		return "a directory is missing";
	memcpy(options->trace, value->text, value->len + 1);
	return NULL;
}

static const char *set_stacks(const struct value *value,
			      struct rg_options *options)
{
	int i = word_index(value->text, stacks_names, RG_NR_STACKS);

	if (i < 0)
		return "not libunwind, fp or none";
	options->stacks = (enum rg_stacks)i;
	return NULL;
}

static const char *set_predict(const struct value *value,
			       struct rg_options *options)
{
	static const char *const words[] = { "auto", "always", "never" };
	int i = word_index(value->text, words, 3);

	if (i < 0)
		return "not auto, always or never";
	options->predict = (enum rg_predict)i;
	return NULL;
}

static const char *set_max_trace(const struct value *value,
				 struct rg_options *options)
{
	return rg_size_parse(value->text, &options->max_trace)
		       ? NULL
		       : "not a size (a number, with K, M or G behind it)";
}

static const char *parse_switch(const struct value *value, bool *ret_on)
{
	static const char *const words[] = { "off", "on" };
	int i = word_index(value->text, words, 2);

	if (i < 0)
		return "not on or off";
	*ret_on = i;
	return NULL;
}

static const char *set_follow(const struct value *value,
			      struct rg_options *options)
{
	return parse_switch(value, &options->follow);
}

static const char *set_break_plan(const struct value *value,
				  struct rg_options *options)
{
	return parse_switch(value, &options->break_plan);
}

static const char *set_verbose(const struct value *value,
			       struct rg_options *options)
{
	uint64_t level;

	if (!rg_size_parse(value->text, &level) || level > 9)
		return "not a number from 0 to 9";
	options->verbose = (unsigned)level;
	return NULL;
}

static const char *set_generation(const struct value *value,
				  struct rg_options *options)
{
	enum rg_generation generation = rg_generation_from_name(value->text);

	if (generation == RG_GEN_UNKNOWN)
		return "no such kernel generation";
	options->generation = generation;
	return NULL;
}

static const struct option {
	const char *key;
	const char *(*set)(const struct value *value,
			   struct rg_options *options);
} table[] = {
	{ "trace", set_trace },		  { "stacks", set_stacks },
	{ "predict", set_predict },	  { "max-trace", set_max_trace },
	{ "follow", set_follow },	  { "verbose", set_verbose },
	{ "generation", set_generation }, { "break-plan", set_break_plan },
};

struct rg_options rg_options_default(void)
{
	struct rg_options options = {
		.stacks = RG_STACKS_LIBUNWIND,
		.predict = RG_PREDICT_AUTO,
		.max_trace = UINT64_C(1) << 30,
		.follow = true,
	};

	rg_policy_init(&options.policy, RG_PROFILE_AUDIT);
	return options;
}

static const struct option *find_option(const char *key, size_t len)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *name = table[i].key;
		size_t at = 0;

		while (at < len && name[at] && name[at] == key[at])
			at++;
		if (at == len && !name[at])
			return &table[i];
	}
	return NULL;
}

static bool unescape(const char *from, size_t len, struct value *value)
{
	value->len = 0;
	for (size_t i = 0; i < len; i++) {
		if (from[i] == '\\' && i + 1 < len)
			i++;
		if (value->len == sizeof(value->text) - 1)
			return false;
		value->text[value->len++] = from[i];
	}
	value->text[value->len] = '\0';
	return true;
}

static const char *parse_pair(const char *pair, size_t len,
			      struct rg_options *options)
{
	const struct option *option;
	struct value value;
	size_t key = 0;

	while (key < len && pair[key] != '=')
		key++;
	if (key == len)
		return "no '=' in it";
	option = find_option(pair, key);
	if (!option)
		return "no such option";
	if (!unescape(pair + key + 1, len - key - 1, &value))
		return "the value is too long";
	return option->set(&value, options);
}

/* Up to the next colon that no backslash precedes. */
static size_t pair_len(const char *text)
{
	size_t len = 0;

	while (text[len] && text[len] != ':') {
		if (text[len] == '\\' && text[len + 1])
			len++;
		len++;
	}
	return len;
}

void rg_options_parse(const char *text, struct rg_options *options,
		      void (*complain)(const char *pair, size_t len,
				       const char *why))
{
	while (*text) {
		size_t len = pair_len(text);
		const char *why = NULL;

		if (len)
			why = parse_pair(text, len, options);
		if (why)
			complain(text, len, why);
		text += len;
		if (*text == ':')
			text++;
	}
}
