#include "cli/line_splitter.h"

#include <gtest/gtest.h>

#include <random>

namespace dnswarm::cli {
namespace {

struct Line {
  std::string text;
  bool cut;
  bool operator==(const Line&) const = default;
};

std::vector<Line> split(std::string_view input, size_t chunk_octets) {
  LineSplitter splitter;
  std::vector<Line> lines;
  const auto on_line = [&](std::string_view line, bool cut) {
    lines.push_back({std::string(line), cut});
  };
  for (size_t at = 0; at < input.size(); at += chunk_octets) {
    splitter.feed(input.substr(at, chunk_octets), on_line);
  }
  splitter.finish(on_line);
  return lines;
}

TEST(LineSplitter, borders_of_chunks_do_not_matter) {
  std::mt19937 random(20261122);
  std::string input = "\xEF\xBB\xBF  first.example\n";
  for (int i = 0; i < 300; ++i) {
    std::string line(random() % 9000, static_cast<char>('a' + i % 26));
    if (random() % 4 == 0) line.insert(0, random() % 6000, ' ');
    if (random() % 5 == 0) line.clear();
    input += line + (random() % 3 == 0 ? "\r\n" : "\n");
  }
  input += "last.example";  // without its newline
  const auto whole = split(input, input.size());
  ASSERT_EQ(whole.size(), 302u);
  EXPECT_EQ(whole.front(), (Line{"first.example", false}));
  EXPECT_EQ(whole.back(), (Line{"last.example", false}));
  for (const size_t chunk_octets : {1u, 2u, 3u, 7u, 4095u, 4096u, 4097u, 65536u}) {
    // Blank lines may be dropped by the carry; what counts is what parse_input_line would see.
    auto a = whole;
    auto b = split(input, chunk_octets);
    std::erase_if(a, [](const Line& l) { return l.text.empty(); });
    std::erase_if(b, [](const Line& l) { return l.text.empty(); });
    EXPECT_EQ(a, b) << chunk_octets;
  }
}

TEST(LineSplitter, cuts_lines_longer_than_4096_octets) {
  for (const size_t chunk_octets : {1000u, 1u << 20}) {
    const auto lines = split(std::string(4096, 'a') + "\n" + std::string(4097, 'b') + "\nc\n" +
                                 std::string(300000, 'd'),
                             chunk_octets);
    ASSERT_EQ(lines.size(), 4u);
    EXPECT_EQ(lines[0], (Line{std::string(4096, 'a'), false}));
    EXPECT_EQ(lines[1], (Line{std::string(4096, 'b'), true}));
    EXPECT_EQ(lines[2], (Line{"c", false}));
    EXPECT_EQ(lines[3], (Line{std::string(4096, 'd'), true}));
  }
}

TEST(LineSplitter, endless_blanks_are_a_blank_line) {
  const auto lines = split(std::string(100000, ' ') + "\n" + std::string(100000, '\t') + "x", 4096);
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.back(), (Line{"x", false}));
  for (size_t i = 0; i + 1 < lines.size(); ++i) EXPECT_EQ(lines[i].text, "");
}

TEST(LineSplitter, byte_order_mark_counts_only_at_the_start) {
  EXPECT_EQ(split("\xEF\xBB\xBF" "a\n\xEF\xBB\xBF" "b", 2),
            (std::vector<Line>{{"a", false}, {"\xEF\xBB\xBF" "b", false}}));
}

TEST(LineSplitter, empty_input_has_no_line) {
  EXPECT_TRUE(split("", 1).empty());
  EXPECT_EQ(split("\n", 1).size(), 1u);
}

}  // namespace
}  // namespace dnswarm::cli
