#include "dns/text_encoding.h"

#include <array>
#include <charconv>
#include <cstring>

namespace dnswarm {
namespace {

struct OctetText {
  char digits[3];
  uint8_t size;
};
static_assert(sizeof(OctetText) == 4);

constexpr std::array<OctetText, 256> octet_texts = [] {
  std::array<OctetText, 256> table{};
  for (size_t value = 0; value < 256; ++value) {
    OctetText& row = table[value];
    for (size_t unit = value >= 100 ? 100 : value >= 10 ? 10 : 1; unit > 0; unit /= 10) {
      row.digits[row.size++] = static_cast<char>('0' + value / unit % 10);
    }
  }
  return table;
}();

constexpr char hex_lower[] = "0123456789abcdef";
constexpr char hex_upper[] = "0123456789ABCDEF";
constexpr char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char base32hex_digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

constexpr size_t ipv4_text_room = 16;  // write_ipv4 may touch one character behind the longest

char* write_ipv4(const uint8_t* address, char* to) {
  for (int i = 0; i < 4; ++i) {
    if (i > 0) *to++ = '.';
    const OctetText& text = octet_texts[address[i]];
    std::memcpy(to, &text, sizeof text);  // of one size, whatever the number of digits
    to += text.size;
  }
  return to;
}

char* write_hex_group(unsigned value, char* to) {
  if (value >= 0x1000) *to++ = hex_lower[value >> 12];
  if (value >= 0x100) *to++ = hex_lower[value >> 8 & 15];
  if (value >= 0x10) *to++ = hex_lower[value >> 4 & 15];
  *to++ = hex_lower[value & 15];
  return to;
}

// Appends `octets` as digits of `bits` each, high bits first, the last filled up with zero bits.
void append_digits(Octets octets, const char* digits, unsigned bits, std::string& out) {
  unsigned pending = 0;
  unsigned pending_bits = 0;
  for (uint8_t octet : octets) {
    pending = pending << 8 | octet;
    pending_bits += 8;
    while (pending_bits >= bits) {
      pending_bits -= bits;
      out += digits[pending >> pending_bits & ((1u << bits) - 1)];
    }
    pending &= (1u << pending_bits) - 1;
  }
  if (pending_bits > 0) out += digits[pending << (bits - pending_bits) & ((1u << bits) - 1)];
}

}  // namespace

void append_decimal(uint32_t value, std::string& out) {
  char digits[10];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, static_cast<size_t>(end - digits));
}

void append_decimal_padded(uint32_t value, size_t digits, std::string& out) {
  const size_t begin = out.size();
  append_decimal(value, out);
  const size_t written = out.size() - begin;
  if (written < digits) out.insert(begin, digits - written, '0');
}

void append_ipv4(const uint8_t* address, std::string& out) {
  char text[ipv4_text_room];
  out.append(text, static_cast<size_t>(write_ipv4(address, text) - text));
}

void append_ipv6(const uint8_t* address, std::string& out) {
  unsigned groups[8];
  for (size_t i = 0; i < 8; ++i) {
    groups[i] = static_cast<unsigned>(address[2 * i] << 8 | address[2 * i + 1]);
  }
  // RFC 5952 section 4.2: the first longest run of at least two zero groups is written "::".
  size_t best = 8, best_size = 1;
  for (size_t i = 0; i < 8; ++i) {
    size_t size = 0;
    while (i + size < 8 && groups[i + size] == 0) ++size;
    if (size > best_size) {
      best = i;
      best_size = size;
    }
    i += size;
  }
  if (best_size == 1) best_size = 0;
  // IPv4-mapped and IPv4-compatible addresses end in dotted form (RFC 5952 section 5).
  const bool ends_in_ipv4 =
      best == 0 && (best_size == 6 || (best_size == 5 && groups[5] == 0xffff));
  char text[45 + 1];
  char* to = text;
  const size_t end = ends_in_ipv4 ? 6 : 8;
  for (size_t i = 0; i < end; ++i) {
    if (i == best) {
      *to++ = ':';
      i += best_size - 1;
      if (i + 1 == 8) *to++ = ':';
      continue;
    }
    if (i > 0) *to++ = ':';
    to = write_hex_group(groups[i], to);
  }
  if (ends_in_ipv4) {
    *to++ = ':';
    to = write_ipv4(address + 12, to);
  }
  out.append(text, static_cast<size_t>(to - text));
}

void append_hex(Octets octets, std::string& out) { append_digits(octets, hex_upper, 4, out); }

void append_base64(Octets octets, std::string& out) {
  append_digits(octets, base64_digits, 6, out);
  out.append((3 - octets.size() % 3) % 3, '=');
}

void append_base32hex(Octets octets, std::string& out) {
  append_digits(octets, base32hex_digits, 5, out);
}

void append_string_octets(Octets octets, std::string& out) {
  for (uint8_t c : octets) {
    if (c < 32 || c > 126) {
      out += '\\';
      append_decimal_padded(c, 3, out);
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += static_cast<char>(c);
    }
  }
}

}  // namespace dnswarm
