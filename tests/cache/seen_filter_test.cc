#include "cache/seen_filter.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace dnswarm {
namespace {

TEST(SeenFilter, remembers_what_it_was_told) {
  SeenFilter filter(1000);
  Random random(1);
  std::vector<uint64_t> told;
  for (int i = 0; i < 900; ++i) {
    told.push_back(random.u64());
    filter.test_and_set(told.back());
  }
  for (const uint64_t hash : told) EXPECT_TRUE(filter.test_and_set(hash));
}

TEST(SeenFilter, takes_few_new_names_for_old_ones) {
  constexpr int names = 100'000;
  SeenFilter filter(names);
  Random random(2);
  int wrong = 0;
  for (int i = 0; i < names; ++i) wrong += filter.test_and_set(random.u64());
  EXPECT_LT(wrong, names / 14);  // one in 16 at 8 bits a name
  EXPECT_GT(wrong, 0);
}

TEST(SeenFilter, begins_again_when_it_is_full) {
  SeenFilter filter(64);
  Random random(3);
  const uint64_t first = random.u64();
  EXPECT_FALSE(filter.test_and_set(first));
  EXPECT_TRUE(filter.test_and_set(first));
  for (int i = 0; i < 64; ++i) filter.test_and_set(random.u64());
  int seen = 0;
  for (int i = 0; i < 20; ++i) seen += filter.test_and_set(random.u64());
  EXPECT_LT(seen, 10);  // it does not fill up for good
}

TEST(SeenFilter, of_no_names_is_harmless) {
  SeenFilter filter(0);
  filter.prefetch(1);
  EXPECT_FALSE(filter.test_and_set(1));
  EXPECT_FALSE(filter.test_and_set(1));
}

}  // namespace
}  // namespace dnswarm
