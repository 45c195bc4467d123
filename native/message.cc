// Datagrams with names and control messages; the bytes of both are built and read in TypeScript.
#include <sys/socket.h>
#include <sys/uio.h>

#include "values.h"

namespace keepalived {
namespace {

// sendmsg(descriptor, data, name?, control?, flags?): data is bytes or an array of them, sent as one datagram.
napi_value sendMessage(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  const std::vector<Bytes> parts = arguments.gather(1);
  const Bytes name = arguments.optionalBytes(2);
  const Bytes control = arguments.optionalBytes(3);
  const int flags = arguments.present(4) ? arguments.integer(4) : 0;
  if (!arguments.valid()) return invalid(env);
  std::vector<iovec> vectors;
  vectors.reserve(parts.size());
  for (const Bytes& part : parts) vectors.push_back({part.data, part.size});
  msghdr message{};
  message.msg_name = name.data;
  message.msg_namelen = name.size;
  message.msg_iov = vectors.data();
  message.msg_iovlen = vectors.size();
  message.msg_control = control.data;
  message.msg_controllen = control.size;
  ssize_t result;
  do {
    result = sendmsg(descriptor, &message, flags | MSG_NOSIGNAL);
  } while (result < 0 && errno == EINTR);
  return toInteger(env, result < 0 ? -errno : static_cast<int>(result));
}

// recvmsg(descriptor, data, name, control, lengths): fills the first three and lengths (an Int32Array) with the length
// of the name, the length of the control data and the flags (MSG_TRUNC ...); answers the octets of data.
napi_value receiveMessage(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  const Bytes data = arguments.bytes(1), name = arguments.bytes(2), control = arguments.bytes(3);
  const Bytes lengths = arguments.bytes(4);
  if (!arguments.valid() || lengths.size < 3 * sizeof(int32_t)) return invalid(env);
  iovec vector{data.data, data.size};
  msghdr message{};
  message.msg_name = name.data;
  message.msg_namelen = name.size;
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = control.data;
  message.msg_controllen = control.size;
  ssize_t result;
  // A packet socket refuses the flag (af_packet.c: packet_recvmsg), and never carries descriptors.
  int flags = MSG_CMSG_CLOEXEC;
  do {
    result = recvmsg(descriptor, &message, flags);
    if (result < 0 && errno == EINVAL && flags != 0) {
      flags = 0;
      errno = EINTR;
    }
  } while (result < 0 && errno == EINTR);
  if (result < 0) return toInteger(env, -errno);
  auto* out = reinterpret_cast<int32_t*>(lengths.data);
  out[0] = static_cast<int32_t>(message.msg_namelen);
  out[1] = static_cast<int32_t>(message.msg_controllen);
  out[2] = message.msg_flags;
  return toInteger(env, static_cast<int>(result));
}

// recvmmsg(descriptor, data, name, control, lengths): up to as many datagrams as lengths (an Int32Array) has places for, four
// numbers each: octets, length of the name, length of the control data, flags. The first three are split into as many equal
// parts. Answers how many there are, -EAGAIN: none.
napi_value receiveMessages(napi_env env, napi_callback_info info) {
  constexpr size_t kMost = 64, kNumbers = 4;
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  const Bytes data = arguments.bytes(1), name = arguments.bytes(2), control = arguments.bytes(3);
  const Bytes lengths = arguments.bytes(4);
  const size_t places = lengths.size / (kNumbers * sizeof(int32_t));
  if (!arguments.valid() || places == 0 || places > kMost) return invalid(env);
  const size_t dataSize = data.size / places, nameSize = name.size / places, controlSize = control.size / places;
  iovec vectors[kMost];
  mmsghdr messages[kMost];
  for (size_t place = 0; place < places; ++place) {
    vectors[place] = {data.data + place * dataSize, dataSize};
    messages[place] = {};
    msghdr& header = messages[place].msg_hdr;
    header.msg_name = name.data + place * nameSize;
    header.msg_namelen = static_cast<socklen_t>(nameSize);
    header.msg_iov = &vectors[place];
    header.msg_iovlen = 1;
    header.msg_control = control.data + place * controlSize;
    header.msg_controllen = controlSize;
  }
  int result;
  do {
    result = recvmmsg(descriptor, messages, static_cast<unsigned>(places), MSG_DONTWAIT | MSG_CMSG_CLOEXEC, nullptr);
  } while (result < 0 && errno == EINTR);
  if (result < 0) return toInteger(env, -errno);
  auto* out = reinterpret_cast<int32_t*>(lengths.data);
  for (int place = 0; place < result; ++place) {
    const msghdr& header = messages[place].msg_hdr;
    *out++ = static_cast<int32_t>(messages[place].msg_len);
    *out++ = static_cast<int32_t>(header.msg_namelen);
    *out++ = static_cast<int32_t>(header.msg_controllen);
    *out++ = header.msg_flags;
  }
  return toInteger(env, result);
}

}  // namespace

std::vector<Function> messageFunctions() {
  return {{"sendmsg", sendMessage}, {"recvmsg", receiveMessage}, {"recvmmsg", receiveMessages}};
}

}  // namespace keepalived
