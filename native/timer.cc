// The monotonic clock and timers on it.
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cmath>

#include "clock.h"
#include "values.h"

namespace keepalived {
namespace {

napi_value clockNow(napi_env env, clockid_t clock) {
  return toNumber(env, millisecondsOf(clockOf(clock)));
}

// monotonicNow(): milliseconds on CLOCK_MONOTONIC.
napi_value monotonicNow(napi_env env, napi_callback_info) { return clockNow(env, CLOCK_MONOTONIC); }

// suspended(): milliseconds that this machine has slept since its boot.
napi_value suspendedTime(napi_env env, napi_callback_info) {
  return toNumber(env, millisecondsOf(slept()));
}

// realtimeNow(): milliseconds on CLOCK_REALTIME, the clock of the kernel's packet timestamps.
napi_value realtimeNow(napi_env env, napi_callback_info) { return clockNow(env, CLOCK_REALTIME); }

// timerCreate()
napi_value timerCreate(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = orError(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  return toInteger(env, arguments.environment().adopt(descriptor));
}

// timerSet(descriptor, milliseconds): an absolute deadline, rounded up to nanoseconds; negative: none.
napi_value timerSet(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  const double deadline = arguments.number(1);
  if (!arguments.valid() || std::isnan(deadline)) return invalid(env);
  itimerspec value{};
  if (deadline >= 0) {
    // A value of zero would disarm the timer; one nanosecond after boot is as much in the past.
    const double nanoseconds = std::fmin(std::fmax(std::ceil(deadline * kNanosecondsPerMillisecond), 1), 9e18);
    value.it_value = timespecOf(static_cast<int64_t>(nanoseconds));
  }
  return toInteger(env, orError(timerfd_settime(descriptor, TFD_TIMER_ABSTIME, &value, nullptr)));
}

// timerTake(descriptor): how often it expired since it was set or taken; -EAGAIN: not yet.
napi_value timerTake(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  if (!arguments.valid()) return invalid(env);
  uint64_t expirations = 0;
  const ssize_t result = read(descriptor, &expirations, sizeof expirations);
  return toInteger(env, result < 0 ? -errno : static_cast<int>(expirations));
}

// clockStatus(): STA_* bits of the kernel's clock of dates (adjtimex(2)); reads only.
napi_value clockStatus(napi_env env, napi_callback_info) {
  timex state{};
  return toInteger(env, adjtimex(&state) < 0 ? -errno : state.status);
}

}  // namespace

std::vector<Function> timerFunctions() {
  return {{"monotonicNow", monotonicNow},
          {"suspended", suspendedTime},
          {"realtimeNow", realtimeNow}, {"timerCreate", timerCreate}, {"timerSet", timerSet}, {"timerTake", timerTake},
          {"clockStatus", clockStatus}};
}

}  // namespace keepalived
