/* SPDX-License-Identifier: MIT */
#ifndef RG_TRACE_COOKIE_H
#define RG_TRACE_COOKIE_H

/*
 * What the object and the supervisor say to each other in mremap's unused
 * sixth argument. The object's own calls carry the cookie, a number that
 * `remapguard run' draws anew each time: they are judged and recorded already.
 * The object's one test call carries its complement, with zeroes for all other
 * arguments, which any kernel refuses; only a supervisor gives the answer.
 */

#include <stdint.h>

#define RG_COOKIE_ANSWER 1

static inline uint64_t rg_cookie_of_test(uint64_t cookie)
{
	return ~cookie;
}

#endif
