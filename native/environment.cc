#include "environment.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

namespace keepalived {

namespace {
constexpr int kEventsPerRound = 64;
}

Environment* Environment::create(napi_env env) {
  auto* environment = new Environment(env);
  if (environment->start()) return environment;
  napi_throw_error(env, "ADDON_START", "the addon could not make its epoll set");
  // Not deleted: the loop may know its handle already, and without the addon the process ends anyway.
  return nullptr;
}

bool Environment::start() {
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(env_, &loop) != napi_ok) return false;
  napi_value resource, name;
  if (napi_create_object(env_, &resource) != napi_ok) return false;
  if (napi_create_string_utf8(env_, "keepalived", NAPI_AUTO_LENGTH, &name) != napi_ok) return false;
  if (napi_async_init(env_, resource, name, &context_) != napi_ok) return false;
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) return false;
  // libuv sees this one descriptor only. Given the sockets themselves it would answer POLLERR, which a netlink overrun
  // or an interface that goes down raises, by stopping to watch.
  if (uv_poll_init(loop, &poll_, epoll_) != 0) {
    ::close(epoll_);
    return false;
  }
  poll_.data = this;
  uv_poll_start(&poll_, UV_READABLE, onReadable);
  uv_unref(reinterpret_cast<uv_handle_t*>(&poll_));
  // A plain hook is not enough: the loop must still run until uv_close has called back, or a worker aborts at its end.
  return napi_add_async_cleanup_hook(env_, onTearDown, this, &hook_) == napi_ok;
}

int Environment::adopt(int descriptor) {
  if (descriptor >= 0) owned_.insert(descriptor);
  return descriptor;
}

int Environment::close(int descriptor) {
  // A number that is not ours may be anybody's by now (closed twice, say): touching it would be worse than a leak.
  if (owned_.erase(descriptor) == 0) {
    unwatch(descriptor);
    return -EBADF;
  }
  // The kernel takes a socket out of the epoll set with its last descriptor, which this is.
  forget(descriptor);
  timedSender_.forget(descriptor);
  return ::close(descriptor) == 0 ? 0 : -errno;
}

int Environment::release(int descriptor) {
  unwatch(descriptor);
  timedSender_.forget(descriptor);
  return owned_.erase(descriptor) == 0 ? -EBADF : 0;
}

int Environment::watch(int descriptor, uint32_t events, napi_value callback, bool keepsAlive) {
  if (ending_) return -ECANCELED;
  if (tokens_.count(descriptor) != 0) return -EEXIST;
  napi_ref reference = nullptr;
  // The strong reference is what keeps an active socket from being collected.
  if (napi_create_reference(env_, callback, 1, &reference) != napi_ok) return -EINVAL;
  epoll_event event{};
  event.events = events;
  event.data.u64 = nextToken_;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) {
    const int error = errno;
    napi_delete_reference(env_, reference);
    return -error;
  }
  tokens_.emplace(descriptor, nextToken_);
  watches_.emplace(nextToken_, Watch{descriptor, reference, keepsAlive});
  ++nextToken_;
  if (keepsAlive) keepAlive(+1);
  return 0;
}

int Environment::modify(int descriptor, uint32_t events) {
  const auto token = tokens_.find(descriptor);
  if (token == tokens_.end()) return -ENOENT;
  epoll_event event{};
  event.events = events;
  event.data.u64 = token->second;
  return epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &event) == 0 ? 0 : -errno;
}

int Environment::unwatch(int descriptor) {
  if (!forget(descriptor)) return -ENOENT;
  epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  return 0;
}

bool Environment::forget(int descriptor) {
  const auto token = tokens_.find(descriptor);
  if (token == tokens_.end()) return false;
  const auto watch = watches_.find(token->second);
  const bool keepsAlive = watch->second.keepsAlive;
  napi_delete_reference(env_, watch->second.callback);
  watches_.erase(watch);
  tokens_.erase(token);
  if (keepsAlive) keepAlive(-1);
  return true;
}

int Environment::signalDescriptor() {
  if (signals_ < 0) signals_ = adopt(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  return signals_ < 0 ? -errno : signals_;
}

void Environment::keepAlive(int change) {
  keepingAlive_ += change;
  auto* handle = reinterpret_cast<uv_handle_t*>(&poll_);
  if (keepingAlive_ > 0) {
    uv_ref(handle);
  } else {
    uv_unref(handle);
  }
}

void Environment::dispatch() {
  epoll_event ready[kEventsPerRound];
  // What does not fit is still ready in the next turn of the loop: the set is level-triggered.
  const int count = epoll_wait(epoll_, ready, kEventsPerRound, 0);
  for (int index = 0; index < count && !ending_; ++index) {
    const auto watch = watches_.find(ready[index].data.u64);
    if (watch != watches_.end()) call(watch->second.callback, ready[index].events);
  }
}

void Environment::call(napi_ref callback, uint32_t events) {
  napi_handle_scope scope;
  if (napi_open_handle_scope(env_, &scope) != napi_ok) return;
  napi_value function, global, argument;
  if (napi_get_reference_value(env_, callback, &function) == napi_ok && napi_get_global(env_, &global) == napi_ok &&
      napi_create_uint32(env_, events, &argument) == napi_ok &&
      napi_make_callback(env_, context_, global, function, 1, &argument, nullptr) == napi_pending_exception) {
    napi_value error;
    if (napi_get_and_clear_last_exception(env_, &error) == napi_ok) napi_fatal_exception(env_, error);
  }
  napi_close_handle_scope(env_, scope);
}

void Environment::tearDown(napi_async_cleanup_hook_handle hook) {
  ending_ = true;
  hook_ = hook;
  if (signals_ >= 0) resetSignalsOf(signals_);
  for (const auto& entry : watches_) napi_delete_reference(env_, entry.second.callback);
  watches_.clear();
  tokens_.clear();
  for (const int descriptor : owned_) {
    timedSender_.forget(descriptor);
    ::close(descriptor);
  }
  owned_.clear();
  napi_async_destroy(env_, context_);
  uv_poll_stop(&poll_);
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), onClosed);
}

void Environment::onReadable(uv_poll_t* poll, int, int) { static_cast<Environment*>(poll->data)->dispatch(); }

void Environment::onTearDown(napi_async_cleanup_hook_handle hook, void* data) {
  static_cast<Environment*>(data)->tearDown(hook);
}

void Environment::onClosed(uv_handle_t* handle) {
  auto* environment = static_cast<Environment*>(handle->data);
  ::close(environment->epoll_);
  napi_remove_async_cleanup_hook(environment->hook_);
  delete environment;
}

}  // namespace keepalived
