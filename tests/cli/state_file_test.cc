#include "cli/state_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/resume_options.h"

namespace dnswarm::cli {
namespace {

class StateFileTest : public testing::Test {
 protected:
  StateFileTest() {
    char name[] = "/tmp/dnswarm-state-XXXXXX";
    folder = mkdtemp(name);
    path = folder + "/state";
  }
  ~StateFileTest() override { std::filesystem::remove_all(folder); }
  std::string content(const std::string& name) {
    std::ifstream file(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string folder, path, error;
};

TEST_F(StateFileTest, begins_empty_and_is_replaced_as_a_whole) {
  {
    auto file = StateFile::open(path, &error);
    ASSERT_TRUE(file) << error;
    EXPECT_EQ(file->text(), "");
    EXPECT_EQ(file->replace("one"), 0);
    EXPECT_EQ(content(path), "one");
    EXPECT_EQ(file->replace("2"), 0);
  }
  EXPECT_EQ(content(path), "2");
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
  EXPECT_EQ(StateFile::open(path, &error)->text(), "2");
}

TEST_F(StateFileTest, nothing_stays_behind_where_nothing_was_kept) {
  { ASSERT_TRUE(StateFile::open(path, &error)); }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(StateFileTest, is_for_one_at_a_time_also_after_it_was_replaced) {
  auto first = StateFile::open(path, &error);
  ASSERT_TRUE(first);
  EXPECT_FALSE(StateFile::open(path, &error));
  EXPECT_NE(error.find("in use"), error.npos);
  ASSERT_EQ(first->replace("x"), 0);
  EXPECT_FALSE(StateFile::open(path, &error));
  ASSERT_EQ(first->replace("y"), 0);
  EXPECT_FALSE(StateFile::open(path, &error));
  first.reset();
  EXPECT_TRUE(StateFile::open(path, &error));
}

TEST_F(StateFileTest, a_half_written_new_one_does_no_harm) {
  ASSERT_EQ(StateFile::open(path, &error)->replace("old"), 0);
  std::ofstream(path + ".new") << "ha";
  auto file = StateFile::open(path, &error);
  EXPECT_EQ(file->text(), "old");
  EXPECT_EQ(file->replace("new"), 0);
  EXPECT_EQ(content(path), "new");
}

TEST_F(StateFileTest, where_it_cannot_be_replaced_the_old_one_stays) {
  auto file = StateFile::open(path, &error);
  ASSERT_EQ(file->replace("old"), 0);
  ASSERT_EQ(mkdir((path + ".new").c_str(), 0777), 0);
  EXPECT_EQ(file->replace("new"), EISDIR);
  EXPECT_EQ(content(path), "old");
}

TEST_F(StateFileTest, says_what_cannot_be_opened) {
  EXPECT_FALSE(StateFile::open(folder + "/none/state", &error));
  EXPECT_NE(error.find("/none/state"), error.npos);
  EXPECT_FALSE(StateFile::open("/dev/null", &error));
  EXPECT_NE(error.find("no regular file"), error.npos);
  EXPECT_EQ(sync_folder_of(folder + "/x"), 0);
  EXPECT_EQ(sync_folder_of(folder + "/none/x"), ENOENT);
}

TEST(RowOptions, the_first_difference_is_named) {
  Flags flags;
  const RowOptions before = row_options(flags, false);
  EXPECT_EQ(difference(before, before), "");
  flags.types = {RRType::A, RRType::AAAA};
  EXPECT_EQ(difference(before, row_options(flags, false)), "--type was A, and is A,AAAA");
  flags.types = {RRType::A};
  flags.options.client_subnet = "192.0.2.0/24";
  EXPECT_EQ(difference(before, row_options(flags, false)), "--ecs was not given, and is 192.0.2.0/24");
}

TEST(RowOptions, what_changes_no_row_may_change) {
  Flags flags;
  const RowOptions before = row_options(flags, false);
  Options& options = flags.options;
  options.rate = options.rate_per_upstream = options.rate_per_server = 5;
  options.workers = options.in_flight = options.attempts = 7;
  options.timeout = options.deadline = std::chrono::milliseconds(500);
  options.cache_octets = 0;
  options.io = Io::mmsg;
  flags.quiet = true;
  flags.summary = "s";
  flags.progress = When::always;
  flags.fail_on.percent_max = 50;
  flags.output = flags.input = "elsewhere";
  EXPECT_EQ(difference(before, row_options(flags, false)), "");
}

TEST(RowOptions, long_lists_of_resolvers_are_short_and_still_differ) {
  Flags flags;
  for (int i = 0; i < 1000; ++i) flags.options.upstreams.push_back("192.0.2." + std::to_string(i % 256));
  const RowOptions before = row_options(flags, false);
  size_t octets = 0;
  for (const auto& [flag, value] : before) octets += flag.size() + value.size();
  EXPECT_LT(octets, 1000u);
  flags.options.upstreams[500] = "192.0.2.1";
  EXPECT_NE(difference(before, row_options(flags, false)), "");
}

}  // namespace
}  // namespace dnswarm::cli
