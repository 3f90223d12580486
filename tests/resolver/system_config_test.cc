#include "resolver/system_config.h"

#include <gtest/gtest.h>

namespace dnswarm {
namespace {

TEST(SystemConfig, reads_what_resolv_conf_says) {
  SystemConfig config = parse_resolv_conf(
      "# comment\n"
      "nameserver 192.0.2.1\n"
      "nameserver 2001:db8::1   \n"
      "nameserver 192.0.2.2:5353\r\n"
      "nameserver [2001:db8::2]:5353\n"
      "search example.com corp.example\n"
      "options ndots:3 timeout:7 attempts:4 rotate edns0 use-vc\n");
  ASSERT_EQ(config.upstreams.size(), 4u);
  EXPECT_EQ(config.upstreams[0].to_text(), "192.0.2.1:53");
  EXPECT_EQ(config.upstreams[1].to_text(), "[2001:db8::1]:53");
  EXPECT_EQ(config.upstreams[2].to_text(), "192.0.2.2:5353");
  EXPECT_EQ(config.upstreams[3].to_text(), "[2001:db8::2]:5353");
  EXPECT_EQ(config.search, (std::vector<std::string>{"example.com", "corp.example"}));
  EXPECT_EQ(config.ndots, 3u);
  EXPECT_EQ(config.timeout_s, 7u);
  EXPECT_EQ(config.attempts, 4u);
  EXPECT_TRUE(config.use_vc);
}

TEST(SystemConfig, the_last_of_domain_and_search_counts) {
  EXPECT_EQ(parse_resolv_conf("search a.example\ndomain b.example\n").search,
            (std::vector<std::string>{"b.example"}));
  EXPECT_EQ(parse_resolv_conf("domain b.example\nsearch a.example c.example").search.size(), 2u);
}

TEST(SystemConfig, caps_what_the_manual_page_caps) {
  SystemConfig config = parse_resolv_conf("options ndots:99 timeout:99 attempts:99");
  EXPECT_EQ(config.ndots, 15u);
  EXPECT_EQ(config.timeout_s, 30u);
  EXPECT_EQ(config.attempts, 5u);
}

TEST(SystemConfig, junk_is_ignored) {
  SystemConfig config = parse_resolv_conf(
      "nameserver\nnameserver not-an-address\nnameserver 192.0.2.256\nnonsense 1 2 3\n"
      "options ndots:x timeout: attempts:-1 :5\n\n\n;nameserver 192.0.2.1\n");
  EXPECT_TRUE(config.upstreams.empty());
  EXPECT_EQ(config.ndots, 1u);
  EXPECT_EQ(config.timeout_s, 0u);
  EXPECT_EQ(config.attempts, 0u);
}

}  // namespace
}  // namespace dnswarm
