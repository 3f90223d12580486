// Text of usual characters is read eight octets at a time, other ASCII text in one pass over a table.
// Only text with an octet above 127 takes the detour through IDNA (name_idna.cc).
#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.h"
#include "dns/name.h"
#include "dns/name_idna.h"
#include "dns/octet_words.h"

namespace dnswarm {
namespace {

// The lower-case octet for what stands for itself in text, 0 for what needs a closer look: dots,
// backslashes, blanks, control characters and octets above 126.
constexpr std::array<uint8_t, 256> plain_table = [] {
  std::array<uint8_t, 256> table{};
  for (size_t c = 33; c < 127; ++c) table[c] = ascii_lower(static_cast<uint8_t>(c));
  table['.'] = 0;
  table['\\'] = 0;
  return table;
}();

// How an octet of a label is written: as itself, after a backslash, or as \DDD.
enum class Written : uint8_t { plain, backslash, decimal };

constexpr std::array<Written, 256> written_table = [] {
  std::array<Written, 256> table{};
  for (size_t c = 0; c < 256; ++c) {
    table[c] = c >= 33 && c <= 126 ? Written::plain : Written::decimal;
  }
  for (char c : std::string_view(".\\\";()@$")) table[static_cast<uint8_t>(c)] = Written::backslash;
  return table;
}();

// --- eight octets at a time ------------------------------------------------------------------------

// The octets, by their high bits, that may not stand for themselves both ways between text and wire:
// all but - . / : digits, lower-case letters and what lies around those.
constexpr uint64_t unusual_octets(uint64_t word) {
  const uint64_t low = word & ~high_bits;
  return (~(in_range(low, '-', ':') | in_range(low, ']', '~')) | word) & high_bits;
}
constexpr uint64_t dots(uint64_t word) {
  return in_range(word & ~high_bits, '.', '.') & ~word & high_bits;
}

// The high bits of the first `octets` octets, of all from eight on.
constexpr uint64_t first_octets(size_t octets) {
  return octets >= word_octets ? high_bits : high_bits & ((uint64_t{1} << 8 * octets) - 1);
}

// Whether every octet of the text stands for itself, and none is a dot.
bool is_plain(std::string_view text) {
  const auto is_plain_word = [](const char* at) {
    const uint64_t word = load_word(at);
    return (unusual_octets(word) | dots(word)) == 0;
  };
  if (text.size() < word_octets) {
    char padded[] = "--------";  // a word of them
    std::memcpy(padded, text.data(), text.size());
    return is_plain_word(padded);
  }
  const size_t last = text.size() - word_octets;
  for (size_t at = 0; at < last; at += word_octets) {
    if (!is_plain_word(text.data() + at)) return false;
  }
  return is_plain_word(text.data() + last);
}

// Reads the escape whose backslash stands at text[*at] and moves *at to its last octet.
NameError read_escape(std::string_view text, size_t* at, uint8_t* octet) {
  const size_t left = text.size() - *at - 1;
  if (left == 0) return NameError::bad_escape;
  const char first = text[*at + 1];
  if (!is_digit(first)) {
    const auto c = static_cast<uint8_t>(first);
    if (c >= 0x80) return NameError::bad_escape;
    if (c < 0x20 || c == 0x7f) return NameError::bad_octet;
    *octet = c;
    *at += 1;
    return NameError::none;
  }
  if (left < 3 || !is_digit(text[*at + 2]) || !is_digit(text[*at + 3])) {
    return NameError::bad_escape;
  }
  const int value = (first - '0') * 100 + (text[*at + 2] - '0') * 10 + (text[*at + 3] - '0');
  if (value > 255) return NameError::bad_escape;
  *octet = static_cast<uint8_t>(value);
  *at += 3;
  return NameError::none;
}

// The last place a label that begins at `label` (its length octet) may reach, exclusive: the
// label's own bound or the name's, less the root label's octet.
size_t label_limit(size_t label) {
  return std::min(label + 1 + label_octets_max, name_octets_max - 1);
}

void append_escaped(Octets label, std::string& out) {
  for (uint8_t c : label) {
    switch (written_table[c]) {
      case Written::plain: out += static_cast<char>(c); break;
      case Written::backslash:
        out += '\\';
        out += static_cast<char>(c);
        break;
      case Written::decimal: {
        const char text[] = {'\\', static_cast<char>('0' + c / 100),
                             static_cast<char>('0' + c / 10 % 10), static_cast<char>('0' + c % 10)};
        out.append(text, sizeof text);
        break;
      }
    }
  }
}

}  // namespace

std::string_view code_text(NameError error) {
  switch (error) {
    case NameError::none: return "none";
    case NameError::empty: return "empty";
    case NameError::empty_label: return "empty_label";
    case NameError::label_too_long: return "label_too_long";
    case NameError::name_too_long: return "name_too_long";
    case NameError::bad_escape: return "bad_escape";
    case NameError::bad_octet: return "bad_octet";
    case NameError::bad_utf8: return "bad_utf8";
    case NameError::bad_idna: return "bad_idna";
    case NameError::is_address: return "is_address";
  }
  return "none";
}

std::string_view sentence_text(NameError error) {
  switch (error) {
    case NameError::none: return "";
    case NameError::empty: return "the name is empty";
    case NameError::empty_label: return "a label is empty";
    case NameError::label_too_long: return "a label has more than 63 octets";
    case NameError::name_too_long: return "the name has more than 255 octets in wire format";
    case NameError::bad_escape: return "a backslash is not followed by a character or by 000-255";
    case NameError::bad_octet: return "the name has a raw blank or control character";
    case NameError::bad_utf8: return "the name has octets above 127 that are not UTF-8";
    case NameError::bad_idna: return "IDNA 2008 does not allow the name's UTF-8";
    case NameError::is_address: return "an IP address stands where a name is wanted";
  }
  return "";
}

bool Name::assign_plain_text(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  // Room for whole words; the few names that are longer go through assign_text.
  if (text.empty() || text.size() > name_octets_max - 1 - word_octets) return false;
  std::memcpy(octets_.data() + 1, text.data(), text.size());
  std::memset(octets_.data() + 1 + text.size(), 0, word_octets);  // the root label comes first
  size_t label = 0;  // where the current label's length octet stands
  const auto end_label = [&](size_t end) {
    const size_t octets = end - label - 1;
    octets_[label] = static_cast<uint8_t>(octets);
    label = end;
    return octets >= 1 && octets <= label_octets_max;
  };
  for (size_t at = 0; at < text.size(); at += word_octets) {
    const uint64_t word = load_word(octets_.data() + 1 + at);
    const uint64_t used = first_octets(text.size() - at);
    if ((unusual_octets(word) & used) != 0) return false;
    for (uint64_t ends = dots(word) & used; ends != 0; ends &= ends - 1) {
      if (!end_label(1 + at + static_cast<size_t>(std::countr_zero(ends)) / 8)) return false;
    }
  }
  size_ = static_cast<uint8_t>(text.size() + 2);
  return end_label(text.size() + 1);
}

NameError Name::assign_text(std::string_view text) {
  if (text.empty()) return NameError::empty;
  size_t label = 0;  // where the current label's length octet stands
  size_t size = 1;
  size_t limit = label_limit(label);
  if (text != ".") {
    for (size_t at = 0; at < text.size(); ++at) {
      const auto c = static_cast<uint8_t>(text[at]);
      uint8_t octet = plain_table[c];
      if (octet == 0) {
        if (c == '.') {
          if (size == label + 1) return NameError::empty_label;
          octets_[label] = static_cast<uint8_t>(size - label - 1);
          label = size++;
          limit = label_limit(label);
          continue;
        }
        if (c >= 0x80) {
          std::string ascii;
          const NameError error = idna_to_ascii(text, ascii);
          return error == NameError::none ? assign_text(ascii) : error;
        }
        if (c != '\\') return NameError::bad_octet;
        const NameError error = read_escape(text, &at, &octet);
        if (error != NameError::none) return error;
        octet = ascii_lower(octet);
      }
      if (size >= limit) {
        return limit - label > label_octets_max ? NameError::label_too_long
                                                : NameError::name_too_long;
      }
      octets_[size++] = octet;
    }
  }
  // A trailing dot has opened one label more, which is the root's.
  if (size > label + 1) {
    octets_[label] = static_cast<uint8_t>(size - label - 1);
    label = size;
  }
  octets_[label] = 0;
  size_ = static_cast<uint8_t>(label + 1);
  return NameError::none;
}

void append_name_text(Octets wire, std::string& out) {
  if (wire.size() <= 1) {
    out += '.';
    return;
  }
  // The fast path copies the whole name. While its octets are looked at hyphens stand between the labels, so
  // that any dot is one inside of a label.
  const size_t begin = out.size();
  const size_t octets = wire.size() - 2;
  out.append(reinterpret_cast<const char*>(wire.data()) + 1, octets);
  char* const text = out.data() + begin;
  const auto separate = [&](char separator) {
    for (size_t at = wire[0] + size_t{1}; at < wire.size() - 1; at += wire[at] + size_t{1})
      text[at - 1] = separator;
  };
  separate('-');
  if (is_plain({text, octets})) return separate('.');
  out.resize(begin);
  for (size_t label = 0; wire[label] != 0; label += 1u + wire[label]) {
    if (label != 0) out += '.';
    append_escaped(wire.subspan(label + 1, wire[label]), out);
  }
}

void append_plain_name_text(Octets wire, std::string& out) {
  const size_t begin = out.size();
  out.append(reinterpret_cast<const char*>(wire.data()) + 1, wire.size() - 2);
  char* const text = out.data() + begin - 1;  // less the first length octet
  for (size_t at = wire[0] + size_t{1}; wire[at] != 0; at += wire[at] + size_t{1}) text[at] = '.';
}

void append_name_text_at(Octets message, size_t offset, std::string& out) {
  // Nearly every name is whole, or a pointer to a whole one: then it is read where it stands.
  while (message[offset] > label_octets_max) {
    const size_t target = pointer_target(&message[offset]);
    CHECK(target < offset);
    offset = target;
  }
  size_t end = offset;
  while (message[end] != 0 && message[end] <= label_octets_max) {
    end += 1u + message[end];
    CHECK(end < message.size());
  }
  if (message[end] == 0) return append_name_text(message.subspan(offset, end + 1 - offset), out);
  std::array<uint8_t, name_octets_max> wire;
  const size_t size = expand_name(message, offset, wire, &end);
  CHECK(size != 0);
  append_name_text({wire.data(), size}, out);
}

}  // namespace dnswarm
