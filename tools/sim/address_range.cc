#include "address_range.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>

namespace dnswarm::sim {
namespace {

std::optional<uint32_t> ipv4_from_text(std::string_view text) {
  in_addr address{};
  if (inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return std::nullopt;
  return ntohl(address.s_addr);
}

std::optional<uint32_t> number_from_text(std::string_view text, uint32_t most) {
  uint32_t number = 0;
  const auto [at, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || at != text.data() + text.size() || number > most)
    return std::nullopt;
  return number;
}

// "127.0.0.1", "127.0.0.1-4", "127.0.0.1-127.0.1.200", "127.1.0.0/18"
bool ipv4_range_from_text(std::string_view text, AddressRange& range) {
  range.family = AF_INET;
  const size_t mark = text.find_first_of("-/");
  const auto first = ipv4_from_text(text.substr(0, mark));
  if (!first) return false;
  range.first_ipv4 = *first;
  if (mark == std::string_view::npos) return true;
  const std::string_view rest = text.substr(mark + 1);
  if (text[mark] == '/') {
    const auto prefix = number_from_text(rest, 32);
    if (!prefix || *prefix < 8) return false;
    range.count = uint32_t{1} << (32 - *prefix);
    range.first_ipv4 &= ~(range.count - 1);
    return true;
  }
  auto last = ipv4_from_text(rest);
  if (const auto octet = number_from_text(rest, 255)) last = (*first & ~0xffu) | *octet;
  if (!last || *last < *first) return false;
  range.count = *last - *first + 1;
  return true;
}

}  // namespace

std::optional<AddressRange> AddressRange::from_text(std::string_view text, std::string* error) {
  AddressRange range;
  const auto fail = [&](const char* rule) {
    *error = "'" + std::string(text) + "' is not " + rule;
    return std::nullopt;
  };
  constexpr const char* form =
      "ADDRESS[:PORT], A.B.C.D-N[:PORT], A.B.C.D-E.F.G.H[:PORT], "
      "A.B.C.D/PREFIX[:PORT] or [IPV6]:PORT";
  const bool has_brackets = text.starts_with('[');
  const size_t host_end = has_brackets ? text.find(']') : std::string_view::npos;
  if (has_brackets && host_end == std::string_view::npos) return fail(form);
  size_t colon = text.find(':', has_brackets ? host_end : 0);
  // A bare IPv6 address has several colons and no port.
  if (!has_brackets && colon != text.rfind(':')) colon = std::string_view::npos;
  if (colon != std::string_view::npos) {
    const auto port = number_from_text(text.substr(colon + 1), 65'535);
    if (!port) return fail("followed by a port of 0 to 65535");
    range.port = static_cast<uint16_t>(*port);
  }
  const std::string_view host = text.substr(0, colon);
  if (has_brackets || host.find(':') != std::string_view::npos) {
    const auto address = Address::from_text(host, 1);
    if (!address || address->family() != AF_INET6) return fail(form);
    range.family = AF_INET6;
    range.ipv6 = *address;
    return range;
  }
  if (!ipv4_range_from_text(host, range)) return fail(form);
  return range;
}

Address AddressRange::address(uint32_t index, uint16_t with_port) const {
  if (family == AF_INET6) {
    Address address = ipv6;
    address.set_port(with_port);
    return address;
  }
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(with_port);
  v4.sin_addr.s_addr = htonl(first_ipv4 + index);
  return Address(reinterpret_cast<const sockaddr*>(&v4));
}

bool AddressRange::contains(const Address& other) const {
  if (other.family() != family || (port && *port != other.port())) return false;
  if (family == AF_INET6) return address(0, other.port()) == other;
  sockaddr_in v4;
  std::memcpy(&v4, other.sa(), sizeof v4);
  const uint32_t ipv4 = ntohl(v4.sin_addr.s_addr);
  return ipv4 >= first_ipv4 && ipv4 - first_ipv4 < count;
}

}  // namespace dnswarm::sim
