#include "base/random.h"

#include <gtest/gtest.h>

#include <set>

namespace dnswarm {
namespace {

TEST(Random, the_same_seed_gives_the_same_numbers) {
  Random a(7), b(7), c(8);
  for (int i = 0; i < 2000; ++i) ASSERT_EQ(a.u64(), b.u64());
  EXPECT_NE(a.u64(), c.u64());
}

TEST(Random, below_stays_below_and_reaches_all) {
  Random random(1);
  std::set<uint32_t> seen;
  for (int i = 0; i < 1000; ++i) {
    uint32_t value = random.below(7);
    ASSERT_LT(value, 7u);
    seen.insert(value);
  }
  EXPECT_EQ(seen.size(), 7u);
  EXPECT_EQ(random.below(1), 0u);
}

TEST(Random, the_kernels_numbers_differ_between_instances) {
  Random a, b;
  EXPECT_NE(a.u64(), b.u64());  // fails once in 2^64 runs
}

TEST(Random, ids_spread_over_all_65536_values) {
  Random random;
  std::set<uint16_t> seen;
  for (int i = 0; i < 65536; ++i) seen.insert(random.u16());
  // 1 - 1/e of them are expected: 41,427, with a deviation of about 125.
  EXPECT_GT(seen.size(), 40'000u);
  EXPECT_LT(seen.size(), 43'000u);
}

}  // namespace
}  // namespace dnswarm
