/*
 * Preloaded into a daemon whose checks are measured on a machine without IPVS: the calls with which it would write its
 * table succeed and do nothing, the old interface (socket options) as well as generic netlink. Whoever reads the table is
 * told that this is not possible, or with STAND_IN_EMPTY in the environment that it is empty; with STAND_IN_TABLE, services
 * and servers that were added are kept and listed, with counters, as many messages to a read as the kernel packs.
 * Everything else is the machine's own.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
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

/* What was added to the table: the attribute as it was sent, its key in front. Nothing is ever taken away. */
struct destination {
  struct destination *next;
  const struct nlattr *attribute;
};
struct service {
  struct service *next, *next_of_hash;
  const struct nlattr *attribute, *key;
  struct destination *destinations;
};
enum { hash_size = 1 << 14, most_of_read = 16384, nested = 0x8000 };
static struct service *services, **services_end = &services, *by_hash[hash_size];

/* A list that is being read: what comes next, by the descriptor that the daemon has. */
struct dump {
  int is_open, of_destinations;
  struct nlmsghdr question;
  struct service *service;
  struct destination *destination;
};
static struct dump dumps[4096];

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
    if (fd < (int)(sizeof dumps / sizeof *dumps)) dumps[fd].is_open = 0;
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

static int keeps_table(void) {
  static int keeps = -1;
  if (keeps < 0) keeps = getenv("STAND_IN_TABLE") != NULL;
  return keeps;
}

static const struct nlattr *attribute(const void *from, size_t length, int type) {
  for (const char *at = from, *end = at + length; at + NLA_HDRLEN <= end;) {
    const struct nlattr *each = (const void *)at;
    if ((each->nla_type & NLA_TYPE_MASK) == type) return each;
    if (each->nla_len < NLA_HDRLEN) break;
    at += NLA_ALIGN(each->nla_len);
  }
  return NULL;
}

static const struct nlattr *attribute_of(const struct nlmsghdr *message, int type) {
  return attribute((const char *)message + NLMSG_LENGTH(GENL_HDRLEN), message->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), type);
}

static const void *content(const struct nlattr *nest) { return (const char *)nest + NLA_HDRLEN; }

/* Octets of the key, which is what comes first: family, then mark, or protocol, address and port. */
static size_t key_length(const struct nlattr *service) {
  return attribute(content(service), service->nla_len - NLA_HDRLEN, IPVS_SVC_ATTR_FWMARK) != NULL ? 16 : 44;
}

static unsigned hash(const struct nlattr *key) {
  unsigned value = 2166136261u;
  const unsigned char *octets = content(key);
  for (size_t index = 0; index < key_length(key); ++index) value = (value ^ octets[index]) * 16777619u;
  return value % hash_size;
}

static struct service *find(const struct nlattr *key) {
  struct service *found = by_hash[hash(key)];
  while (found != NULL && (key_length(found->key) != key_length(key) ||
                           memcmp(content(found->key), content(key), key_length(key)) != 0))
    found = found->next_of_hash;
  return found;
}

static const struct nlattr *copy(const struct nlattr *from) { return memcpy(malloc(from->nla_len), from, from->nla_len); }

static void add(const struct nlmsghdr *message, int command) {
  const struct nlattr *key = attribute_of(message, IPVS_CMD_ATTR_SERVICE);
  const struct nlattr *server = attribute_of(message, IPVS_CMD_ATTR_DEST);
  if (key == NULL) return;
  struct service *service = find(key);
  if (command == IPVS_CMD_NEW_SERVICE && service == NULL) {
    service = calloc(1, sizeof *service);
    service->key = service->attribute = copy(key);
    service->next_of_hash = by_hash[hash(key)];
    *services_end = by_hash[hash(key)] = service;
    services_end = &service->next;
  } else if (command == IPVS_CMD_NEW_DEST && service != NULL && server != NULL) {
    struct destination *destination = malloc(sizeof *destination);
    *destination = (struct destination){service->destinations, copy(server)};
    service->destinations = destination;
  }
}

/* IPVS_STATS_ATTR_CONNS to OUTBPS, 64 bits each. */
static size_t put_statistics(char *at, int type) {
  struct nlattr *nest = (void *)at;
  char *end = at + NLA_HDRLEN;
  for (int member = 1; member <= 10; ++member, end += 12) {
    *(struct nlattr *)end = (struct nlattr){12, (unsigned short)member};
    memcpy(end + NLA_HDRLEN, (unsigned long long[]){1000000ULL * (unsigned)member}, 8);
  }
  *nest = (struct nlattr){(unsigned short)(end - at), (unsigned short)(type | nested)};
  return (size_t)(end - at);
}

