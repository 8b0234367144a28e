/* SPDX-License-Identifier: MIT */

#include "policy/options.h"

#include "model/names.h"
#include "policy/decision.h"
#include "policy/rule.h"
#include "policy/size.h"

#include <string.h>

/* The words of each list end with a NULL. */

static const char *const stacks_names[RG_NR_STACKS + 1] = {
	[RG_STACKS_LIBUNWIND] = "libunwind",
	[RG_STACKS_FP] = "fp",
	[RG_STACKS_NONE] = "none",
};

#define NR_PREDICTS (RG_PREDICT_NEVER + 1)

static const char *const predict_names[NR_PREDICTS + 1] = {
	[RG_PREDICT_AUTO] = "auto",
	[RG_PREDICT_ALWAYS] = "always",
	[RG_PREDICT_NEVER] = "never",
};

#define NR_MOVES (RG_MOVE_NEVER + 1)

static const char *const move_names[NR_MOVES + 1] = {
	[RG_MOVE_KERNEL] = "kernel",
	[RG_MOVE_ALWAYS] = "always",
	[RG_MOVE_NEVER] = "never",
};

#define NR_PLACEMENTS (RG_PLACEMENT_CONGRUENT + 1)

static const char *const placement_names[NR_PLACEMENTS + 1] = {
	[RG_PLACEMENT_KERNEL] = "kernel",
	[RG_PLACEMENT_CONGRUENT] = "congruent",
};

const char *rg_stacks_name(enum rg_stacks stacks)
{
	return (unsigned)stacks < RG_NR_STACKS ? stacks_names[stacks] : NULL;
}

const char *rg_predict_name(enum rg_predict predict)
{
	return (unsigned)predict < NR_PREDICTS ? predict_names[predict] : NULL;
}

const char *rg_move_name(enum rg_move move)
{
	return (unsigned)move < NR_MOVES ? move_names[move] : NULL;
}

const char *rg_placement_name(enum rg_placement placement)
{
	return (unsigned)placement < NR_PLACEMENTS ? placement_names[placement]
						   : NULL;
}

/* ----------------------------------------------------------------- kinds */

/* How an option is read and put; field is its own in struct rg_options. */
struct kind {
	struct rg_fault (*set)(const char *value, void *field);
	void (*put)(const void *field, struct rg_out *out);
	const char *const *words; /* that a value may be; NULL: others too */
};

/* Where the word stands in the list, or -1. */
static int word_index(const char *word, const char *const *words, int nr)
{
	for (int i = 0; i < nr; i++) {
		if (rg_name_is(word, words[i]))
			return i;
	}
	return -1;
}

static struct rg_fault set_path(const char *value, void *field)
{
	size_t len = strlen(value);

	if (!len)
		return rg_fault_at(0, "a path is missing");
	if (len >= RG_OPTIONS_PATH_MAX)
		return rg_fault_at(0, "the value is too long");
	memcpy(field, value, len + 1);
	return RG_NO_FAULT;
}

static void put_path(const void *field, struct rg_out *out)
{
	rg_out_escaped(out, field);
}

static struct rg_fault set_stacks(const char *value, void *field)
{
	int i = word_index(value, stacks_names, RG_NR_STACKS);

	if (i < 0)
		return rg_fault_at(0, "not libunwind, fp or none");
	*(enum rg_stacks *)field = (enum rg_stacks)i;
	return RG_NO_FAULT;
}

static void put_stacks(const void *field, struct rg_out *out)
{
	rg_out_text(out, rg_stacks_name(*(const enum rg_stacks *)field));
}

static struct rg_fault set_predict(const char *value, void *field)
{
	int i = word_index(value, predict_names, NR_PREDICTS);

	if (i < 0)
		return rg_fault_at(0, "not auto, always or never");
	*(enum rg_predict *)field = (enum rg_predict)i;
	return RG_NO_FAULT;
}

static void put_predict(const void *field, struct rg_out *out)
{
	rg_out_text(out, rg_predict_name(*(const enum rg_predict *)field));
}

