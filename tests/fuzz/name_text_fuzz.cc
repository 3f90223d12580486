// Text -> wire -> text -> wire: the second round must change nothing. The same octets serve as wire
// format too: what expands must survive being written and read.
#include <vector>

#include "base/check.h"
#include "dns/name.h"

namespace dnswarm {
namespace {

void check_wire(Octets wire) {
  CHECK(!wire.empty() && wire.size() <= name_octets_max);
  size_t at = 0;
  while (wire[at] != 0) {
    CHECK(wire[at] <= label_octets_max);
    at += 1u + wire[at];
    CHECK(at < wire.size());
  }
  CHECK(at + 1 == wire.size());
}

void check_fixpoint(const Name& name) {
  check_wire(name.wire());
  for (uint8_t octet : name.wire()) CHECK(octet == ascii_lower(octet));
  std::string text = "prefix";
  append_name_text(name.wire(), text);
  CHECK(text.starts_with("prefix"));
  text.erase(0, 6);
  for (char c : text) CHECK(c > 32 && c < 127);
  Name again;
  CHECK(again.assign_text(text) == NameError::none);
  CHECK(again.size() == name.size() && names_equal(again.wire(), name.wire()));
  Name dotted;
  CHECK(dotted.assign_text(text == "." ? text : text + '.') == NameError::none);
  CHECK(names_equal(dotted.wire(), name.wire()));
  std::string text_again;
  append_name_text(again.wire(), text_again);
  CHECK(text == text_again);
}

void check_as_text(std::string_view text) {
  Name name;
  if (name.assign_text(text) == NameError::none) check_fixpoint(name);
  Name reverse;
  CHECK(reverse_name_from_text(text, reverse) == is_ip_address_text(text));
  if (is_ip_address_text(text)) check_fixpoint(reverse);
}

void check_as_wire(Octets octets) {
  std::array<uint8_t, name_octets_max> wire;
  for (size_t offset = 0; offset < octets.size() && offset < 16; ++offset) {
    size_t end = 0;
    const size_t size = expand_name(octets, offset, wire, &end);
    CHECK(skip_name(octets, offset) == (size == 0 ? 0 : end));
    if (size == 0) continue;
    CHECK(end > offset && end <= octets.size());
    check_wire({wire.data(), size});
    Name name;
    name.assign_wire({wire.data(), size});
    CHECK(names_equal(name.wire(), {wire.data(), size}));
    check_fixpoint(name);
  }
}

}  // namespace
}  // namespace dnswarm

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Copies of exactly this size, so that the sanitizer sees a read past the end.
  const std::vector<char> text(data, data + size);
  const std::vector<uint8_t> octets(data, data + size);
  dnswarm::check_as_text({text.data(), text.size()});
  dnswarm::check_as_wire(octets);
  return 0;
}
