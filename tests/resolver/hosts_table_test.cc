#include "resolver/hosts_table.h"

#include <gtest/gtest.h>

#include <fstream>

#include "dns/name.h"

namespace dnswarm {
namespace {

class HostsTableTest : public ::testing::Test {
 protected:
  size_t found(const std::string& text, RRType type) {
    Name name;
    EXPECT_EQ(name.assign_text(text), NameError::none);
    return table.find(name.wire(), type).size();
  }
  HostsTable table;
};

TEST_F(HostsTableTest, answers_canonical_names_and_aliases) {
  table.add_line("192.0.2.1 Host.example alias # comment");
  EXPECT_EQ(found("host.example", RRType::A), 1u);
  EXPECT_EQ(found("ALIAS", RRType::A), 1u);
  EXPECT_EQ(found("comment", RRType::A), 0u);
  EXPECT_EQ(found("host.example", RRType::AAAA), 0u);
  EXPECT_EQ(found("host.example", RRType::MX), 0u);
}

TEST_F(HostsTableTest, several_lines_for_one_name_add_up_and_repeats_do_not) {
  table.add_line("192.0.2.1\thost");
  table.add_line("192.0.2.2 host");
  table.add_line("192.0.2.2 host");
  table.add_line("2001:db8::1 host");
  EXPECT_EQ(found("host", RRType::A), 2u);
  EXPECT_EQ(found("host", RRType::AAAA), 1u);
}

TEST_F(HostsTableTest, the_reverse_name_leads_to_the_canonical_name) {
  table.add_line("192.0.2.1 host.example alias");
  Name reverse;
  ASSERT_TRUE(reverse_name_from_text("192.0.2.1", reverse));
  auto records = table.find(reverse.wire(), RRType::PTR);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0], std::string("\x04host\x07""example\0", 14));
}

TEST_F(HostsTableTest, malformed_lines_are_skipped) {
  for (const char* line : {"", "#", "192.0.2.1", "not-an-address host", "192.0.2.256 host", "1.2.3 host",
                           "192.0.2.1:53 host", "[::1]:53 host", "192.0.2.1 bad..name", "\t\t"}) {
    table.add_line(line);
  }
  EXPECT_EQ(found("host", RRType::A), 0u);
}

TEST_F(HostsTableTest, a_missing_file_is_an_error) { EXPECT_FALSE(table.load("/nonexistent/hosts")); }

}  // namespace
}  // namespace dnswarm