static struct rg_fault set_move(const char *value, void *field)
{
	int i = word_index(value, move_names, NR_MOVES);

	if (i < 0)
		return rg_fault_at(0, "not kernel, always or never");
	*(enum rg_move *)field = (enum rg_move)i;
	return RG_NO_FAULT;
}

static void put_move(const void *field, struct rg_out *out)
{
	rg_out_text(out, rg_move_name(*(const enum rg_move *)field));
}

static struct rg_fault set_placement(const char *value, void *field)
{
	int i = word_index(value, placement_names, NR_PLACEMENTS);

	if (i < 0)
		return rg_fault_at(0, "not kernel or congruent");
	*(enum rg_placement *)field = (enum rg_placement)i;
	return RG_NO_FAULT;
}

static void put_placement(const void *field, struct rg_out *out)
{
	rg_out_text(out, rg_placement_name(*(const enum rg_placement *)field));
}

static struct rg_fault set_profile(const char *value, void *field)
{
	int i = 0;

	while (i < RG_NR_PROFILES &&
	       !rg_name_is(rg_profile_name((enum rg_profile)i), value))
		i++;
	if (i == RG_NR_PROFILES)
		return rg_fault_at(0, "not audit, strict, hardened, debug or "
				      "fast");
	*(enum rg_profile *)field = (enum rg_profile)i;
	return RG_NO_FAULT;
}

static void put_profile(const void *field, struct rg_out *out)
{
	rg_out_text(out, rg_profile_name(*(const enum rg_profile *)field));
}

static struct rg_fault set_generation(const char *value, void *field)
{
	enum rg_generation generation = rg_generation_from_name(value);

	if (generation == RG_GEN_UNKNOWN)
		return rg_fault_at(0, "no such kernel generation");
	*(enum rg_generation *)field = generation;
	return RG_NO_FAULT;
}

static void put_generation(const void *field, struct rg_out *out)
{
	rg_out_text(out,
		    rg_generation_name(*(const enum rg_generation *)field));
}

static struct rg_fault set_size(const char *value, void *field)
{
	return rg_size_parse(value, field) ? RG_NO_FAULT
					   : rg_fault_at(0, RG_SIZE_FAULT);
}

static struct rg_fault set_number(const char *value, void *field)
{
	return rg_size_parse(value, field) ? RG_NO_FAULT
					   : rg_fault_at(0, "not a number");
}

static void put_size(const void *field, struct rg_out *out)
{
	rg_out_number(out, *(const uint64_t *)field);
}

static const char *const quarantine_names[] = { "off", NULL };

/* "off" is what a profile's size is taken back with. */
static struct rg_fault set_quarantine(const char *value, void *field)
{
	bool off = rg_name_is(quarantine_names[0], value);

	return set_size(off ? "0" : value, field);
}

static const char *const switch_names[] = { "off", "on", NULL };

static struct rg_fault set_switch(const char *value, void *field)
{
	int i = word_index(value, switch_names, 2);

	if (i < 0)
		return rg_fault_at(0, "not on or off");
	*(bool *)field = i;
	return RG_NO_FAULT;
}

static void put_switch(const void *field, struct rg_out *out)
{
	rg_out_text(out, switch_names[*(const bool *)field]);
}

static struct rg_fault set_digit(const char *value, void *field)
{
	uint64_t digit;

	if (!rg_size_parse(value, &digit) || digit > 9)
		return rg_fault_at(0, "not a number from 0 to 9");
	*(unsigned *)field = (unsigned)digit;
	return RG_NO_FAULT;
}

static void put_digit(const void *field, struct rg_out *out)
{
	rg_out_number(out, *(const unsigned *)field);
}

static const struct kind path = { set_path, put_path };
static const struct kind stacks = { set_stacks, put_stacks, stacks_names };
static const struct kind predict = { set_predict, put_predict, predict_names };
static const struct kind move = { set_move, put_move, move_names };
static const struct kind placement = { set_placement, put_placement,
				       placement_names };
