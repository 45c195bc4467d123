// The addon's door: one object of functions. Each is as thin as the system call it stands for and decides nothing;
// src/kernel/addon.ts declares them, and the files beside it give them faces.
#include "environment.h"
#include "values.h"

namespace {

bool define(napi_env env, napi_value exports, keepalived::Environment* environment,
            const std::vector<keepalived::Function>& functions) {
  for (const auto& function : functions) {
    napi_value value;
    if (napi_create_function(env, function.name, NAPI_AUTO_LENGTH, function.callback, environment, &value) != napi_ok ||
        napi_set_named_property(env, exports, function.name, value) != napi_ok) {
      return false;
    }
  }
  return true;
}

}  // namespace

NAPI_MODULE_INIT() {
  auto* environment = keepalived::Environment::create(env);
  if (environment == nullptr) return nullptr;
  using namespace keepalived;
  for (const auto& list : {watchFunctions(), socketFunctions(), messageFunctions(), timedSendFunctions(), streamFunctions(),
                           interfaceFunctions(), timerFunctions(), signalFunctions(), namespaceFunctions(), processFunctions(),
                           spawnFunctions(), fileFunctions()}) {
    if (!define(env, exports, environment, list)) return nullptr;
  }
  return exports;
}
