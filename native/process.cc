// Scheduling, memory, limits, names and children of this process.
#include <linux/capability.h>
#include <malloc.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>

#include "values.h"

namespace keepalived {
namespace {

// mlockall(flags); 0 unlocks.
napi_value lockAll(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int flags = arguments.integer(0);
  if (!arguments.valid()) return invalid(env);
  return toInteger(env, orError(flags == 0 ? munlockall() : mlockall(flags)));
}

// trimHeap(): what the C library holds free goes back to the kernel, that of all threads; where it cannot, nothing happens.
napi_value trimHeap(napi_env env, napi_callback_info) {
#ifdef __GLIBC__
  return toInteger(env, malloc_trim(0));
#else
  return toInteger(env, 0);
#endif
}

// setScheduler(thread, policy, priority): thread 0 is this one.
napi_value setScheduler(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int thread = arguments.integer(0), policy = arguments.integer(1);
  sched_param parameters{};
  parameters.sched_priority = arguments.integer(2);
  if (!arguments.valid()) return invalid(env);
  return toInteger(env, orError(sched_setscheduler(thread, policy, &parameters)));
}

// getScheduler(thread): the policy, SCHED_RESET_ON_FORK included.
napi_value getScheduler(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int thread = arguments.integer(0);
  if (!arguments.valid()) return invalid(env);
  return toInteger(env, orError(sched_getscheduler(thread)));
}

// setAffinity(thread, processors)
napi_value setAffinity(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int thread = arguments.integer(0);
  const std::vector<int32_t> processors = arguments.integers(1);
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int32_t processor : processors) {
    if (processor < 0 || processor >= CPU_SETSIZE) return invalid(env);
    CPU_SET(processor, &set);
  }
  if (!arguments.valid()) return invalid(env);
  return toInteger(env, orError(sched_setaffinity(thread, sizeof set, &set)));
}

// getAffinity(thread): array of processors, or -errno.
napi_value getAffinity(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int thread = arguments.integer(0);
  if (!arguments.valid()) return invalid(env);
  cpu_set_t set;
  if (sched_getaffinity(thread, sizeof set, &set) != 0) return toInteger(env, -errno);
  std::vector<double> processors;
  for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
    if (CPU_ISSET(processor, &set)) processors.push_back(processor);
  }
  return toArray(env, processors);
}

double fromLimit(rlim_t limit) { return limit == RLIM_INFINITY ? INFINITY : static_cast<double>(limit); }
rlim_t toLimit(double limit) { return std::isinf(limit) ? RLIM_INFINITY : static_cast<rlim_t>(limit); }

// getrlimit(resource): [soft, hard], or -errno.
napi_value getLimit(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int resource = arguments.integer(0);
  if (!arguments.valid()) return invalid(env);
  rlimit limit{};
  if (getrlimit(static_cast<__rlimit_resource>(resource), &limit) != 0) return toInteger(env, -errno);
  return toArray(env, {fromLimit(limit.rlim_cur), fromLimit(limit.rlim_max)});
}

// setrlimit(resource, soft, hard)
napi_value setLimit(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int resource = arguments.integer(0);
  const double soft = arguments.number(1), hard = arguments.number(2);
  if (!arguments.valid() || !(soft >= 0) || !(hard >= 0)) return invalid(env);
  const rlimit limit{toLimit(soft), toLimit(hard)};
  return toInteger(env, orError(setrlimit(static_cast<__rlimit_resource>(resource), &limit)));
}

// prctl(option, value): the second argument is a number, or the text of PR_SET_NAME.
napi_value control(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int option = arguments.integer(0);
  if (arguments.is(1, napi_string)) {
    const std::string text = arguments.text(1);
    if (!arguments.valid()) return invalid(env);
    return toInteger(env, orError(prctl(option, text.c_str(), 0, 0, 0)));
  }
  const int value = arguments.integer(1);
  if (!arguments.valid()) return invalid(env);
  return toInteger(env, orError(prctl(option, static_cast<unsigned long>(value), 0, 0, 0)));
}

// capset(capabilities): effective and permitted ones of this thread, the first 32 of them; none is inheritable.
napi_value setCapabilities(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int capabilities = arguments.integer(0);
  if (!arguments.valid()) return invalid(env);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  data[0].effective = data[0].permitted = static_cast<__u32>(capabilities);
  return toInteger(env, orError(static_cast<int>(syscall(SYS_capset, &header, data))));
}

// waitpid(process): [process, status] of an ended child, [0, 0] if it still runs, or -errno.
napi_value waitFor(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int process = arguments.integer(0);
  if (!arguments.valid()) return invalid(env);
  int status = 0;
  const pid_t result = waitpid(process, &status, WNOHANG);
  if (result < 0) return toInteger(env, -errno);
  return toArray(env, {static_cast<double>(result), static_cast<double>(status)});
}

}  // namespace

std::vector<Function> processFunctions() {
  return {{"mlockall", lockAll},         {"trimHeap", trimHeap},       {"setScheduler", setScheduler},
          {"getScheduler", getScheduler}, {"setAffinity", setAffinity}, {"getAffinity", getAffinity},
          {"getrlimit", getLimit},       {"setrlimit", setLimit},       {"prctl", control},
          {"capset", setCapabilities},   {"waitpid", waitFor}};
}

}  // namespace keepalived
