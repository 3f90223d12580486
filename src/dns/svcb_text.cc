// SvcParams of SVCB and HTTPS (RFC 9460 sections 2.1 and 2.2; dohpath: RFC 9461, ohttp: RFC 9540).
#include <string_view>

#include "dns/rdata_fields.h"
#include "dns/text_encoding.h"

namespace dnswarm {
namespace {

enum class SvcKey : uint16_t {
  mandatory = 0,
  alpn = 1,
  no_default_alpn = 2,
  port = 3,
  ipv4hint = 4,
  ech = 5,
  ipv6hint = 6,
  dohpath = 7,
  ohttp = 8,
};
constexpr uint16_t reserved_key = 65535;  // "Invalid key" (RFC 9460 section 14.3.2)

struct SvcParam {
  uint16_t key = 0;
  Octets value;
};

SvcParam read_param(OctetReader& in) {
  SvcParam param;
  param.key = in.u16();
  param.value = in.octets(in.u16());
  return param;
}

// Keys of two octets each, ascending; the key itself is not among them (RFC 9460 section 8).
bool mandatory_is_valid(Octets value) {
  int last_key = 0;
  for (size_t at = 0; at + 1 < value.size(); at += 2) {
    const int key = load_u16(&value[at]);
    if (key <= last_key) return false;
    last_key = key;
  }
  return !value.empty() && value.size() % 2 == 0;
}

bool alpn_is_valid(Octets value) {
  for (size_t at = 0; at < value.size(); at += 1u + value[at]) {
    if (value[at] == 0 || value[at] > value.size() - at - 1) return false;
  }
  return !value.empty();
}

bool value_is_valid(const SvcParam& param) {
  const size_t octets = param.value.size();
  switch (static_cast<SvcKey>(param.key)) {
    case SvcKey::mandatory: return mandatory_is_valid(param.value);
    case SvcKey::alpn: return alpn_is_valid(param.value);
    case SvcKey::no_default_alpn:
    case SvcKey::ohttp: return octets == 0;
    case SvcKey::port: return octets == 2;
    case SvcKey::ipv4hint: return octets > 0 && octets % 4 == 0;
    case SvcKey::ech: return octets > 0;
    case SvcKey::ipv6hint: return octets > 0 && octets % 16 == 0;
    case SvcKey::dohpath: return octets > 0;
  }
  return param.key != reserved_key;
}

void append_key(uint16_t key, std::string& out) {
  constexpr std::string_view names[] = {"mandatory", "alpn", "no-default-alpn",
                                        "port",      "ipv4hint", "ech",
                                        "ipv6hint",  "dohpath",  "ohttp"};
  if (key < std::size(names)) {
    out += names[key];
  } else {
    out += "key";
    append_decimal(key, out);
  }
}

void append_mandatory(Octets value, std::string& out) {
  for (size_t at = 0; at < value.size(); at += 2) {
    if (at > 0) out += ',';
    append_key(load_u16(&value[at]), out);
  }
}

// Two layers of escapes (RFC 9460 appendix A.1): a comma or backslash inside an identifier gets a
// backslash for the list, and that one, like the octet itself, another for the string.
void append_alpn(Octets value, std::string& out) {
  out += '"';
  for (size_t at = 0; at < value.size(); at += 1u + value[at]) {
    if (at > 0) out += ',';
    for (const uint8_t& octet : value.subspan(at + 1, value[at])) {
      if (octet == ',' || octet == '\\') out += "\\\\";
      append_string_octets({&octet, 1}, out);
    }
  }
  out += '"';
}

void append_addresses(Octets value, size_t octets, std::string& out) {
  for (size_t at = 0; at < value.size(); at += octets) {
    if (at > 0) out += ',';
    if (octets == 4) {
      append_ipv4(value.data() + at, out);
    } else {
      append_ipv6(value.data() + at, out);
    }
  }
}

void append_quoted_value(Octets value, std::string& out) {
  out += '"';
  append_string_octets(value, out);
  out += '"';
}

void append_value(const SvcParam& param, std::string& out) {
  switch (static_cast<SvcKey>(param.key)) {
    case SvcKey::mandatory: return append_mandatory(param.value, out);
    case SvcKey::alpn: return append_alpn(param.value, out);
    case SvcKey::no_default_alpn:
    case SvcKey::ohttp: return;
    case SvcKey::port:
      return append_decimal(load_u16(param.value.data()), out);
    case SvcKey::ipv4hint: return append_addresses(param.value, 4, out);
    case SvcKey::ech: return append_base64(param.value, out);
    case SvcKey::ipv6hint: return append_addresses(param.value, 16, out);
    case SvcKey::dohpath: break;
  }
  append_quoted_value(param.value, out);
}

}  // namespace

bool svc_params_are_valid(Octets octets) {
  OctetReader in(octets);
  int last_key = -1;
  while (in.left() > 0) {
    const SvcParam param = read_param(in);
    if (!in.ok() || param.key <= last_key || !value_is_valid(param)) return false;
    last_key = param.key;
  }
  return true;
}

void append_svc_params(Octets octets, std::string& out) {
  OctetReader in(octets);
  while (in.left() > 0) {
    if (in.offset() > 0) out += ' ';
    const SvcParam param = read_param(in);
    append_key(param.key, out);
    if (param.value.empty()) continue;
    out += '=';
    append_value(param, out);
  }
}

}  // namespace dnswarm
