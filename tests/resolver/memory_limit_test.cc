#include "resolver/memory_limit.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace dnswarm {
namespace {

constexpr uint64_t mib = uint64_t{1} << 20;

class MemoryLimitTest : public ::testing::Test {
 protected:
  MemoryLimitTest() { std::filesystem::create_directories(folder); }
  ~MemoryLimitTest() override { std::filesystem::remove_all(folder); }
  void write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(folder + path).parent_path());
    std::ofstream(folder + path) << text;
  }
  uint64_t limit(const std::string& cgroups) {
    write("/self", cgroups);
    return memory_limit(folder + "/self", folder);
  }

  const std::string folder = ::testing::TempDir() + "memory_limit_test";
};

TEST_F(MemoryLimitTest, is_the_least_on_the_way_up) {
  write("/a/b/memory.max", "max\n");
  write("/a/memory.max", "268435456\n");
  EXPECT_EQ(limit("0::/a/b\n"), 256 * mib);
  write("/a/b/memory.max", "1048576\n");
  EXPECT_EQ(limit("0::/a/b\n"), mib);
  EXPECT_EQ(limit("0::/a\n"), 256 * mib);
  EXPECT_EQ(limit("0::/\n"), no_memory_limit);
}

TEST_F(MemoryLimitTest, of_version_1_is_the_memory_controllers) {
  write("/memory/jobs/memory.limit_in_bytes", "67108864\n");
  write("/memory/memory.limit_in_bytes", "9223372036854771712\n");
  write("/cpu/jobs/memory.limit_in_bytes", "1\n");
  EXPECT_EQ(limit("3:cpu,cpuacct:/jobs\n4:memory:/jobs\n0::/\n"), 64 * mib);
  EXPECT_EQ(limit("4:hugetlb,memory:/jobs\n"), 64 * mib);
  EXPECT_EQ(limit("4:cpu:/jobs\n"), no_memory_limit);
}

TEST_F(MemoryLimitTest, in_a_container_is_at_the_root) {
  write("/memory/memory.limit_in_bytes", "33554432\n");
  EXPECT_EQ(limit("4:memory:/docker/0123456789ab\n"), 32 * mib);
}

TEST_F(MemoryLimitTest, is_none_where_nothing_says_so) {
  EXPECT_EQ(limit(""), no_memory_limit);
  EXPECT_EQ(limit("nonsense\n0:\n:\n\n"), no_memory_limit);
  EXPECT_EQ(memory_limit(folder + "/no/such/file", folder), no_memory_limit);
}

TEST(CacheThatFits, is_what_is_wanted_or_what_is_left) {
  EXPECT_EQ(cache_that_fits(64 * mib, no_memory_limit, 2, 8000), 64 * mib);
  EXPECT_EQ(cache_that_fits(64 * mib, 256 * mib, 2, 8000), 64 * mib);
  const size_t some = cache_that_fits(64 * mib, 64 * mib, 2, 8000);
  EXPECT_LE(some, 32 * mib);
  EXPECT_GT(some, 24 * mib);
  EXPECT_EQ(cache_that_fits(200 * mib, 256 * mib, 2, 8000), 128 * mib);
  EXPECT_LT(cache_that_fits(64 * mib, 64 * mib, 8, 100'000), some);
  EXPECT_EQ(cache_that_fits(64 * mib, mib, 2, 8000), 0u);
}

}  // namespace
}  // namespace dnswarm
