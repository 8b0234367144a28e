/* SPDX-License-Identifier: MIT */

/* remapguard predict: what a call would do, without making it. */

#include "commands.h"
#include "probe.h"

#include "input/limits-text.h"
#include "input/maps-text.h"
#include "policy/flags.h"
#include "policy/size.h"
#include "report/render-plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define STANDARD_INPUT "-"

struct arguments {
	const char *kernel; /* NULL: the running one */
	const char *maps;   /* NULL: a mapping made for the range */
	const char *limits; /* NULL: none are given */
	bool json;
	bool explain;
	struct rg_request req;
	unsigned nr; /* of the request's values that were given */
};

enum { KEY_KERNEL = 1000, KEY_MAPS, KEY_LIMITS, KEY_EXPLAIN, KEY_JSON };

static const struct argp_option options[] = {
	{ "kernel", KEY_KERNEL, "VERSION", 0,
	  "6.12, 6.12.95-amd64, or a generation of `remapguard list kernels'. "
	  "Default: the running kernel",
	  0 },
	{ "maps", KEY_MAPS, "FILE", 0,
	  "What is mapped: a copy of /proc/PID/maps, or of smaps, which says "
	  "more. Default: one private anonymous mapping at [ADDR, "
	  "ADDR+OLD_LEN), and nothing else",
	  0 },
	{ "limits", KEY_LIMITS, "FILE", 0,
	  "Lines `key = value', named as the fields of struct rg_limits in "
	  "remapguard/model.h",
	  0 },
	{ "explain", KEY_EXPLAIN, NULL, 0,
	  "Show each check, in the kernel's order, with what it compares", 0 },
	{ "json", KEY_JSON, NULL, 0, "Write JSON", 0 },
	{ 0 }
};

/* ------------------------------------------------------------- arguments */

static const char *const value_names[] = { "ADDR", "OLD_LEN", "NEW_LEN",
					   "FLAGS", "NEW_ADDR" };

#define NR_VALUES (sizeof(value_names) / sizeof(value_names[0]))
#define NR_NEEDED 4

static error_t refuse_value(const char *text, const char *name, const char *why)
{
	rg_say("%s: %s is %s", text, name, why);
	return RG_PARSE_SAID;
}

