#include "base/probe_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/random.h"

namespace dnswarm {
namespace {

TEST(ProbeTable, finds_what_was_inserted_and_nothing_else) {
  ProbeTable table;
  table.insert(7, 70);
  table.insert(0, 1);
  EXPECT_EQ(table.find(7), 70u);
  EXPECT_EQ(table.find(0), 1u);
  EXPECT_EQ(table.find(8), ProbeTable::none);
  table.erase(0);
  EXPECT_EQ(table.find(0), ProbeTable::none);
  EXPECT_EQ(table.size(), 1u);
}

TEST(ProbeTable, tells_equal_tags_apart) {
  ProbeTable table;
  for (uint32_t i = 0; i < 5; ++i) table.insert(42, i);
  EXPECT_EQ(table.find(42, [](uint32_t i) { return i == 3; }), 3u);
  table.erase(42, 3);
  EXPECT_EQ(table.find(42, [](uint32_t i) { return i == 3; }), ProbeTable::none);
  EXPECT_EQ(table.find(42, [](uint32_t i) { return i == 4; }), 4u);
  EXPECT_EQ(table.size(), 4u);
}

// Against std::multimap, in a table that is as full as it gets and wraps around its end.
TEST(ProbeTable, does_what_a_map_does_through_growth_and_erasure) {
  Random random(11);
  ProbeTable table;
  std::map<uint32_t, std::vector<uint32_t>> model;
  size_t size = 0;
  for (uint32_t step = 0; step < 200'000; ++step) {
    const uint32_t tag = random.below(step < 100'000 ? 3000 : 300) * 0x10001;
    auto& indices = model[tag];
    if (size > 0 && random.below(100) < (step < 100'000 ? 45u : 60u) && !indices.empty()) {
      const size_t which = random.below(static_cast<uint32_t>(indices.size()));
      table.erase(tag, indices[which]);
      indices.erase(indices.begin() + static_cast<long>(which));
      --size;
    } else if (indices.size() < 4) {
      table.insert(tag, step);
      indices.push_back(step);
      ++size;
    }
    ASSERT_EQ(table.size(), size);
    const uint32_t asked = random.below(3000) * 0x10001;
    for (uint32_t index : model[asked]) {
      ASSERT_EQ(table.find(asked, [&](uint32_t i) { return i == index; }), index);
    }
    if (model[asked].empty()) {
      ASSERT_EQ(table.find(asked), ProbeTable::none);
    }
  }
  size_t seen = 0;
  table.for_each([&](uint32_t tag, uint32_t index) {
    ++seen;
    const auto& indices = model[tag];
    EXPECT_NE(std::find(indices.begin(), indices.end(), index), indices.end());
  });
  EXPECT_EQ(seen, size);
}

}  // namespace
}  // namespace dnswarm
