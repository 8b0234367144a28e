/* SPDX-License-Identifier: MIT */

#include "policy/inject.h"

#include "model/names.h"
#include "policy/errors.h"
#include "policy/size.h"

#include <string.h>

/* ------------------------------------------------------------------ times */

static const struct unit {
	const char *name;
	uint64_t ns;
} units[] = {
	{ "s", 1000000000 },
	{ "ms", 1000000 },
	{ "us", 1000 },
	{ "ns", 1 },
};

#define NR_UNITS (sizeof(units) / sizeof(units[0]))
#define NO_TIME "not a time (a number with ns, us, ms or s behind it)"

/* Digits alone, and what follows them; NULL where there is no number. */
static const char *take_number(const char *text, uint64_t *ret_number)
{
	const char *digits = text;
	uint64_t number = 0;

	for (; *text >= '0' && *text <= '9'; text++) {
		uint64_t digit = (uint64_t)(*text - '0');

		if (number > (UINT64_MAX - digit) / 10)
			return NULL;
		number = number * 10 + digit;
	}
	*ret_number = number;
	return text == digits ? NULL : text;
}

static bool parse_time(const char *text, uint64_t *ret_ns)
{
	uint64_t number;
	const char *unit = take_number(text, &number);

	for (size_t i = 0; unit && number && i < NR_UNITS; i++) {
		if (strcmp(unit, units[i].name) != 0)
			continue;
		if (number > UINT64_MAX / units[i].ns)
			return false;
		*ret_ns = number * units[i].ns;
		return true;
	}
	return false;
}

/* ---------------------------------------------------------- probabilities */

/* A decimal fraction, in units of the last of nine digits. */
static bool parse_probability(const char *text, uint32_t *ret_prob)
{
	uint64_t whole;
	uint32_t worth = RG_INJECT_ALWAYS;
	uint64_t prob;

	text = take_number(text, &whole);
	if (!text || whole > 1)
		return false;
	prob = whole * RG_INJECT_ALWAYS;
	if (*text == '.')
		text++;
	for (; *text >= '0' && *text <= '9' && worth > 1; text++) {
		worth /= 10;
		prob += worth * (uint64_t)(*text - '0');
	}
	if (*text || !prob || prob > RG_INJECT_ALWAYS)
		return false;
	*ret_prob = (uint32_t)prob;
	return true;
}

static void put_probability(uint32_t prob, struct rg_out *out)
{
	char text[] = "0.000000000";
	size_t len = sizeof(text) - 1;

	for (size_t at = len - 1; at > 1; at--) {
		text[at] = (char)('0' + prob % 10);
		prob /= 10;
	}
	while (text[len - 1] == '0')
		len--;
	text[len] = '\0';
	rg_out_text(out, text);
}

/* ----------------------------------------------------------------- fields */

/* The longest value: a site as deep as can be. */
#define VALUE_MAX ((size_t)2 * RG_INJECT_DEPTH * RG_INJECT_NAME_MAX)

static struct rg_fault set_errno(const char *value,
				 struct rg_injection *injection)
{
	injection->error = rg_errno_from_name(value);
	return injection->error ? RG_NO_FAULT : rg_fault_at(0, "no such errno");
}

static struct rg_fault set_delay(const char *value,
				 struct rg_injection *injection)
{
	return parse_time(value, &injection->delay_ns)
		       ? RG_NO_FAULT
		       : rg_fault_at(0, NO_TIME);
}

static struct rg_fault set_count(const char *value, uint64_t *count)
{
	const char *end = take_number(value, count);

	return end && !*end && *count
		       ? RG_NO_FAULT
		       : rg_fault_at(0, "not a number from 1 on");
}

static struct rg_fault set_nth(const char *value,
			       struct rg_injection *injection)
{
	return set_count(value, &injection->nth);
}

static struct rg_fault set_every(const char *value,
				 struct rg_injection *injection)
{
	return set_count(value, &injection->every);
}

