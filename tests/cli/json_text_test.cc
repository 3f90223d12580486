#include "cli/json_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace dnswarm::cli {
namespace {

std::string json(std::string_view octets) {
  RowBuffer out;
  append_json_string(out, octets);
  return std::string(out.text());
}

TEST(JsonText, is_valid_json_for_every_octet_at_every_place) {
  for (int octet = 0; octet < 256; ++octet) {
    for (const size_t place : {0u, 1u, 7u, 8u, 15u}) {
      std::string text(16, 'x');
      text[place] = static_cast<char>(octet);
      const auto parsed = nlohmann::json::parse(json(text), nullptr, false);
      ASSERT_TRUE(parsed.is_string()) << octet << " at " << place << ": " << json(text);
      char decimal[8];
      std::snprintf(decimal, sizeof decimal, "\\%03d", octet);
      const std::string expected =
          octet < 128 ? text : std::string(place, 'x') + decimal + std::string(15 - place, 'x');
      EXPECT_EQ(parsed.get<std::string>(), expected) << octet << " at " << place;
    }
  }
}

TEST(JsonText, finds_what_to_escape_at_every_place_of_every_size) {
  for (size_t size = 0; size < 34; ++size) {
    const std::string text(size, 'x');
    ASSERT_EQ(json(text), '"' + text + '"');
    for (size_t place = 0; place < size; ++place) {
      std::string quoted = text;
      quoted[place] = '"';
      ASSERT_EQ(json(quoted), '"' + text.substr(0, place) + "\\\"" + text.substr(place + 1) + '"');
    }
  }
}

TEST(JsonText, is_valid_json_for_every_pair_and_triple_of_high_octets) {
  for (int first = 0x80; first < 256; ++first) {
    for (int second = 0x60; second < 256; ++second) {
      for (const char third : {'a', '\x80', '\xBF', '\xC0'}) {
        const std::string text{static_cast<char>(first), static_cast<char>(second), third, '\x80'};
        ASSERT_TRUE(nlohmann::json::accept(json(text))) << first << " " << second;
      }
    }
  }
}

TEST(JsonText, escapes_what_rfc_8259_names) {
  EXPECT_EQ(json("a\"b\\c\b\f\n\r\t"), R"("a\"b\\c\b\f\n\r\t")");
  EXPECT_EQ(json(std::string_view("\0\x1f\x7f", 3)), "\"\\u0000\\u001f\x7f\"");
}

struct Utf8Case {
  std::string_view text;
  size_t octets;
};

TEST(JsonText, knows_well_formed_utf8) {
  const Utf8Case cases[] = {
      {"a", 1}, {"\xC3\xA9", 2}, {"\xE2\x82\xAC", 3}, {"\xF0\x9F\x98\x80", 4},
      {"\xED\x9F\xBF", 3}, {"\xF4\x8F\xBF\xBF", 4}, {"\xEF\xBF\xBD", 3},
      {"", 0}, {"\x80", 0}, {"\xC0\x80", 0}, {"\xC1\xBF", 0}, {"\xC3", 0}, {"\xC3(", 0},
      {"\xE0\x9F\xBF", 0}, {"\xED\xA0\x80", 0}, {"\xE2\x82", 0}, {"\xF0\x8F\xBF\xBF", 0},
      {"\xF4\x90\x80\x80", 0}, {"\xF5\x80\x80\x80", 0}, {"\xFF", 0}};
  for (const Utf8Case& c : cases) {
    EXPECT_EQ(utf8_sequence_octets(c.text), c.octets) << testing::PrintToString(c.text);
  }
}

TEST(JsonText, copies_utf8_and_shows_the_rest_as_decimal_escapes) {
  EXPECT_EQ(json("caf\xC3\xA9.example"), "\"caf\xC3\xA9.example\"");
  EXPECT_EQ(json("caf\xE9.example"), R"("caf\\233.example")");
}

TEST(JsonText, printable_text_holds_nothing_that_steers_a_terminal) {
  std::string all;
  for (int octet = 0; octet < 256; ++octet) all += static_cast<char>(octet);
  all += "\xC2\x9B";  // U+009B, a control sequence introducer
  RowBuffer out;
  append_printable(out, all);
  for (const char c : out.text()) {
    EXPECT_TRUE(static_cast<uint8_t>(c) >= 0x20 && c != 0x7F);
  }
  EXPECT_TRUE(out.text().ends_with("\\194\\155"));
}

}  // namespace
}  // namespace dnswarm::cli
