/*
 * Notices when a processor of this machine stands still: one thread each, above everything else (SCHED_FIFO), sleeps for a
 * millisecond again and again. Prints a line for each time it slept for longer than the given number of milliseconds:
 * milliseconds since 1970 at which it went on, the number of the processor, for how many milliseconds too long.
 * A virtual machine's processor stands still when its host gives it no time.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static double longest;

static double milliseconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void *watch(void *argument) {
  const int processor = (int)(long)argument;
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(processor, &only);
  pthread_setaffinity_np(pthread_self(), sizeof only, &only);
  const struct sched_param priority = {.sched_priority = 99};
  if (pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority) != 0) {
    fputs("no real-time priority\n", stderr);
    exit(1);
  }
  const struct timespec pause = {0, 1000000};
  for (double before = milliseconds(CLOCK_MONOTONIC);;) {
    clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
    const double now = milliseconds(CLOCK_MONOTONIC);
    const double late = now - before - 1;
    if (late >= longest) {
      printf("%.3f %d %.3f\n", milliseconds(CLOCK_REALTIME), processor, late);
      fflush(stdout);
    }
    before = milliseconds(CLOCK_MONOTONIC);
  }
}

int main(int count, char **words) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  mlockall(MCL_CURRENT | MCL_FUTURE);
  longest = count > 1 ? atof(words[1]) : 5;
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  pthread_t thread;
  for (long processor = 0; processor < processors; processor++)
    pthread_create(&thread, NULL, watch, (void *)processor);
  pause();
}
