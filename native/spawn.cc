// Starting a program. The C library's way shares this process's memory until the program runs: nothing is copied and
// nothing of ours is write-protected, as it is by a fork, which takes the longer the more memory there is.
#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <csignal>

#include "values.h"

namespace keepalived {
namespace {

constexpr int kLastOrdinarySignal = 31;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(&text[0]);
  result.push_back(nullptr);
  return result;
}

// Copies of descriptors above all numbers that the program gets, so that none is overwritten before it is placed.
class Copies {
 public:
  ~Copies() {
    for (const int descriptor : made_) close(descriptor);
  }
  int make(int descriptor, int above) {
    const int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, above);
    if (copy < 0) return -errno;
    made_.push_back(copy);
    return copy;
  }

 private:
  std::vector<int> made_;
};

// Who writes to a terminal or a pipe of somebody else must not find it in another mode than a program expects.
void makeBlocking(int descriptor) {
  const int flags = fcntl(descriptor, F_GETFL);
  if (flags >= 0 && (flags & O_NONBLOCK) != 0) fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK);
}

// With every signal's default action and none blocked, whatever this process has.
int defaultSignals(posix_spawnattr_t* attributes) {
  sigset_t none, all;
  sigemptyset(&none);
  sigemptyset(&all);
  for (int signal = 1; signal <= kLastOrdinarySignal; ++signal) {
    if (signal != SIGKILL && signal != SIGSTOP) sigaddset(&all, signal);
  }
  int error = posix_spawnattr_setsigmask(attributes, &none);
  if (error == 0) error = posix_spawnattr_setsigdefault(attributes, &all);
  if (error == 0) error = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  return error;
}

int place(posix_spawn_file_actions_t* actions, Copies& copies, const std::vector<int32_t>& descriptors) {
  const int count = static_cast<int>(descriptors.size());
  for (int number = 0; number < count; ++number) {
    if (descriptors[number] < 0) {
      if (const int error = posix_spawn_file_actions_addopen(actions, number, "/dev/null", O_RDWR, 0)) return error;
      continue;
    }
    if (number <= STDERR_FILENO) makeBlocking(descriptors[number]);
    const int copy = copies.make(descriptors[number], count);
    if (copy < 0) return -copy;
    if (const int error = posix_spawn_file_actions_adddup2(actions, copy, number)) return error;
  }
  return 0;
}

// spawn(file, arguments, environment, descriptors): the process id. The program gets descriptors[n] as its number n,
// /dev/null for -1, and no other that is close-on-exec.
napi_value spawnProgram(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const std::string file = arguments.text(0);
  std::vector<std::string> words = arguments.texts(1), variables = arguments.texts(2);
  const std::vector<int32_t> descriptors = arguments.integers(3);
  if (!arguments.valid()) return invalid(env);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (const int error = posix_spawn_file_actions_init(&actions)) return toInteger(env, -error);
  if (const int error = posix_spawnattr_init(&attributes)) {
    posix_spawn_file_actions_destroy(&actions);
    return toInteger(env, -error);
  }
  pid_t process = 0;
  int error = defaultSignals(&attributes);
  {
    Copies copies;
    if (error == 0) error = place(&actions, copies, descriptors);
    if (error == 0)
      error = posix_spawn(&process, file.c_str(), &actions, &attributes, pointers(words).data(), pointers(variables).data());
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return toInteger(env, error == 0 ? process : -error);
}

}  // namespace

std::vector<Function> spawnFunctions() { return {{"spawn", spawnProgram}}; }

}  // namespace keepalived
