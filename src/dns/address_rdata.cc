// RDATA that carries addresses beside a code for their kind: APL (RFC 3123), the gateways of
// IPSECKEY (RFC 4025 section 2) and AMTRELAY (RFC 8777 section 4).
#include <algorithm>
#include <array>

#include "dns/rdata_fields.h"
#include "dns/text_encoding.h"

namespace dnswarm {
namespace {

constexpr uint16_t family_ipv4 = 1;  // address family numbers
constexpr uint16_t family_ipv6 = 2;

struct AplItem {
  uint16_t family = 0;
  uint8_t prefix = 0;
  bool negated = false;
  Octets address;  // trailing zero octets left out
};

AplItem read_apl_item(OctetReader& in) {
  AplItem item;
  item.family = in.u16();
  item.prefix = in.u8();
  const uint8_t length = in.u8();
  item.negated = length & 0x80;
  item.address = in.octets(length & 0x7f);
  return item;
}

bool apl_item_is_valid(const AplItem& item) {
  switch (item.family) {
    case family_ipv4: return item.prefix <= 32 && item.address.size() <= 4;
    case family_ipv6: return item.prefix <= 128 && item.address.size() <= 16;
    default: return true;
  }
}

enum class Gateway : uint8_t { none, ipv4, ipv6, name };

// The gateway's octets at the front of `octets`, field_malformed where they do not suffice. Of
// unknown types nothing is known; they take all there is and are written generically.
size_t gateway_octets(uint8_t type, Octets octets) {
  if (type > gateway_type_max) return octets.size();
  size_t size = 0;
  switch (static_cast<Gateway>(type)) {
    case Gateway::none: return 0;
    case Gateway::ipv4: size = 4; break;
    case Gateway::ipv6: size = 16; break;
    case Gateway::name:
      size = uncompressed_name_octets(octets);
      if (size == 0) return field_malformed;
      break;
  }
  return size <= octets.size() ? size : field_malformed;
}

void append_gateway(uint8_t type, Octets octets, bool dotted, std::string& out) {
  switch (static_cast<Gateway>(type)) {
    case Gateway::none: out += '.'; break;
    case Gateway::ipv4: append_ipv4(octets.data(), out); break;
    case Gateway::ipv6: append_ipv6(octets.data(), out); break;
    case Gateway::name: append_name(octets, dotted, out); break;
  }
}

}  // namespace

bool apl_is_valid(Octets octets) {
  OctetReader in(octets);
  while (in.left() > 0) {
    const AplItem item = read_apl_item(in);
    if (!in.ok() || !apl_item_is_valid(item)) return false;
  }
  return true;
}

bool apl_has_text(Octets octets) {
  OctetReader in(octets);
  while (in.left() > 0) {
    const AplItem item = read_apl_item(in);
    if (!in.ok()) break;  // malformed, which apl_is_valid tells
    if (item.family != family_ipv4 && item.family != family_ipv6) return false;
  }
  return true;
}

void append_apl(Octets octets, std::string& out) {
  OctetReader in(octets);
  while (in.left() > 0) {
    if (in.offset() > 0) out += ' ';
    const AplItem item = read_apl_item(in);
    std::array<uint8_t, 16> address{};
    std::copy(item.address.begin(), item.address.end(), address.begin());
    if (item.negated) out += '!';
    append_decimal(item.family, out);
    out += ':';
    if (item.family == family_ipv4) {
      append_ipv4(address.data(), out);
    } else {
      append_ipv6(address.data(), out);
    }
    out += '/';
    append_decimal(item.prefix, out);
  }
}

size_t ipseckey_gateway_octets(Octets octets) {
  if (octets.size() < 3) return field_malformed;
  const size_t gateway = gateway_octets(octets[1], octets.subspan(3));
  return gateway == field_malformed ? field_malformed : 3 + gateway;
}

void append_ipseckey_gateway(Octets octets, bool dotted, std::string& out) {
  for (size_t i = 0; i < 3; ++i) {  // precedence, gateway type, algorithm
    append_decimal(octets[i], out);
    out += ' ';
  }
  append_gateway(octets[1], octets.subspan(3), dotted, out);
}

size_t amtrelay_octets(Octets octets) {
  if (octets.size() < 2) return field_malformed;
  const size_t relay = gateway_octets(octets[1] & 0x7f, octets.subspan(2));
  return relay == field_malformed ? field_malformed : 2 + relay;
}

void append_amtrelay(Octets octets, bool dotted, std::string& out) {
  const uint8_t type = octets[1] & 0x7f;
  append_decimal(octets[0], out);  // precedence
  out += octets[1] & 0x80 ? " 1 " : " 0 ";  // the discovery-optional bit
  append_decimal(type, out);
  out += ' ';
  append_gateway(type, octets.subspan(2), dotted, out);
}

}  // namespace dnswarm