static const struct kind profile = { set_profile, put_profile };
static const struct kind generation = { set_generation, put_generation };
static const struct kind size = { set_size, put_size };
static const struct kind quarantine = { set_quarantine, put_size,
					quarantine_names };
static const struct kind on_off = { set_switch, put_switch, switch_names };
static const struct kind number = { set_number, put_size };
static const struct kind digit = { set_digit, put_digit };

/* --------------------------------------------------------------- options */

enum {
	STACKS,
	PREDICT,
	PREFLIGHT,
	NOREPLACE,
	SHRINK_FIRST,
	MOVE,
	QUARANTINE,
	PLACEMENT,
	PROFILE
};

#define FIELD(name) offsetof(struct rg_options, name)

static const struct option {
	const char *key;
	const struct kind *kind;
	size_t offset;
	bool internal; /* what we tell our own processes, in no document */
} table[] = {
	/* those a profile sets */
	[STACKS] = { "stacks", &stacks, FIELD(stacks) },
	[PREDICT] = { "predict", &predict, FIELD(predict) },
	[PREFLIGHT] = { "preflight", &on_off, FIELD(preflight) },
	[NOREPLACE] = { "noreplace", &on_off, FIELD(noreplace) },
	[SHRINK_FIRST] = { "shrink-first", &on_off, FIELD(shrink_first) },
	[MOVE] = { "move", &move, FIELD(move) },
	[QUARANTINE] = { "quarantine", &quarantine, FIELD(quarantine) },
	[PLACEMENT] = { "placement", &placement, FIELD(placement) },

	[PROFILE] = { "profile", &profile, FIELD(profile) },
	{ "grow-ahead", &on_off, FIELD(grow_ahead) },
	{ "trace", &path, FIELD(trace) },
	{ "max-trace", &size, FIELD(max_trace) },
	{ "follow", &on_off, FIELD(follow) },
	{ "verbose", &digit, FIELD(verbose) },
	{ "plugin", &path, FIELD(plugin) },
	{ "policy", &path, FIELD(policy_file) },
	{ "suppress", &path, FIELD(suppress_file) },
	{ "generation", &generation, FIELD(generation), true },
	{ "break-plan", &on_off, FIELD(break_plan), true },
	{ "cookie", &size, FIELD(cookie), true },
	{ "run", &size, FIELD(run), true },
	{ "seed", &number, FIELD(seed) },
};

#define NR_OPTIONS (sizeof(table) / sizeof(table[0]))

static bool may_change(const struct rg_options *options, int option)
{
	return !(options->given & 1u << option);
}

#define DEBUG_QUARANTINE (UINT64_C(256) << 20)

/* What the profile says of all that was not given. */
static void apply_profile(struct rg_options *options)
{
	static const struct {
		enum rg_stacks stacks;
		enum rg_predict predict;
		bool preflight, noreplace, shrink_first;
		enum rg_move move;
		uint64_t quarantine;
		enum rg_placement placement;
	} profiles[RG_NR_PROFILES] = {
		[RG_PROFILE_AUDIT] = { RG_STACKS_LIBUNWIND, RG_PREDICT_AUTO,
				       false, false, false, RG_MOVE_KERNEL },
		[RG_PROFILE_STRICT] = { RG_STACKS_LIBUNWIND, RG_PREDICT_ALWAYS,
					true, true, true, RG_MOVE_KERNEL },
		[RG_PROFILE_HARDENED] = { RG_STACKS_LIBUNWIND,
					  RG_PREDICT_ALWAYS, true, true, true,
					  RG_MOVE_KERNEL },
		[RG_PROFILE_DEBUG] = { RG_STACKS_LIBUNWIND, RG_PREDICT_ALWAYS,
				       true, true, true, RG_MOVE_ALWAYS,
				       DEBUG_QUARANTINE },
		[RG_PROFILE_FAST] = { RG_STACKS_NONE, RG_PREDICT_NEVER, false,
				      false, true, RG_MOVE_KERNEL, 0,
				      RG_PLACEMENT_CONGRUENT },
	};
	enum rg_profile which = options->profile;

	if (may_change(options, STACKS))
		options->stacks = profiles[which].stacks;
	if (may_change(options, PREDICT))
		options->predict = profiles[which].predict;
	if (may_change(options, PREFLIGHT))
		options->preflight = profiles[which].preflight;
	if (may_change(options, NOREPLACE))
		options->noreplace = profiles[which].noreplace;
	if (may_change(options, SHRINK_FIRST))
		options->shrink_first = profiles[which].shrink_first;
	if (may_change(options, MOVE))
		options->move = profiles[which].move;
	if (may_change(options, QUARANTINE))
		options->quarantine = profiles[which].quarantine;
	if (may_change(options, PLACEMENT))
		options->placement = profiles[which].placement;
	rg_policy_set_profile(&options->policy, which, options->given_findings);
}

