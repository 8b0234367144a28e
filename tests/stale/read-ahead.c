/* SPDX-License-Identifier: MIT */

/*
 * A connection keeps where its next bytes go; the message is larger than was
 * thought, its buffer moves, and the kernel is asked to fill in the old one.
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define SIZE (256ul << 10)
#define CHUNK 1000

struct connection {
	int fd;
	char *message;
	char *fill; /* in message */
	size_t size;
};

/* It moves as it grows: there is a page behind it. */
static void guard(void *end)
{
	mmap(end, 4096, PROT_NONE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

static void connection_init(struct connection *connection, int fd)
{
	connection->fd = fd;
	connection->size = SIZE;
	connection->message = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (connection->message == MAP_FAILED)
		err(2, "mmap");
	guard(connection->message + SIZE);
	connection->fill = connection->message;
}

static void make_room(struct connection *connection, size_t size)
{
	size_t filled = (size_t)(connection->fill - connection->message);

	connection->message = mremap(connection->message, connection->size,
				     size, MREMAP_MAYMOVE);
	if (connection->message == MAP_FAILED)
		err(2, "mremap");
	connection->size = size;
	if (FIXED)
		connection->fill = connection->message + filled;
}

static ssize_t receive(struct connection *connection)
{
	ssize_t len = read(connection->fd, connection->fill, CHUNK);

	if (len > 0)
		connection->fill += len;
	return len;
}

int main(void)
{
	struct connection connection;
	char sent[2 * CHUNK];
	ssize_t len;
	int fds[2];

	for (size_t i = 0; i < sizeof(sent); i++)
		sent[i] = (char)('a' + i % 26);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) ||
	    write(fds[0], sent, sizeof(sent)) != sizeof(sent))
		err(2, "socketpair, write");
	connection_init(&connection, fds[1]);
	receive(&connection);
	make_room(&connection, 3 * SIZE);
	len = receive(&connection);
	if (len < 0)
		warn("read");
	else
		printf("%zd more bytes, the last %c\n", len,
		       connection.fill[-1]);
	munmap(connection.message, connection.size);
	return len < 0;
}
