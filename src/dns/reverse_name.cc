#include <arpa/inet.h>

#include <cstring>

#include "base/check.h"
#include "dns/name.h"

namespace dnswarm {
namespace {

// Copies `text` to where inet_pton wants it: terminated. False where it cannot be an address.
constexpr size_t address_text_max = 45;  // INET6_ADDRSTRLEN less the terminator
bool read_address(std::string_view text, int family, uint8_t* address) {
  char terminated[address_text_max + 1];
  if (text.size() > address_text_max || text.find('\0') != text.npos) return false;
  std::memcpy(terminated, text.data(), text.size());
  terminated[text.size()] = 0;
  return inet_pton(family, terminated, address) == 1;
}

bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Cheap tests first: nearly every name fails them.
bool read_ipv4(std::string_view text, uint8_t* address) {
  return text.size() >= 7 && text.size() <= 15 && is_digit(text.front()) && is_digit(text.back()) &&
         read_address(text, AF_INET, address);
}

bool read_ipv6(std::string_view text, uint8_t* address) {
  if (text.size() < 2 || !(text.front() == ':' || is_hex_digit(text.front()))) return false;
  return text.substr(0, 5).find(':') != text.npos && read_address(text, AF_INET6, address);
}

}  // namespace

bool is_ip_address_text(std::string_view text) {
  uint8_t address[16];
  return read_ipv4(text, address) || read_ipv6(text, address);
}

bool reverse_name_from_text(std::string_view text, Name& name) {
  uint8_t address[16];
  std::string reversed;
  if (read_ipv4(text, address)) {
    for (size_t i = 4; i-- > 0;) reversed += std::to_string(address[i]) + '.';
    reversed += "in-addr.arpa";
  } else if (read_ipv6(text, address)) {
    constexpr char digits[] = "0123456789abcdef";
    for (size_t i = 16; i-- > 0;) {
      const char nibbles[] = {digits[address[i] & 15], '.', digits[address[i] >> 4], '.'};
      reversed.append(nibbles, sizeof nibbles);
    }
    reversed += "ip6.arpa";
  } else {
    return false;
  }
  const NameError error = name.assign_text(reversed);
  CHECK(error == NameError::none);
  return true;
}

}  // namespace dnswarm
