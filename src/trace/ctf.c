/* SPDX-License-Identifier: MIT */

#include "trace/ctf.h"

#include "trace/access.h"
#include "trace/event.h"
#include "trace/text.h"

/*
 * The description follows struct rg_ctf_packet and the pictures in event.h and
 * access.h to the byte; tests read it back with babeltrace2. Names come from
 * the model's tables, so that a reader without our tools sees them too.
 */

static const char head[] =
	"/* CTF 1.8 */\n"
	"typealias integer { size = 1; align = 1; signed = false; } := u1;\n"
	"typealias integer { size = 2; align = 1; signed = false; } := u2;\n"
	"typealias integer { size = 3; align = 1; signed = false; } := u3;\n"
	"typealias integer { size = 4; align = 1; signed = false; } := u4;\n"
	"typealias integer { size = 8; align = 8; signed = false; } := u8;\n"
	"typealias integer { size = 32; align = 8; signed = false; } := u32;\n"
	"typealias integer { size = 64; align = 8; signed = false; } := u64;\n"
	"typealias integer { size = 8; align = 8; signed = false; base = x; } "
	":= x8;\n"
	"typealias integer { size = 32; align = 8; signed = false; base = x; } "
	":= x32;\n"
	"typealias integer { size = 64; align = 8; signed = false; base = x; } "
	":= x64;\n"
	"typealias integer { size = 64; align = 64; signed = false; base = x; }"
	" := address;\n"
	"\n"
	"trace {\n"
	"\tmajor = 1;\n"
	"\tminor = 8;\n"
	"\tbyte_order = le;\n"
	"\tpacket.header := struct {\n"
	"\t\tu32 magic;\n"
	"\t\tu32 stream_id;\n"
	"\t\tu64 stream_instance_id;\n"
	"\t};\n"
	"};\n"
	"\n";

static const char clock[] = "clock {\n"
			    "\tname = \"monotonic\";\n"
			    "\tdescription = \"CLOCK_MONOTONIC\";\n"
			    "\tfreq = 1000000000;\n";

static const char time[] =
	"typealias integer { size = 64; align = 64; signed = false;\n"
	"\tmap = clock.monotonic.value; } := time;\n"
	"\n";

static const char presence[] = "enum presence : u1 { no = 0, yes = 1 };\n"
			       "\n";

static const char stream[] = "\tpacket.context := struct {\n"
			     "\t\ttime timestamp_begin;\n"
			     "\t\tu64 content_size;\n"
			     "\t\tu64 packet_size;\n"
			     "\t\tu32 pid;\n"
			     "\t\tu32 segment;\n"
			     "\t};\n"
			     "\tevent.header := struct {\n"
			     "\t\ttime timestamp;\n"
			     "\t};\n"
			     "};\n"
			     "\n";

static const char event[] = "event {\n"
			    "\tname = \"remapguard:mremap\";\n"
			    "\tid = 0;\n"
			    "\tstream_id = 0;\n"
			    "\tfields := struct {\n"
			    "\t\tx64 addr;\n"
			    "\t\tu64 old_len;\n"
			    "\t\tu64 new_len;\n"
			    "\t\tx64 result;\n"
			    "\t\tu32 tid;\n"
			    "\t\tu32 duration_ns;\n"
			    "\t\tx32 flags;\n"
			    "\t\tenum tier tier;\n"
			    "\t\tenum path path;\n"
			    "\t\tenum path plan_path;\n"
			    "\t\tenum judged judged;\n"
			    "\t\tenum agreement agreement;\n"
			    "\t\tenum check check;\n"
			    "\t\tu8 errno;\n"
			    "\t\tenum verdict verdict;\n"
			    "\t\tu1 racy;\n"
			    "\t\tenum presence has_new_addr;\n"
			    "\t\tenum presence has_vma;\n"
			    "\t\tenum presence has_flags_high;\n"
			    "\t\tenum presence has_sight;\n"
			    "\t\tu8 nr_findings;\n"
			    "\t\tu8 nr_stack;\n"
			    "\t\tx32 unknown;\n"
			    "\t\tx8 damage;\n"
			    "\t\tvariant <has_sight> {\n"
			    "\t\t\tstruct { } no;\n"
			    "\t\t\tstruct {\n"
			    "\t\t\t\tu8 nr_limits;\n"
			    "\t\t\t\tu8 nr_vmas;\n"
			    "\t\t\t\tstruct {\n"
			    "\t\t\t\t\tenum limit limit;\n"
			    "\t\t\t\t\tu64 value;\n"
			    "\t\t\t\t} limits[nr_limits];\n"
			    "\t\t\t\tstruct {\n"
			    "\t\t\t\t\tx64 start;\n"
			    "\t\t\t\t\tx64 end;\n"
			    "\t\t\t\t\tx32 flags;\n"
			    "\t\t\t\t} vmas[nr_vmas];\n"
			    "\t\t\t} yes;\n"
			    "\t\t} sight;\n"
			    "\t\tvariant <has_new_addr> {\n"
			    "\t\t\tstruct { } no;\n"
			    "\t\t\tx64 yes;\n"
			    "\t\t} new_addr;\n"
			    "\t\tvariant <has_flags_high> {\n"
			    "\t\t\tstruct { } no;\n"
			    "\t\t\tx32 yes;\n"
			    "\t\t} flags_high;\n"
			    "\t\tvariant <has_vma> {\n"
			    "\t\t\tstruct { } no;\n"
			    "\t\t\tstruct {\n"
			    "\t\t\t\tx64 vma_start;\n"
			    "\t\t\t\tx64 vma_end;\n"
			    "\t\t\t\tx32 vma_flags;\n"
			    "\t\t\t} yes;\n"
			    "\t\t} vma;\n"
			    "\t\tu8 findings[nr_findings];\n"
			    "\t\taddress stack[nr_stack];\n"
			    "\t};\n"
			    "};\n";

