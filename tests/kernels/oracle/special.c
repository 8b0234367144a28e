/* SPDX-License-Identifier: MIT */

#include "special.h"

const struct special specials[1];
const unsigned int nr_specials = 0;
