#include "dns/mixed_case.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "dns/name.h"

namespace dnswarm {
namespace {

std::string mixed(const std::string& text, uint32_t bits) {
  Name name;
  EXPECT_EQ(name.assign_text(text), NameError::none);
  std::string out(name.size() + 1, '#');
  mix_case(name.wire(), bits, reinterpret_cast<uint8_t*>(out.data()));
  EXPECT_EQ(out.back(), '#') << "written beyond the name: " << text;
  out.pop_back();
  return out;
}

TEST(MixedCase, changes_letters_and_their_case_alone) {
  for (const std::string text :
       {".", "a", "a.io", "abc.def", "0-9_.com", "\\001\\200\\255z.@example", "www.example.com",
        "a-name-of-more-than-sixty-three-octets-in-several-labels.of.different.length.example"}) {
    Name name;
    ASSERT_EQ(name.assign_text(text), NameError::none);
    const Octets wire = name.wire();
    for (uint32_t bits : {1u, 0x80000000u, 0xffffffffu, 0x12345678u}) {
      const std::string out = mixed(text, bits);
      for (size_t i = 0; i < wire.size(); ++i) {
        const auto octet = static_cast<uint8_t>(out[i]);
        const bool letter = wire[i] >= 'a' && wire[i] <= 'z';
        EXPECT_EQ(letter ? ascii_lower(octet) : octet, wire[i]) << text << " at " << i;
      }
    }
  }
}

TEST(MixedCase, no_bits_are_an_exact_copy) {
  EXPECT_EQ(mixed("www.example.com", 0), std::string("\3www\7example\3com\0", 17));
}

TEST(MixedCase, every_letter_gets_either_case_and_names_differ) {
  for (const std::string text : {"aaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    std::set<std::string> seen;
    std::string upper(text.size() + 2, 0);
    uint32_t bits = 1;
    std::vector<unsigned> uppers(text.size());
    for (int i = 0; i < 1000; ++i, bits = bits * 1664525u + 1013904223u) {
      const std::string out = mixed(text, bits);
      seen.insert(out);
      for (size_t at = 0; at < text.size(); ++at) uppers[at] += out[at + 1] == 'A';
    }
    for (size_t at = 0; at < text.size(); ++at) {
      EXPECT_GT(uppers[at], 350u) << at;
      EXPECT_LT(uppers[at], 650u) << at;
    }
    EXPECT_GE(seen.size(), text.size() > 32 ? 990u : 64u);
  }
}

}  // namespace
}  // namespace dnswarm