static struct rg_fault set_prob(const char *value,
				struct rg_injection *injection)
{
	return parse_probability(value, &injection->prob)
		       ? RG_NO_FAULT
		       : rg_fault_at(0, "not a probability (above 0 and up to "
					"1, of nine decimals at the most)");
}

static struct rg_fault set_min_size(const char *value,
				    struct rg_injection *injection)
{
	return rg_size_parse(value, &injection->min_size)
		       ? RG_NO_FAULT
		       : rg_fault_at(0, RG_SIZE_FAULT);
}

static struct rg_fault set_path(const char *value,
				struct rg_injection *injection)
{
	for (int i = RG_PATH_INVALID + 1; i < RG_NR_PATHS; i++) {
		if (!rg_name_is(rg_path_name((enum rg_path)i), value))
			continue;
		injection->path = (uint8_t)i;
		return RG_NO_FAULT;
	}
	return rg_fault_at(0, "no such path");
}

static struct rg_fault set_name(const char *value, char *name)
{
	size_t len = strlen(value);

	if (!len)
		return rg_fault_at(0, "a name or a pattern is missing");
	if (len >= RG_INJECT_NAME_MAX)
		return rg_fault_at(0, "longer than 63 bytes");
	memcpy(name, value, len + 1);
	return RG_NO_FAULT;
}

/* MODULE!FUNCTION, from the mark on, which is cut off. */
static struct rg_fault set_function(char *text, char *mark,
				    struct rg_place_pattern *place)
{
	struct rg_fault fault = set_name(mark + 1, place->function);

	if (fault.why)
		fault.at = (size_t)(mark + 1 - text);
	*mark = '\0';
	return fault;
}

/* A module's own name may have a plus in it, as that of libstdc++ has. */
static void take_offset(char *text, struct rg_place_pattern *place)
{
	char *plus = strrchr(text, '+');

	if (!plus || !rg_size_parse(plus + 1, &place->offset))
		return;
	place->has_offset = true;
	*plus = '\0';
}

static struct rg_fault set_place(char *text, struct rg_place_pattern *place)
{
	char *mark = strrchr(text, '!');
	struct rg_fault fault = RG_NO_FAULT;

	if (mark)
		fault = set_function(text, mark, place);
	else
		take_offset(text, place);
	return fault.why ? fault : set_name(text, place->module);
}

/* PLACE/PLACE…: no file's name has a slash in it. */
static struct rg_fault set_site(const char *value,
				struct rg_injection *injection)
{
	char text[VALUE_MAX];
	char *at = text;

	memcpy(text, value, strlen(value) + 1);
	while (at) {
		char *slash = strchr(at, '/');
		struct rg_fault fault;

		if (injection->depth == RG_INJECT_DEPTH)
			return rg_fault_at((size_t)(at - text),
					   "more than 4 places");
		if (slash)
			*slash = '\0';
		fault = set_place(at, &injection->site[injection->depth++]);
		if (fault.why)
			return rg_fault_at((size_t)(at - text) + fault.at,
					   fault.why);
		at = slash ? slash + 1 : NULL;
	}
	return RG_NO_FAULT;
}

static const struct field {
	const char *key;
	struct rg_fault (*set)(const char *value,
			       struct rg_injection *injection);
} fields[] = {
	{ "errno", set_errno }, { "delay", set_delay },
	{ "nth", set_nth },	{ "every", set_every },
	{ "prob", set_prob },	{ "site", set_site },
	{ "path", set_path },	{ "min-size", set_min_size },
};

#define NR_FIELDS (sizeof(fields) / sizeof(fields[0]))

const char *rg_injection_key(int i)
{
	return (size_t)i < NR_FIELDS ? fields[i].key : NULL;
}

/* ---------------------------------------------------------------- reading */

/* An injection of which not all fields have been read yet. */
struct draft {
	struct rg_injection injection;
	uint32_t given; /* which fields */
};

