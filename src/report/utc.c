/* SPDX-License-Identifier: MIT */

#include "report/utc.h"

#include <stdio.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)

void rg_utc_text(uint64_t ns, char ret_text[RG_UTC_MAX])
{
	time_t seconds = (time_t)(ns / NS_PER_S);
	struct tm utc;
	size_t len;

	gmtime_r(&seconds, &utc);
	len = strftime(ret_text, RG_UTC_MAX, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(ret_text + len, RG_UTC_MAX - len, ".%09uZ",
		 (unsigned)(ns % NS_PER_S));
}
