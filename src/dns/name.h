// Domain names (RFC 1035 section 3.1): a sequence of labels of 1-63 octets, 255 octets at most in
// wire format. Escapes exist at the text edge only.
#ifndef DNSWARM_DNS_NAME_H_
#define DNSWARM_DNS_NAME_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/octets.h"

namespace dnswarm {

inline constexpr size_t name_octets_max = 255;  // RFC 1035 section 2.3.4, root label included
inline constexpr size_t label_octets_max = 63;

enum class NameError : uint8_t {
  none,
  empty,           // no octets at all
  empty_label,     // two dots in a row, or a leading dot
  label_too_long,  // over 63 octets
  name_too_long,   // over 255 octets in wire format
  bad_escape,      // a backslash at the end, or \DDD above 255 or with fewer than three digits
  bad_octet,       // a raw blank or control character
  bad_utf8,        // octets above 127 that are not UTF-8
  bad_idna,        // UTF-8 that IDNA (RFC 5891) does not allow
  is_address,      // an IP address where a name is wanted
};
std::string_view code_text(NameError error);      // "label_too_long": stable
std::string_view sentence_text(NameError error);  // "a label has more than 63 octets"

// An uncompressed name in wire format, checked when it was made.
class Name {
 public:
  Octets wire() const { return {octets_.data(), size_}; }
  size_t size() const { return size_; }

  // Reads presentation format into *this, lower-cased (RFC 4343): questions are asked in lower
  // case. Escapes \. and \DDD are honoured, a trailing dot is optional, "." is the root. Valid
  // UTF-8 goes through IDNA2008 (non-transitional, UTS 46 mapping) label by label; a label with both
  // UTF-8 and an escape is bad_idna. On an error *this is unspecified. An IP address is read as the
  // name it also is; see reverse_name_from_text.
  [[nodiscard]] NameError assign_text(std::string_view text);
  // The fast way for what most lists hold: true where `text`, less a trailing dot, is a valid name and
  // exactly what append_name_text writes for it. False says nothing but that assign_text must be
  // asked; *this is unspecified then.
  [[nodiscard]] bool assign_plain_text(std::string_view text);
  // Copies `wire`, which must be one whole valid uncompressed name, lower-casing it.
  void assign_wire(Octets wire);
  // The same for one that is in lower case.
  void assign_lower_case(Octets wire);

  friend Name name_at(Octets message, size_t offset);

 private:
  void lower_case();

  uint8_t size_ = 0;
  std::array<uint8_t, name_octets_max> octets_;
};

// True where `text` is an IPv4 or IPv6 address in its usual text form.
bool is_ip_address_text(std::string_view text);
// 192.0.2.1 -> 1.2.0.192.in-addr.arpa; 2001:db8::1 -> ...ip6.arpa (RFC 1035 section 3.5, RFC 3596
// section 2.5). False where `text` is no address.
[[nodiscard]] bool reverse_name_from_text(std::string_view text, Name& name);

// Appends presentation format without the trailing dot; "." for the root. Dots, backslashes and
// quotes, semicolons, parentheses, at signs and dollar signs inside a label are escaped by a
// backslash, octets outside 33-126 as \DDD (RFC 1035 section 5.1). `wire` must be a valid
// uncompressed name.
void append_name_text(Octets wire, std::string& out);
// The same for a name that assign_plain_text took: every octet stands for itself.
void append_plain_name_text(Octets wire, std::string& out);
// The same for the possibly compressed name at `offset` of `message`, which must be valid.
void append_name_text_at(Octets message, size_t offset, std::string& out);

// Decompresses the name at `offset` of `message` (RFC 1035 section 4.1.4) into `wire`. Pointers must
// point strictly backwards, and there may be no more of them than 127, the most labels of a name: so the
// work is bounded. Returns the size in wire format, or 0 where the name is malformed. *end_offset is the
// first offset after the name's own octets. Case is kept.
[[nodiscard]] size_t expand_name(Octets message, size_t offset,
                                 std::array<uint8_t, name_octets_max>& wire, size_t* end_offset);
// The same check without the copy: the first offset after the name, or 0 where it is malformed.
[[nodiscard]] size_t skip_name(Octets message, size_t offset);

// Where a compression pointer leads: the lower 14 bits of its two octets (RFC 1035 section 4.1.4).
inline size_t pointer_target(const uint8_t* at) { return load_u16(at) & 0x3fffu; }

// Equality of two uncompressed names in wire format, ASCII case aside (RFC 4343).
bool names_equal(Octets a, Octets b);
// The same for the possibly compressed names at two offsets of one message, which must be valid.
bool names_equal_at(Octets message, size_t a, size_t b);
// An uncompressed name less its first label; not of the root.
inline Octets parent_of(Octets name) { return name.subspan(name[0] + size_t{1}); }
// Whether `name` is `ancestor` or lies below it (RFC 9499: a subdomain), both uncompressed in wire format,
// ASCII case aside.
bool is_subdomain(Octets name, Octets ancestor);
// The possibly compressed name at `offset` of `message`, which must be valid, lower-cased.
Name name_at(Octets message, size_t offset);

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr uint8_t ascii_lower(uint8_t c) {
  return c >= 'A' && c <= 'Z' ? static_cast<uint8_t>(c + 32) : c;
}

}  // namespace dnswarm

#endif  // DNSWARM_DNS_NAME_H_
