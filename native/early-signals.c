/*
 * Preloaded into the runtime by the launcher: keeps signals that arrive in the first moments from killing the daemon.
 *
 * Node gives every signal below 32 its default action back while it starts, whatever its starter had set, and is then
 * killed by a SIGHUP or SIGUSR2 that comes before JavaScript runs. This library ignores those signals itself, and swallows
 * that one reset of each; everything later (a handler, another reset) passes. It takes itself out of the environment at
 * once, so that no program started by the daemon is affected.
 *
 * It also ends a debugging aid of the runtime before it begins: the mutexes of V8 come from a build of Abseil with its
 * assertions, which draws a graph of who waits for whom at every lock, to report deadlocks. Its table is a megabyte that
 * every process touches before its first line.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

typedef int (*sigaction_function)(int, const struct sigaction *, struct sigaction *);

static const int early[] = {SIGHUP, SIGUSR1, SIGUSR2, 36, 63};
/* One bit a signal whose next reset is swallowed. */
static unsigned long guarded;

static sigaction_function real(void) {
  static sigaction_function function;
  if (function == NULL) *(void **)&function = dlsym(RTLD_NEXT, "sigaction");
  return function;
}

__attribute__((visibility("default"))) int sigaction(int signal, const struct sigaction *action,
                                                     struct sigaction *previous) {
  const unsigned long bit = signal > 0 && signal < 32 ? 1ul << signal : 0;
  if (action != NULL && (guarded & bit) != 0) {
    guarded &= ~bit;
    if (action->sa_handler == SIG_DFL && previous == NULL) return 0;
  }
  if (real() == NULL) {
    errno = ENOSYS;
    return -1;
  }
  return real()(signal, action, previous);
}

/* The launcher puts this library first in the list; what the operator had in it stays. */
static void leave_environment(void) {
  const char *list = getenv("LD_PRELOAD");
  const char *rest = list == NULL ? NULL : strpbrk(list, " :");
  if (rest != NULL && rest[1] != '\0')
    setenv("LD_PRELOAD", rest + 1, 1);
  else
    unsetenv("LD_PRELOAD");
}

/* absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore), where the runtime has it (absl/synchronization/mutex.h). */
static void do_without_lock_graph(void) {
  void (*set_mode)(int);
  *(void **)&set_mode = dlsym(RTLD_DEFAULT, "_ZN4absl29SetMutexDeadlockDetectionModeENS_15OnDeadlockCycleE");
  if (set_mode != NULL) set_mode(0);
}

__attribute__((constructor)) static void start(void) {
  do_without_lock_graph();
  struct sigaction ignore;
  memset(&ignore, 0, sizeof ignore);
  ignore.sa_handler = SIG_IGN;
  for (size_t index = 0; index < sizeof early / sizeof *early; ++index) {
    sigaction(early[index], &ignore, NULL);
    if (early[index] < 32) guarded |= 1ul << early[index];
  }
  leave_environment();
}
