#include "dns/rdata_fields.h"

#include <array>
#include <chrono>
#include <string_view>

#include "base/check.h"
#include "dns/name.h"
#include "dns/text_encoding.h"
#include "dnswarm/types.h"

namespace dnswarm {
namespace {

uint32_t read_number(Octets octets) {
  uint32_t value = 0;
  for (uint8_t octet : octets) value = value << 8 | octet;
  return value;
}

// --- where a field ends --------------------------------------------------------------------------

// Octets of the fields whose size does not depend on their content, 0 for the others.
constexpr size_t fixed_octets(char code) {
  switch (code) {
    case 'b': case 'a': return 1;
    case 'w': case 'T': case 'c': return 2;
    case 'd': case 't': case '4': return 4;
    case 'e': return 6;
    case 'i': case 'E': return 8;
    case '6': return 16;
    default: return 0;
  }
}

// A length octet and that many octets.
size_t counted_end(Octets message, size_t at, size_t end) {
  if (at >= end || message[at] > end - at - 1) return field_malformed;
  return at + 1 + message[at];
}

size_t strings_end(Octets message, size_t at, size_t end) {
  do {
    at = counted_end(message, at, end);
  } while (at < end);
  return at;
}

bool is_tag(Octets tag) {
  for (uint8_t c : tag) {
    const uint8_t lower = ascii_lower(c);
    if (!((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9'))) return false;
  }
  return !tag.empty();
}

// Windows ascend, have 1-32 octets each, and fill the octets exactly. Trailing zero octets, which
// senders must omit, do no harm.
bool bitmap_is_valid(Octets bitmap) {
  int last_window = -1;
  for (size_t at = 0; at < bitmap.size();) {
    if (bitmap.size() - at < 3) return false;
    const int window = bitmap[at];
    const size_t octets = bitmap[at + 1];
    if (window <= last_window || octets == 0 || octets > 32) return false;
    if (octets > bitmap.size() - at - 2) return false;
    last_window = window;
    at += 2 + octets;
  }
  return true;
}

// RFC 8005 section 5: the HIT's and the key's octets, then rendezvous servers.
bool hip_is_valid(Octets octets) {
  if (octets.size() < 4) return false;
  const size_t hit = octets[0];
  const size_t key = read_number(octets.subspan(2, 2));
  if (hit == 0 || key == 0 || hit + key > octets.size() - 4) return false;
  for (Octets servers = octets.subspan(4 + hit + key); !servers.empty();) {
    const size_t size = uncompressed_name_octets(servers);
    if (size == 0) return false;
    servers = servers.subspan(size);
  }
  return true;
}

size_t end_if(bool valid, size_t end) { return valid ? end : field_malformed; }

// --- how a field is written ----------------------------------------------------------------------

// RFC 4034 section 3.2.
void append_time(uint32_t seconds, std::string& out) {
  const std::chrono::sys_days day{std::chrono::days{seconds / 86400}};
  const std::chrono::year_month_day date{day};
  append_decimal_padded(static_cast<uint32_t>(static_cast<int>(date.year())), 4, out);
  append_decimal_padded(static_cast<unsigned>(date.month()), 2, out);
  append_decimal_padded(static_cast<unsigned>(date.day()), 2, out);
  append_decimal_padded(seconds / 3600 % 24, 2, out);
  append_decimal_padded(seconds / 60 % 60, 2, out);
  append_decimal_padded(seconds % 60, 2, out);
}

void append_mnemonic(std::string_view mnemonic, uint32_t value, std::string& out) {
  if (mnemonic.empty()) {
    append_decimal(value, out);
  } else {
    out += mnemonic;
  }
}

// RFC 4398 section 2.1.
std::string_view certificate_type_mnemonic(uint32_t type) {
  constexpr std::string_view mnemonics[] = {"",     "PKIX",  "SPKI", "PGP",    "IPKIX",
                                            "ISPKI", "IPGP", "ACPKIX", "IACPKIX"};
  if (type < std::size(mnemonics)) return mnemonics[type];
  return type == 253 ? "URI" : type == 254 ? "OID" : "";
}

// The DNS Security Algorithm Numbers registry.
std::string_view algorithm_mnemonic(uint32_t algorithm) {
  constexpr std::string_view mnemonics[] = {
      "",          "RSAMD5",    "DH",  "DSA",     "",        "RSASHA1",
      "NSEC3DSA",  "NSEC3RSASHA1", "RSASHA256", "", "RSASHA512", "",
      "ECCGOST",   "ECDSAP256SHA256", "ECDSAP384SHA384", "ED25519", "ED448"};
  if (algorithm < std::size(mnemonics)) return mnemonics[algorithm];
  switch (algorithm) {
    case 252: return "INDIRECT";
    case 253: return "PRIVATEDNS";
    case 254: return "PRIVATEOID";
    default: return "";
  }
}

void append_quoted(Octets octets, std::string& out) {
  out += '"';
  append_string_octets(octets, out);
  out += '"';
}

void append_strings(Octets octets, std::string& out) {
  for (size_t at = 0; at < octets.size(); at += 1u + octets[at]) {
    if (at > 0) out += ' ';
    append_quoted(octets.subspan(at + 1, octets[at]), out);
  }
}

void append_bitmap(Octets bitmap, std::string& out) {
  bool first = true;
  for (size_t at = 0; at < bitmap.size(); at += 2u + bitmap[at + 1]) {
    const Octets bits = bitmap.subspan(at + 2, bitmap[at + 1]);
    for (size_t bit = 0; bit < bits.size() * 8; ++bit) {
      if ((bits[bit / 8] >> (7 - bit % 8) & 1) == 0) continue;
      if (!first) out += ' ';
      first = false;
      append_text(static_cast<RRType>(size_t{bitmap[at]} << 8 | bit), out);
    }
  }
}

// EUI-48 and EUI-64 as 00-00-5e-00-53-2a (RFC 7043), locators as 2001:db8:0:1 (RFC 6742), NSAP
// without a separator: `group` octets to a group, in lower-case hex, padded or without leading
// zeros.
void append_hex_groups(Octets octets, size_t group, char separator, bool padded,
                       std::string& out) {
  constexpr char digits[] = "0123456789abcdef";
  for (size_t at = 0; at < octets.size(); at += group) {
    if (at > 0 && separator != 0) out += separator;
    const uint32_t value = read_number(octets.subspan(at, group));
    bool significant = padded;
    for (size_t nibble = 2 * group; nibble-- > 0;) {
      const uint32_t digit = value >> (4 * nibble) & 15;
      significant |= digit != 0 || nibble == 0;
      if (significant) out += digits[digit];
    }
  }
}

void append_hip(Octets octets, bool dotted, std::string& out) {
  const size_t hit = octets[0];
  const size_t key = read_number(octets.subspan(2, 2));
  append_decimal(octets[1], out);
  out += ' ';
  append_hex(octets.subspan(4, hit), out);
  out += ' ';
  append_base64(octets.subspan(4 + hit, key), out);
  for (Octets servers = octets.subspan(4 + hit + key); !servers.empty();) {
    const size_t size = uncompressed_name_octets(servers);
    out += ' ';
    append_name(servers.first(size), dotted, out);
    servers = servers.subspan(size);
  }
}

void append_compressed_name(Octets message, size_t at, bool dotted, std::string& out) {
  const size_t begin = out.size();
  append_name_text_at(message, at, out);
  if (dotted && out.compare(begin, out.npos, ".") != 0) out += '.';  // the root has its dot
}

}  // namespace

size_t uncompressed_name_octets(Octets octets) {
  size_t at = 0;
  while (at < octets.size() && at < name_octets_max && octets[at] <= label_octets_max) {
    const uint8_t length = octets[at];
    at += 1u + length;
    if (length == 0) return at <= name_octets_max ? at : 0;
  }
  return 0;
}

void append_name(Octets wire, bool dotted, std::string& out) {
  append_name_text(wire, out);
  if (dotted && wire.size() > 1) out += '.';
}

size_t field_end(char code, Octets message, size_t at, size_t end) {
  if (const size_t octets = fixed_octets(code); octets != 0) {
    return end_if(octets <= end - at, at + octets);
  }
  const Octets rest = message.subspan(at, end - at);
  switch (code) {
    case 'N': {
      const size_t name_end = at < end ? skip_name(message, at) : 0;
      return end_if(name_end != 0 && name_end <= end, name_end);
    }
    case 'n': {
      const size_t octets = uncompressed_name_octets(rest);
      return end_if(octets != 0, at + octets);
    }
    case 's': case 'x': return counted_end(message, at, end);
    case 'o': return at == end ? end : counted_end(message, at, end);
    case 'S': return strings_end(message, at, end);
    case 'z': return end_if(!rest.empty() && rest[0] != 0, counted_end(message, at, end));
    case 'g': {
      const size_t tag_end = counted_end(message, at, end);
      if (tag_end == field_malformed) return field_malformed;
      return end_if(is_tag(rest.subspan(1, rest[0])), tag_end);
    }
    case 'h': case 'X': case 'B': return end_if(!rest.empty(), end);
    case 'q': case 'O': return end;
    case 'm': return end_if(!rest.empty() && bitmap_is_valid(rest), end);
    case 'M': return end_if(bitmap_is_valid(rest), end);
    case 'L': return end_if(loc_is_valid(rest), end);
    case 'P': return end_if(apl_is_valid(rest), end);
    case 'V': return end_if(svc_params_are_valid(rest), end);
    case 'K': return end_if(hip_is_valid(rest), end);
    case 'k': case 'y': {
      const size_t octets = code == 'k' ? ipseckey_gateway_octets(rest) : amtrelay_octets(rest);
      return octets == field_malformed ? field_malformed : at + octets;
    }
    default: CHECK(false);
  }
}

void append_field(char code, Octets message, size_t at, size_t end, bool dotted, std::string& out) {
  const Octets octets = message.subspan(at, end - at);
  switch (code) {
    case 'b': case 'w': case 'd': append_decimal(read_number(octets), out); break;
    case 'i': append_hex_groups(octets, 2, ':', false, out); break;
    case 't': append_time(read_number(octets), out); break;
    case 'T': append_text(static_cast<RRType>(read_number(octets)), out); break;
    case 'c':
      append_mnemonic(certificate_type_mnemonic(read_number(octets)), read_number(octets), out);
      break;
    case 'a': append_mnemonic(algorithm_mnemonic(octets[0]), octets[0], out); break;
    case 'N': append_compressed_name(message, at, dotted, out); break;
    case 'n': append_name(octets, dotted, out); break;
    case 's': case 'o': case 'S': append_strings(octets, out); break;
    case 'q': append_quoted(octets, out); break;
    case 'g': append_string_octets(octets.subspan(1), out); break;
    case 'h': append_hex(octets, out); break;
    case 'x':
      if (octets.size() == 1) out += '-';
      append_hex(octets.subspan(1), out);
      break;
    case 'X':
      out += "0x";
      append_hex_groups(octets, 1, 0, true, out);
      break;
    case 'z': append_base32hex(octets.subspan(1), out); break;
    case 'B': case 'O': append_base64(octets, out); break;
    case 'm': case 'M': append_bitmap(octets, out); break;
    case '4': append_ipv4(octets.data(), out); break;
    case '6': append_ipv6(octets.data(), out); break;
    case 'e': case 'E': append_hex_groups(octets, 1, '-', true, out); break;
    case 'L': append_loc(octets, out); break;
    case 'P': append_apl(octets, out); break;
    case 'V': append_svc_params(octets, out); break;
    case 'K': append_hip(octets, dotted, out); break;
    case 'k': append_ipseckey_gateway(octets, dotted, out); break;
    case 'y': append_amtrelay(octets, dotted, out); break;
    default: CHECK(false);
  }
}

}  // namespace dnswarm
