/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_CFI_H
#define RG_RUNTIME_CFI_H

/*
 * What an object's unwind tables (.eh_frame) say of one address, as far as it
 * is simple: nearly every function's rule is. Pure: bytes in, a rule out.
 */

#include <stdbool.h>
#include <stdint.h>

enum rg_cfi_kind {
	RG_CFI_OPAQUE,	/* none, or one that needs an unwinder */
	RG_CFI_FROM_SP, /* the caller's stack pointer is ours plus an offset */
	RG_CFI_FROM_FP, /* or the frame pointer plus an offset */
	RG_CFI_OUTERMOST, /* the outermost frame */
};

/*
 * How to get from a frame to its caller's. Offsets of what is saved are from
 * the caller's stack pointer.
 */
struct rg_cfi_frame {
	int32_t sp_offset;
	int16_t fp_offset; /* 0: the frame pointer is still the caller's */
	int8_t return_offset;
	uint8_t kind; /* enum rg_cfi_kind */
};

/* Where an object's tables speak of an address. */
struct rg_cfi_place {
	const uint8_t *header;
	const uint8_t *row; /* in the header's sorted table */
	uint32_t nr_rows;   /* of that table */
	const uint8_t *fde;
};

/* header: its .eh_frame_hdr. Return: false where it has nothing on pc. */
bool rg_cfi_find(const uint8_t *header, uint64_t pc,
		 struct rg_cfi_place *ret_place);

/* pc must lie in the instruction that the frame is in: a call, most often. */
struct rg_cfi_frame rg_cfi_read(const uint8_t *fde, uint64_t pc);

#endif
