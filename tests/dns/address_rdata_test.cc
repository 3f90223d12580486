#include <gtest/gtest.h>

#include "wire_text.h"

namespace dnswarm {
namespace {

std::string apl(const char* hex) { return text_of_rdata(RRType::APL, bytes_of_hex(hex)); }

TEST(Apl, fills_up_the_zero_octets_left_out) {
  EXPECT_EQ(apl(""), "");
  EXPECT_EQ(apl("0001" "00" "00"), "1:0.0.0.0/0");
  EXPECT_EQ(apl("0001" "15" "03" "c0a820"), "1:192.168.32.0/21");
  EXPECT_EQ(apl("0001" "1c" "84" "c0a82620"), "!1:192.168.38.32/28");
  EXPECT_EQ(apl("0002" "08" "01" "ff" "0001" "00" "80"), "2:ff00::/8 !1:0.0.0.0/0");
}

TEST(Apl, rejects_items_that_overrun_or_exceed_their_family) {
  EXPECT_EQ(apl("00"), "(invalid)");
  EXPECT_EQ(apl("0001" "00"), "(invalid)");
  EXPECT_EQ(apl("0001" "08" "02" "0a"), "(invalid)");
  EXPECT_EQ(apl("0001" "21" "01" "0a"), "(invalid)");
  EXPECT_EQ(apl("0001" "20" "05" "0a0a0a0a0a"), "(invalid)");
  EXPECT_EQ(apl("0002" "81" "01" "0a"), "(invalid)");
  EXPECT_EQ(apl("0002" "80" "11" "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"), "(invalid)");
}

TEST(Ipseckey, writes_each_gateway_and_allows_no_key) {
  const auto ipseckey = [](const char* hex) {
    return text_of_rdata(RRType::IPSECKEY, bytes_of_hex(hex));
  };
  EXPECT_EQ(ipseckey("0a0002" "010203"), "10 0 2 . AQID");
  EXPECT_EQ(ipseckey("0a0102" "c0000226" "010203"), "10 1 2 192.0.2.38 AQID");
  EXPECT_EQ(ipseckey("0a0302" "016100" "010203"), "10 3 2 a AQID");
  EXPECT_EQ(ipseckey("0a0000"), "10 0 0 .");
  EXPECT_EQ(ipseckey("0a00"), "(invalid)");
  EXPECT_EQ(ipseckey("0a0102" "c00002"), "(invalid)");
  EXPECT_EQ(ipseckey("0a0202" "c0000226"), "(invalid)");
  EXPECT_EQ(ipseckey("0a0302" "0561"), "(invalid)");
  EXPECT_EQ(ipseckey("0a0302" "c000"), "(invalid)");
}

TEST(Amtrelay, writes_each_relay) {
  const auto amtrelay = [](const char* hex) {
    return text_of_rdata(RRType::AMTRELAY, bytes_of_hex(hex));
  };
  EXPECT_EQ(amtrelay("0a80"), "10 1 0 .");
  EXPECT_EQ(amtrelay("0a01" "cb00710f"), "10 0 1 203.0.113.15");
  EXPECT_EQ(amtrelay("0a03" "016100"), "10 0 3 a");
  EXPECT_EQ(amtrelay("0a"), "(invalid)");
  EXPECT_EQ(amtrelay("0a00" "00"), "(invalid)");
  EXPECT_EQ(amtrelay("0a01" "cb0071"), "(invalid)");
  EXPECT_EQ(amtrelay("0a02" "cb00710f"), "(invalid)");
  EXPECT_EQ(amtrelay("0a03"), "(invalid)");
}

}  // namespace
}  // namespace dnswarm
