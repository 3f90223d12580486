#include "cli/resolver_list.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace dnswarm::cli {
namespace {

TEST(ResolverList, knows_addresses) {
  for (const char* text : {"192.0.2.1", "192.0.2.1:53", "192.0.2.1:65535", "::1", "2001:db8::1",
                           "[2001:db8::1]", "[2001:db8::1]:5353", "fe80::1%eth0",
                           "[fe80::1%2]:53"}) {
    EXPECT_TRUE(is_upstream_address(text)) << text;
  }
  for (const char* text : {"", "192.0.2", "192.0.2.256", "192.0.2.1:", "192.0.2.1:0",
                           "192.0.2.1:65536", "192.0.2.1:5x", "dns.example",
                           "[192.0.2.1]:53", "[::1", "[::1]53", "[::1]:", "::1%", ":::",
                           "1.1.1.1 "}) {
    EXPECT_FALSE(is_upstream_address(text)) << text;
  }
}

TEST(ResolverList, takes_commas) {
  const ResolverList list = resolver_list_from_text("192.0.2.1, [::1]:5353,192.0.2.2:54");
  EXPECT_EQ(list.error, "");
  EXPECT_EQ(list.upstreams, (std::vector<std::string>{"192.0.2.1", "[::1]:5353", "192.0.2.2:54"}));
}

TEST(ResolverList, says_which_item_of_a_list_is_bad) {
  const ResolverList list = resolver_list_from_text("192.0.2.1,nowhere.example");
  EXPECT_NE(list.error.find("'nowhere.example'"), std::string::npos) << list.error;
  EXPECT_NE(list.error.find("no file of that name"), std::string::npos);
}

TEST(ResolverList, skips_junk_lines_and_reports_five_and_their_number) {
  std::string lines = "\xEF\xBB\xBF# public\n\n192.0.2.1\r\n  192.0.2.2:54  # fast\n";
  for (int i = 0; i < 7; ++i) lines += "junk\x1b" + std::to_string(i) + "\n";
  lines += "2001:db8::1";
  const ResolverList list = resolver_list_from_lines(lines, "list.txt");
  EXPECT_EQ(list.error, "");
  EXPECT_EQ(list.upstreams,
            (std::vector<std::string>{"192.0.2.1", "192.0.2.2:54", "2001:db8::1"}));
  ASSERT_EQ(list.warnings.size(), 6u);
  EXPECT_TRUE(list.warnings[0].starts_with("list.txt:5: 'junk\\0270' skipped: must be"));
  EXPECT_EQ(list.warnings[5], "list.txt: 7 lines skipped in all, 3 upstreams taken");
}

TEST(ResolverList, refuses_a_file_without_any_address) {
  for (const char* lines : {"", "\n\n", "# only\n", "junk\nmore junk\n"}) {
    const ResolverList list = resolver_list_from_lines(lines, "list.txt");
    EXPECT_NE(list.error.find("list.txt holds no upstream"), std::string::npos);
    EXPECT_TRUE(list.upstreams.empty());
  }
}

TEST(ResolverList, reads_a_file_of_that_name) {
  char name[] = "/tmp/resolver_list_test_XXXXXX";
  const int fd = mkstemp(name);
  ASSERT_GE(fd, 0);
  {
    std::ofstream file(name);
    for (int i = 0; i < 10000; ++i) file << "10.0." << i / 256 << "." << i % 256 << "\n";
  }
  const ResolverList list = resolver_list_from_text(name);
  EXPECT_EQ(list.error, "");
  EXPECT_EQ(list.upstreams.size(), 10000u);
  close(fd);
  unlink(name);
}

}  // namespace
}  // namespace dnswarm::cli
