/* SPDX-License-Identifier: MIT */

#include "commands.h"

#include <stddef.h>

const struct rg_command *const rg_commands[] = {
	&rg_cmd_run,
	&rg_cmd_report,
	&rg_cmd_top,
	&rg_cmd_explain,
	&rg_cmd_predict,
	&rg_cmd_diff,
	&rg_cmd_export,
	&rg_cmd_policy,
	&rg_cmd_doctor,
	&rg_cmd_list,
	NULL,
};
