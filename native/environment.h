// What one JavaScript thread has of the addon: a private epoll set, its callbacks, and the descriptors it opened.
#pragma once

#include <node_api.h>
#include <uv.h>

#include <cstdint>
#include <unordered_map>
#include <unordered_set>

#include "timed-send.h"

namespace keepalived {

class Environment {
 public:
  // Returns nullptr (with a JavaScript error pending) if the thread cannot have one.
  static Environment* create(napi_env env);

  // Remembers a descriptor, so that it is closed when the thread ends. Passes errors (negative numbers) through.
  int adopt(int descriptor);
  // Closes a descriptor and whatever watches it.
  int close(int descriptor);
  // Forgets a descriptor without closing it: somebody else owns it now.
  int release(int descriptor);

  // Calls `callback(events)` when epoll reports `events` for the descriptor. All return 0 or -errno.
  int watch(int descriptor, uint32_t events, napi_value callback, bool keepsAlive);
  int modify(int descriptor, uint32_t events);
  int unwatch(int descriptor);

  // The eventfd that tells this thread of signals; made at the first call.
  int signalDescriptor();

  // Datagrams of this thread that leave at a given moment.
  TimedSender& timedSender() { return timedSender_; }

  napi_env env() const { return env_; }

 private:
  struct Watch {
    int descriptor;
    napi_ref callback;
    bool keepsAlive;
  };

  explicit Environment(napi_env env) : env_(env) {}
  bool start();
  void dispatch();
  void call(napi_ref callback, uint32_t events);
  // Ends the watch on this side; the epoll set still has the descriptor. False: there is none.
  bool forget(int descriptor);
  void keepAlive(int change);
  void tearDown(napi_async_cleanup_hook_handle hook);

  static void onReadable(uv_poll_t* poll, int status, int events);
  static void onTearDown(napi_async_cleanup_hook_handle hook, void* data);
  static void onClosed(uv_handle_t* handle);

  napi_env env_;
  napi_async_context context_ = nullptr;
  napi_async_cleanup_hook_handle hook_ = nullptr;
  uv_poll_t poll_{};
  int epoll_ = -1;
  int signals_ = -1;
  int keepingAlive_ = 0;
  bool ending_ = false;
  // Tokens are never used twice: an event of a descriptor that was closed, and whose number was given out again,
  // within the same round finds no watch.
  uint64_t nextToken_ = 1;
  std::unordered_map<uint64_t, Watch> watches_;
  std::unordered_map<int, uint64_t> tokens_;
  std::unordered_set<int> owned_;
  TimedSender timedSender_;
};

// Signal dispositions are the process's, so the last thread that catches a signal gets it.
void resetSignalsOf(int signalDescriptor);

}  // namespace keepalived
