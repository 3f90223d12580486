#include "cli/input_line.h"

#include <gtest/gtest.h>

namespace dnswarm::cli {
namespace {

using enum InputLine::Kind;

struct Case {
  std::string_view line;
  InputLine::Kind kind;
  std::string_view name;
  std::string_view types_or_code;
};

std::string types_text(const std::vector<RRType>& types) {
  std::string text;
  for (const RRType type : types) text += (text.empty() ? "" : ",") + to_text(type);
  return text;
}

const Case cases[] = {
    {"example.com", question, "example.com", ""},
    {"example.com.", question, "example.com.", ""},
    {"  \texample.com \t ", question, "example.com", ""},
    {"example.com\r", question, "example.com", ""},
    {"example.com \r\r", question, "example.com", ""},
    {"example.com a", question, "example.com", "A"},
    {"example.com\tAAAA,MX", question, "example.com", "AAAA,MX"},
    {"example.com A,a,A,TYPE1,AAAA", question, "example.com", "A,AAAA"},
    {"example.com TYPE65280", question, "example.com", "TYPE65280"},
    {".", question, ".", ""},
    {"mx", question, "mx", ""},
    {"caf\xC3\xA9.example", question, "caf\xC3\xA9.example", ""},
    {std::string_view("nul\0in.example", 14), question,
     std::string_view("nul\0in.example", 14), ""},
    {"a#b.example", question, "a#b.example", ""},
    {"", skipped, "", ""},
    {" \t ", skipped, "", ""},
    {"\r", skipped, "", ""},
    {"# a comment", skipped, "", ""},
    {"\t  #comment A B C", skipped, "", ""},
    {"example.com FOO", invalid, "example.com", "bad_type"},
    {"example.com A,", invalid, "example.com", "bad_type"},
    {"example.com ,A", invalid, "example.com", "bad_type"},
    {"example.com A,,MX", invalid, "example.com", "bad_type"},
    {"example.com #", invalid, "example.com", "bad_type"},
    {"example.com TYPE0", invalid, "example.com", "bad_type"},
    {"example.com TYPE65536", invalid, "example.com", "bad_type"},
    {"example.com AXFR", invalid, "example.com", "bad_type"},
    {"example.com OPT", invalid, "example.com", "bad_type"},
    {"example.com A\rB", invalid, "example.com", "bad_type"},
    {"example.com A MX", invalid, "example.com", "extra_text"},
    {"example.com 600 IN A 192.0.2.1", invalid, "example.com", "extra_text"},
    {"example.com A # note", invalid, "example.com", "extra_text"},
};

TEST(InputLine, follows_the_table) {
  std::vector<RRType> types;
  for (const Case& c : cases) {
    const InputLine line = parse_input_line(c.line, types);
    EXPECT_EQ(line.kind, c.kind) << c.line;
    if (line.kind == skipped) continue;
    EXPECT_EQ(line.name, c.name) << c.line;
    if (line.kind == question) {
      EXPECT_EQ(types_text(types), c.types_or_code) << c.line;
    } else {
      EXPECT_EQ(line.error.code, c.types_or_code) << c.line;
      EXPECT_TRUE(types.empty()) << c.line;
    }
  }
}

TEST(InputLine, refuses_more_than_100_types) {
  std::string line = "example.com TYPE1000";
  std::vector<RRType> types;
  for (int i = 1; i < 100; ++i) line += ",TYPE" + std::to_string(1000 + i);
  EXPECT_EQ(parse_input_line(line, types).kind, question);
  EXPECT_EQ(types.size(), 100u);
  EXPECT_EQ(parse_input_line(line + ",TYPE1000", types).kind, question);
  EXPECT_EQ(parse_input_line(line + ",TYPE2000", types).error.code, "too_many_types");
}

TEST(InputLine, cut_line_is_invalid_or_a_comment) {
  EXPECT_EQ(parse_cut_line("aaaa bbbb").name, "aaaa");
  EXPECT_EQ(parse_cut_line("aaaa").error.code, "line_too_long");
  EXPECT_EQ(parse_cut_line("# aaaa").kind, skipped);
}

}  // namespace
}  // namespace dnswarm::cli
