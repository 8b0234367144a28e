/* SPDX-License-Identifier: MIT */

#include "beside.h"

const struct beside *const beside __attribute__((weak)) = NULL;
