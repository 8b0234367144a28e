/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_ACTIONS_H
#define RG_RUNTIME_ACTIONS_H

/*
 * What the program has said is to be done about SIGSEGV, while the handler
 * that the kernel calls is ours: sigaction(2) and its relatives, which the
 * object exports. Everything else goes on to the next definition of them.
 */

#include <signal.h>
#include <stdbool.h>

/* In the constructor: find the next definitions. */
void rg_actions_init(void);

typedef void rg_handler(int, siginfo_t *, void *);

/* From now on this handler comes before the program's. */
void rg_actions_watch(rg_handler *handler);

enum rg_disposition { RG_SIGNAL_DEFAULT, RG_SIGNAL_IGNORED, RG_SIGNAL_HANDLED };

/*
 * For the handler: what the program's own action is. One that is to be taken
 * once is taken back by this. *ret_handler is set where there is one.
 */
enum rg_disposition rg_actions_take(rg_handler **ret_handler);

#endif
