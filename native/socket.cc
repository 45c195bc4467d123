// Sockets: making them (in another network namespace too), names and options. Every one is close-on-exec and
// non-blocking from its first moment.
#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "values.h"

namespace keepalived {
namespace {

int makeSocket(int domain, int type, int protocol) {
  return orError(::socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
}

// socket(domain, type, protocol)
napi_value socketHere(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int domain = arguments.integer(0), type = arguments.integer(1), protocol = arguments.integer(2);
  if (!arguments.valid()) return invalid(env);
  return toInteger(env, arguments.environment().adopt(makeSocket(domain, type, protocol)));
}

int socketInside(const std::string& path, int domain, int type, int protocol) {
  const int home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  if (home < 0) return -errno;
  const int there = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (there < 0) {
    const int error = errno;
    close(home);
    return -error;
  }
  int result = orError(setns(there, CLONE_NEWNET));
  if (result == 0) {
    result = makeSocket(domain, type, protocol);
    // A thread that cannot come back would do everything after this in the wrong network.
    if (setns(home, CLONE_NEWNET) != 0) abort();
  }
  close(there);
  close(home);
  return result;
}

// socketInNamespace(path, domain, type, protocol): a socket belongs to the namespace that it was made in.
napi_value socketInNamespace(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const std::string path = arguments.text(0);
  const int domain = arguments.integer(1), type = arguments.integer(2), protocol = arguments.integer(3);
  if (!arguments.valid()) return invalid(env);
  return toInteger(env, arguments.environment().adopt(socketInside(path, domain, type, protocol)));
}

// socketpair(domain, type): two sockets connected to each other, or -errno.
napi_value socketPair(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int domain = arguments.integer(0), type = arguments.integer(1);
  if (!arguments.valid()) return invalid(env);
  int pair[2];
  if (socketpair(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0) return toInteger(env, -errno);
  for (const int descriptor : pair) arguments.environment().adopt(descriptor);
  return toArray(env, {static_cast<double>(pair[0]), static_cast<double>(pair[1])});
}

// inherit(descriptor): takes over one that was open when the process began.
napi_value inheritDescriptor(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  if (!arguments.valid()) return invalid(env);
  if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0) return toInteger(env, -errno);
  const int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0) return toInteger(env, -errno);
  return toInteger(env, arguments.environment().adopt(descriptor));
}

// bind(descriptor, name), connect(descriptor, name): name is a struct sockaddr.
template <int (*call)(int, const sockaddr*, socklen_t)>
napi_value withName(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  const Bytes name = arguments.bytes(1);
  if (!arguments.valid()) return invalid(env);
  return toInteger(env, orError(call(descriptor, reinterpret_cast<const sockaddr*>(name.data), name.size)));
}

// getsockname(descriptor, name): fills name, answers its length.
napi_value socketName(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  const Bytes name = arguments.bytes(1);
  if (!arguments.valid()) return invalid(env);
  socklen_t length = name.size;
  const int result = getsockname(descriptor, reinterpret_cast<sockaddr*>(name.data), &length);
  return toInteger(env, result < 0 ? -errno : static_cast<int>(length));
}

// setsockopt(descriptor, level, option, value): value is an int or the bytes of a struct. The program of a classic
// packet filter (SO_ATTACH_FILTER) is given as its instructions alone; the struct around them holds a pointer.
napi_value setOption(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0), level = arguments.integer(1), option = arguments.integer(2);
  if (arguments.is(3, napi_number)) {
    const int value = arguments.integer(3);
    if (!arguments.valid()) return invalid(env);
    return toInteger(env, orError(setsockopt(descriptor, level, option, &value, sizeof value)));
  }
  const Bytes value = arguments.bytes(3);
  if (!arguments.valid()) return invalid(env);
  if (level == SOL_SOCKET && option == SO_ATTACH_FILTER) {
    constexpr size_t kInstruction = 8;
    struct {
      unsigned short length;
      uint8_t* program;
    } filter{static_cast<unsigned short>(value.size / kInstruction), value.data};
    if (value.size % kInstruction != 0 || value.size / kInstruction > 4096) return invalid(env);
    return toInteger(env, orError(setsockopt(descriptor, level, option, &filter, sizeof filter)));
  }
  return toInteger(env, orError(setsockopt(descriptor, level, option, value.data, value.size)));
}

// getsockopt(descriptor, level, option, value): fills value, answers its length.
napi_value getOption(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0), level = arguments.integer(1), option = arguments.integer(2);
  const Bytes value = arguments.bytes(3);
  if (!arguments.valid()) return invalid(env);
  socklen_t length = value.size;
  const int result = getsockopt(descriptor, level, option, value.data, &length);
  return toInteger(env, result < 0 ? -errno : static_cast<int>(length));
}

}  // namespace

std::vector<Function> socketFunctions() {
  return {{"socket", socketHere},
          {"socketInNamespace", socketInNamespace},
          {"socketpair", socketPair},
          {"inherit", inheritDescriptor},
          {"bind", withName<::bind>},
          {"connect", withName<::connect>},
          {"getsockname", socketName},
          {"setsockopt", setOption},
          {"getsockopt", getOption}};
}

}  // namespace keepalived
