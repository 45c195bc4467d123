// Namespaces and mounts.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "values.h"

namespace keepalived {
namespace {

// setns(path, kind): moves this thread; kind is a CLONE_NEW* bit.
napi_value enterNamespace(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const std::string path = arguments.text(0);
  const int kind = arguments.integer(1);
  if (!arguments.valid()) return invalid(env);
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return toInteger(env, -errno);
  const int result = orError(setns(descriptor, kind));
  close(descriptor);
  return toInteger(env, result);
}

// unshare(kinds)
napi_value unshareNamespaces(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int kinds = arguments.integer(0);
  if (!arguments.valid()) return invalid(env);
  return toInteger(env, orError(unshare(kinds)));
}

// mount(source, target, type, flags)
napi_value mountAt(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const std::string source = arguments.text(0), target = arguments.text(1), type = arguments.text(2);
  const int flags = arguments.integer(3);
  if (!arguments.valid()) return invalid(env);
  return toInteger(env, orError(mount(source.c_str(), target.c_str(), type.c_str(), static_cast<unsigned long>(flags), nullptr)));
}

}  // namespace

std::vector<Function> namespaceFunctions() {
  return {{"setns", enterNamespace}, {"unshare", unshareNamespaces}, {"mount", mountAt}};
}

}  // namespace keepalived
