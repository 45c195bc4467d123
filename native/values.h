// Between JavaScript values and C: arguments in, results out. Functions of the addon answer with a number, negative for
// -errno; a wrong type of argument is -EINVAL, since only our own TypeScript calls them.
#pragma once

#include <node_api.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "environment.h"

namespace keepalived {

struct Bytes {
  uint8_t* data = nullptr;
  size_t size = 0;
};

class Arguments {
 public:
  static constexpr size_t kMaximum = 7;

  Arguments(napi_env env, napi_callback_info info) : env_(env) {
    void* data = nullptr;
    if (napi_get_cb_info(env, info, &count_, values_, nullptr, &data) != napi_ok) valid_ = false;
    environment_ = static_cast<Environment*>(data);
  }

  Environment& environment() const { return *environment_; }
  napi_env env() const { return env_; }
  bool valid() const { return valid_; }
  napi_value value(size_t index) const { return values_[index]; }

  bool present(size_t index) const {
    napi_valuetype type;
    return index < count_ && napi_typeof(env_, values_[index], &type) == napi_ok && type != napi_undefined;
  }

  bool is(size_t index, napi_valuetype wanted) const {
    napi_valuetype type;
    return index < count_ && napi_typeof(env_, values_[index], &type) == napi_ok && type == wanted;
  }

  int32_t integer(size_t index) {
    int32_t result = 0;
    if (index >= count_ || napi_get_value_int32(env_, values_[index], &result) != napi_ok) valid_ = false;
    return result;
  }

  double number(size_t index) {
    double result = 0;
    if (index >= count_ || napi_get_value_double(env_, values_[index], &result) != napi_ok) valid_ = false;
    return result;
  }

  bool boolean(size_t index) {
    bool result = false;
    if (index >= count_ || napi_get_value_bool(env_, values_[index], &result) != napi_ok) valid_ = false;
    return result;
  }

  std::string text(size_t index) { return textOf(index < count_ ? values_[index] : nullptr); }

  std::vector<std::string> texts(size_t index) {
    std::vector<std::string> result;
    uint32_t length = 0;
    if (index >= count_ || napi_get_array_length(env_, values_[index], &length) != napi_ok) {
      valid_ = false;
      return result;
    }
    for (uint32_t position = 0; position < length; ++position) {
      napi_value element = nullptr;
      if (napi_get_element(env_, values_[index], position, &element) != napi_ok) valid_ = false;
      result.push_back(textOf(element));
    }
    return result;
  }

  // A Uint8Array (or Int32Array) as memory that stays JavaScript's.
  Bytes bytes(size_t index) {
    if (index >= count_) {
      valid_ = false;
      return {};
    }
    return bytesOf(values_[index]);
  }

  // An absent argument is no bytes.
  Bytes optionalBytes(size_t index) { return present(index) ? bytes(index) : Bytes{}; }

  // One array of bytes, or an array of such.
  std::vector<Bytes> gather(size_t index) {
    std::vector<Bytes> result;
    bool isArray = false;
    uint32_t length = 0;
    if (index >= count_ || napi_is_array(env_, values_[index], &isArray) != napi_ok || !isArray) {
      result.push_back(bytes(index));
      return result;
    }
    napi_get_array_length(env_, values_[index], &length);
    result.reserve(length);
    for (uint32_t position = 0; position < length; ++position) {
      napi_value element;
      if (napi_get_element(env_, values_[index], position, &element) != napi_ok) {
        valid_ = false;
        return {};
      }
      result.push_back(bytesOf(element));
    }
    return result;
  }

  std::vector<int32_t> integers(size_t index) {
    std::vector<int32_t> result;
    uint32_t length = 0;
    if (index >= count_ || napi_get_array_length(env_, values_[index], &length) != napi_ok) {
      valid_ = false;
      return result;
    }
    for (uint32_t position = 0; position < length; ++position) {
      napi_value element;
      int32_t number = 0;
      if (napi_get_element(env_, values_[index], position, &element) != napi_ok ||
          napi_get_value_int32(env_, element, &number) != napi_ok) {
        valid_ = false;
      }
      result.push_back(number);
    }
    return result;
  }

 private:
  std::string textOf(napi_value value) {
    size_t length = 0;
    if (value == nullptr || napi_get_value_string_utf8(env_, value, nullptr, 0, &length) != napi_ok) {
      valid_ = false;
      return {};
    }
    std::string result(length, '\0');
    napi_get_value_string_utf8(env_, value, &result[0], length + 1, &length);
    return result;
  }

  Bytes bytesOf(napi_value value) {
    napi_typedarray_type type;
    size_t length = 0;
    void* data = nullptr;
    if (napi_get_typedarray_info(env_, value, &type, &length, &data, nullptr, nullptr) != napi_ok ||
        (type != napi_uint8_array && type != napi_int32_array)) {
      valid_ = false;
      return {};
    }
    return {static_cast<uint8_t*>(data), type == napi_int32_array ? length * sizeof(int32_t) : length};
  }

  napi_env env_;
  Environment* environment_ = nullptr;
  napi_value values_[kMaximum] = {};
  size_t count_ = kMaximum;
  bool valid_ = true;
};

inline napi_value toNumber(napi_env env, double number) {
  napi_value result = nullptr;
  napi_create_double(env, number, &result);
  return result;
}

inline napi_value toInteger(napi_env env, int32_t number) {
  napi_value result = nullptr;
  napi_create_int32(env, number, &result);
  return result;
}

inline napi_value toText(napi_env env, const char* text) {
  napi_value result = nullptr;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &result);
  return result;
}

inline napi_value toArray(napi_env env, const std::vector<double>& numbers) {
  napi_value result = nullptr;
  napi_create_array_with_length(env, numbers.size(), &result);
  for (size_t index = 0; index < numbers.size(); ++index) {
    napi_set_element(env, result, static_cast<uint32_t>(index), toNumber(env, numbers[index]));
  }
  return result;
}

inline napi_value invalid(napi_env env) { return toInteger(env, -EINVAL); }

// The result of a system call that answers -1 and errno.
inline int orError(int result) { return result < 0 ? -errno : result; }

struct Function {
  const char* name;
  napi_callback callback;
};

// Every concern lists its functions; addon.cc puts them into one object.
std::vector<Function> watchFunctions();
std::vector<Function> socketFunctions();
std::vector<Function> messageFunctions();
std::vector<Function> streamFunctions();
std::vector<Function> interfaceFunctions();
std::vector<Function> timedSendFunctions();
std::vector<Function> timerFunctions();
std::vector<Function> signalFunctions();
std::vector<Function> namespaceFunctions();
std::vector<Function> processFunctions();
std::vector<Function> spawnFunctions();
std::vector<Function> fileFunctions();

}  // namespace keepalived
