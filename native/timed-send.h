// Datagrams that leave at a given moment: one thread that sleeps until the next one is due, and sends it.
#pragma once

#include <pthread.h>

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

namespace keepalived {

struct TimedDatagram {
  int descriptor;
  // Nanoseconds on CLOCK_MONOTONIC: when it is due, from when on it is not to be sent any more (a sleep of the machine
  // counts), and how long before it is due the thread is to be awake.
  int64_t at;
  int64_t until;
  int64_t lead;
  std::vector<uint8_t> data;
  std::vector<uint8_t> name;
  std::vector<uint8_t> control;
};

class TimedSender {
 public:
  TimedSender() = default;
  TimedSender(const TimedSender&) = delete;
  TimedSender& operator=(const TimedSender&) = delete;
  // Ends the thread; what was not due yet is not sent.
  ~TimedSender();

  // 0 or -errno; a second time does nothing.
  int start();
  // The number by which it is taken.
  uint64_t arrange(TimedDatagram&& datagram);
  // Ends an arrangement: when it was sent (nanoseconds), 0 if it was not and never will be, else what the kernel answered
  // (-errno).
  int64_t take(uint64_t number);
  // Ends all arrangements of a descriptor, which is about to be closed.
  void forget(int descriptor);

 private:
  struct Arranged {
    TimedDatagram datagram;
    // How long the machine had slept since its boot when this was arranged, nanoseconds.
    int64_t slept;
    int64_t result = 0;
  };

  static void* main(void* self);
  void run();
  void sendDue(int64_t now);

  bool started_ = false;
  bool ending_ = false;
  pthread_t thread_{};
  pthread_mutex_t mutex_{};
  pthread_cond_t changed_{};
  uint64_t next_ = 1;
  // The moment of the latest ones that were due together, and when the first of them went.
  int64_t together_ = INT64_MIN;
  int64_t togetherAt_ = 0;
  // Until when the thread sleeps.
  int64_t asleepUntil_ = INT64_MAX;
  std::unordered_map<uint64_t, Arranged> arranged_;
  // What is neither sent nor given up, by when it is due.
  std::multimap<int64_t, uint64_t> due_;
};

}  // namespace keepalived
