/* SPDX-License-Identifier: MIT */

#include "runtime/cfi.h"

#include RG_ARCH_HEADER

/*
 * As gcc, clang and the linkers write them; whatever else there may be is
 * opaque. DWARF 5, 6.4, and the Linux Standard Base on .eh_frame_hdr.
 *
 *   header: version encodings… |&eh_frame|nr_rows| row row row …
 *   row:    where a function begins, where its FDE is; both from the header
 *   FDE:    length |back to its CIE| begin | len | more | instructions
 *   CIE:    length | 0 | version "zR…" alignments… | instructions
 */

#define HEADER_SIZE 12
#define ROW_SIZE 8

/* Pointer encodings: signed, four bytes, from there, or from the header. */
#define ENCODING_FROM_THERE 0x1b
#define ENCODING_FROM_HEADER 0x3b
#define ENCODING_COUNT 0x03

/* ---------------------------------------------------------------- reading */

/* What lies past the end reads as zeroes, and then nothing counts. */
struct bytes {
	const uint8_t *at;
	const uint8_t *end;
	bool bad;
};

static uint8_t read_byte(struct bytes *bytes)
{
	if (bytes->at < bytes->end)
		return *bytes->at++;
	bytes->bad = true;
	return 0;
}

static void skip(struct bytes *bytes, uint64_t len)
{
	if (len > (uint64_t)(bytes->end - bytes->at)) {
		bytes->bad = true;
		len = (uint64_t)(bytes->end - bytes->at);
	}
	bytes->at += len;
}

static uint64_t read_number(struct bytes *bytes, int size)
{
	uint64_t number = 0;

	for (int i = 0; i < size; i++)
		number |= (uint64_t)read_byte(bytes) << 8 * i;
	return number;
}

