// Type (2 octets), class (1 octet: odd is CH), offset of the RDATA (1 octet), then a message the
// RDATA ends. What is valid has a printable text, with and without something before it in `out`;
// RDATA that is one name reads back as the same name.
#include <vector>

#include "base/check.h"
#include "dns/name.h"
#include "dns/rdata_text.h"

namespace dnswarm {
namespace {

bool is_one_name(RRType type) {
  switch (type) {
    case RRType::NS:
    case RRType::CNAME:
    case RRType::PTR:
    case RRType::DNAME:
    case RRType::MB: return true;
    default: return false;
  }
}

void check_rdata(RRType type, RRClass rrclass, Octets message, size_t offset) {
  const size_t octets = message.size() - offset;
  if (!rdata_is_valid(type, rrclass, message, offset, octets)) return;
  std::string text, dotted = "before ";
  append_rdata_text(type, rrclass, message, offset, octets, text);
  append_rdata_text(type, rrclass, message, offset, octets, dotted, true);
  CHECK(dotted.starts_with("before "));
  dotted.erase(0, 7);
  CHECK(dotted.size() >= text.size());
  CHECK(!text.empty() || type == RRType::APL);
  CHECK(text.empty() || (text.front() != ' ' && text.back() != ' '));
  for (char c : dotted) CHECK(c >= 32 && c <= 126);
  if (is_one_name(type)) {
    std::array<uint8_t, name_octets_max> wire;
    size_t end = 0;
    const size_t size = expand_name(message, offset, wire, &end);
    Name name;
    CHECK(size != 0 && name.assign_text(text) == NameError::none);
    CHECK(names_equal(name.wire(), {wire.data(), size}));
    CHECK(name.assign_text(dotted) == NameError::none);
    CHECK(names_equal(name.wire(), {wire.data(), size}));
  }
  if (text.starts_with("\\# ")) {
    CHECK(text == dotted);
    const std::string head = "\\# " + std::to_string(octets);
    CHECK(text.size() == head.size() + (octets == 0 ? 0 : 1 + 2 * octets));
  }
}

}  // namespace
}  // namespace dnswarm

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace dnswarm;
  if (size < 4) return 0;
  const auto type = static_cast<RRType>(data[0] << 8 | data[1]);
  const RRClass rrclass = data[2] % 2 == 0 ? RRClass::IN : RRClass::CH;
  // A copy of exactly this size, so that the sanitizer sees a read past the end.
  const std::vector<uint8_t> message(data + 4, data + size);
  check_rdata(type, rrclass, message, std::min<size_t>(data[3], message.size()));
  return 0;
}
