#include "timed-send.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

#include "clock.h"
#include "values.h"

namespace keepalived {
namespace {

// The part of an interval that nobody minds.
constexpr int64_t kHardly = 100;
constexpr size_t kStack = 256 * 1024;
constexpr const char* kThreadName = "timed-send";

int64_t monotonic() { return clockOf(CLOCK_MONOTONIC); }

// Whoever waits for the lock lends its priority to the thread that holds it.
struct Lock {
  explicit Lock(pthread_mutex_t& mutex) : mutex_(mutex) { pthread_mutex_lock(&mutex_); }
  ~Lock() { pthread_mutex_unlock(&mutex_); }
  pthread_mutex_t& mutex_;
};

// struct sched_attr of linux/sched/types.h in its first version; the C library has none before glibc 2.41.
struct SchedulingAttributes {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
};

// Under time sharing a thread that wants the processor for a tenth of a millisecond, the least that can be asked for, is
// let in before others have used up their turns (Linux 6.12 and later; earlier kernels take no notice, or refuse).
void askForShortTurns() {
  constexpr uint64_t kTurn = 100000;
  SchedulingAttributes attributes{};
  if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0) return;
  attributes.size = sizeof attributes;
  attributes.runtime = kTurn;
  syscall(SYS_sched_setattr, 0, &attributes, 0);
}

int sendNow(TimedDatagram& datagram) {
  iovec part{datagram.data.data(), datagram.data.size()};
  msghdr message{};
  message.msg_name = datagram.name.data();
  message.msg_namelen = datagram.name.size();
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = datagram.control.empty() ? nullptr : datagram.control.data();
  message.msg_controllen = datagram.control.size();
  ssize_t result;
  do {
    result = sendmsg(datagram.descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (result < 0 && errno == EINTR);
  return result < 0 ? -errno : 1;
}

}  // namespace

TimedSender::~TimedSender() {
  if (!started_) return;
  {
    Lock lock(mutex_);
    ending_ = true;
    pthread_cond_signal(&changed_);
  }
  pthread_join(thread_, nullptr);
  pthread_cond_destroy(&changed_);
  pthread_mutex_destroy(&mutex_);
}

int TimedSender::start() {
  if (started_) return 0;
  pthread_mutexattr_t shared;
  pthread_mutexattr_init(&shared);
  pthread_mutexattr_setprotocol(&shared, PTHREAD_PRIO_INHERIT);
  pthread_mutex_init(&mutex_, &shared);
  pthread_mutexattr_destroy(&shared);
  pthread_condattr_t monotonicClock;
  pthread_condattr_init(&monotonicClock);
  pthread_condattr_setclock(&monotonicClock, CLOCK_MONOTONIC);
  pthread_cond_init(&changed_, &monotonicClock);
  pthread_condattr_destroy(&monotonicClock);
  // Signals are for the thread of the event loop.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStack);
  const int error = pthread_create(&thread_, &attributes, main, this);
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (error != 0) {
    pthread_cond_destroy(&changed_);
    pthread_mutex_destroy(&mutex_);
    return -error;
  }
  pthread_setname_np(thread_, kThreadName);
  started_ = true;
  return 0;
}

uint64_t TimedSender::arrange(TimedDatagram&& datagram) {
  Lock lock(mutex_);
  const uint64_t number = next_++;
  const int64_t wake = datagram.at - datagram.lead;
  due_.emplace(datagram.at, number);
  arranged_.emplace(number, Arranged{std::move(datagram), slept()});
  if (wake < asleepUntil_) pthread_cond_signal(&changed_);
  return number;
}

int64_t TimedSender::take(uint64_t number) {
  if (!started_) return 0;
  Lock lock(mutex_);
  const auto found = arranged_.find(number);
  if (found == arranged_.end()) return 0;
  const auto [first, last] = due_.equal_range(found->second.datagram.at);
  const auto waiting = std::find_if(first, last, [number](const auto& entry) { return entry.second == number; });
  if (waiting != last) due_.erase(waiting);
  const int64_t result = found->second.result;
  arranged_.erase(found);
  return result;
}

void TimedSender::forget(int descriptor) {
  if (!started_) return;
  Lock lock(mutex_);
  for (auto entry = due_.begin(); entry != due_.end();) {
    if (arranged_.at(entry->second).datagram.descriptor == descriptor) {
      entry = due_.erase(entry);
    } else {
      ++entry;
    }
  }
}

void* TimedSender::main(void* self) {
  // To the nanosecond: the kernel may otherwise put off a wake-up by 50 us, to join it with others.
  prctl(PR_SET_TIMERSLACK, 1);
  askForShortTurns();
  static_cast<TimedSender*>(self)->run();
  return nullptr;
}

void TimedSender::run() {
  Lock lock(mutex_);
  while (!ending_) {
    if (due_.empty()) {
      asleepUntil_ = INT64_MAX;
      pthread_cond_wait(&changed_, &mutex_);
      continue;
    }
    const int64_t at = due_.begin()->first;
    const int64_t wake = at - arranged_.at(due_.begin()->second).datagram.lead;
    const int64_t now = monotonic();
    if (now >= at) {
      sendDue(now);
    } else if (now < wake) {
      asleepUntil_ = wake;
      const timespec until = timespecOf(wake);
      pthread_cond_timedwait(&changed_, &mutex_, &until);
    }
    // Awake until the moment comes; whoever wants to arrange or take something gets in between.
    asleepUntil_ = INT64_MIN;
    pthread_mutex_unlock(&mutex_);
    pthread_mutex_lock(&mutex_);
  }
}

void TimedSender::sendDue(int64_t now) {
  const uint64_t number = due_.begin()->second;
  due_.erase(due_.begin());
  Arranged& arranged = arranged_.at(number);
  if (now + slept() - arranged.slept >= arranged.datagram.until) return;
  // What was due together went together, if it has hardly taken time: the moments of hundreds would otherwise drift apart,
  // and each of them wake this machine and the others for itself.
  const int64_t hardly = (arranged.datagram.until - arranged.datagram.at) / kHardly;
  if (arranged.datagram.at != together_ || now - togetherAt_ > hardly) {
    together_ = arranged.datagram.at;
    togetherAt_ = now;
  }
  const int result = sendNow(arranged.datagram);
  arranged.result = result < 0 ? result : togetherAt_;
}

namespace {

int64_t nanoseconds(double milliseconds) {
  return static_cast<int64_t>(std::fmin(std::fmax(std::ceil(milliseconds * kNanosecondsPerMillisecond), 0), 9e18));
}

std::vector<uint8_t> copyOf(const Bytes& bytes) { return {bytes.data, bytes.data + bytes.size}; }

// timedSendStart(): makes the thread.
napi_value timedSendStart(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  return toInteger(env, arguments.environment().timedSender().start());
}

// timedSend(descriptor, at, until, lead, data, name?, control?): milliseconds on CLOCK_MONOTONIC; answers the number of the
// arrangement. The bytes are copied.
napi_value timedSend(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  const double at = arguments.number(1), until = arguments.number(2), lead = arguments.number(3);
  const Bytes data = arguments.bytes(4);
  const Bytes name = arguments.optionalBytes(5), control = arguments.optionalBytes(6);
  if (!arguments.valid() || std::isnan(at) || std::isnan(until) || std::isnan(lead)) return invalid(env);
  TimedSender& sender = arguments.environment().timedSender();
  if (const int error = sender.start(); error < 0) return toInteger(env, error);
  const uint64_t number = sender.arrange(
      {descriptor, nanoseconds(at), nanoseconds(until), nanoseconds(lead), copyOf(data), copyOf(name), copyOf(control)});
  return toNumber(env, static_cast<double>(number));
}

// timedSendTake(number): when it was sent, milliseconds on CLOCK_MONOTONIC; 0 not sent and never will be; -errno: refused.
napi_value timedSendTake(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const double number = arguments.number(0);
  if (!arguments.valid() || !(number >= 0)) return invalid(env);
  const int64_t result = arguments.environment().timedSender().take(static_cast<uint64_t>(number));
  return toNumber(env, result <= 0 ? static_cast<double>(result) : static_cast<double>(result) / kNanosecondsPerMillisecond);
}

}  // namespace

std::vector<Function> timedSendFunctions() {
  return {{"timedSendStart", timedSendStart}, {"timedSend", timedSend}, {"timedSendTake", timedSendTake}};
}

}  // namespace keepalived
