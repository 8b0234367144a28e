/* SPDX-License-Identifier: MIT */

/*
 * Policies, suppressions and options strings, by the first byte: what is read
 * can be written down as an options string, which is read as the same; and
 * whatever is wrong is told, with its place.
 */

#include "../unit/same-options.h"
#include "fuzz.h"

#include "input/policy-text.h"

#include <errno.h>
#include <string.h>

static struct rg_options options, again;
static size_t nr_complaints;

static void complain(void *ctx, struct rg_place place, const char *why)
{
	(void)ctx;
	must(place.line && place.column && *why);
	must(place.column <= RG_LINE_MAX + 1);
	nr_complaints++;
}

static void complain_of_pair(void *ctx, const struct rg_complaint *complaint)
{
	const char *text = ctx;
	const char *end = text + strlen(text);

	must(complaint->pair >= text && complaint->part >= complaint->pair);
	must(complaint->part + complaint->part_len <=
	     complaint->pair + complaint->len);
	must(complaint->pair + complaint->len <= end && *complaint->why);
	nr_complaints++;
}

static const struct rg_critic critic = { complain, NULL };

static char written[1 << 18];
static size_t written_len;

static void put(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	must(written_len + len < sizeof(written));
	memcpy(written + written_len, text, len);
	written_len += len;
	written[written_len] = '\0';
}

static void check_again(char separator)
{
	struct rg_out out = { put, NULL, separator };

	written_len = 0;
	written[0] = '\0';
	rg_options_put_rules(&options, &out);
	rg_options_put_settings(&options, &out);
	rg_options_init(&again);
	nr_complaints = 0;
	rg_options_parse(written, &again, complain_of_pair, written);
	must(!nr_complaints);
	must(same_options(&options, &again));
	must(options.given == again.given &&
	     options.given_findings == again.given_findings);
}

static void check_limits(void)
{
	must(options.policy.nr_rules <= RG_POLICY_MAX_RULES);
	must(options.nr_suppressions <= options.policy.nr_rules);
	for (uint32_t i = 0; i < options.policy.nr_rules; i++)
		must(options.policy.rules[i].findings != 0);
}

static void run_text(int (*read)(FILE *in, struct rg_options *options,
				 const struct rg_critic *critic),
		     const uint8_t *data, size_t size)
{
	FILE *in = fmemopen((void *)data, size, "r");
	int ret = read(in, &options, &critic);

	fclose(in);
	must(ret == (nr_complaints ? -EINVAL : 0));
}

static void run_string(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	rg_options_parse(text, &options, complain_of_pair, text);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	rg_options_init(&options);
	nr_complaints = 0;
	if (*data == 's')
		run_text(rg_suppressions_text_read, data + 1, size - 1);
	else if (*data == 'o')
		run_string(data + 1, size - 1);
	else
		run_text(rg_policy_text_read, data, size);
	check_limits();
	check_again(':');
	check_again('\n');
	return 0;
}
