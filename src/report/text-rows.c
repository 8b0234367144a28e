/* SPDX-License-Identifier: MIT */

#include "report/text-rows.h"

#include "report/format.h"

#include <inttypes.h>
#include <stdarg.h>

static const char *const path_words[RG_NR_PATHS] = {
	[RG_PATH_INVALID] = "nothing can be said",
	[RG_PATH_REFUSE] = "the call fails",
	[RG_PATH_NO_RESIZE] = "succeeds and changes nothing",
	[RG_PATH_SHRINK] = "shrinks in place",
	[RG_PATH_EXPAND_IN_PLACE] = "grows in place",
	[RG_PATH_MOVE] = "moves to another address",
	[RG_PATH_DUPLICATE] = "maps the same pages a second time",
	[RG_PATH_DONTUNMAP] = "moves the pages, the old range stays mapped and "
			      "empty",
	[RG_PATH_MULTI_MOVE] = "moves several mappings in one call",
};

static const char *const damage_words[RG_NR_DAMAGES] = {
	"what was mapped at the destination is gone",
	"what was mapped in the part to cut off is gone",
	"the destination was the source, which is gone",
	"the mappings before the one that is refused stay moved",
	"one mapping may be cut in two",
};

const char *rg_path_words(enum rg_path path)
{
	return (unsigned int)path < RG_NR_PATHS ? path_words[path] : "";
}

const char *rg_damage_words(int bit)
{
	return damage_words[bit];
}

void rg_print_row(FILE *out, const char **label, const char *format, ...)
{
	struct rg_word word;
	va_list args;

	va_start(args, format);
	vsnprintf(word.text, sizeof(word.text), format, args);
	va_end(args);
	fprintf(out, "%-*s", RG_ROW_INDENT, *label);
	rg_print_wrapped(out, word.text, RG_ROW_INDENT);
	*label = "";
}

static void print_flags(FILE *out, uint64_t flags)
{
	static const char *const names[] = { "MREMAP_MAYMOVE", "MREMAP_FIXED",
					     "MREMAP_DONTUNMAP" };
	const char *before = "";

	for (int i = 0; i < 3; i++) {
		if (flags & 1u << i) {
			fprintf(out, "%s%s", before, names[i]);
			before = "|";
		}
	}
	if (flags & ~(uint64_t)RG_MREMAP_KNOWN_FLAGS)
		fprintf(out, "%s0x%" PRIx64, before,
			flags & ~(uint64_t)RG_MREMAP_KNOWN_FLAGS);
	else if (!flags)
		fputc('0', out);
}

void rg_print_call(const struct rg_request *req, FILE *out)
{
	fprintf(out, "mremap(0x%" PRIx64 ", %" PRIu64 ", %" PRIu64 ", ",
		req->addr, req->old_len, req->new_len);
	print_flags(out, req->flags);
	if (req->new_addr ||
	    req->flags & (RG_MREMAP_FIXED | RG_MREMAP_DONTUNMAP))
		fprintf(out, ", 0x%" PRIx64, req->new_addr);
	fputc(')', out);
}