/* One service or server as the kernel tells it. @returns its octets */
static size_t put_entry(char *at, const struct dump *dump, const struct nlattr *kept) {
  const int wide = dump->of_destinations ? IPVS_DEST_ATTR_STATS64 : IPVS_SVC_ATTR_STATS64;
  const int around = dump->of_destinations ? IPVS_CMD_ATTR_DEST : IPVS_CMD_ATTR_SERVICE;
  struct nlmsghdr *message = (void *)at;
  char *end = at + NLMSG_HDRLEN;
  *(struct genlmsghdr *)end = (struct genlmsghdr){dump->of_destinations ? IPVS_CMD_NEW_DEST : IPVS_CMD_NEW_SERVICE, 1, 0};
  struct nlattr *nest = (void *)(end += GENL_HDRLEN);
  end = mempcpy(end + NLA_HDRLEN, content(kept), kept->nla_len - NLA_HDRLEN);
  for (int member = IPVS_DEST_ATTR_ACTIVE_CONNS; dump->of_destinations && member <= IPVS_DEST_ATTR_PERSIST_CONNS; ++member) {
    *(struct nlattr *)end = (struct nlattr){8, (unsigned short)member};
    memcpy(end + NLA_HDRLEN, (unsigned[]){(unsigned)member}, 4);
    end += 8;
  }
  end += put_statistics(end, wide);
  *nest = (struct nlattr){(unsigned short)(end - (char *)nest), (unsigned short)(around | nested)};
  *message = (struct nlmsghdr){(unsigned)(end - at), family_number, NLM_F_MULTI, dump->question.nlmsg_seq, our_port};
  return (size_t)(end - at);
}

/* What one read of the list brings; behind its end, the word that it is one. */
static void go_on(int fd, struct dump *dump) {
  char octets[most_of_read];
  size_t length = 0;
  while (length < sizeof octets - 512) {
    if (dump->of_destinations ? dump->destination == NULL : dump->service == NULL) break;
    length += put_entry(octets + length, dump, dump->of_destinations ? dump->destination->attribute : dump->service->attribute);
    if (dump->of_destinations) dump->destination = dump->destination->next;
    else dump->service = dump->service->next;
  }
  if (length == 0) {
    *(struct nlmsghdr *)octets = (struct nlmsghdr){NLMSG_LENGTH(4), NLMSG_DONE, NLM_F_MULTI, dump->question.nlmsg_seq, our_port};
    memset(octets + NLMSG_HDRLEN, 0, 4);
    length = NLMSG_LENGTH(4);
    dump->is_open = 0;
  }
  send(other_end[fd], octets, length, 0);
}

/* Keeps and lists, where that is wanted. @returns whether the question is answered */
static int answer_by_table(int fd, const struct nlmsghdr *question) {
  if (!keeps_table() || question->nlmsg_type != family_number || fd >= (int)(sizeof dumps / sizeof *dumps)) return 0;
  const int command = ((const struct genlmsghdr *)NLMSG_DATA(question))->cmd;
  if (command == IPVS_CMD_NEW_SERVICE || command == IPVS_CMD_NEW_DEST) add(question, command);
  if (command != IPVS_CMD_GET_SERVICE && command != IPVS_CMD_GET_DEST) return 0;
  const struct nlattr *key = attribute_of(question, IPVS_CMD_ATTR_SERVICE);
  struct service *service = key == NULL ? NULL : find(key);
  const int is_dump = (question->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
  struct dump dump = {1, command == IPVS_CMD_GET_DEST, *question, is_dump ? services : service, NULL};
  if (is_dump) {
    if (service != NULL) dump.destination = service->destinations;
    dumps[fd] = dump;
    go_on(fd, &dumps[fd]);
    return 1;
  }
  if (service != NULL) {
    char octets[1024];
    send(other_end[fd], octets, put_entry(octets, &dump, service->attribute), 0);
  }
  return 0;
}

static void answer(int fd, const struct nlmsghdr *question) {
  if (answer_by_table(fd, question)) return;
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
  if (is_ours(fd) && result >= 0 && fd < (int)(sizeof dumps / sizeof *dumps) && dumps[fd].is_open) go_on(fd, &dumps[fd]);
  if (is_ours(fd) && result >= 0 && name != NULL) {
    /* What the kernel says comes from port 0. */
    const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    memcpy(name, &kernel, sizeof kernel);
    message->msg_name = name;
    message->msg_namelen = sizeof kernel;
  }
  return result;
}
