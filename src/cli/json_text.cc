#include "cli/json_text.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace dnswarm::cli {
namespace {

enum class Kind : uint8_t { clean, short_escape, control, high };

constexpr std::array<Kind, 256> kinds = [] {
  std::array<Kind, 256> table{};
  for (size_t i = 0; i < 0x20; ++i) table[i] = Kind::control;
  for (size_t i = 0x80; i < 256; ++i) table[i] = Kind::high;
  for (const char c : {'"', '\\', '\b', '\f', '\n', '\r', '\t'}) {
    table[static_cast<uint8_t>(c)] = Kind::short_escape;
  }
  return table;
}();

constexpr char short_escape(char c) {
  switch (c) {
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return c;  // '"' and '\\' stand for themselves
  }
}

// Sixteen octets at a time: a vector as GCC and Clang know it, compared octet by octet.
using Octets16 = int8_t __attribute__((vector_size(16)));

// Not zero where an octet needs an escape: '"', '\\' and, as a signed number, all below a blank: the control
// characters and the octets above 127.
Octets16 unclean(Octets16 octets) { return (octets < ' ') | (octets == '"') | (octets == '\\'); }

bool any(Octets16 octets) {
  uint64_t halves[2];
  std::memcpy(halves, &octets, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

template <typename Move>
Move load(const char* from) {
  Move move;
  std::memcpy(&move, from, sizeof move);
  return move;
}
template <typename Move>
Move copy(const char* from, char* to) {
  const auto move = load<Move>(from);
  std::memcpy(to, &move, sizeof move);
  return move;
}

// Copies text without any octet that needs an escape, in whole moves the last of which may overlap. False:
// there is one, or the text is shorter than eight octets.
bool copy_clean(std::string_view text, char* to) {
  const char* const from = text.data();
  if (text.size() < 16) {
    if (text.size() < 8) return false;
    const size_t last = text.size() - 8;
    const uint64_t words[2] = {copy<uint64_t>(from, to), copy<uint64_t>(from + last, to + last)};
    return !any(unclean(load<Octets16>(reinterpret_cast<const char*>(words))));
  }
  const size_t last = text.size() - 16;
  auto found = unclean(load<Octets16>(from + last));
  for (size_t at = 0; at < last; at += 16) found |= unclean(copy<Octets16>(from + at, to + at));
  copy<Octets16>(from + last, to + last);
  return !any(found);
}

bool is_continuation(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

char* put_decimal_octet(char* at, uint8_t octet) {
  *at++ = static_cast<char>('0' + octet / 100);
  *at++ = static_cast<char>('0' + octet / 10 % 10);
  *at++ = static_cast<char>('0' + octet % 10);
  return at;
}

}  // namespace

size_t utf8_sequence_octets(std::string_view text) {
  if (text.empty()) return 0;
  const auto first = static_cast<uint8_t>(text[0]);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;  // continuation, overlong, or beyond U+10FFFF
  const size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < length || !is_continuation(text[1])) return 0;
  const auto second = static_cast<uint8_t>(text[1]);
  if (first == 0xE0 && second < 0xA0) return 0;  // overlong
  if (first == 0xED && second > 0x9F) return 0;  // surrogates
  if (first == 0xF0 && second < 0x90) return 0;  // overlong
  if (first == 0xF4 && second > 0x8F) return 0;  // beyond U+10FFFF
  for (size_t i = 2; i < length; ++i) {
    if (!is_continuation(text[i])) return 0;
  }
  return length;
}

void append_json(RowBuffer& out, std::string_view octets) {
  out.commit(put_json(out.room(json_octets_max(octets) + 1), octets));  // + 1: never a null place
}

char* put_json(char* at, std::string_view octets) {
  if (copy_clean(octets, at)) return at + octets.size();
  const char* from = octets.data();
  const char* const end = from + octets.size();
  while (from != end) {
    const char c = *from;
    switch (kinds[static_cast<uint8_t>(c)]) {
      case Kind::clean:
        *at++ = c;
        ++from;
        break;
      case Kind::short_escape:
        *at++ = '\\';
        *at++ = short_escape(c);
        ++from;
        break;
      case Kind::control:
        std::memcpy(at, "\\u00", 4);
        at[4] = static_cast<char>('0' + (c >> 4));
        at[5] = "0123456789abcdef"[c & 0xF];
        at += 6;
        ++from;
        break;
      case Kind::high: {
        const size_t length = utf8_sequence_octets({from, static_cast<size_t>(end - from)});
        if (length == 0) {
          *at++ = '\\';
          *at++ = '\\';
          at = put_decimal_octet(at, static_cast<uint8_t>(c));
          ++from;
        } else {
          std::memcpy(at, from, length);
          at += length;
          from += length;
        }
        break;
      }
    }
  }
  return at;
}

void append_json_string(RowBuffer& out, std::string_view octets) {
  out.append('"');
  append_json(out, octets);
  out.append('"');
}

void append_printable(RowBuffer& out, std::string_view octets) {
  char* at = out.room(octets.size() * 4 + 1);
  while (!octets.empty()) {
    const auto c = static_cast<uint8_t>(octets[0]);
    if (c >= 0x20 && c < 0x7F) [[likely]] {
      *at++ = octets[0];
      octets.remove_prefix(1);
      continue;
    }
    size_t length = utf8_sequence_octets(octets);
    // C1 controls (U+0080-U+009F) could steer a terminal as the C0 ones do.
    const bool c1 = length == 2 && c == 0xC2 && static_cast<uint8_t>(octets[1]) < 0xA0;
    if (length == 0 || c < 0x20 || c == 0x7F || c1) {
      *at++ = '\\';
      at = put_decimal_octet(at, c);
      length = 1;
    } else {
      std::memcpy(at, octets.data(), length);
      at += length;
    }
    octets.remove_prefix(length);
  }
  out.commit(at);
}

}  // namespace dnswarm::cli
