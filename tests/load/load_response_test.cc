#include "load/load_response.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dnswarm {
namespace {

using Kind = LoadResponse::Kind;

std::vector<uint8_t> message(uint16_t flags, uint8_t questions, const std::string& rest) {
  std::vector<uint8_t> octets{0x12, 0x34, static_cast<uint8_t>(flags >> 8), static_cast<uint8_t>(flags),
                                 0,    questions, 0, 0, 0, 0, 0, 0};
  for (char c : rest) octets.push_back(static_cast<uint8_t>(c));
  return octets;
}

const std::string question("\x03WwW\x01" "a\0\0\x01\0\x01", 11);

TEST(LoadResponse, gives_id_flags_and_question) {
  const auto octets = message(0x8183, 1, question + "whatever comes behind it");
  const LoadResponse response = read_load_response(octets);
  EXPECT_EQ(response.kind, Kind::question);
  EXPECT_EQ(response.id, 0x1234);
  EXPECT_EQ(response.flags, 0x8183);
  EXPECT_EQ(std::string(response.question.begin(), response.question.end()), question);
  QuestionRoom room;
  const Octets lower = lower_question(response.question, room);
  EXPECT_EQ(std::string(lower.begin(), lower.end()), std::string("\x03www\x01" "a\0\0\x01\0\x01", 11));
}

TEST(LoadResponse, a_bare_header_must_refuse) {
  EXPECT_EQ(read_load_response(message(0x8005, 0, "")).kind, Kind::bare_header);
  EXPECT_EQ(read_load_response(message(0x8000, 0, "")).kind, Kind::other);
  EXPECT_EQ(read_load_response(message(0x8005, 0, "x")).kind, Kind::other);
}

TEST(LoadResponse, what_is_none_is_malformed) {
  EXPECT_EQ(read_load_response({}).kind, Kind::malformed);
  EXPECT_EQ(read_load_response(message(0x0100, 1, question)).kind, Kind::malformed) << "a query";
  EXPECT_EQ(read_load_response(message(0xa800, 1, question)).kind, Kind::malformed) << "an UPDATE's response";
  EXPECT_EQ(read_load_response(message(0x8000, 1, question.substr(0, 10))).kind, Kind::malformed);
  EXPECT_EQ(read_load_response(message(0x8000, 1, "\xc0\x0c....")).kind, Kind::malformed);
  EXPECT_EQ(read_load_response(message(0x8000, 2, question + question)).kind, Kind::other);
  std::string labels;
  for (int i = 0; i < 5; ++i) labels += "\x3f" + std::string(63, 'a');  // 320 octets
  EXPECT_EQ(read_load_response(message(0x8000, 1, labels + question)).kind, Kind::malformed) << "too long";
}

}  // namespace
}  // namespace dnswarm
