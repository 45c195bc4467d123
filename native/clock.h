// Clocks of the kernel in nanoseconds, and what they are in other units.
#pragma once

#include <cstdint>
#include <ctime>

namespace keepalived {

constexpr int64_t kNanosecondsPerSecond = 1000000000;
constexpr double kNanosecondsPerMillisecond = 1e6;
constexpr double kMillisecondsPerSecond = 1e3;

inline int64_t clockOf(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<int64_t>(now.tv_sec) * kNanosecondsPerSecond + now.tv_nsec;
}

// How long the machine has slept since its boot, in which CLOCK_MONOTONIC stands still; as the two clocks are read one after
// the other, a moment too little, but never too much.
inline int64_t slept() {
  const int64_t all = clockOf(CLOCK_BOOTTIME);
  return all - clockOf(CLOCK_MONOTONIC);
}

inline timespec timespecOf(int64_t nanoseconds) {
  return {static_cast<time_t>(nanoseconds / kNanosecondsPerSecond), static_cast<long>(nanoseconds % kNanosecondsPerSecond)};
}

// Seconds and what is left of them apart: the nanoseconds since 1970 are more than a double can tell.
inline double millisecondsOf(int64_t nanoseconds) {
  return static_cast<double>(nanoseconds / kNanosecondsPerSecond) * kMillisecondsPerSecond +
         static_cast<double>(nanoseconds % kNanosecondsPerSecond) / kNanosecondsPerMillisecond;
}

}  // namespace keepalived
