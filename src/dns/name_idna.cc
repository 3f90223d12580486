#include "dns/name_idna.h"

#ifdef DNSWARM_IDN
#include <idn2.h>
#endif

namespace dnswarm {
namespace {

// Four octets of text for each octet of wire format: \DDD, or a code point of four octets that
// becomes one octet of Punycode. Longer text cannot be a name, and is not worth the conversion.
constexpr size_t text_octets_max = 4 * name_octets_max + 1;

// RFC 3629 section 4: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) {
  const auto* p = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* const end = p + text.size();
  const auto continues = [end](const uint8_t* q, int n) {
    for (; n > 0; --n, ++q) {
      if (q == end || (*q & 0xc0) != 0x80) return false;
    }
    return true;
  };
  while (p != end) {
    const uint8_t c = *p++;
    if (c < 0x80) continue;
    if (c < 0xc2 || c > 0xf4) return false;
    const int following = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
    if (!continues(p, following)) return false;
    if ((c == 0xe0 && p[0] < 0xa0) || (c == 0xed && p[0] > 0x9f)) return false;
    if ((c == 0xf0 && p[0] < 0x90) || (c == 0xf4 && p[0] > 0x8f)) return false;
    p += following;
  }
  return true;
}

#ifdef DNSWARM_IDN
// `label` is UTF-8 and has octets above 127.
NameError append_a_label(std::string_view label, std::string& ascii) {
  for (char c : label) {
    const auto octet = static_cast<uint8_t>(c);
    if (octet <= 0x20 || octet == 0x7f) return NameError::bad_octet;
    // An escape says "take this octet as it is"; IDNA maps. The two do not go together.
    if (c == '\\') return NameError::bad_idna;
  }
  const std::string terminated(label);
  uint8_t* found = nullptr;
  const int result = idn2_lookup_u8(reinterpret_cast<const uint8_t*>(terminated.c_str()), &found,
                                    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  if (result == IDN2_TOO_BIG_LABEL || result == IDN2_PUNYCODE_BIG_OUTPUT) {
    return NameError::label_too_long;
  }
  if (result == IDN2_TOO_BIG_DOMAIN) return NameError::name_too_long;
  if (result != IDN2_OK) return NameError::bad_idna;
  const std::string_view a_label(reinterpret_cast<const char*>(found));
  // UTS 46 maps full-width forms to ASCII; one that became a blank or a backslash must not be read
  // as text again. Full-width dots become dots: they separate labels (UTS 46 section 2.3).
  bool usable = !a_label.empty();
  for (char c : a_label) usable &= c > 0x20 && c < 0x7f && c != '\\';
  if (usable) ascii += a_label;
  idn2_free(found);
  return usable ? NameError::none : NameError::bad_idna;
}
#else
NameError append_a_label(std::string_view, std::string&) { return NameError::bad_idna; }
#endif

}  // namespace

NameError idna_to_ascii(std::string_view text, std::string& ascii) {
  if (text.size() > text_octets_max) return NameError::name_too_long;
  if (!is_utf8(text)) return NameError::bad_utf8;
  ascii.clear();
  for (size_t begin = 0; begin <= text.size();) {
    size_t end = begin;
    bool is_ascii = true;
    for (; end < text.size() && text[end] != '.'; ++end) {
      is_ascii &= static_cast<uint8_t>(text[end]) < 0x80;
      if (text[end] == '\\' && end + 1 < text.size()) {
        ++end;
        is_ascii &= static_cast<uint8_t>(text[end]) < 0x80;
      }
    }
    const std::string_view label = text.substr(begin, end - begin);
    if (is_ascii) {
      ascii += label;
    } else {
      const NameError error = append_a_label(label, ascii);
      if (error != NameError::none) return error;
    }
    if (end < text.size()) ascii += '.';
    begin = end + 1;
  }
  return NameError::none;
}

}  // namespace dnswarm
