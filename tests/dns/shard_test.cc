#include "dnswarm/shard.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace dnswarm {
namespace {

// Computed from the definition in shard.h by another program. They must never change: machines with different
// versions split one list.
TEST(Shard, hash_is_the_documented_one) {
  EXPECT_EQ(shard_hash("example.com"), 0x11d15729ca97ac3cu);
  EXPECT_EQ(shard_hash("www.example.com"), 0xd76a91e7e0b598c4u);
  EXPECT_EQ(shard_hash("."), 0xb9034ad37056f5fbu);
  EXPECT_EQ(shard_hash("192.0.2.1"), 0x4f2de9130ea0a0f1u);
  EXPECT_EQ(shard_hash("a..b"), 0x23ecfc417b047ea5u);  // no name: as it stands
}

TEST(Shard, one_name_in_all_its_spellings_is_in_one_shard) {
  for (const char* spelling : {"EXAMPLE.com", "example.com.", "ex\\097mple.com", "\\Example.COM."}) {
    EXPECT_EQ(shard_hash(spelling), shard_hash("example.com")) << spelling;
  }
  EXPECT_NE(shard_hash("example\\.com"), shard_hash("example.com"));
  EXPECT_NE(shard_hash("A..b"), shard_hash("a..b"));  // nobody asks for either
#ifdef DNSWARM_IDN
  EXPECT_EQ(shard_hash("B\xC3\xBC"
                       "cher.example"),
            shard_hash("xn--bcher-kva.example"));
#endif
}

TEST(Shard, every_line_is_in_exactly_one_shard_whatever_it_is) {
  for (const std::string name : {"example.com", ".", "", "a..b", "\xff", "192.0.2.1", "2001:db8::1"}) {
    for (const unsigned of : {1u, 2u, 3u, 7u, Shard::shards_max}) {
      unsigned owners = 0;
      for (unsigned number = 1; number <= std::min(of, 1000u); ++number)
        owners += Shard{number, of}.owns(name);
      const unsigned owner = of == 1 ? 1 : static_cast<unsigned>(shard_hash(name) % of) + 1;
      EXPECT_EQ(owners, owner <= 1000 ? 1u : 0u) << name << " of " << of;
      EXPECT_TRUE((Shard{owner, of}.owns(name)));
    }
  }
}

TEST(Shard, names_that_differ_little_are_spread_evenly) {
  for (const unsigned of : {2u, 4u, 10u}) {
    unsigned counts[10] = {};
    constexpr unsigned names = 20000;
    for (unsigned i = 0; i < names; ++i) ++counts[shard_hash("h" + std::to_string(i) + ".example.com") % of];
    for (unsigned i = 0; i < of; ++i) EXPECT_NEAR(counts[i], names / of, names / of / 10.0) << of;
  }
}

}  // namespace
}  // namespace dnswarm