/* Both kinds of LEB128; the sign of one that has none is not asked for. */
static uint64_t read_leb(struct bytes *bytes, bool is_signed)
{
	uint64_t number = 0;
	int shift = 0;
	uint8_t byte;

	do {
		byte = read_byte(bytes);
		if (shift < 64)
			number |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (is_signed && byte & 0x40 && shift < 64)
		number |= UINT64_MAX << shift;
	return number;
}

static uint64_t read_uleb(struct bytes *bytes)
{
	return read_leb(bytes, false);
}

static int64_t read_sleb(struct bytes *bytes)
{
	return (int64_t)read_leb(bytes, true);
}

static uint32_t word_at(const uint8_t *at)
{
	uint32_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* A place in memory, as an offset from another. */
static const uint8_t *from(const uint8_t *base, uint32_t offset)
{
	return base + (int32_t)offset;
}

/* ------------------------------------------------------------ the header */

bool rg_cfi_find(const uint8_t *header, uint64_t pc,
		 struct rg_cfi_place *ret_place)
{
	const uint8_t *rows = header + HEADER_SIZE;
	uint32_t nr, low = 0, high;

	if (header[0] != 1 || header[1] != ENCODING_FROM_THERE ||
	    header[2] != ENCODING_COUNT || header[3] != ENCODING_FROM_HEADER)
		return false;
	nr = high = word_at(header + 8);
	/* the last row that does not begin above it */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const uint8_t *begin =
			from(header, word_at(rows + ROW_SIZE * middle));

		if ((uint64_t)(uintptr_t)begin <= pc)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return false;
	*ret_place = (struct rg_cfi_place){
		.header = header,
		.row = rows + ROW_SIZE * (low - 1),
		.nr_rows = nr,
	};
	ret_place->fde = from(header, word_at(ret_place->row + 4));
	return true;
}

/* ------------------------------------------------------- the instructions */

enum saved { SAVED_NOT, SAVED_AT, SAVED_UNDEFINED, SAVED_OTHERWISE };

/* Where a register of the caller's is. */
struct home {
	enum saved saved;
	int64_t offset;
};

struct row {
	uint64_t sp_register; /* the caller's stack pointer is from this one */
	int64_t sp_offset;
	bool is_expression;
	struct home fp;
	struct home pc;
	struct home sp;
};

#define MAX_REMEMBERED 4

struct machine {
	struct bytes bytes;
	uint64_t code_unit;
	int64_t data_unit;
	uint64_t at; /* the address that rows are for by now */
	struct row row;
	struct row initial;
	struct row remembered[MAX_REMEMBERED];
	uint8_t nr_remembered;
	bool opaque;
};

/* The low bits of three opcodes are their operand. */
enum {
	ADVANCE = 0x40,
	OFFSET = 0x80,
	RESTORE = 0xc0,
	NOP = 0x00,
	ADVANCE_1 = 0x02,
	ADVANCE_2 = 0x03,
	ADVANCE_4 = 0x04,
	OFFSET_EXTENDED = 0x05,
	RESTORE_EXTENDED = 0x06,
	UNDEFINED = 0x07,
	SAME_VALUE = 0x08,
	REGISTER = 0x09,
	REMEMBER = 0x0a,
	RECALL = 0x0b,
	DEF_CFA = 0x0c,
	DEF_CFA_REGISTER = 0x0d,
	DEF_CFA_OFFSET = 0x0e,
	DEF_CFA_EXPRESSION = 0x0f,
	EXPRESSION = 0x10,
	OFFSET_EXTENDED_SF = 0x11,
	DEF_CFA_SF = 0x12,
	DEF_CFA_OFFSET_SF = 0x13,
	VAL_OFFSET = 0x14,
	VAL_OFFSET_SF = 0x15,
	VAL_EXPRESSION = 0x16,
	ARGUMENTS_SIZE = 0x2e,
};

/* Of the other registers no simple rule makes use. NULL: one of those. */
static struct home *home_in(struct row *row, uint64_t number)
{
	switch (number) {
	case RG_ARCH_DWARF_FP:
		return &row->fp;
	case RG_ARCH_DWARF_PC:
		return &row->pc;
	case RG_ARCH_DWARF_SP:
		return &row->sp;
	default:
		return NULL;
	}
}

static void set_home(struct machine *machine, uint64_t number, enum saved saved,
		     int64_t offset)
{
	struct home *home = home_in(&machine->row, number);

	if (home)
		*home = (struct home){ saved, offset };
}

static void restore(struct machine *machine, uint64_t number)
{
	struct home *home = home_in(&machine->row, number);

	if (home)
		*home = *home_in(&machine->initial, number);
}

static void define(struct machine *machine, uint64_t number, int64_t offset)
{
	machine->row.sp_register = number;
	machine->row.sp_offset = offset;
	machine->row.is_expression = false;
}

static void skip_block(struct machine *machine)
{
	skip(&machine->bytes, read_uleb(&machine->bytes));
}

static void remember(struct machine *machine)
{
	if (machine->nr_remembered == MAX_REMEMBERED)
		machine->opaque = true;
	else
		machine->remembered[machine->nr_remembered++] = machine->row;
}

static void recall(struct machine *machine)
{
	if (!machine->nr_remembered)
		machine->opaque = true;
	else
		machine->row = machine->remembered[--machine->nr_remembered];
}

/* Those that say where a register is saved. */
static void run_home(struct machine *machine, uint8_t code)
{
	struct bytes *bytes = &machine->bytes;
	uint64_t number = read_uleb(bytes);

	switch (code) {
	case OFFSET_EXTENDED:
		set_home(machine, number, SAVED_AT,
			 (int64_t)read_uleb(bytes) * machine->data_unit);
		break;
	case OFFSET_EXTENDED_SF:
		set_home(machine, number, SAVED_AT,
			 read_sleb(bytes) * machine->data_unit);
		break;
	case RESTORE_EXTENDED:
		restore(machine, number);
		break;
	case UNDEFINED:
		set_home(machine, number, SAVED_UNDEFINED, 0);
		break;
	case SAME_VALUE:
		set_home(machine, number, SAVED_NOT, 0);
		break;
	case REGISTER:
	case VAL_OFFSET:
	case VAL_OFFSET_SF:
		read_uleb(bytes);
		set_home(machine, number, SAVED_OTHERWISE, 0);
		break;
	default: /* EXPRESSION, VAL_EXPRESSION */
		skip_block(machine);
		set_home(machine, number, SAVED_OTHERWISE, 0);
	}
}

/* Those that say where the caller's frame begins. */
static void run_frame(struct machine *machine, uint8_t code)
{
	struct bytes *bytes = &machine->bytes;
	struct row *row = &machine->row;
	uint64_t number;

	switch (code) {
	case DEF_CFA:
		number = read_uleb(bytes);
		define(machine, number, (int64_t)read_uleb(bytes));
		break;
	case DEF_CFA_SF:
		number = read_uleb(bytes);
		define(machine, number, read_sleb(bytes) * machine->data_unit);
		break;
	case DEF_CFA_REGISTER:
		row->sp_register = read_uleb(bytes);
		break;
	case DEF_CFA_OFFSET:
		row->sp_offset = (int64_t)read_uleb(bytes);
		break;
	case DEF_CFA_OFFSET_SF:
		row->sp_offset = read_sleb(bytes) * machine->data_unit;
		break;
	default: /* DEF_CFA_EXPRESSION */
		skip_block(machine);
		row->is_expression = true;
	}
}

static void run_extended(struct machine *machine, uint8_t code)
{
	struct bytes *bytes = &machine->bytes;

	switch (code) {
	case NOP:
		break;
	case ADVANCE_1:
	case ADVANCE_2:
	case ADVANCE_4:
		machine->at += machine->code_unit *
			       read_number(bytes, 1 << (code - ADVANCE_1));
		break;
	case REMEMBER:
		remember(machine);
		break;
	case RECALL:
		recall(machine);
		break;
	case DEF_CFA:
	case DEF_CFA_REGISTER:
	case DEF_CFA_OFFSET:
	case DEF_CFA_EXPRESSION:
	case DEF_CFA_SF:
	case DEF_CFA_OFFSET_SF:
		run_frame(machine, code);
		break;
	case OFFSET_EXTENDED:
	case RESTORE_EXTENDED:
	case UNDEFINED:
	case SAME_VALUE:
	case REGISTER:
	case EXPRESSION:
	case OFFSET_EXTENDED_SF:
	case VAL_OFFSET:
	case VAL_OFFSET_SF:
	case VAL_EXPRESSION:
		run_home(machine, code);
		break;
	case ARGUMENTS_SIZE:
		read_uleb(bytes);
		break;
	default:
		machine->opaque = true;
	}
}

/* Until the rows are for addresses above pc. */
static void run(struct machine *machine, uint64_t pc)
{
	struct bytes *bytes = &machine->bytes;

	while (bytes->at < bytes->end && !machine->opaque) {
		struct row before = machine->row;
		uint8_t code = read_byte(bytes);
		uint8_t operand = code & 0x3f;

		switch (code & 0xc0) {
		case ADVANCE:
			machine->at += operand * machine->code_unit;
			break;
		case OFFSET:
			set_home(machine, operand, SAVED_AT,
				 (int64_t)read_uleb(bytes) *
					 machine->data_unit);
			break;
		case RESTORE:
			restore(machine, operand);
			break;
		default:
			run_extended(machine, code);
		}
		if (machine->at > pc) {
			machine->row = before;
			return;
		}
	}
}

/* -------------------------------------------------------- the two entries */

/* The bytes behind the length. 64-bit lengths are opaque. */
static struct bytes entry_at(const uint8_t *entry)
{
	uint32_t len = word_at(entry);
	struct bytes bytes = { .at = entry + 4, .end = entry + 4 + len };

	if (!len || len == UINT32_MAX)
		bytes = (struct bytes){ .bad = true };
	return bytes;
}

/* Skip an encoded pointer, the personality's. */
static void skip_pointer(struct bytes *bytes, uint8_t encoding)
{
	static const uint8_t sizes[8] = { 8, 0, 2, 4, 8, 0, 0, 0 };
	uint8_t size = sizes[encoding & 7];

	if (!size)
		bytes->bad = true;
	skip(bytes, size);
}

/*
 * "zR", "zPLR": z is followed by the length of what the others are about; S
 * is a signal's frame. FDEs are read with one encoding alone.
 */
static bool read_augmentation(struct bytes *bytes, const char *letters)
{
	const uint8_t *end;
	bool encoding_known = false;
	uint64_t len;

	if (*letters++ != 'z')
		return false;
	len = read_uleb(bytes);
	if (len > (uint64_t)(bytes->end - bytes->at))
		return false;
	end = bytes->at + len;
	for (; *letters; letters++) {
		if (*letters == 'R')
			encoding_known =
				read_byte(bytes) == ENCODING_FROM_THERE;
		else if (*letters == 'P')
			skip_pointer(bytes, read_byte(bytes));
		else if (*letters == 'L')
			read_byte(bytes);
		else
			return false;
	}
	bytes->at = end;
	return encoding_known;
}

static bool run_cie(struct machine *machine, const uint8_t *cie)
{
	struct bytes *bytes = &machine->bytes;
	const char *letters;
	uint64_t pc_register;
	uint8_t version;

	*bytes = entry_at(cie);
	if (read_number(bytes, 4))
		return false;
	version = read_byte(bytes);
	letters = (const char *)bytes->at;
	while (read_byte(bytes))
		;
	machine->code_unit = read_uleb(bytes);
	machine->data_unit = read_sleb(bytes);
	pc_register = version == 1 ? read_byte(bytes) : read_uleb(bytes);
	if (bytes->bad || (version != 1 && version != 3) ||
	    pc_register != RG_ARCH_DWARF_PC ||
	    !read_augmentation(bytes, letters))
		return false;
	run(machine, UINT64_MAX);
	machine->initial = machine->row;
	return !bytes->bad && !machine->opaque;
}

/* Return: false where the FDE is not about pc, or is not understood. */
static bool run_fde(struct machine *machine, const uint8_t *fde, uint64_t pc)
{
	struct bytes *bytes = &machine->bytes;
	const uint8_t *back = fde + 4;
	uint64_t begin, len;

	if (!word_at(fde) || word_at(fde) == UINT32_MAX ||
	    !run_cie(machine, back - word_at(back)))
		return false;
	*bytes = entry_at(fde);
	skip(bytes, 4);
	begin = (uint64_t)(uintptr_t)from(bytes->at, word_at(bytes->at));
	skip(bytes, 4);
	len = read_number(bytes, 4);
	skip(bytes, read_uleb(bytes));
	if (bytes->bad || pc - begin >= len)
		return false;
	machine->at = begin;
	run(machine, pc);
	return !bytes->bad && !machine->opaque;
}

/* --------------------------------------------------------------- the rule */

static bool is_simple(const struct row *row)
{
	return !row->is_expression && row->sp.saved == SAVED_NOT &&
	       row->pc.saved == SAVED_AT &&
	       (row->fp.saved == SAVED_NOT || row->fp.saved == SAVED_AT) &&
	       (row->sp_register == RG_ARCH_DWARF_SP ||
		row->sp_register == RG_ARCH_DWARF_FP);
}

/* Are all words in place? */
static bool is_aligned(const struct row *row)
{
	return !((row->sp_offset | row->pc.offset | row->fp.offset) & 7);
}

static bool fits(const struct row *row)
{
	return row->sp_offset == (int32_t)row->sp_offset &&
	       row->fp.offset == (int16_t)row->fp.offset &&
	       row->pc.offset == (int8_t)row->pc.offset &&
	       (row->fp.saved == SAVED_NOT || row->fp.offset);
}

struct rg_cfi_frame rg_cfi_read(const uint8_t *fde, uint64_t pc)
{
	struct machine machine = { 0 };
	const struct row *row = &machine.row;

	if (!run_fde(&machine, fde, pc))
		return (struct rg_cfi_frame){ 0 };
	if (row->pc.saved == SAVED_UNDEFINED)
		return (struct rg_cfi_frame){ .kind = RG_CFI_OUTERMOST };
	if (!is_simple(row) || !is_aligned(row) || !fits(row))
		return (struct rg_cfi_frame){ 0 };
	return (struct rg_cfi_frame){
		.sp_offset = (int32_t)row->sp_offset,
		.fp_offset = row->fp.saved ? (int16_t)row->fp.offset : 0,
		.return_offset = (int8_t)row->pc.offset,
		.kind = row->sp_register == RG_ARCH_DWARF_SP ? RG_CFI_FROM_SP
							     : RG_CFI_FROM_FP,
	};
}
