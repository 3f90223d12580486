#include "base/hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"

namespace dnswarm {
namespace {

uint64_t hash_of(const std::string& text, uint64_t tag = 1, uint64_t seed = 0x1234) {
  return hash_octets({reinterpret_cast<const uint8_t*>(text.data()), text.size()}, tag, seed);
}

TEST(Hash, every_octet_length_tag_and_seed_counts) {
  for (size_t size = 0; size < 70; ++size) {
    const std::string text(size, 'a');
    std::set<uint64_t> seen{hash_of(text), hash_of(text, 28), hash_of(text, 1, 0x1235), hash_of(text + 'a')};
    for (size_t i = 0; i < size; ++i) {
      std::string other = text;
      other[i] = 'b';
      seen.insert(hash_of(other));
    }
    EXPECT_EQ(seen.size(), size + 4) << size;
  }
}

TEST(Hash, does_not_depend_on_where_the_octets_lie_nor_on_what_follows_them) {
  std::string room(100, 'x');
  for (size_t size = 0; size <= 40; ++size) {
    const std::string name = std::string("www.example.com.a-longer-name.and-more.net").substr(0, size);
    const uint64_t expected = hash_of(name);
    for (size_t at = 0; at < 20; ++at) {
      room.replace(at, size, name);
      const auto* octets = reinterpret_cast<const uint8_t*>(room.data()) + at;
      EXPECT_EQ(hash_octets({octets, size}, 1, 0x1234), expected);
      room.assign(100, static_cast<char>('A' + at));
    }
  }
}

// Counted-up names are what lists are made of. Each run of 8 bits of their hashes is spread evenly: by
// chi-square with 255 degrees of freedom, where 400 is beyond one in 10^8.
TEST(Hash, names_that_are_alike_are_spread_evenly_in_all_bits) {
  constexpr int names = 100'000;
  for (const std::string suffix : {".example.com", ".a", "-and-a-longer-name.with.many.labels.example.net"}) {
    std::vector<std::vector<int>> counts(8, std::vector<int>(256));
    std::set<uint64_t> all;
    for (int i = 0; i < names; ++i) {
      const uint64_t hash = hash_of("host" + std::to_string(i) + suffix);
      all.insert(hash);
      for (size_t k = 0; k < 8; ++k) ++counts[k][hash >> 8 * k & 0xff];
    }
    EXPECT_EQ(all.size(), size_t{names});
    for (const auto& bucket : counts) {
      constexpr double mean = names / 256.0;
      double chi_square = 0;
      for (const int count : bucket) chi_square += (count - mean) * (count - mean) / mean;
      EXPECT_LT(chi_square, 400) << suffix;
    }
  }
}

TEST(Hash, one_bit_turns_about_half_of_the_hash_over) {
  Random random(1);
  double turned = 0;
  constexpr int rounds = 20'000;
  for (int i = 0; i < rounds; ++i) {
    std::string text(1 + random.below(60), 0);
    for (char& c : text) c = static_cast<char>(random.u16());
    std::string other = text;
    other[random.below(static_cast<uint32_t>(text.size()))] ^= static_cast<char>(1u << random.below(8));
    const int bits = std::popcount(hash_of(text) ^ hash_of(other));
    EXPECT_GE(bits, 8);
    turned += bits;
  }
  EXPECT_NEAR(turned / rounds, 32, 0.5);
}

TEST(Hash, the_seed_of_the_process_stays) { EXPECT_EQ(hash_seed(), hash_seed()); }

}  // namespace
}  // namespace dnswarm
