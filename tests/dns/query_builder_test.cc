#include "dns/query_builder.h"

#include <gtest/gtest.h>

#include "dns/message_parser.h"
#include "wire_text.h"

namespace dnswarm {
namespace {

std::string query_hex(const QueryOptions& options, bool with_edns = true,
                      std::string_view name = "a.b", RRType type = RRType::A) {
  const QueryBuilder builder(options);
  std::array<uint8_t, query_octets_max> room;
  const Bytes qname = name_bytes(name);
  const size_t size = builder.build(qname, type, 0x1234, with_edns, room.data());
  EXPECT_EQ(size, builder.size(qname.size(), with_edns));
  return hex_of({room.data(), size});
}

TEST(QueryBuilder, asks_with_rd_and_edns_by_default) {
  EXPECT_EQ(query_hex({}), "1234" "0100" "0001" "0000" "0000" "0001" "01610162" "00" "0001" "0001"
                           "00" "0029" "04d0" "00000000" "0000");
}

TEST(QueryBuilder, leaves_edns_out_where_it_is_not_wanted) {
  const std::string plain = "1234" "0100" "0001" "0000" "0000" "0000" "01610162" "00" "0001" "0001";
  EXPECT_EQ(query_hex({}, false), plain);
  QueryOptions options;
  options.edns = false;
  options.nsid = true;
  EXPECT_FALSE(QueryBuilder(options).edns());
  EXPECT_EQ(query_hex(options, true), plain);
}

TEST(QueryBuilder, sets_each_flag_at_its_place) {
  QueryOptions options;
  options.recursion_desired = false;
  EXPECT_EQ(QueryBuilder(options).flags(), 0);
  options.authentic_data = true;
  EXPECT_EQ(QueryBuilder(options).flags(), 0x0020);
  options.checking_disabled = true;
  EXPECT_EQ(QueryBuilder(options).flags(), 0x0030);
  options.dnssec_ok = true;
  options.rrclass = RRClass::CH;
  options.udp_payload_octets = 4096;
  EXPECT_EQ(query_hex(options, true, ".", RRType::TXT),
            "1234" "0030" "0001" "0000" "0000" "0001" "00" "0010" "0003"
            "00" "0029" "1000" "00008000" "0000");
}

TEST(QueryBuilder, writes_nsid_and_client_subnet) {
  QueryOptions options;
  options.nsid = true;
  options.client_subnet = "192.0.2.255/25";
  EXPECT_EQ(query_hex(options, true, "."),
            "1234" "0100" "0001" "0000" "0000" "0001" "00" "0001" "0001"
            "00" "0029" "04d0" "00000000" "0010" "00030000" "0008" "0008" "0001" "19" "00" "c0000280");
}

TEST(QueryBuilder, the_largest_query_fits_the_room) {
  QueryOptions options;
  options.nsid = true;
  options.client_subnet = "2001:db8::/128";
  std::string name;
  for (int i = 0; i < 127; ++i) name += "a.";
  EXPECT_EQ(query_hex(options, true, name).size(), 2 * (query_octets_max - 4 - cookie_octets_max));
  const QueryBuilder builder(options);
  EXPECT_EQ(builder.size(name_octets_max, true, cookie_octets_max), query_octets_max);
}

TEST(QueryBuilder, a_cookie_is_the_last_option_and_goes_with_edns_alone) {
  QueryOptions options;
  options.nsid = true;
  const QueryBuilder builder(options);
  const std::array<uint8_t, 8> cookie = {1, 2, 3, 4, 5, 6, 7, 8};
  Name name;
  ASSERT_EQ(name.assign_text("a.example"), NameError::none);
  std::array<uint8_t, query_octets_max> room;
  for (const bool edns : {true, false}) {
    const size_t size = builder.build(name.wire(), RRType::A, 1, edns, room.data(), {.cookie = cookie});
    EXPECT_EQ(size, builder.size(name.size(), edns, cookie.size()));
    Message query;
    ASSERT_EQ(parse_question({room.data(), size}, query), ParseError::none);
    ASSERT_EQ(parse_records(query), ParseError::none);
    EXPECT_EQ(std::vector(query.edns.cookie.begin(), query.edns.cookie.end()),
              edns ? std::vector<uint8_t>(cookie.begin(), cookie.end()) : std::vector<uint8_t>());
  }
}

TEST(ClientSubnet, clears_the_bits_after_the_prefix) {
  const struct {
    std::string_view text, hex;
  } rows[] = {
      {"192.0.2.129/24", "0008" "0007" "0001" "18" "00" "c00002"},
      {"192.0.2.129/32", "0008" "0008" "0001" "20" "00" "c0000281"},
      {"255.255.255.255/1", "0008" "0005" "0001" "01" "00" "80"},
      {"255.255.255.255/9", "0008" "0006" "0001" "09" "00" "ff80"},
      {"192.0.2.1/0", "0008" "0004" "0001" "00" "00"},
      {"0.0.0.0/0", "0008" "0004" "0001" "00" "00"},
      {"2001:db8:ffff::/33", "0008" "0009" "0002" "21" "00" "20010db880"},
      {"::/0", "0008" "0004" "0002" "00" "00"},
  };
  for (const auto& row : rows) {
    const auto option = client_subnet_option(row.text);
    ASSERT_TRUE(option.has_value()) << row.text;
    EXPECT_EQ(hex_of(bytes_of(*option)), row.hex) << row.text;
  }
}

TEST(ClientSubnet, rejects_malformed_text) {
  for (std::string_view text :
       {"", "/", "/24", "192.0.2.0", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/+1",
        "192.0.2.0/24 ", "192.0.2.0/2x", "192.0.2.0/256", "192.0.2/24", "192.0.2.0.0/24",
        "2001:db8::/129", "2001:db8::g/32", "example.com/24", "192.0.2.0/24/24"}) {
    EXPECT_EQ(client_subnet_option(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace dnswarm
