/*
 * Preloaded into a daemon whose checks are measured on a machine without IPVS: the calls with which it would write its
 * table succeed and do nothing, the old interface (socket options) as well as generic netlink. Whoever reads the table is
 * told that this is not possible, or with STAND_IN_EMPTY in the environment that it is empty. Everything else is the machine's own.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* IP_VS_BASE_CTL of linux/ip_vs.h; the numbers of all its options follow. */
enum { first_option = 64 + 1024 + 64, last_option = first_option + 32, option_info = first_option + 1 };
enum { family_number = 0x1f, our_port = 4711, most_descriptors = 65536, group_socket = 2 };

#define REAL(name)                 \
  static __typeof__(name) *real;   \
  if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, #name)

/* By the descriptor that the daemon has for netlink: the other end, into which answers are written. */
static int other_end[most_descriptors];

static int is_ours(int fd) { return fd >= 0 && fd < most_descriptors && other_end[fd] > 0; }

int getsockopt(int fd, int level, int option, void *restrict value, socklen_t *restrict length) {
  REAL(getsockopt);
  if (level != IPPROTO_IP || option < first_option || option > last_option) return real(fd, level, option, value, length);
  memset(value, 0, *length);
  /* struct ip_vs_getinfo: version 1.2.1, 4096 places for connections, no services. */
  if (option == option_info) memcpy(value, (unsigned[]){0x010201, 4096, 0}, 3 * sizeof(unsigned));
  return 0;
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t length) {
  REAL(setsockopt);
  if (level == IPPROTO_IP && option >= first_option && option <= last_option) return 0;
  if (is_ours(fd) && level == SOL_NETLINK) return 0;
  return real(fd, level, option, value, length);
}

int socket(int domain, int type, int protocol) {
  REAL(socket);
  /* Only for the daemon that has no other way than generic netlink. */
  if (domain != AF_NETLINK || protocol != NETLINK_GENERIC || getenv("STAND_IN_NETLINK") == NULL)
    return real(domain, type, protocol);
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM | (type & (SOCK_CLOEXEC | SOCK_NONBLOCK)), 0, ends) < 0) return -1;
  other_end[ends[0]] = ends[1];
  return ends[0];
}

int bind(int fd, const struct sockaddr *name, socklen_t length) {
  REAL(bind);
  return is_ours(fd) ? 0 : real(fd, name, length);
}

int close(int fd) {
  REAL(close);
  if (is_ours(fd)) {
    real(other_end[fd]);
    other_end[fd] = 0;
  }
  return real(fd);
}

static void say(int fd, const struct nlmsghdr *question, int type, const void *content, size_t length) {
  struct {
    struct nlmsghdr header;
    char content[64];
  } message = {{NLMSG_LENGTH(length), type, 0, question->nlmsg_seq, our_port}, {0}};
  memcpy(message.content, content, length);
  send(other_end[fd], &message, message.header.nlmsg_len, 0);
}

static void answer(int fd, const struct nlmsghdr *question) {
  if (question->nlmsg_type == GENL_ID_CTRL) {
    const struct {
      struct genlmsghdr header;
      struct nlattr attribute;
      unsigned short number, padding;
    } family = {{CTRL_CMD_NEWFAMILY, 2, 0}, {6, CTRL_ATTR_FAMILY_ID}, family_number, 0};
    say(fd, question, GENL_ID_CTRL, &family, sizeof family);
  }
  struct nlmsgerr verdict = {0, *question};
  if ((question->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP && getenv("STAND_IN_EMPTY") != NULL) {
    say(fd, question, NLMSG_DONE, &verdict.error, sizeof verdict.error);
    return;
  }
  if ((question->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP) verdict.error = -EOPNOTSUPP;
  else if ((question->nlmsg_flags & NLM_F_ACK) == 0) return;
  say(fd, question, NLMSG_ERROR, &verdict, sizeof verdict);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  REAL(sendmsg);
  if (!is_ours(fd)) return real(fd, message, flags);
  size_t length = 0;
  for (size_t part = 0; part < message->msg_iovlen; ++part) length += message->msg_iov[part].iov_len;
  char *octets = malloc(length), *end = octets;
  if (octets == NULL) return -1;
  for (size_t part = 0; part < message->msg_iovlen; ++part)
    end = mempcpy(end, message->msg_iov[part].iov_base, message->msg_iov[part].iov_len);
  int left = (int)length;
  for (const struct nlmsghdr *each = (void *)octets; NLMSG_OK(each, left); each = NLMSG_NEXT(each, left))
    answer(fd, each);
  free(octets);
  return (ssize_t)length;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
  REAL(recvmsg);
  void *name = message->msg_name;
  const ssize_t result = real(fd, message, flags);
  if (is_ours(fd) && result >= 0 && name != NULL) {
    /* What the kernel says comes from port 0. */
    const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    memcpy(name, &kernel, sizeof kernel);
    message->msg_name = name;
    message->msg_namelen = sizeof kernel;
  }
  return result;
}
