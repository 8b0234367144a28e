/* SPDX-License-Identifier: MIT */

/*
 * What unwind tables say of an address: an entry is put together as compilers
 * write it, of a function of 64 bytes, and asked about one byte of it.
 */

#include "unit.h"

#include "runtime/cfi.h"

#include RG_ARCH_HEADER

#include <string.h>

#define FP RG_ARCH_DWARF_FP
#define SP RG_ARCH_DWARF_SP
#define PC RG_ARCH_DWARF_PC

/* In units of -8, as all compilers have it. */
#define AT(number, units) 0x80 | (number), (units)
#define AT_EXTENDED(number, units) 0x05, (number), (units)
#define LATER(bytes) 0x40 | (bytes)
#define FRAME(number, offset) 0x0c, (number), (offset)
#define FRAME_OFFSET(offset) 0x0e, (offset)
#define FRAME_REGISTER(number) 0x0d, (number)
#define FRAME_EXPRESSION 0x0f, 2, 0x77, 8
#define UNDEFINED(number) 0x07, (number)
#define SAME(number) 0x08, (number)
#define EXPRESSION(number) 0x10, (number), 2, 0x77, 8
#define REMEMBER 0x0a
#define RECALL 0x0b
#define RESTORE(number) 0xc0 | (number)

/* Called: the return address is saved, and nothing else. */
#define CALLED FRAME(SP, 8), AT(PC, 1)

static const struct {
	const char *name;
	const char *letters; /* "zR" unless it is given */
	uint8_t code[24];
	int at; /* which byte of the function */
	struct rg_cfi_frame want;
} rows[] = {
	{ "just called", .code = { CALLED },
	  .want = { 8, 0, -8, RG_CFI_FROM_SP } },
	{ "before it makes room",
	  .code = { CALLED, LATER(4), FRAME_OFFSET(32) }, .at = 3,
	  .want = { 8, 0, -8, RG_CFI_FROM_SP } },
	{ "when it has", .code = { CALLED, LATER(4), FRAME_OFFSET(32) },
	  .at = 4, .want = { 32, 0, -8, RG_CFI_FROM_SP } },
	{ "frame pointer saved",
	  .code = { CALLED, LATER(1), FRAME_OFFSET(16), AT(FP, 2) }, .at = 9,
	  .want = { 16, -16, -8, RG_CFI_FROM_SP } },
	{ "and used",
	  .code = { CALLED, LATER(1), FRAME_OFFSET(16), AT(FP, 2), LATER(3),
		    FRAME_REGISTER(FP) },
	  .at = 9, .want = { 16, -16, -8, RG_CFI_FROM_FP } },
	{ "the same, said at length",
	  .code = { CALLED, FRAME(FP, 16), AT_EXTENDED(FP, 2) },
	  .want = { 16, -16, -8, RG_CFI_FROM_FP } },
	{ "behind a return in its middle",
	  .code = { CALLED, LATER(1), FRAME_OFFSET(48), REMEMBER, LATER(9),
		    FRAME_OFFSET(8), LATER(1), RECALL },
	  .at = 11, .want = { 48, 0, -8, RG_CFI_FROM_SP } },
	{ "restored", .code = { CALLED, AT(FP, 2), LATER(1), RESTORE(FP) },
	  .at = 1, .want = { 8, 0, -8, RG_CFI_FROM_SP } },
	{ "one byte further", .letters = "zPLR", .code = { CALLED },
	  .want = { 8, 0, -8, RG_CFI_FROM_SP } },
	{ "outermost", .code = { CALLED, UNDEFINED(PC) },
	  .want = { .kind = RG_CFI_OUTERMOST } },
	{ "a signal's", .letters = "zRS", .code = { CALLED } },
	{ "letters of tomorrow", .letters = "zRX", .code = { CALLED } },
	{ "begins by an expression", .code = { CALLED, FRAME_EXPRESSION } },
	{ "frame pointer by an expression",
	  .code = { CALLED, EXPRESSION(FP) } },
	{ "another register by an expression",
	  .code = { CALLED, EXPRESSION(3) },
	  .want = { 8, 0, -8, RG_CFI_FROM_SP } },
	{ "begins by another register", .code = { CALLED, FRAME(10, 0) } },
	{ "stack pointer saved", .code = { CALLED, AT(SP, 3) } },
	{ "no return address", .code = { FRAME(SP, 8) } },
	{ "return address nowhere", .code = { CALLED, SAME(PC) } },
	{ "not in whole words", .code = { CALLED, FRAME_OFFSET(12) } },
	{ "recalls what is not remembered", .code = { CALLED, RECALL } },
	{ "an instruction of tomorrow", .code = { CALLED, 0x3f } },
	{ "past the function", .code = { CALLED }, .at = 64 },
	{ "before it", .code = { CALLED }, .at = -1 },
};

/* ------------------------------------------------------- the tables' bytes */

#define FUNCTION_SIZE 64

struct tables {
	uint8_t header[12 + 8];
	uint8_t bytes[160];
	uint8_t *end;
	uint8_t function[FUNCTION_SIZE];
} __attribute__((aligned(8)));

