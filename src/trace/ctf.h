/* SPDX-License-Identifier: MIT */
#ifndef RG_TRACE_CTF_H
#define RG_TRACE_CTF_H

/*
 * The trace directory: a CTF 1.8 trace that any CTF reader opens, and beside
 * it, in dot-files which CTF readers pass over, what CTF has no place for.
 *
 *   metadata              what the bytes mean, TSDL; rg_ctf_metadata()
 *   stream-SLOT-SEGMENT   one packet: struct rg_ctf_packet, then events
 *   accesses-SLOT         one packet of stale accesses, in the same form
 *   .processes.N          who took part, with counters: process-table.h
 *   .modules-SLOT         which objects a process had mapped: modules.h
 *
 * SLOT is the process's place in the process tables, and its stream instance.
 * A segment is complete from the moment it has its name: packet_size is the
 * file's, and content_size grows over the events that are finished. What lies
 * beyond is zeroes.
 */

#include <stddef.h>
#include <stdint.h>

#define RG_CTF_MAGIC 0xC1FC1FC1u
#define RG_CTF_METADATA "metadata"
/*
 * Changes whenever the bytes do; written into env.format.
 *
 *   1  calls alone
 *   2  a stream class for stale accesses
 *   3  further streams of a process
 */
#define RG_CTF_FORMAT 3
/* The oldest that is still read. */
#define RG_CTF_OLDEST 1
#define RG_CTF_FORMAT_OF_ACCESSES 2
#define RG_CTF_FORMAT_OF_FURTHER 3

/* What a packet holds: its stream class. */
enum rg_ctf_stream {
	RG_CTF_STREAM_CALLS,	/* event.h */
	RG_CTF_STREAM_ACCESSES, /* access.h */
	RG_NR_CTF_STREAMS
};

/* The packet's header and context. */
struct rg_ctf_packet {
	uint32_t magic;
	uint32_t stream_id; /* enum rg_ctf_stream */
	uint64_t stream_instance_id;
	uint64_t timestamp_begin;
	uint64_t content_size; /* bits */
	uint64_t packet_size;  /* bits */
	uint32_t pid;
	uint32_t segment; /* 0, 1, … of this process; 0 of accesses */
};

/* What a trace says of itself. */
struct rg_ctf_env {
	const char *version;	  /* of remapguard */
	const char *kernel;	  /* uname -r */
	const char *generation;	  /* "G5" */
	const char *machine;	  /* uname -m */
	uint64_t clock_offset_ns; /* CLOCK_REALTIME - CLOCK_MONOTONIC */
	uint32_t format;	  /* an older one; 0: RG_CTF_FORMAT */
};

/* Enough for any metadata. */
#define RG_CTF_METADATA_MAX 16384

/*
 * Write the TSDL text, with a terminating zero, to buf.
 * Return: its length without the zero; 0 when it does not fit in size.
 */
size_t rg_ctf_metadata(const struct rg_ctf_env *env, char *buf, size_t size);

/* Long enough for any name in a trace directory. */
#define RG_CTF_NAME_MAX 48

/* "stream-SLOT-SEGMENT"; while it is being made a dot stands before it. */
void rg_ctf_stream_name(uint32_t slot, uint32_t segment,
			char ret_name[RG_CTF_NAME_MAX]);
/* "accesses-SLOT"; while it is being made a dot stands before it. */
void rg_ctf_accesses_name(uint32_t slot, char ret_name[RG_CTF_NAME_MAX]);
/* ".modules-SLOT" */
void rg_ctf_modules_name(uint32_t slot, char ret_name[RG_CTF_NAME_MAX]);
/* ".processes.N" */
void rg_ctf_table_name(uint32_t table, char ret_name[RG_CTF_NAME_MAX]);

#endif
