#include "dns/query_builder.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "dns/mixed_case.h"

namespace dnswarm {
namespace {

constexpr size_t opt_fixed_octets = 11;  // RDLENGTH is the last two of them

uint16_t header_flags(const QueryOptions& options) {
  uint16_t flags = 0;
  if (options.recursion_desired) flags |= HeaderFlags::rd;
  if (options.authentic_data) flags |= HeaderFlags::ad;
  if (options.checking_disabled) flags |= HeaderFlags::cd;
  return flags;
}

void put_u16(uint8_t* to, unsigned value) {
  to[0] = static_cast<uint8_t>(value >> 8);
  to[1] = static_cast<uint8_t>(value);
}

// Behind the options that `opt` has; it grows by them.
uint8_t* put_cookie(uint8_t* opt, uint8_t* at, Octets cookie) {
  CHECK(cookie.size() <= cookie_octets_max);
  put_u16(at, EdnsOption::cookie);
  put_u16(at + 2, static_cast<unsigned>(cookie.size()));
  std::memcpy(at + 4, cookie.data(), cookie.size());
  at += 4 + cookie.size();
  uint8_t* const options = opt + opt_fixed_octets;
  put_u16(options - 2, static_cast<unsigned>(at - options));
  return at;
}

}  // namespace

std::optional<std::string> client_subnet_option(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == text.npos || text.find('\0') != text.npos) return std::nullopt;
  const std::string address_text(text.substr(0, slash));
  uint8_t address[16] = {};
  const bool is_ipv4 = inet_pton(AF_INET, address_text.c_str(), address) == 1;
  if (!is_ipv4 && inet_pton(AF_INET6, address_text.c_str(), address) != 1) return std::nullopt;

  const std::string_view prefix_text = text.substr(slash + 1);
  const char* const prefix_end = prefix_text.data() + prefix_text.size();
  uint8_t prefix = 0;
  const auto [end, error] = std::from_chars(prefix_text.data(), prefix_end, prefix);
  if (error != std::errc{} || end != prefix_end || prefix > (is_ipv4 ? 32 : 128)) {
    return std::nullopt;
  }

  const size_t address_octets = (prefix + 7u) / 8u;
  if (prefix % 8 != 0) {
    address[address_octets - 1] &= static_cast<uint8_t>(0xff << (8 - prefix % 8));
  }
  std::array<uint8_t, 4 + 4 + 16> room;
  OctetWriter out(room);
  out.u16(EdnsOption::client_subnet);
  out.u16(static_cast<uint16_t>(4 + address_octets));
  out.u16(is_ipv4 ? 1 : 2);  // address family numbers
  out.u8(prefix);
  out.u8(0);  // SCOPE PREFIX-LENGTH: 0 in queries
  out.octets({address, address_octets});
  const Octets option = out.written();
  return std::string(option.begin(), option.end());
}

std::string client_subnet_error(const std::string& text) {
  if (text.empty() || client_subnet_option(text)) return {};
  return "client_subnet is \"" + text + "\", must be address/prefix, such as 192.0.2.0/24";
}

QueryBuilder::QueryBuilder(const QueryOptions& options)
    : flags_(header_flags(options)), rrclass_(static_cast<uint16_t>(options.rrclass)) {
  if (!options.edns) return;
  std::string client_subnet;
  if (!options.client_subnet.empty()) {
    std::optional<std::string> option = client_subnet_option(options.client_subnet);
    CHECK(option.has_value());
    client_subnet = std::move(*option);
  }
  OctetWriter out(opt_);
  out.u8(0);  // the root
  out.u16(static_cast<uint16_t>(RRType::OPT));
  out.u16(options.udp_payload_octets);
  out.u32(options.dnssec_ok ? edns_dnssec_ok : 0);
  out.u16(static_cast<uint16_t>((options.nsid ? 4 : 0) + client_subnet.size()));
  if (options.nsid) {
    out.u16(EdnsOption::nsid);
    out.u16(0);
  }
  out.octets({reinterpret_cast<const uint8_t*>(client_subnet.data()), client_subnet.size()});
  CHECK(out.ok());
  opt_size_ = out.offset();
}

size_t QueryBuilder::build(Octets qname, RRType type, uint16_t id, bool with_edns, uint8_t* out,
                           const QuerySecrets& secrets) const {
  CHECK(!qname.empty() && qname.size() <= name_octets_max);
  const bool has_opt = with_edns && opt_size_ != 0;
  put_u16(out, id);
  put_u16(out + 2, flags_);
  put_u16(out + 4, 1);
  std::memset(out + 6, 0, 4);
  put_u16(out + 10, has_opt ? 1 : 0);
  uint8_t* at = out + header_octets;
  if (secrets.case_bits == 0) std::memcpy(at, qname.data(), qname.size());
  else mix_case(qname, secrets.case_bits, at);
  at += qname.size();
  put_u16(at, static_cast<uint16_t>(type));
  put_u16(at + 2, rrclass_);
  at += 4;
  if (has_opt) {
    std::memcpy(at, opt_.data(), opt_size_);
    uint8_t* const opt = std::exchange(at, at + opt_size_);
    if (!secrets.cookie.empty()) at = put_cookie(opt, at, secrets.cookie);
  }
  return static_cast<size_t>(at - out);
}

}  // namespace dnswarm