static const char access[] = "\n"
			     "event {\n"
			     "\tname = \"remapguard:stale_access\";\n"
			     "\tid = 0;\n"
			     "\tstream_id = 1;\n"
			     "\tfields := struct {\n"
			     "\t\tx64 addr;\n"
			     "\t\tx64 now;\n"
			     "\t\tu64 move_timestamp;\n"
			     "\t\tx64 from;\n"
			     "\t\tu64 len;\n"
			     "\t\tx64 to;\n"
			     "\t\tu64 to_len;\n"
			     "\t\tu32 tid;\n"
			     "\t\tu32 system_call;\n"
			     "\t\tu32 move_pid;\n"
			     "\t\tu32 move_tid;\n"
			     "\t\tenum access access;\n"
			     "\t\tu8 nr_registers;\n"
			     "\t\tu8 nr_stack;\n"
			     "\t\tu8 nr_move_stack;\n"
			     "\t\taddress registers[nr_registers];\n"
			     "\t\taddress stack[nr_stack];\n"
			     "\t\taddress move_stack[nr_move_stack];\n"
			     "\t};\n"
			     "};\n";

/* A string literal of TSDL; kernel releases and versions are plain text. */
static void put_quoted(struct rg_text *text, const char *str)
{
	rg_text_char(text, '"');
	for (; *str; str++) {
		bool plain = *str >= ' ' && *str < 127 && *str != '"' &&
			     *str != '\\';

		rg_text_char(text, plain ? *str : '?');
	}
	rg_text_char(text, '"');
}

static uint32_t format_of(const struct rg_ctf_env *env)
{
	return env->format ? env->format : RG_CTF_FORMAT;
}

static bool has_accesses(const struct rg_ctf_env *env)
{
	return format_of(env) >= RG_CTF_FORMAT_OF_ACCESSES;
}

static void put_env(struct rg_text *text, const struct rg_ctf_env *env)
{
	const char *const pairs[][2] = {
		{ "tracer", "remapguard" },  { "version", env->version },
		{ "kernel", env->kernel },   { "generation", env->generation },
		{ "machine", env->machine },
	};

	rg_text_str(text, "env {\n\tformat = ");
	rg_text_dec(text, format_of(env));
	rg_text_str(text, ";\n");
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		rg_text_char(text, '\t');
		rg_text_str(text, pairs[i][0]);
		rg_text_str(text, " = ");
		put_quoted(text, pairs[i][1]);
		rg_text_str(text, ";\n");
	}
	rg_text_str(text, "};\n\n");
}

static void put_clock(struct rg_text *text, uint64_t offset_ns)
{
	rg_text_str(text, clock);
	rg_text_str(text, "\toffset_s = ");
	rg_text_dec(text, offset_ns / 1000000000);
	rg_text_str(text, ";\n\toffset = ");
	rg_text_dec(text, offset_ns % 1000000000);
	rg_text_str(text, ";\n};\n\n");
}

static const char *path_label(int path)
{
	return path == RG_PATH_INVALID ? "none" : rg_path_name(path);
}

