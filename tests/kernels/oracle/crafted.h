/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_CRAFTED_H
#define RG_ORACLE_CRAFTED_H

/*
 * Requests in which several things come together that chance alone would
 * seldom bring so: each kind is for some rule of the model.
 */

#include "layout.h"

/* Return: whether it is to be one; some are, more where it is of use. */
bool crafted_choose(const struct layout *layout, const struct snapshot *now,
		    struct rg_request *ret_req);

#endif
