#include "base/slab.h"

#include <gtest/gtest.h>

#include <set>

namespace dnswarm {
namespace {

TEST(Slab, gives_distinct_indices_and_objects_do_not_move) {
  Slab<int> slab;
  uint32_t first = slab.allocate();
  int* address = &slab[first];
  std::set<uint32_t> seen{first};
  for (int i = 0; i < 5000; ++i) EXPECT_TRUE(seen.insert(slab.allocate()).second);
  EXPECT_EQ(&slab[first], address);
  EXPECT_EQ(slab.used(), 5001u);
}

TEST(Slab, reuses_what_was_released_before_it_grows) {
  Slab<int> slab;
  for (int i = 0; i < 1024; ++i) slab.allocate();
  uint32_t capacity = slab.capacity();
  slab.release(17);
  EXPECT_EQ(slab.allocate(), 17u);
  EXPECT_EQ(slab.capacity(), capacity);
}

}  // namespace
}  // namespace dnswarm
