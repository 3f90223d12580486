#include "net/address.h"

#include <arpa/inet.h>
#include <net/if.h>

#include <charconv>
#include <cstring>
#include <iterator>

namespace dnswarm {
namespace {

// Digits only, no sign, at most `max`. Nothing for "", "+1", "1x" or anything larger.
std::optional<uint32_t> number_from_text(std::string_view text, uint32_t max) {
  uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || value > max) return std::nullopt;
  return value;
}

// Dotted decimal, as rows have it for each name: printf takes ten times as long. Returns its end.
char* put_ipv4(const in_addr& address, char* text) {
  uint8_t octets[4];
  std::memcpy(octets, &address, sizeof octets);
  for (const uint8_t octet : octets) {
    text = std::to_chars(text, text + 3, octet).ptr;
    *text++ = '.';
  }
  return text - 1;
}

// inet_pton wants a terminated string; a NUL inside the text must not end it early.
bool host_from_text(int family, std::string_view text, void* out) {
  char copy[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof copy || text.find('\0') != text.npos) return false;
  text.copy(copy, text.size());
  copy[text.size()] = '\0';
  return inet_pton(family, copy, out) == 1;
}

// An interface's name, or its number (RFC 4007 section 11.2).
std::optional<uint32_t> scope_from_text(std::string_view text) {
  if (const auto number = number_from_text(text, UINT32_MAX)) {
    return *number == 0 ? std::nullopt : number;
  }
  char name[IF_NAMESIZE];
  if (text.size() >= sizeof name || text.find('\0') != text.npos) return std::nullopt;
  text.copy(name, text.size());
  name[text.size()] = '\0';
  const unsigned index = if_nametoindex(name);
  if (index == 0) return std::nullopt;
  return index;
}

// The scope is a link's, so it is taken for link-local addresses only: elsewhere it would be lost.
bool v6_from_text(std::string_view text, sockaddr_in6* out) {
  const size_t percent = text.find('%');
  if (!host_from_text(AF_INET6, text.substr(0, percent), &out->sin6_addr)) return false;
  out->sin6_family = AF_INET6;
  if (percent == text.npos) return true;
  const auto scope = scope_from_text(text.substr(percent + 1));
  if (!scope || !IN6_IS_ADDR_LINKLOCAL(&out->sin6_addr)) return false;
  out->sin6_scope_id = *scope;
  return true;
}

}  // namespace

Address::Address(const sockaddr* from) {
  if (from->sa_family == AF_INET) {
    std::memcpy(&storage_.v4, from, sizeof storage_.v4);
  } else if (from->sa_family == AF_INET6) {
    std::memcpy(&storage_.v6, from, sizeof storage_.v6);
  }
}

std::optional<Address> Address::from_text(std::string_view text, uint16_t default_port) {
  std::string_view host = text, port_text;
  bool port_given = false;
  const bool bracketed = text.starts_with('[');
  if (bracketed) {
    const size_t close = text.find(']');
    if (close == text.npos) return std::nullopt;
    host = text.substr(1, close - 1);
    const std::string_view rest = text.substr(close + 1);
    if (!rest.empty() && rest[0] != ':') return std::nullopt;
    port_given = !rest.empty();
    if (port_given) port_text = rest.substr(1);
  } else if (text.find(':') == text.rfind(':') && text.find(':') != text.npos) {
    host = text.substr(0, text.find(':'));
    port_text = text.substr(host.size() + 1);
    port_given = true;
  }

  Address address;
  const bool v6 = host.find(':') != host.npos;
  if (bracketed && !v6) return std::nullopt;
  if (v6) {
    if (!v6_from_text(host, &address.storage_.v6)) return std::nullopt;
  } else {
    if (!host_from_text(AF_INET, host, &address.storage_.v4.sin_addr)) return std::nullopt;
    address.storage_.v4.sin_family = AF_INET;
  }
  address.set_port(default_port);
  if (port_given) {
    const auto port = number_from_text(port_text, UINT16_MAX);
    if (!port || *port == 0) return std::nullopt;
    address.set_port(static_cast<uint16_t>(*port));
  }
  return address;
}

std::string Address::host_text() const {
  char text[INET6_ADDRSTRLEN];
  if (family() == AF_INET) return {text, put_ipv4(storage_.v4.sin_addr, text)};
  if (family() != AF_INET6) return {};
  std::string host = inet_ntop(AF_INET6, &storage_.v6.sin6_addr, text, sizeof text);
  if (const uint32_t scope = storage_.v6.sin6_scope_id; scope != 0) {
    char name[IF_NAMESIZE];
    host += '%';
    host += if_indextoname(scope, name) != nullptr ? std::string(name) : std::to_string(scope);
  }
  return host;
}

std::string Address::to_text() const {
  std::string text;
  append_text(text);
  return text;
}

void Address::append_text(std::string& out) const {
  if (family() == AF_INET6) out += '[' + host_text() + "]:" + std::to_string(port());
  if (family() != AF_INET) return;
  char text[INET_ADDRSTRLEN + 6];
  char* end = put_ipv4(storage_.v4.sin_addr, text);
  *end++ = ':';
  out.append(text, std::to_chars(end, std::end(text), port()).ptr);
}

bool Address::is_same_v6(const sockaddr_in6& other) const {
  const sockaddr_in6& a = storage_.v6;
  return a.sin6_port == other.sin6_port &&
         std::memcmp(&a.sin6_addr, &other.sin6_addr, sizeof a.sin6_addr) == 0 &&
         (!IN6_IS_ADDR_LINKLOCAL(&a.sin6_addr) || a.sin6_scope_id == other.sin6_scope_id);
}

}  // namespace dnswarm
