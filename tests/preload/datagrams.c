/* SPDX-License-Identifier: MIT */

/* Prints each datagram that arrives at a socket, until it is killed. */

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	char text[4096];
	ssize_t len;

	if (argc < 2 || strlen(argv[1]) >= sizeof(address.sun_path))
		return 2;
	strcpy(address.sun_path, argv[1]);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return 1;
	while ((len = recv(fd, text, sizeof(text) - 1, 0)) >= 0) {
		text[len++] = '\n';
		if (write(1, text, (size_t)len) != len)
			return 1;
	}
	return 0;
}
