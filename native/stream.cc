// Octets of connected stream sockets: no names, no control messages, so no more work than that.
#include <sys/socket.h>

#include "values.h"

namespace keepalived {
namespace {

// send(descriptor, data): the octets taken, which may be fewer.
napi_value sendOctets(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  const Bytes data = arguments.bytes(1);
  if (!arguments.valid()) return invalid(env);
  ssize_t result;
  do {
    result = send(descriptor, data.data, data.size, MSG_NOSIGNAL);
  } while (result < 0 && errno == EINTR);
  return toInteger(env, result < 0 ? -errno : static_cast<int>(result));
}

// receive(descriptor, data): fills data, answers the octets; 0 when the peer has closed.
napi_value receiveOctets(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  const Bytes data = arguments.bytes(1);
  if (!arguments.valid()) return invalid(env);
  ssize_t result;
  do {
    result = recv(descriptor, data.data, data.size, 0);
  } while (result < 0 && errno == EINTR);
  return toInteger(env, result < 0 ? -errno : static_cast<int>(result));
}

}  // namespace

std::vector<Function> streamFunctions() { return {{"send", sendOctets}, {"receive", receiveOctets}}; }

}  // namespace keepalived
