#include "iterative/cut.h"

#include <algorithm>
#include <memory>
#include <new>

namespace dnswarm {

Cut::Cut(const Delegation& delegation) {
  static_assert(alignof(End) <= alignof(Header) && alignof(Address) <= alignof(End));
  size_t addresses = 0, names = delegation.zone.size();
  for (const NameServer& server : delegation.servers) {
    addresses += server.addresses.size();
    names += server.name.size();
  }
  const size_t servers = delegation.servers.size();
  const size_t octets =
      sizeof(Header) + (servers + 1) * sizeof(End) + addresses * sizeof(Address) + names;
  header_ = new (::operator new(octets))
      Header{1, delegation.ttl_s, delegation.learnt, static_cast<uint32_t>(servers), false};

  End* end = reinterpret_cast<End*>(header_ + 1);
  Address* const all_addresses = reinterpret_cast<Address*>(end + servers + 1);
  auto* const all_names = reinterpret_cast<uint8_t*>(all_addresses + addresses);
  Address* address = all_addresses;
  uint8_t* name = all_names;
  const auto put = [&](const NameOctets& octets_of_name, std::span<const Address> glue) {
    name = std::copy(octets_of_name.begin(), octets_of_name.end(), name);
    address = std::uninitialized_copy(glue.begin(), glue.end(), address);
    new (end++) End{static_cast<uint32_t>(name - all_names), static_cast<uint32_t>(address - all_addresses)};
  };
  put(delegation.zone, {});
  for (const NameServer& server : delegation.servers) put(server.name, server.addresses);
}

size_t Cut::octets() const {
  const uint8_t* const end = all_names() + ends()[servers()].octets;
  return static_cast<size_t>(end - reinterpret_cast<const uint8_t*>(header_));
}

void Cut::release() noexcept {
  header_->~Header();
  ::operator delete(header_);
}

}  // namespace dnswarm
