/*
 * Preloaded into a daemon on a machine whose kernel has no IPVS: who opens the kernel's table of connections gets the
 * file named by CONNECTION_TABLE.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *place(const char *path) {
  const char *instead = getenv("CONNECTION_TABLE");
  return instead != NULL && strcmp(path, "/proc/thread-self/net/ip_vs_conn") == 0 ? instead : path;
}

#define OPEN(name)                                                         \
  int name(const char *path, int flags, ...) {                             \
    static int (*real)(const char *, int, ...);                            \
    if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, #name);           \
    va_list rest;                                                          \
    va_start(rest, flags);                                                 \
    const int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0; \
    va_end(rest);                                                          \
    return real(place(path), flags, mode);                                 \
  }

OPEN(open)
OPEN(open64)
