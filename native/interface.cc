// Interfaces between name and index, and the state of their links.
#include <linux/ethtool.h>
#include <linux/mii.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include <cstring>

#include "values.h"

namespace keepalived {
namespace {

// interfaceIndex(name): -ENODEV if there is none.
napi_value interfaceIndex(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const std::string name = arguments.text(0);
  if (!arguments.valid()) return invalid(env);
  const unsigned index = if_nametoindex(name.c_str());
  return toInteger(env, index == 0 ? -errno : static_cast<int>(index));
}

// interfaceName(index): text, or -ENXIO if there is none.
napi_value interfaceName(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int index = arguments.integer(0);
  if (!arguments.valid()) return invalid(env);
  char name[IF_NAMESIZE];
  return if_indextoname(static_cast<unsigned>(index), name) == nullptr ? toInteger(env, -errno) : toText(env, name);
}

// A request about an interface; a name that is too long has none.
bool nameRequest(ifreq& request, const std::string& name) {
  memset(&request, 0, sizeof request);
  if (name.size() >= sizeof request.ifr_name) return false;
  memcpy(request.ifr_name, name.c_str(), name.size() + 1);
  return true;
}

// interfaceFlags(socket, name): IFF_* bits.
napi_value interfaceFlags(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  ifreq request;
  if (!nameRequest(request, arguments.text(1)) || !arguments.valid()) return invalid(env);
  if (ioctl(descriptor, SIOCGIFFLAGS, &request) != 0) return toInteger(env, -errno);
  return toInteger(env, static_cast<uint16_t>(request.ifr_flags));
}

// The kernel takes struct mii_ioctl_data in the place of the address.
mii_ioctl_data* miiOf(ifreq& request) { return reinterpret_cast<mii_ioctl_data*>(&request.ifr_data); }

// miiAddress(socket, name): the number of its transceiver.
napi_value miiAddress(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  ifreq request;
  if (!nameRequest(request, arguments.text(1)) || !arguments.valid()) return invalid(env);
  if (ioctl(descriptor, SIOCGMIIPHY, &request) != 0) return toInteger(env, -errno);
  return toInteger(env, miiOf(request)->phy_id);
}

// miiRegister(socket, name, transceiver, register): its 16 bits.
napi_value miiRegister(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  ifreq request;
  if (!nameRequest(request, arguments.text(1))) return invalid(env);
  miiOf(request)->phy_id = static_cast<uint16_t>(arguments.integer(2));
  miiOf(request)->reg_num = static_cast<uint16_t>(arguments.integer(3));
  if (!arguments.valid()) return invalid(env);
  if (ioctl(descriptor, SIOCGMIIREG, &request) != 0) return toInteger(env, -errno);
  return toInteger(env, miiOf(request)->val_out);
}

// ethtoolLink(socket, name): 1 with a link, 0 without.
napi_value ethtoolLink(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int descriptor = arguments.integer(0);
  ifreq request;
  if (!nameRequest(request, arguments.text(1)) || !arguments.valid()) return invalid(env);
  ethtool_value value{};
  value.cmd = ETHTOOL_GLINK;
  request.ifr_data = reinterpret_cast<char*>(&value);
  if (ioctl(descriptor, SIOCETHTOOL, &request) != 0) return toInteger(env, -errno);
  return toInteger(env, value.data == 0 ? 0 : 1);
}

}  // namespace

std::vector<Function> interfaceFunctions() {
  return {{"interfaceIndex", interfaceIndex}, {"interfaceName", interfaceName}, {"interfaceFlags", interfaceFlags},
          {"miiAddress", miiAddress},         {"miiRegister", miiRegister},     {"ethtoolLink", ethtoolLink}};
}

}  // namespace keepalived