static error_t take_value(struct arguments *arguments, const char *text)
{
	struct rg_request *req = &arguments->req;
	uint64_t *const values[NR_VALUES] = { &req->addr, &req->old_len,
					      &req->new_len, &req->flags,
					      &req->new_addr };
	unsigned i = arguments->nr++;

	if (i == NR_VALUES) {
		rg_usage(text, "one value too many, see remapguard predict "
			       "--help");
		return RG_PARSE_SAID;
	}
	if (values[i] == &req->flags) {
		if (!rg_flags_parse(text, values[i]))
			return refuse_value(text, value_names[i],
					    "neither a number nor of "
					    "MAYMOVE|FIXED|DONTUNMAP");
		return 0;
	}
	if (!rg_size_parse(text, values[i]))
		return refuse_value(text, value_names[i],
				    "not a number (4096, 0x1000, 4K)");
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_KERNEL:
		arguments->kernel = arg;
		return 0;
	case KEY_MAPS:
		arguments->maps = arg;
		return 0;
	case KEY_LIMITS:
		arguments->limits = arg;
		return 0;
	case KEY_EXPLAIN:
		arguments->explain = true;
		return 0;
	case KEY_JSON:
		arguments->json = true;
		return 0;
	case ARGP_KEY_ARG:
		return take_value(arguments, arg);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static bool is_standard_input(const char *name)
{
	return name && !strcmp(name, STANDARD_INPUT);
}

/* What each argument alone does not show. Return: the exit status. */
static int check_arguments(const struct arguments *arguments)
{
	if (arguments->nr < NR_NEEDED)
		return rg_usage("predict",
				"ADDR OLD_LEN NEW_LEN FLAGS are needed");
	if (arguments->req.flags & RG_MREMAP_FIXED && arguments->nr < NR_VALUES)
		return rg_usage("predict", "MREMAP_FIXED needs NEW_ADDR");
	if (is_standard_input(arguments->maps) &&
	    is_standard_input(arguments->limits))
		return rg_usage("predict", "standard input cannot be both "
					   "--maps and --limits");
	return 0;
}

/* ----------------------------------------------------------------- inputs */

static void assume(struct rg_prediction *prediction, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void assume(struct rg_prediction *prediction, const char *format, ...)
{
	struct rg_word *word = &prediction->assumed[prediction->nr_assumed++];
	va_list args;

	va_start(args, format);
	vsnprintf(word->text, sizeof(word->text), format, args);
	va_end(args);
}

/* A generation is taken as its first release, "6.17" of "6.17 to 7.0". */
static bool first_release(enum rg_generation generation,
			  struct rg_prediction *prediction)
{
	const char *releases = rg_generation_releases(generation);
	char release[16];

	if (!releases)
		return false;
	snprintf(release, sizeof(release), "%.*s", (int)strcspn(releases, " ,"),
		 releases);
	assume(prediction, "of the kernels of %s the first, %s",
	       rg_generation_name(generation), release);
	return rg_kernel_from_release(release, &prediction->kernel);
}

static bool is_plain(const char *text)
{
	while (*text > ' ' && *text <= '~')
		text++;
	return !*text;
}

static int choose_kernel(const char *name, struct rg_prediction *prediction)
{
	static struct utsname running;

	prediction->release = name;
	if (!name) {
		if (uname(&running))
			return rg_fail("uname", strerror(errno));
		prediction->release = running.release;
		prediction->kernel = rg_probe_kernel();
		if (prediction->kernel.generation != RG_GEN_UNKNOWN)
			return 0;
		return rg_fail(running.release, "the running kernel is none of "
						"`remapguard list kernels'");
	}
	if (is_plain(name) &&
	    (rg_kernel_from_release(name, &prediction->kernel) ||
	     first_release(rg_generation_from_name(name), prediction)))
		return 0;
	return rg_usage(name, "no kernel that the model knows, see remapguard "
			      "list kernels");
}

static FILE *open_input(const char *name)
{
	return is_standard_input(name) ? stdin : fopen(name, "re");
}

static void close_input(FILE *in)
{
	if (in && in != stdin)
		fclose(in);
}

static int fail_input(const char *name, const struct rg_input_error *error)
{
	const char *shown = is_standard_input(name) ? "standard input" : name;

	if (!error->line)
		return rg_fail(shown, error->why);
	rg_say("%s:%" PRIu64 ": %s", shown, error->line, error->why);
	return RG_EXIT_FAILURE;
}

static int read_limits(const char *name, struct rg_limits *limits)
{
	struct rg_input_error error = { 0 };
	FILE *in;
	int ret;

	if (!name)
		return 0;
	in = open_input(name);
	if (!in)
		return rg_fail(name, strerror(errno));
	ret = rg_limits_text_read(in, limits, &error);
	close_input(in);
	return ret ? fail_input(name, &error) : 0;
}

static int read_maps(const char *name, const struct rg_limits *limits,
		     struct rg_maps_text *ret_maps)
{
	struct rg_input_error error = { 0 };
	FILE *in = open_input(name);
	int ret;

	if (!in)
		return rg_fail(name, strerror(errno));
	ret = rg_maps_text_read(in, limits, ret_maps, &error);
	close_input(in);
	return ret ? fail_input(name, &error) : 0;
}

static void assume_limit(struct rg_limits *limits, enum rg_limit limit,
			 uint64_t value)
{
	if (!(limits->known & 1u << limit))
		rg_limits_set(limits, limit, value);
}

static void assume_page_size(struct rg_prediction *prediction,
			     struct rg_limits *limits)
{
	if (limits->known & 1u << RG_LIMIT_PAGE_SIZE)
		return;
	rg_limits_set(limits, RG_LIMIT_PAGE_SIZE,
		      (uint64_t)sysconf(_SC_PAGESIZE));
	assume(prediction, "pages have %" PRIu64 " bytes", limits->page_size);
}

static void assume_task_size(struct rg_prediction *prediction,
			     struct rg_limits *limits)
{
	struct rg_limits usual = rg_limits_default(limits->page_size);

	if (limits->known & 1u << RG_LIMIT_TASK_SIZE)
		return;
	rg_limits_set(limits, RG_LIMIT_TASK_SIZE, usual.task_size);
	assume(prediction, "the address space ends at 0x%" PRIx64,
	       usual.task_size);
}

/* --------------------------------------------------------------- mappings */

/*
 * Only a 64-bit process has something above 4 GB, and only one with a larger
 * address space than usual something above that.
 */
static bool is_usual(const struct rg_maps_text *maps, uint64_t page_size)
{
	uint64_t end = maps->vmas[maps->nr - 1].end;

	return end > UINT64_C(1) << 32 &&
	       end <= rg_limits_default(page_size).task_size;
}

static int read_mappings(const char *name, struct rg_prediction *prediction,
			 struct rg_limits *limits,
			 struct rg_maps_text *ret_maps)
{
	struct rg_word word;
	int status = read_maps(name, limits, ret_maps);

	if (status)
		return status;
	if (is_usual(ret_maps, limits->page_size))
		assume_task_size(prediction, limits);
	assume(prediction, "the process has no mappings but the %s given",
	       rg_format_count(ret_maps->nr, &word));
	return 0;
}

/*
 * The mapping that stands for those not given: all of the old range, a page
 * at least, as far as it lies in the address space.
 */
static struct rg_vma made_mapping(const struct rg_request *req,
				  const struct rg_limits *limits)
{
	uint64_t page = limits->page_size;
	uint64_t start = req->addr & limits->untag_mask & ~(page - 1);
	uint64_t most = (limits->task_size & ~(page - 1)) - start;
	uint64_t len = req->old_len < most ? req->old_len : most;

	len += req->addr & (page - 1);
	len = len ? (len + page - 1) & ~(page - 1) : page;
	return (struct rg_vma){
		.start = start,
		.end = start + (len < most ? len : most),
		.page_size = page,
		.flags = RG_VMA_READ | RG_VMA_WRITE | RG_VMA_ACCOUNT,
		.known = UINT32_MAX,
		.kind = RG_KIND_ANON,
	};
}

static int make_mappings(struct rg_prediction *prediction,
			 struct rg_limits *limits,
			 struct rg_maps_text *ret_maps)
{
	uint64_t addr = prediction->req.addr & limits->untag_mask;
	struct rg_vma vma;

	assume_task_size(prediction, limits);
	*ret_maps = (struct rg_maps_text){ .has_flags = true };
	if (addr >= (limits->task_size & ~(limits->page_size - 1))) {
		assume(prediction, "nothing is mapped");
		return 0;
	}
	vma = made_mapping(&prediction->req, limits);
	ret_maps->vmas = malloc(sizeof(vma));
	if (!ret_maps->vmas)
		return rg_fail("memory", strerror(errno));
	ret_maps->vmas[ret_maps->nr++] = vma;
	assume(prediction,
	       "0x%" PRIx64 "-0x%" PRIx64 " is a private anonymous mapping, "
	       "writable, neither locked nor sealed, and nothing else is mapped",
	       vma.start, vma.end);
	return 0;
}

/* ------------------------------------------------------------- prediction */

static int write_prediction(const struct rg_prediction *prediction, bool json)
{
	if (json)
		rg_render_plan_json(prediction, stdout);
	else
		rg_render_plan_text(prediction, stdout);
	if (fflush(stdout) || ferror(stdout))
		return rg_fail("standard output", strerror(errno));
	return 0;
}

static void plan(struct rg_prediction *prediction, struct rg_maps_text *maps,
		 const struct rg_limits *limits)
{
	struct rg_mm mm = { rg_maps_text_find_vma, maps, *limits };

	prediction->page_size = limits->page_size;
	prediction->plan =
		rg_plan_make(&prediction->req, &mm, &prediction->kernel);
}

/* Only a range that is to move gets a hole picked for it. */
static bool was_to_move(const struct rg_plan *plan)
{
	bool picked = false;

	for (uint32_t i = 0; i < plan->nr_steps && i < RG_PLAN_MAX_STEPS; i++)
		picked |= plan->steps[i].kind == RG_STEP_PICK;
	return picked;
}

static void explain(struct rg_prediction *prediction,
		    const struct rg_limits *limits)
{
	const struct rg_plan *planned = &prediction->plan;
	struct rg_account account = {
		.req = &prediction->req,
		.kernel = &prediction->kernel,
		.limits = limits,
		.source = planned->source,
		.path = planned->path,
		.check = planned->check,
		.error = planned->error,
		.may_refuse = planned->may_refuse,
		.moves = was_to_move(planned),
	};

	prediction->nr_stops = rg_explain(&account, prediction->stops);
}

static int predict(const struct arguments *arguments)
{
	struct rg_prediction prediction = { .req = arguments->req };
	struct rg_limits limits = { 0 };
	struct rg_maps_text maps = { 0 };
	int status = choose_kernel(arguments->kernel, &prediction);

	if (!status)
		status = read_limits(arguments->limits, &limits);
	if (status)
		return status;
	assume_page_size(&prediction, &limits);
	assume_limit(&limits, RG_LIMIT_UNTAG_MASK,
		     rg_limits_default(limits.page_size).untag_mask);
	if (arguments->maps)
		status = read_mappings(arguments->maps, &prediction, &limits,
				       &maps);
	else
		status = make_mappings(&prediction, &limits, &maps);
	if (status)
		return status;
	rg_maps_text_count(&maps, &limits);
	plan(&prediction, &maps, &limits);
	if (arguments->explain)
		explain(&prediction, &limits);
	rg_maps_text_free(&maps);
	return write_prediction(&prediction, arguments->json);
}

/* ----------------------------------------------------------------- words */

static const char *generation_word(int i)
{
	return rg_generation_name((enum rg_generation)(RG_GEN_UNKNOWN + 1 + i));
}

static const char *releases_at(int i)
{
	return rg_generation_releases(
		(enum rg_generation)(RG_GEN_UNKNOWN + 1 + i));
}

/* The number at *text or behind it, "6.10" of "6.10, 6.11"; moves *text on. */
static const char *next_release(const char **text)
{
	static char release[16];
	const char *start = *text + strcspn(*text, "0123456789");
	size_t len = strspn(start, ".0123456789");

	snprintf(release, sizeof(release), "%.*s", (int)len, start);
	*text = start + len;
	return len ? release : NULL;
}

/* The generations, then the releases that their descriptions name. */
static const char *kernel_word(int i)
{
	const int nr_generations = RG_NR_GENERATIONS - RG_GEN_UNKNOWN - 1;
	const char *text;
	const char *release;

	if (i < nr_generations)
		return generation_word(i);
	i -= nr_generations;
	for (int at = 0; (text = releases_at(at)); at++) {
		while ((release = next_release(&text))) {
			if (!i--)
				return release;
		}
	}
	return NULL;
}

static const char *flag_word(int i)
{
	return rg_flag_name((unsigned)i);
}

static const struct rg_words words[] = {
	{ .key = KEY_KERNEL, .word = kernel_word, .about = releases_at },
	{ .position = 4, .between = '|', .word = flag_word },
	{ 0 }
};

/* ---------------------------------------------------------------- command */

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "ADDR OLD_LEN NEW_LEN FLAGS [NEW_ADDR]",
	.doc = "Say what mremap(ADDR, OLD_LEN, NEW_LEN, FLAGS, "
	       "NEW_ADDR) would do, by the rules of a kernel, without "
	       "calling it. Numbers may be written as 4096, 0x1000 or "
	       "4K (K, M, G); FLAGS also as MAYMOVE|FIXED|DONTUNMAP. "
	       "FILE may be - for standard input.",
};

static int exec(int argc, char **argv)
{
	struct arguments arguments = { 0 };
	int status = rg_command_parse(&argp, argc, argv, &arguments);

	if (!status)
		status = check_arguments(&arguments);
	return status ? status : predict(&arguments);
}

const struct rg_command rg_cmd_predict = {
	.name = "predict",
	.called = "remapguard: predict",
	.args = "[OPTION...] ADDR OLD_LEN NEW_LEN FLAGS [NEW_ADDR]",
	.summary = "say what a call would do",
	.argp = &argp,
	.words = words,
	.exec = exec,
};
