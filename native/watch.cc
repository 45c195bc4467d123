// Descriptors and the event loop.
#include "values.h"

namespace keepalived {
namespace {

// watch(descriptor, events, callback, keepsAlive): callback(events) from the event loop, level-triggered.
napi_value watch(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  const auto events = static_cast<uint32_t>(arguments.integer(1));
  const bool keepsAlive = arguments.boolean(3);
  if (!arguments.valid() || !arguments.is(2, napi_function)) return invalid(env);
  return toInteger(env, arguments.environment().watch(descriptor, events, arguments.value(2), keepsAlive));
}

// modify(descriptor, events)
napi_value modify(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  const auto events = static_cast<uint32_t>(arguments.integer(1));
  if (!arguments.valid()) return invalid(env);
  return toInteger(env, arguments.environment().modify(descriptor, events));
}

// unwatch(descriptor)
napi_value unwatch(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  if (!arguments.valid()) return invalid(env);
  return toInteger(env, arguments.environment().unwatch(descriptor));
}

// close(descriptor): -EBADF for one that this thread's addon did not open.
napi_value closeDescriptor(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  if (!arguments.valid()) return invalid(env);
  return toInteger(env, arguments.environment().close(descriptor));
}

// release(descriptor): the caller owns it from now on.
napi_value release(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  if (!arguments.valid()) return invalid(env);
  return toInteger(env, arguments.environment().release(descriptor));
}

}  // namespace

std::vector<Function> watchFunctions() {
  return {{"watch", watch}, {"modify", modify}, {"unwatch", unwatch}, {"close", closeDescriptor}, {"release", release}};
}

}  // namespace keepalived
