// Names in wire format. Text is in name_text.cc, addresses as names in reverse_name.cc.
#include "dns/name.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "dns/octet_words.h"

namespace dnswarm {
namespace {

constexpr std::array<uint8_t, 256> lower_table = [] {
  std::array<uint8_t, 256> table{};
  for (size_t c = 0; c < 256; ++c) table[c] = ascii_lower(static_cast<uint8_t>(c));
  return table;
}();

// Walks a possibly compressed name, each run of labels handed to `take`, and returns its size in wire
// format or 0. Each pointer must lead to before the run of labels it ends, so the runs' starts only fall
// and no octet is visited twice. There may be as many pointers as a name has labels at most: a chain of
// pointers to pointers takes 8,000 steps in 16 KiB, and thousands of records can begin with it.
constexpr unsigned pointers_max = 127;
template <typename Take>
size_t walk_name(Octets message, size_t offset, size_t* end_offset, Take take) {
  size_t size = 0;
  unsigned pointers = 0;
  for (size_t run = offset;;) {
    size_t at = run;
    while (at < message.size() && message[at] - 1u < label_octets_max) at += message[at] + size_t{1};
    if (at >= message.size()) return 0;
    const bool is_end = message[at] == 0;
    const size_t octets = at - run + (is_end ? 1 : 0);
    if (size + octets > name_octets_max) return 0;
    take(size, message.data() + run, octets);
    size += octets;
    if (is_end) {
      if (pointers == 0) *end_offset = at + 1;
      return size;
    }
    // 0x40 and 0x80 were experiments (RFC 6891 section 5, RFC 2673) and mean nothing today.
    if (message[at] < 0xc0 || at + 1 >= message.size()) return 0;
    if (pointers == 0) *end_offset = at + 2;
    if (++pointers > pointers_max) return 0;
    const size_t target = pointer_target(&message[at]);
    if (target >= run) return 0;
    run = target;
  }
}

// The label at `offset` of a valid name, or the one its pointer leads to.
size_t label_at(Octets message, size_t offset) {
  while (message[offset] > label_octets_max) {
    const size_t target = pointer_target(&message[offset]);
    CHECK(target < offset);
    offset = target;
  }
  return offset;
}

}  // namespace

void Name::assign_lower_case(Octets wire) {
  CHECK(!wire.empty() && wire.size() <= name_octets_max);
  std::memcpy(octets_.data(), wire.data(), wire.size());
  size_ = static_cast<uint8_t>(wire.size());
}

void Name::assign_wire(Octets wire) {
  assign_lower_case(wire);
  lower_case();
}

// Length octets are below 'A', so the whole can be lower-cased alike, the last word over the end.
void Name::lower_case() {
  size_t at = 0;
  for (; at < size_ && at + word_octets <= octets_.size(); at += word_octets) {
    store_word(lower_word(load_word(&octets_[at])), &octets_[at]);
  }
  for (; at < size_; ++at) octets_[at] = ascii_lower(octets_[at]);
}

size_t expand_name(Octets message, size_t offset, std::array<uint8_t, name_octets_max>& wire,
                   size_t* end_offset) {
  return walk_name(message, offset, end_offset, [&](size_t to, const uint8_t* from, size_t octets) {
    std::memcpy(wire.data() + to, from, octets);
  });
}

size_t skip_name(Octets message, size_t offset) {
  size_t end_offset = 0;
  const size_t size =
      walk_name(message, offset, &end_offset, [](size_t, const uint8_t*, size_t) {});
  return size == 0 ? 0 : end_offset;
}

bool names_equal_at(Octets message, size_t a, size_t b) {
  for (;;) {
    a = label_at(message, a);
    b = label_at(message, b);
    if (a == b) return true;
    const size_t octets = message[a] + size_t{1};
    if (message[b] + size_t{1} != octets) return false;
    CHECK(octets <= message.size() - std::max(a, b));
    if (!names_equal(message.subspan(a, octets), message.subspan(b, octets))) return false;
    if (octets == 1) return true;
    a += octets;
    b += octets;
  }
}

bool is_subdomain(Octets name, Octets ancestor) {
  while (name.size() > ancestor.size()) name = parent_of(name);
  return names_equal(name, ancestor);
}

Name name_at(Octets message, size_t offset) {
  Name name;
  size_t end;
  const size_t octets = expand_name(message, offset, name.octets_, &end);
  CHECK(octets != 0);
  name.size_ = static_cast<uint8_t>(octets);
  name.lower_case();
  return name;
}

bool names_equal(Octets a, Octets b) {
  if (a.size() != b.size()) return false;
  if (std::memcmp(a.data(), b.data(), a.size()) == 0) return true;
  for (size_t i = 0; i < a.size(); ++i) {
    if (lower_table[a[i]] != lower_table[b[i]]) return false;
  }
  return true;
}

}  // namespace dnswarm
