/*
 * The checked servers: one process that accepts on all addresses of a port, answers the first octets it gets with a page
 * and closes. In C, so that it takes little of the processors that the daemons under measurement run on.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const char page[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\nConnection: close\r\n\r\nhello world\n";

int main(int count, char **words) {
  if (count != 2) return 2;
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(atoi(words[1]))};
  if (bind(listener, (const struct sockaddr *)&name, sizeof name) != 0 || listen(listener, 4096) != 0) return 1;
  const int set = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(set, EPOLL_CTL_ADD, listener, &event);
  write(1, "ready\n", 6);
  for (;;) {
    struct epoll_event ready[256];
    const int number = epoll_wait(set, ready, 256, -1);
    for (int index = 0; index < number; ++index) {
      const int fd = ready[index].data.fd;
      if (fd == listener) {
        for (int client; (client = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
          event.data.fd = client;
          epoll_ctl(set, EPOLL_CTL_ADD, client, &event);
        }
        continue;
      }
      char request[4096];
      if (read(fd, request, sizeof request) > 0) send(fd, page, sizeof page - 1, MSG_NOSIGNAL);
      close(fd);
    }
  }
}
