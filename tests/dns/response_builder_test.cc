#include "dns/response_builder.h"

#include <gtest/gtest.h>

#include "wire_text.h"

namespace dnswarm {
namespace {

TEST(ResponseBuilder, writes_the_sections_and_their_counts) {
  const Bytes qname = name_bytes("a.b");
  std::array<uint8_t, 512> room;
  ResponseBuilder builder(room, 0xabcd, 0x8180, qname, RRType::A, RRClass::IN);
  builder.record(Section::answer, bytes_of_hex("0141014200"), RRType::A, 60, bytes_of_hex("c0000201"));
  builder.record(Section::authority, name_bytes("b"), RRType::NS, 61, name_bytes("n"));
  builder.opt(1232, 1, true, bytes_of_hex("00030000"));
  ASSERT_TRUE(builder.ok());
  EXPECT_EQ(hex_of(builder.finish()), "abcd" "8180" "0001" "0001" "0001" "0001"
                                      "01610162" "00" "0001" "0001"
                                      "c00c" "0001" "0001" "0000003c" "0004" "c0000201"
                                      "016200" "0002" "0001" "0000003d" "0003" "016e00"
                                      "00" "0029" "04d0" "01" "00" "8000" "0004" "00030000");
}

TEST(ResponseBuilder, writes_a_response_without_a_question) {
  std::array<uint8_t, 12> room;
  ResponseBuilder builder(room, 1, 0x8001, {}, RRType::A, RRClass::IN);
  EXPECT_TRUE(builder.ok());
  EXPECT_EQ(hex_of(builder.finish()), "000180010000000000000000");
}

TEST(ResponseBuilder, tells_when_the_room_does_not_suffice) {
  const Bytes qname = name_bytes("a.b");
  std::array<uint8_t, 12 + 9 + 15> room;
  ResponseBuilder builder(room, 1, 0x8180, qname, RRType::A, RRClass::IN);
  EXPECT_TRUE(builder.ok());
  builder.record(Section::answer, qname, RRType::A, 60, bytes_of_hex("c0000201"));
  EXPECT_FALSE(builder.ok());
}

TEST(ResponseBuilderDeathTest, refuses_sections_out_of_order) {
  const Bytes qname = name_bytes("a.b");
  std::array<uint8_t, 512> room;
  ResponseBuilder builder(room, 1, 0x8180, qname, RRType::A, RRClass::IN);
  builder.record(Section::authority, qname, RRType::NS, 60, name_bytes("n"));
  EXPECT_DEATH(builder.record(Section::answer, qname, RRType::A, 60, bytes_of_hex("c0000201")), "bug");
}

}  // namespace
}  // namespace dnswarm
