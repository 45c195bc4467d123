// Locks on open files.
#include <fcntl.h>
#include <unistd.h>

#include "values.h"

namespace keepalived {
namespace {

// lockFile(descriptor): exclusive, on the whole file, of the open file description; -EAGAIN if somebody has it.
napi_value lockFile(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  if (!arguments.valid()) return invalid(env);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return toInteger(env, orError(fcntl(descriptor, F_OFD_SETLK, &lock)));
}

}  // namespace

std::vector<Function> fileFunctions() { return {{"lockFile", lockFile}}; }

}  // namespace keepalived
