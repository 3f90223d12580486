#include "base/slab.h"

#include <gtest/gtest.h>

#include <set>

namespace dnswarm {
namespace {

TEST(Slab, gives_distinct_indices_and_objects_do_not_move) {
  Slab<int> slab(6000);
  uint32_t first = slab.allocate();
  int* address = &slab[first];
  std::set<uint32_t> seen{first};
  for (int i = 0; i < 5000; ++i) EXPECT_TRUE(seen.insert(slab.allocate()).second);
  EXPECT_EQ(&slab[first], address);
  EXPECT_EQ(slab.used(), 5001u);
}

TEST(Slab, reuses_what_was_released_before_it_grows) {
  Slab<int> slab(3000);
  for (int i = 0; i < 1024; ++i) slab.allocate();
  uint32_t capacity = slab.capacity();
  slab.release(17);
  EXPECT_EQ(slab.allocate(), 17u);
  EXPECT_EQ(slab.capacity(), capacity);
}

TEST(Slab, makes_objects_as_they_are_needed_and_destroys_those) {
  static int alive = 0;
  struct Counted {
    Counted() { ++alive; }
    ~Counted() { --alive; }
  };
  {
    Slab<Counted> slab(1u << 20);
    EXPECT_EQ(alive, 0);
    for (int i = 0; i < 1025; ++i) slab.allocate();
    EXPECT_EQ(static_cast<uint32_t>(alive), slab.capacity());
    EXPECT_LE(alive, 4096);
  }
  EXPECT_EQ(alive, 0);
}

TEST(Slab, address_space_that_is_not_there_is_bad_alloc) {
  struct Large {
    char octets[1 << 20];
  };
  EXPECT_THROW(Slab<Large>(UINT32_MAX / 2), std::bad_alloc);  // 2 PiB
}

}  // namespace
}  // namespace dnswarm
