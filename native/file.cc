// Open files: locks, and texts in memory that is used again.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <mutex>

#include "values.h"

namespace keepalived {
namespace {

// lockFile(descriptor): exclusive, on the whole file, of the open file description; -EAGAIN if somebody has it.
napi_value lockFile(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  if (!arguments.valid()) return invalid(env);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return toInteger(env, orError(fcntl(descriptor, F_OFD_SETLK, &lock)));
}

// What a text was in that nobody has any more, for the next one: new memory is touched page by page, which for some
// megabytes takes longer than to read them.
struct TextMemory {
  char* octets = nullptr;
  size_t capacity = 0;
};
std::mutex spareMutex;
TextMemory spare;

TextMemory takeMemory(size_t wanted) {
  TextMemory found;
  {
    std::lock_guard<std::mutex> lock(spareMutex);
    std::swap(found, spare);
  }
  // One that is far too large belongs to a file that has become small.
  if (found.capacity >= wanted && found.capacity / 4 <= wanted) return found;
  free(found.octets);
  // A file that grows a little fits in again.
  const size_t capacity = wanted + wanted / 8;
  return {static_cast<char*>(malloc(capacity)), capacity};
}

void giveMemory(TextMemory memory) {
  {
    std::lock_guard<std::mutex> lock(spareMutex);
    if (memory.capacity > spare.capacity) std::swap(memory, spare);
  }
  free(memory.octets);
}

void textIsGone(napi_env, void* octets, void* capacity) {
  giveMemory({static_cast<char*>(octets), reinterpret_cast<size_t>(capacity)});
}

bool isAscii(const char* octets, size_t length) {
  uint64_t bits = 0;
  size_t at = 0;
  for (; at + sizeof bits <= length; at += sizeof bits) {
    uint64_t word;
    memcpy(&word, octets + at, sizeof word);
    bits |= word;
  }
  for (; at < length; ++at) bits |= static_cast<uint8_t>(octets[at]);
  return (bits & 0x8080808080808080) == 0;
}

// Node-API 10; the addon loads without it, too.
using CreateString = napi_status (*)(napi_env, char*, size_t, napi_finalize, void*, napi_value*, bool*);

// readAsciiText(descriptor): the file from its beginning as a string that is where it was read; -EILSEQ if it is not ASCII.
napi_value readAsciiText(napi_env env, napi_callback_info info) {
  static const auto create = reinterpret_cast<CreateString>(dlsym(RTLD_DEFAULT, "node_api_create_external_string_latin1"));
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  if (!arguments.valid()) return invalid(env);
  if (create == nullptr) return toInteger(env, -ENOSYS);
  struct stat status {};
  if (fstat(descriptor, &status) < 0) return toInteger(env, -errno);
  // One octet more, so that the end is seen.
  const TextMemory memory = takeMemory(static_cast<size_t>(status.st_size) + 1);
  if (memory.octets == nullptr) return toInteger(env, -ENOMEM);
  size_t length = 0;
  int error = 0;
  while (error == 0) {
    const ssize_t got = pread(descriptor, memory.octets + length, memory.capacity - length, static_cast<off_t>(length));
    if (got == 0) break;
    if (got > 0) length += static_cast<size_t>(got);
    else if (errno != EINTR) error = errno;
    // It grows while it is read.
    if (length == memory.capacity) error = EAGAIN;
  }
  if (error == 0 && !isAscii(memory.octets, length)) error = EILSEQ;
  napi_value result = nullptr;
  bool copied = false;
  if (error == 0 && create(env, memory.octets, length, textIsGone, reinterpret_cast<void*>(memory.capacity), &result, &copied) != napi_ok)
    error = EINVAL;
  if (error == 0) return result;
  giveMemory(memory);
  return toInteger(env, -error);
}

}  // namespace

std::vector<Function> fileFunctions() { return {{"lockFile", lockFile}, {"readAsciiText", readAsciiText}}; }

}  // namespace keepalived
