/* SPDX-License-Identifier: MIT */

#include "crash.h"

#include "report/attempts.h"
#include "report/demangle.h"

#include <elfutils/libdwfl.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

int rg_crash_watch(pid_t pid)
{
	const long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			     PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;

	return ptrace(PTRACE_SEIZE, pid, NULL, options) ? -errno : 0;
}

/* ----------------------------------------------------------------- frames */

static const char *copy(const char *str)
{
	return strdup(str ? str : "");
}

static const char *name_function(Dwfl_Module *module, Dwarf_Addr pc)
{
	const char *symbol = dwfl_module_addrname(module, pc);
	char *demangled = symbol ? rg_demangle(symbol) : NULL;
	char *name = demangled ? demangled : strdup(symbol ? symbol : "");

	/* grow.cold, grow.part.0: the compiler's own */
	if (!demangled && name)
		name[strcspn(name, ".")] = '\0';
	return name;
}

static struct rg_name name_of(Dwfl_Module *module, Dwarf_Addr pc, bool returns)
{
	struct rg_name name = { .offset = pc };
	const char *path = NULL;
	const char *file = NULL;
	Dwarf_Addr call = returns ? pc - 1 : pc;
	Dwfl_Line *line;

	if (!module) {
		name.function = copy("");
		name.module = copy("");
		name.file = copy("");
		return name;
	}
	line = dwfl_module_getsrc(module, call);
	if (line)
		file = dwfl_lineinfo(line, NULL, &name.line, NULL, NULL, NULL);
	name.function = name_function(module, call);
	path = dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, NULL,
				NULL);
	name.module = copy(path);
	name.file = copy(file);
	dwfl_module_relocate_address(module, &name.offset);
	return name;
}

static int take_frame(Dwfl_Frame *frame, void *ctx)
{
	struct rg_crash *crash = ctx;
	Dwfl *dwfl = dwfl_thread_dwfl(dwfl_frame_thread(frame));
	bool is_call_site;
	Dwarf_Addr pc;

	if (crash->nr == RG_CRASH_FRAMES ||
	    !dwfl_frame_pc(frame, &pc, &is_call_site))
		return DWARF_CB_ABORT;
	crash->frames[crash->nr++] =
		name_of(dwfl_addrmodule(dwfl, pc), pc, !is_call_site);
	return DWARF_CB_OK;
}

static pid_t process_of(pid_t tid)
{
	char path[64];
	char line[256];
	pid_t pid = tid;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	in = fopen(path, "re");
	while (in && fgets(line, sizeof(line), in)) {
		if (sscanf(line, "Tgid: %d", &pid) == 1)
			break;
	}
	if (in)
		fclose(in);
	return pid;
}

static void unwind(pid_t tid, struct rg_crash *crash)
{
	static const Dwfl_Callbacks callbacks = {
		.find_elf = dwfl_linux_proc_find_elf,
		.find_debuginfo = dwfl_standard_find_debuginfo,
	};
	Dwfl *dwfl = dwfl_begin(&callbacks);
	pid_t pid = process_of(tid);

	if (dwfl && !dwfl_linux_proc_report(dwfl, pid) &&
	    !dwfl_report_end(dwfl, NULL, NULL) &&
	    !dwfl_linux_proc_attach(dwfl, pid, true))
		dwfl_getthread_frames(dwfl, tid, take_frame, crash);
	dwfl_end(dwfl);
}

void rg_crash_deinit(struct rg_crash *crash)
{
	for (size_t i = 0; i < crash->nr; i++) {
		free((char *)crash->frames[i].function);
		free((char *)crash->frames[i].module);
		free((char *)crash->frames[i].file);
	}
	*crash = (struct rg_crash){ 0 };
}

/* ------------------------------------------------------------------ stops */

/* A program that has handled a fault of its own may abort for it later. */
static void look(pid_t tid, int number, struct rg_crash *crash)
{
	siginfo_t info = { 0 };
	bool is_fault;

	ptrace(PTRACE_GETSIGINFO, tid, NULL, &info);
	is_fault = info.si_code > 0;
	if (crash->is_fault && !is_fault)
		return;
	rg_crash_deinit(crash);
	crash->signal = number;
	crash->is_fault = is_fault;
	unwind(tid, crash);
}

/* Stopped by a signal that stops, and to stay so. */
static bool is_group_stop(int status)
{
	int number = WSTOPSIG(status);

	return status >> 16 == PTRACE_EVENT_STOP &&
	       (number == SIGSTOP || number == SIGTSTP || number == SIGTTIN ||
		number == SIGTTOU);
}

void rg_crash_look(pid_t tid, int status, struct rg_crash *crash)
{
	int number = status >> 16 ? 0 : WSTOPSIG(status);

	if (is_group_stop(status)) {
		ptrace(PTRACE_LISTEN, tid, NULL, NULL);
		return;
	}
	if (rg_signal_is_crash(number))
		look(tid, number, crash);
	ptrace(PTRACE_CONT, tid, NULL, (long)number);
}
