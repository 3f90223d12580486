// One address or many, as --listen and the WHERE of --fault name them:
//
//   127.0.0.1   127.0.0.1-4   127.0.0.1-127.0.1.200   127.1.0.0/18   [::1]     each with :PORT or
//   not
#ifndef DNSWARM_SIM_ADDRESS_RANGE_H_
#define DNSWARM_SIM_ADDRESS_RANGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/address.h"

namespace dnswarm::sim {

struct AddressRange {
  int family = 0;
  uint32_t first_ipv4 = 0;  // host order, AF_INET
  uint32_t count = 1;
  Address ipv6;                  // AF_INET6: one address
  std::optional<uint16_t> port;  // may be 0

  static std::optional<AddressRange> from_text(std::string_view text, std::string* error);
  Address address(uint32_t index, uint16_t port) const;
  // Whether the address, and the port where there is one, are within.
  bool contains(const Address& address) const;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_ADDRESS_RANGE_H_
