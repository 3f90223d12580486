#include "dns/name.h"

#include <gtest/gtest.h>

#include "wire_text.h"

namespace dnswarm {
namespace {

TEST(ReverseName, turns_addresses_around) {
  Name name;
  ASSERT_TRUE(reverse_name_from_text("192.0.2.1", name));
  EXPECT_EQ(text_of_name(name.wire()), "1.2.0.192.in-addr.arpa");
  ASSERT_TRUE(reverse_name_from_text("2001:DB8::567:89ab", name));
  EXPECT_EQ(text_of_name(name.wire()),
            "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
  ASSERT_TRUE(reverse_name_from_text("::", name));
  ASSERT_TRUE(reverse_name_from_text("::ffff:192.0.2.1", name));
  for (std::string_view text : {"", "example.com", "1.2.3", "1.2.3.4.", "1.2.3.256", "::g", "1:2"}) {
    EXPECT_FALSE(reverse_name_from_text(text, name)) << text;
  }
}

TEST(IpAddressText, knows_addresses_from_names) {
  for (std::string_view text : {"192.0.2.1", "0.0.0.0", "255.255.255.255", "::", "::1", "fe80::1",
                                "2001:db8:0:0:0:0:0:1", "::ffff:192.0.2.1"}) {
    EXPECT_TRUE(is_ip_address_text(text)) << text;
  }
  for (std::string_view text :
       {"", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4a", "a.1.2.3.4", "1.2.3.4.in-addr.arpa",
        "12345.example", ":", "a:b", "face:b00k", "1.2.3.04444444444", "dead.beef",
        "1:2:3:4:5:6:7:8:9"}) {
    EXPECT_FALSE(is_ip_address_text(text)) << text;
  }
  EXPECT_FALSE(is_ip_address_text(std::string_view("1.2.3.4\0", 8)));
  EXPECT_FALSE(is_ip_address_text(std::string_view("::1\0", 4)));
}

}  // namespace
}  // namespace dnswarm