/* Up to the next comma, "key=value"; where the value begins. */
static struct rg_fault split(const char *text, size_t len,
			     char part[VALUE_MAX + 16], char **ret_value)
{
	if (len >= VALUE_MAX)
		return rg_fault_at(0, "longer than 511 bytes");
	memcpy(part, text, len);
	part[len] = '\0';
	*ret_value = strchr(part, '=');
	if (!*ret_value)
		return rg_fault_at(0, "no '=' in it");
	*(*ret_value)++ = '\0';
	return RG_NO_FAULT;
}

static struct rg_fault set_field(struct draft *draft, const char *key,
				 const char *value)
{
	size_t i = 0;
	struct rg_fault fault;

	while (i < NR_FIELDS && !rg_name_is(fields[i].key, key))
		i++;
	if (i == NR_FIELDS)
		return rg_fault_at(0, "no such key of an injection");
	if (draft->given & 1u << i)
		return rg_fault_at(0, "given twice");
	draft->given |= 1u << i;
	fault = fields[i].set(value, &draft->injection);
	fault.at += (size_t)(value - key);
	return fault;
}

static struct rg_fault parse_part(struct draft *draft, const char *text,
				  size_t len)
{
	char part[VALUE_MAX + 16];
	char *value;
	struct rg_fault fault = split(text, len, part, &value);

	return fault.why ? fault : set_field(draft, part, value);
}

struct rg_fault rg_injection_parse(const char *text,
				   struct rg_injection *ret_injection)
{
	struct draft draft = { .injection.prob = RG_INJECT_ALWAYS };
	size_t at = 0;

	for (;;) {
		const char *comma = strchr(text + at, ',');
		size_t len =
			comma ? (size_t)(comma - text) - at : strlen(text + at);
		struct rg_fault fault = parse_part(&draft, text + at, len);

		if (fault.why)
			return rg_fault_at(at + fault.at, fault.why);
		if (!comma)
			break;
		at += len + 1;
	}
	if (!draft.injection.error && !draft.injection.delay_ns)
		return rg_fault_at(0, "neither an errno nor a delay");
	*ret_injection = draft.injection;
	return RG_NO_FAULT;
}

struct rg_fault rg_injections_add(struct rg_injections *injections,
				  uint32_t *at, const char *text)
{
	struct rg_injection *place = &injections->list[*at];
	struct rg_injection injection;
	struct rg_fault fault;

	if (rg_name_is("off", text)) {
		injections->nr = 0;
		*at = 0;
		return RG_NO_FAULT;
	}
	fault = rg_injection_parse(text, &injection);
	if (fault.why)
		return fault;
	if (injections->nr == RG_MAX_INJECTIONS)
		return rg_fault_at(0, "more than 8 injections");
	memmove(place + 1, place, (injections->nr - *at) * sizeof(*place));
	*place = injection;
	injections->nr++;
	(*at)++;
	return RG_NO_FAULT;
}

/* ---------------------------------------------------------------- writing */

static void put_key(const char *key, const char **before, struct rg_out *out)
{
	rg_out_text(out, *before);
	rg_out_text(out, key);
	rg_out_text(out, "=");
	*before = ",";
}

static void put_number(const char *key, uint64_t number, const char **before,
		       struct rg_out *out)
{
	if (!number)
		return;
	put_key(key, before, out);
	rg_out_number(out, number);
}

/* In the largest unit that it is a whole number of. */
static void put_delay(uint64_t ns, const char **before, struct rg_out *out)
{
	const struct unit *unit = units;

	if (!ns)
		return;
	while (ns % unit->ns)
		unit++;
	put_number("delay", ns / unit->ns, before, out);
	rg_out_text(out, unit->name);
}

static void put_hex(uint64_t number, struct rg_out *out)
{
	char text[19] = { 0 };
	size_t at = sizeof(text) - 1;

	do {
		text[--at] = "0123456789abcdef"[number & 15];
		number >>= 4;
	} while (number);
	text[--at] = 'x';
	text[--at] = '0';
	rg_out_text(out, text + at);
}

