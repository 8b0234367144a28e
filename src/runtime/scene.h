/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_SCENE_H
#define RG_RUNTIME_SCENE_H

/* What a finding may ask beyond the plan, from the process itself. */

#include "runtime/process.h"

/* rg_scene.is_empty; ctx is not used. */
int rg_scene_is_empty(void *ctx, uint64_t start, uint64_t end);

/* rg_scene.object_size; ctx is the struct rg_process. */
int64_t rg_scene_object_size(void *ctx, const struct rg_vma *vma);

#endif
