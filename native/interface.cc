// Interfaces between name and index.
#include <net/if.h>

#include "values.h"

namespace keepalived {
namespace {

// interfaceIndex(name): -ENODEV if there is none.
napi_value interfaceIndex(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const std::string name = arguments.text(0);
  if (!arguments.valid()) return invalid(env);
  const unsigned index = if_nametoindex(name.c_str());
  return toInteger(env, index == 0 ? -errno : static_cast<int>(index));
}

// interfaceName(index): text, or -ENXIO if there is none.
napi_value interfaceName(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int index = arguments.integer(0);
  if (!arguments.valid()) return invalid(env);
  char name[IF_NAMESIZE];
  return if_indextoname(static_cast<unsigned>(index), name) == nullptr ? toInteger(env, -errno) : toText(env, name);
}

}  // namespace

std::vector<Function> interfaceFunctions() {
  return {{"interfaceIndex", interfaceIndex}, {"interfaceName", interfaceName}};
}

}  // namespace keepalived
