// Signals by number, real-time ones included. The handler counts and wakes the event loop; nothing else is safe in it.
#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "values.h"

namespace keepalived {
namespace {

constexpr int kSignals = 65;
std::atomic<unsigned> pending[kSignals];
// The eventfd of the thread that catches this signal; -1: nobody.
std::atomic<int> wake[kSignals];
const bool initialized = [] {
  for (auto& descriptor : wake) descriptor = -1;
  return true;
}();

void handle(int signal) {
  const int savedErrno = errno;
  pending[signal].fetch_add(1);
  const int descriptor = wake[signal].load();
  const uint64_t one = 1;
  if (descriptor >= 0 && write(descriptor, &one, sizeof one) < 0) {
    // Full means that the loop is about to look anyway.
  }
  errno = savedErrno;
}

int dispose(int signal, void (*action)(int)) {
  struct sigaction request {};
  request.sa_handler = action;
  request.sa_flags = SA_RESTART;
  sigfillset(&request.sa_mask);
  return orError(sigaction(signal, &request, nullptr));
}

bool catchable(int signal) { return signal > 0 && signal < kSignals; }

// signalDescriptor(): becomes readable when a caught signal arrives.
napi_value signalDescriptor(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  return toInteger(env, arguments.environment().signalDescriptor());
}

// signalCatch(signal)
napi_value signalCatch(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int signal = arguments.integer(0);
  if (!arguments.valid() || !catchable(signal)) return invalid(env);
  const int descriptor = arguments.environment().signalDescriptor();
  if (descriptor < 0) return toInteger(env, descriptor);
  wake[signal] = descriptor;
  const int result = dispose(signal, handle);
  if (result == 0) {
    // Node starts its threads with some signals blocked in this one (SIGUSR1); a caught signal must come through.
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  }
  return toInteger(env, result);
}

// signalIgnore(signal), signalDefault(signal)
template <bool ignored>
napi_value signalRelease(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int signal = arguments.integer(0);
  if (!arguments.valid() || !catchable(signal)) return invalid(env);
  const int result = dispose(signal, ignored ? SIG_IGN : SIG_DFL);
  wake[signal] = -1;
  pending[signal] = 0;
  return toInteger(env, result);
}

// signalTake(): the signals that came since the last call, each as often as it came.
napi_value signalTake(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.environment().signalDescriptor();
  uint64_t wakes = 0;
  if (read(descriptor, &wakes, sizeof wakes) < 0) {
    // Nothing to read is no error: the counts below are what matters.
  }
  std::vector<double> arrived;
  for (int signal = 1; signal < kSignals; ++signal) {
    if (wake[signal].load() != descriptor) continue;
    for (unsigned count = pending[signal].exchange(0); count > 0; --count) arrived.push_back(signal);
  }
  return toArray(env, arrived);
}

}  // namespace

void resetSignalsOf(int signalDescriptor) {
  for (int signal = 1; signal < kSignals; ++signal) {
    if (wake[signal].load() != signalDescriptor) continue;
    dispose(signal, SIG_DFL);
    wake[signal] = -1;
  }
}

std::vector<Function> signalFunctions() {
  return {{"signalDescriptor", signalDescriptor},
          {"signalCatch", signalCatch},
          {"signalIgnore", signalRelease<true>},
          {"signalDefault", signalRelease<false>},
          {"signalTake", signalTake}};
}

}  // namespace keepalived