static void put(uint8_t **at, const void *bytes, size_t len)
{
	memcpy(*at, bytes, len);
	*at += len;
}

static void put_byte(uint8_t **at, uint8_t byte)
{
	put(at, &byte, 1);
}

static void put_word(uint8_t **at, uint32_t word)
{
	put(at, &word, sizeof(word));
}

static uint32_t distance(const uint8_t *from, const uint8_t *to)
{
	return (uint32_t)(to - from);
}

/* Up to a whole word, with instructions that do nothing. */
static void end_entry(uint8_t **at, uint8_t *entry)
{
	uint8_t *len = entry;

	while (distance(entry, *at) % 4)
		put_byte(at, 0);
	put_word(&len, distance(entry, *at) - 4);
}

static void put_cie(uint8_t **at, const char *letters)
{
	uint8_t *entry = *at;
	uint8_t *len;

	put_word(at, 0);
	put_word(at, 0);
	put_byte(at, 1);
	put(at, letters, strlen(letters) + 1);
	put_byte(at, 1);    /* code in bytes */
	put_byte(at, 0x78); /* data in units of -8 */
	put_byte(at, PC);
	len = *at;
	put_byte(at, 0);
	for (; *letters; letters++) {
		if (*letters == 'P') {
			put_byte(at, 0x1b);
			put_word(at, 4711);
		}
		if (*letters == 'R' || *letters == 'L')
			put_byte(at, 0x1b);
	}
	*len = (uint8_t)(*at - len - 1);
	end_entry(at, entry);
}

static void put_fde(uint8_t **at, const uint8_t *cie, int row,
		    const struct tables *tables)
{
	uint8_t *entry = *at;

	put_word(at, 0);
	put_word(at, distance(cie, *at));
	put_word(at, distance(*at, tables->function));
	put_word(at, FUNCTION_SIZE);
	put_byte(at, 0);
	put(at, rows[row].code, sizeof(rows[row].code));
	end_entry(at, entry);
}

static const uint8_t *make(struct tables *tables, int row)
{
	uint8_t *at = tables->header;
	const uint8_t *fde;

	memset(tables, 0, sizeof(*tables));
	tables->end = tables->bytes;
	put_cie(&tables->end, rows[row].letters ? rows[row].letters : "zR");
	fde = tables->end;
	put_fde(&tables->end, tables->bytes, row, tables);
	put_byte(&at, 1);
	put_byte(&at, 0x1b);
	put_byte(&at, 0x03);
	put_byte(&at, 0x3b);
	put_word(&at, distance(at, tables->bytes));
	put_word(&at, 1);
	put_word(&at, distance(tables->header, tables->function));
	put_word(&at, distance(tables->header, fde));
	return fde;
}

START_TEST(frames)
{
	static struct tables tables;
	const uint8_t *fde = make(&tables, _i);
	uint64_t pc = (uint64_t)(uintptr_t)tables.function +
		      (uint64_t)(int64_t)rows[_i].at;
	struct rg_cfi_frame got = rg_cfi_read(fde, pc);

	ck_assert_msg(!memcmp(&got, &rows[_i].want, sizeof(got)),
		      "%s: got %d %d %d kind %u, want %d %d %d kind %u",
		      rows[_i].name, got.sp_offset, got.fp_offset,
		      got.return_offset, got.kind, rows[_i].want.sp_offset,
		      rows[_i].want.fp_offset, rows[_i].want.return_offset,
		      rows[_i].want.kind);
}
END_TEST

/* An entry that is cut short anywhere says less, or nothing. */
START_TEST(cut_short)
{
	static struct tables tables;
	const uint8_t *fde = make(&tables, 0);
	uint64_t pc = (uint64_t)(uintptr_t)tables.function;
	uint8_t *cie_len = tables.bytes;
	uint32_t len;

	memcpy(&len, cie_len, sizeof(len));
	while (len--) {
		memcpy(cie_len, &len, sizeof(len));
		ck_assert_msg(rg_cfi_read(fde, pc).kind == RG_CFI_OPAQUE ||
				      len >= 13,
			      "a frame of a CIE of %u bytes", len);
	}
}
END_TEST

START_TEST(finds)
{
	static struct tables tables;
	const uint8_t *fde = make(&tables, 0);
	uint64_t pc = (uint64_t)(uintptr_t)tables.function;
	struct rg_cfi_place place;

	ck_assert(rg_cfi_find(tables.header, pc, &place));
	ck_assert_ptr_eq(place.fde, fde);
	ck_assert_uint_eq(place.nr_rows, 1);
	ck_assert(rg_cfi_find(tables.header, pc + 4711, &place));
	ck_assert(!rg_cfi_find(tables.header, pc - 1, &place));
	tables.header[3] = 0x3c; /* rows of another size */
	ck_assert(!rg_cfi_find(tables.header, pc, &place));
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, frames, 0, NR_ROWS(rows));
	tcase_add_test(tc, cut_short);
	tcase_add_test(tc, finds);
}