static const char *check_label(int check)
{
	const struct rg_check_info *info = rg_check_info(check);

	return info ? info->name : "none";
}

static const char *tier_label(int tier)
{
	return rg_tier_name(tier);
}

static const char *judged_label(int judged)
{
	return rg_judged_name(judged);
}

static const char *agreement_label(int agreement)
{
	return rg_agreement_name(agreement);
}

static const char *verdict_label(int verdict)
{
	return rg_verdict_name(verdict);
}

static const char *limit_label(int limit)
{
	return rg_limit_name((enum rg_limit)limit);
}

static const char *access_label(int kind)
{
	return rg_access_kind_name((enum rg_access_kind)kind);
}

static const struct label_set {
	const char *name;
	const char *type;
	int nr;
	const char *(*label)(int value);
} label_sets[] = {
	{ "tier", "u4", RG_NR_TIERS, tier_label },
	{ "path", "u4", RG_NR_PATHS, path_label },
	{ "judged", "u2", RG_NR_JUDGED, judged_label },
	{ "agreement", "u2", RG_NR_AGREEMENTS, agreement_label },
	{ "verdict", "u3", RG_NR_VERDICTS, verdict_label },
	{ "check", "u8", RG_NR_CHECKS, check_label },
	{ "limit", "u8", RG_NR_LIMITS, limit_label },
};

static const struct label_set access_labels = { "access", "u8",
						RG_NR_ACCESS_KINDS,
						access_label };

static void put_labels(struct rg_text *text, const struct label_set *set)
{
	rg_text_str(text, "enum ");
	rg_text_str(text, set->name);
	rg_text_str(text, " : ");
	rg_text_str(text, set->type);
	rg_text_str(text, " {\n");
	for (int value = 0; value < set->nr; value++) {
		rg_text_char(text, '\t');
		put_quoted(text, set->label(value));
		rg_text_str(text, " = ");
		rg_text_dec(text, (uint64_t)value);
		rg_text_str(text, value + 1 < set->nr ? ",\n" : "\n");
	}
	rg_text_str(text, "};\n\n");
}

/* One is like another, but for what its packets hold. */
static void put_stream(struct rg_text *text, enum rg_ctf_stream id)
{
	rg_text_str(text, "stream {\n\tid = ");
	rg_text_dec(text, id);
	rg_text_str(text, ";\n");
	rg_text_str(text, stream);
}

size_t rg_ctf_metadata(const struct rg_ctf_env *env, char *buf, size_t size)
{
	struct rg_text text;

	rg_text_init(&text, buf, size);
	rg_text_str(&text, head);
	put_env(&text, env);
	put_clock(&text, env->clock_offset_ns);
	rg_text_str(&text, time);
	put_stream(&text, RG_CTF_STREAM_CALLS);
	if (has_accesses(env))
		put_stream(&text, RG_CTF_STREAM_ACCESSES);
	rg_text_str(&text, presence);
	for (size_t i = 0; i < sizeof(label_sets) / sizeof(label_sets[0]); i++)
		put_labels(&text, &label_sets[i]);
	if (has_accesses(env))
		put_labels(&text, &access_labels);
	rg_text_str(&text, event);
	if (has_accesses(env))
		rg_text_str(&text, access);
	rg_text_end(&text);
	return text.overflow ? 0 : text.len;
}

void rg_ctf_stream_name(uint32_t slot, uint32_t segment,
			char ret_name[RG_CTF_NAME_MAX])
{
	struct rg_text text;

	rg_text_init(&text, ret_name, RG_CTF_NAME_MAX);
	rg_text_str(&text, "stream-");
	rg_text_dec(&text, slot);
	rg_text_char(&text, '-');
	rg_text_dec(&text, segment);
	rg_text_end(&text);
}

static void numbered_name(const char *stem, uint32_t number, char *ret_name)
{
	struct rg_text text;

	rg_text_init(&text, ret_name, RG_CTF_NAME_MAX);
	rg_text_str(&text, stem);
	rg_text_dec(&text, number);
	rg_text_end(&text);
}

void rg_ctf_accesses_name(uint32_t slot, char ret_name[RG_CTF_NAME_MAX])
{
	numbered_name("accesses-", slot, ret_name);
}

void rg_ctf_modules_name(uint32_t slot, char ret_name[RG_CTF_NAME_MAX])
{
	numbered_name(".modules-", slot, ret_name);
}

void rg_ctf_table_name(uint32_t table, char ret_name[RG_CTF_NAME_MAX])
{
	numbered_name(".processes.", table, ret_name);
}
