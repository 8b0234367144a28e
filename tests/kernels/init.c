/* SPDX-License-Identifier: MIT */
/*
 * PID 1 of a booted kernel: runs /prog with the lines of /args as its
 * arguments, says how it ended, and reboots, which ends qemu. Parameters the
 * kernel does not know become arguments of PID 1; so /prog's are in a file.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define MAX_ARGS 64

static const struct {
	const char *type;
	const char *where;
} mounts[] = {
	{ "proc", "/proc" },
	{ "sysfs", "/sys" },
	{ "devtmpfs", "/dev" },
	{ "tmpfs", "/tmp" },
};

static void mount_all(void)
{
	for (size_t i = 0; i < sizeof(mounts) / sizeof(*mounts); i++)
		if (mount(mounts[i].type, mounts[i].where, mounts[i].type, 0,
			  NULL))
			perror(mounts[i].where);
}

static void read_args(char *argv[MAX_ARGS + 2])
{
	static char text[4096];
	int fd = open("/args", O_RDONLY);
	int argc = 1;

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		perror("/args");
	for (char *arg = strtok(text, "\n"); arg && argc <= MAX_ARGS;
	     arg = strtok(NULL, "\n"))
		argv[argc++] = arg;
}

static void run(void)
{
	char *argv[MAX_ARGS + 2] = { "/prog" };

	read_args(argv);
	execv(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

int main(void)
{
	struct utsname kernel;
	int status = 127 << 8;
	pid_t child;

	uname(&kernel);
	printf("\n@boot release=%s machine=%s\n", kernel.release,
	       kernel.machine);
	fflush(stdout);
	mount_all();
	child = fork();
	if (!child)
		run();
	waitpid(child, &status, 0);
	if (WIFSIGNALED(status))
		printf("\n@exit signal=%d\n", WTERMSIG(status));
	else
		printf("\n@exit code=%d\n", WEXITSTATUS(status));
	fflush(stdout);
	tcdrain(STDOUT_FILENO);
	reboot(RB_AUTOBOOT);
	return 1;
}