static void put_place(const struct rg_place_pattern *place, struct rg_out *out)
{
	rg_out_escaped(out, place->module);
	if (place->has_offset) {
		rg_out_text(out, "+");
		put_hex(place->offset, out);
	} else if (*place->function) {
		rg_out_text(out, "!");
		rg_out_escaped(out, place->function);
	}
}

static void put_site(const struct rg_injection *injection, const char **before,
		     struct rg_out *out)
{
	if (!injection->depth)
		return;
	put_key("site", before, out);
	for (uint8_t i = 0; i < injection->depth; i++) {
		if (i)
			rg_out_text(out, "/");
		put_place(&injection->site[i], out);
	}
}

void rg_injection_put(const struct rg_injection *injection, struct rg_out *out)
{
	const char *before = "";

	if (injection->error) {
		put_key("errno", &before, out);
		rg_out_text(out, rg_errno_name(injection->error));
	}
	put_delay(injection->delay_ns, &before, out);
	put_number("nth", injection->nth, &before, out);
	put_number("every", injection->every, &before, out);
	if (injection->prob != RG_INJECT_ALWAYS) {
		put_key("prob", &before, out);
		put_probability(injection->prob, out);
	}
	put_site(injection, &before, out);
	put_number("min-size", injection->min_size, &before, out);
	if (injection->path != RG_PATH_INVALID) {
		put_key("path", &before, out);
		rg_out_text(out, rg_path_name((enum rg_path)injection->path));
	}
}

/* --------------------------------------------------------------- deciding */

bool rg_injections_ask_for_plan(const struct rg_injections *injections)
{
	for (uint32_t i = 0; i < injections->nr; i++) {
		if (injections->list[i].path != RG_PATH_INVALID)
			return true;
	}
	return false;
}

bool rg_injections_ask_for_site(const struct rg_injections *injections)
{
	for (uint32_t i = 0; i < injections->nr; i++) {
		if (injections->list[i].depth)
			return true;
	}
	return false;
}

bool rg_injection_fits(const struct rg_injection *injection,
		       const struct rg_request *req, enum rg_path path)
{
	if (rg_request_longer_len(req) < injection->min_size)
		return false;
	return injection->path == RG_PATH_INVALID || injection->path == path;
}

bool rg_place_fits(const struct rg_place_pattern *pattern,
		   const struct rg_call_site *site)
{
	if (pattern->has_offset && pattern->offset != site->offset)
		return false;
	return !*pattern->function ||
	       rg_glob_matches(pattern->function,
			       site->function ? site->function : "");
}

bool rg_place_fits_module(const struct rg_place_pattern *pattern,
			  const char *module)
{
	return rg_glob_matches(pattern->module, module ? module : "");
}

/* splitmix64: what the state after so many steps is made into. */
static uint64_t mix(uint64_t state)
{
	state = (state ^ state >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	state = (state ^ state >> 27) * UINT64_C(0x94d049bb133111eb);
	return state ^ state >> 31;
}

/* The count'th number of the generator that the seed begins. */
static uint64_t draw(uint64_t seed, uint64_t count)
{
	return mix(seed + count * UINT64_C(0x9e3779b97f4a7c15));
}

/* Each injection has a generator of its own. */
static bool has_luck(uint32_t prob, uint64_t seed, uint32_t place,
		     uint64_t count)
{
	uint64_t number = draw(seed ^ mix(place), count);

	return (number >> 32) * RG_INJECT_ALWAYS >> 32 < prob;
}

/* nth alone: that one; every alone: each so many; both: these from that on. */
static bool has_its_turn(const struct rg_injection *injection, uint64_t count)
{
	if (!injection->every)
		return !injection->nth || count == injection->nth;
	if (!injection->nth)
		return count % injection->every == 0;
	return count >= injection->nth &&
	       (count - injection->nth) % injection->every == 0;
}

bool rg_injection_is_due(const struct rg_injection *injection, uint64_t seed,
			 uint32_t place, uint64_t count)
{
	return has_its_turn(injection, count) &&
	       has_luck(injection->prob, seed, place, count);
}
