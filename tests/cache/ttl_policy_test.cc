#include "cache/ttl_policy.h"

#include <gtest/gtest.h>

#include <array>

#include "dns/name.h"
#include "dns/response_builder.h"

namespace dnswarm {
namespace {

class TtlPolicyTest : public ::testing::Test {
 protected:
  TtlPolicyTest() {
    EXPECT_EQ(name.assign_text("www.example.com"), NameError::none);
    EXPECT_EQ(target.assign_text("target.example.com"), NameError::none);
  }
  ResponseBuilder start(uint16_t flags) {
    return ResponseBuilder(room, 1, static_cast<uint16_t>(HeaderFlags::qr | flags), name.wire(),
                           RRType::A, RRClass::IN);
  }
  void soa(ResponseBuilder& builder, uint32_t ttl, uint32_t minimum) {
    std::vector<uint8_t> rdata{0, 0};  // two root names
    for (uint32_t field : {1u, 2u, 3u, 4u, minimum}) {
      for (int shift = 24; shift >= 0; shift -= 8) rdata.push_back(static_cast<uint8_t>(field >> shift));
    }
    builder.record(Section::authority, name.wire(), RRType::SOA, ttl, rdata);
  }
  uint32_t ttl_of(ResponseBuilder& builder, RRType type = RRType::A) {
    Octets octets = builder.finish();
    EXPECT_EQ(parse_question(octets, message), ParseError::none);
    EXPECT_EQ(parse_records(message), ParseError::none);
    return response_ttl_s(message, type);
  }
  static constexpr uint16_t nxdomain = 3;
  const std::array<uint8_t, 4> address{192, 0, 2, 1};
  std::array<uint8_t, 4096> room{};
  Name name, target;
  Message message;
};

TEST_F(TtlPolicyTest, the_smallest_ttl_of_the_answer_counts) {
  auto builder = start(0);
  builder.record(Section::answer, name.wire(), RRType::CNAME, 300, target.wire());
  builder.record(Section::answer, target.wire(), RRType::A, 60, address);
  EXPECT_EQ(ttl_of(builder), 60u);
}

TEST_F(TtlPolicyTest, no_more_than_a_day) {
  auto builder = start(0);
  builder.record(Section::answer, name.wire(), RRType::A, 1'000'000, address);
  EXPECT_EQ(ttl_of(builder), 86'400u);
}

TEST_F(TtlPolicyTest, a_ttl_with_the_top_bit_is_zero) {  // RFC 2181 section 8
  auto builder = start(0);
  builder.record(Section::answer, name.wire(), RRType::A, 0x80000001u, address);
  EXPECT_EQ(ttl_of(builder), 0u);
}

TEST_F(TtlPolicyTest, negative_ttl_is_the_smaller_of_soa_ttl_and_minimum) {  // RFC 2308 section 5
  auto a = start(nxdomain);
  soa(a, 900, 60);
  EXPECT_EQ(ttl_of(a), 60u);
  auto b = start(nxdomain);
  soa(b, 30, 60);
  EXPECT_EQ(ttl_of(b), 30u);
}

TEST_F(TtlPolicyTest, negative_ttl_is_an_hour_at_most) {
  auto builder = start(nxdomain);
  soa(builder, 90'000, 90'000);
  EXPECT_EQ(ttl_of(builder), 3'600u);
}

TEST_F(TtlPolicyTest, nodata_is_negative_too) {
  auto builder = start(0);
  soa(builder, 900, 60);
  EXPECT_EQ(ttl_of(builder), 60u);
}

TEST_F(TtlPolicyTest, a_chain_that_ends_in_nodata_is_as_good_as_its_shortest_part) {
  auto builder = start(0);
  builder.record(Section::answer, name.wire(), RRType::CNAME, 20, target.wire());
  soa(builder, 900, 60);
  EXPECT_EQ(ttl_of(builder), 20u);
}

TEST_F(TtlPolicyTest, negative_without_soa_is_not_kept) {
  auto builder = start(nxdomain);
  EXPECT_EQ(ttl_of(builder), 0u);
}

TEST_F(TtlPolicyTest, an_soa_in_the_answer_section_makes_no_negative) {
  auto builder = start(0);
  std::vector<uint8_t> rdata(22, 0);
  builder.record(Section::answer, name.wire(), RRType::SOA, 77, rdata);
  EXPECT_EQ(ttl_of(builder, RRType::A), 0u);
}

TEST_F(TtlPolicyTest, truncated_is_never_kept) {
  auto builder = start(HeaderFlags::tc);
  builder.record(Section::answer, name.wire(), RRType::A, 60, address);
  EXPECT_EQ(ttl_of(builder), 0u);
}

}  // namespace
}  // namespace dnswarm