void rg_options_init(struct rg_options *options)
{
	memset(options, 0, sizeof(*options));
	options->max_trace = UINT64_C(1) << 30;
	options->follow = true;
	options->profile = RG_PROFILE_AUDIT;
	apply_profile(options);
}

const char *rg_option_key(int option)
{
	return (size_t)option < NR_OPTIONS ? table[option].key : NULL;
}

bool rg_option_is_internal(int option)
{
	return table[option].internal;
}

const char *rg_option_word(int option, int i)
{
	const struct kind *kind = table[option].kind;

	if (kind == &profile)
		return rg_profile_name((enum rg_profile)i);
	return kind->words ? kind->words[i] : NULL;
}

int rg_option_find(const char *key)
{
	for (size_t i = 0; i < NR_OPTIONS; i++) {
		if (rg_name_is(table[i].key, key))
			return (int)i;
	}
	return -1;
}

struct rg_fault rg_options_set(struct rg_options *options, const char *key,
			       const char *value)
{
	int i = rg_option_find(key);
	struct rg_fault fault;

	if (i < 0)
		return rg_fault_of_key("no such option");
	fault = table[i].kind->set(value, (char *)options + table[i].offset);
	if (fault.why)
		return fault;
	options->given |= 1u << i;
	if (i == PROFILE)
		apply_profile(options);
	return RG_NO_FAULT;
}

struct rg_fault rg_options_set_finding(struct rg_options *options,
				       enum rg_finding finding,
				       const char *value)
{
	struct rg_fault fault =
		rg_decision_parse(value, &options->policy.decisions[finding]);

	if (!fault.why)
		options->given_findings |= RG_FINDING_BIT(finding);
	return fault;
}

struct rg_fault rg_options_suppress(struct rg_options *options,
				    const char *text)
{
	struct rg_rule rule;
	struct rg_fault fault = rg_suppression_parse(text, &rule);

	if (fault.why)
		return fault;
	if (!rg_policy_insert_rule(&options->policy, options->nr_suppressions,
				   &rule))
		return rg_fault_at(0, RG_TOO_MANY_RULES);
	options->nr_suppressions++;
	return RG_NO_FAULT;
}

/* ---------------------------------------------------------------- as text */

void rg_options_put_rules(const struct rg_options *options, struct rg_out *out)
{
	for (uint32_t i = 0; i < options->policy.nr_rules; i++) {
		rg_out_key(out, "rule");
		rg_rule_put(&options->policy.rules[i], out);
	}
	for (uint32_t i = 0; i < options->injections.nr; i++) {
		rg_out_key(out, "inject");
		rg_injection_put(&options->injections.list[i], out);
	}
}

void rg_options_put_settings(const struct rg_options *options,
			     struct rg_out *out)
{
	for (size_t i = 0; i < NR_OPTIONS; i++) {
		if (may_change(options, (int)i))
			continue;
		rg_out_key(out, table[i].key);
		table[i].kind->put((const char *)options + table[i].offset,
				   out);
	}
	for (int i = 0; i < RG_NR_FINDINGS; i++) {
		if (!(options->given_findings & RG_FINDING_BIT(i)))
			continue;
		rg_out_key(out, rg_finding_info((enum rg_finding)i)->id);
		rg_decision_put(&options->policy.decisions[i], out);
	}
}
