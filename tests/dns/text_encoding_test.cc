#include "dns/text_encoding.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <random>

#include "wire_text.h"

namespace dnswarm {
namespace {

template <typename Append>
std::string text_of(Append append, std::string_view octets) {
  std::string text;
  append(bytes_of(octets), text);
  return text;
}

// RFC 4648 section 10.
TEST(TextEncoding, writes_the_vectors_of_rfc_4648) {
  const struct {
    std::string_view octets, base64, base32hex, hex;
  } rows[] = {
      {"", "", "", ""},
      {"f", "Zg==", "CO", "66"},
      {"fo", "Zm8=", "CPNG", "666F"},
      {"foo", "Zm9v", "CPNMU", "666F6F"},
      {"foob", "Zm9vYg==", "CPNMUOG", "666F6F62"},
      {"fooba", "Zm9vYmE=", "CPNMUOJ1", "666F6F6261"},
      {"foobar", "Zm9vYmFy", "CPNMUOJ1E8", "666F6F626172"},
      {"\xff\xfe\xfb", "//77", "VVVFM", "FFFEFB"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(text_of(append_base64, row.octets), row.base64);
    EXPECT_EQ(text_of(append_base32hex, row.octets), row.base32hex);
    EXPECT_EQ(text_of(append_hex, row.octets), row.hex);
  }
}

TEST(TextEncoding, pads_decimals_without_cutting_them) {
  std::string text;
  append_decimal_padded(7, 3, text);
  append_decimal_padded(1234, 3, text);
  append_decimal_padded(0, 1, text);
  append_decimal(4294967295u, text);
  EXPECT_EQ(text, "007123404294967295");
}

TEST(TextEncoding, escapes_strings) {
  EXPECT_EQ(text_of(append_string_octets, std::string_view("a\"b\\c d;\0\x1f\x7f\xff", 12)),
            "a\\\"b\\\\c d;\\000\\031\\127\\255");
}

// inet_ntop is the reference; groups are zero half of the time, so that runs of all kinds occur.
TEST(TextEncoding, addresses_read_as_inet_ntop_writes_them) {
  std::mt19937 random(1);
  char expected[64];
  for (int i = 0; i < 20000; ++i) {
    uint8_t address[16] = {};
    for (size_t group = 0; group < 8; ++group) {
      const auto kind = random() % 6;
      if (kind < 3) continue;
      if (kind == 3) address[2 * group] = static_cast<uint8_t>(random());
      address[2 * group + 1] = static_cast<uint8_t>(random());
      if (kind == 5) address[2 * group] = address[2 * group + 1] = 0xff;
    }
    std::string text;
    append_ipv6(address, text);
    EXPECT_EQ(text, inet_ntop(AF_INET6, address, expected, sizeof expected));
    text.clear();
    append_ipv4(address + 12, text);
    EXPECT_EQ(text, inet_ntop(AF_INET, address + 12, expected, sizeof expected));
  }
}

}  // namespace
}  // namespace dnswarm
