#include "dns/name.h"

#include <gtest/gtest.h>

#include "wire_text.h"

namespace dnswarm {
namespace {

TEST(Name, assign_wire_lower_cases_letters_alone) {
  const Bytes wire = bytes_of_hex("05417a5b40ff00");
  Name name;
  name.assign_wire(wire);
  EXPECT_EQ(hex_of(name.wire()), "05617a5b40ff00");
  name.assign_lower_case(wire);
  EXPECT_EQ(hex_of(name.wire()), "05417a5b40ff00") << "copied, no more";
}

TEST(ExpandName, follows_pointers_backwards) {
  //                           0        4        8     a
  const Bytes message = bytes_of_hex("0361626300" "0178c000" "c005" "0179c009" "c000");
  std::array<uint8_t, name_octets_max> wire;
  size_t end = 0;
  size_t size = expand_name(message, 0, wire, &end);
  EXPECT_EQ(text_of_name({wire.data(), size}), "abc");
  EXPECT_EQ(end, 5u);
  size = expand_name(message, 5, wire, &end);
  EXPECT_EQ(text_of_name({wire.data(), size}), "x.abc");
  EXPECT_EQ(end, 9u);
  size = expand_name(message, 9, wire, &end);
  EXPECT_EQ(text_of_name({wire.data(), size}), "x.abc");
  EXPECT_EQ(end, 11u);
  size = expand_name(message, 11, wire, &end);
  EXPECT_EQ(text_of_name({wire.data(), size}), "y.x.abc");
  EXPECT_EQ(end, 15u);
  for (size_t offset : {0u, 5u, 9u, 11u, 15u}) {
    ASSERT_NE(expand_name(message, offset, wire, &end), 0u);
    EXPECT_EQ(skip_name(message, offset), end);
  }
}

TEST(ExpandName, rejects_malformed_names) {
  const struct {
    const char *hex, *why;
    size_t offset;
  } rows[] = {
      {"", "no octets", 0},
      {"00", "offset past the end", 5},
      {"03616263", "no root label", 0},
      {"036162", "label past the end", 0},
      {"c0", "half a pointer", 0},
      {"c000", "pointer to itself", 0},
      {"0161c000", "loop", 0},
      {"0161c002", "pointer to itself behind a label", 0},
      {"c0020161", "forward pointer", 0},
      {"c00200", "forward pointer to a root", 0},
      {"c002c000", "two pointers in a circle", 2},
      {"c0ff", "pointer past the end", 0},
      {"4161", "label type 0x40", 0},
      {"8161", "label type 0x80", 0},
      {"bf00", "label type 0x80 with length", 0},
      {"00c00162", "pointer behind pointer into its own middle", 1},
  };
  std::array<uint8_t, name_octets_max> wire;
  size_t end = 0;
  for (const auto& row : rows) {
    const Bytes message = bytes_of_hex(row.hex);
    EXPECT_EQ(expand_name(message, row.offset, wire, &end), 0u) << row.why;
    EXPECT_EQ(skip_name(message, row.offset), 0u) << row.why;
  }
}

TEST(ExpandName, counts_the_octets_behind_pointers_too) {
  // Four labels of 63 make 256 octets before the root.
  Bytes message = {0};
  size_t previous = 0;
  std::array<uint8_t, name_octets_max> wire;
  size_t end = 0;
  for (int labels = 1; labels <= 4; ++labels) {
    const size_t offset = message.size();
    message.push_back(63);
    message.insert(message.end(), 63, 'a');
    message.push_back(static_cast<uint8_t>(0xc0 | previous >> 8));
    message.push_back(static_cast<uint8_t>(previous));
    const size_t size = expand_name(message, offset, wire, &end);
    EXPECT_EQ(size, labels < 4 ? static_cast<size_t>(labels) * 64 + 1 : 0u);
    EXPECT_EQ(skip_name(message, offset) != 0, labels < 4);
    previous = offset;
  }
}

TEST(ExpandName, accepts_255_octets_and_rejects_256) {
  for (uint8_t last : {uint8_t{61}, uint8_t{62}}) {
    Bytes message;
    for (uint8_t octets : {uint8_t{63}, uint8_t{63}, uint8_t{63}, last}) {
      message.push_back(octets);
      message.insert(message.end(), octets, 'a');
    }
    message.push_back(0);
    std::array<uint8_t, name_octets_max> wire;
    size_t end = 0;
    EXPECT_EQ(expand_name(message, 0, wire, &end), last == 61 ? 255u : 0u);
    EXPECT_EQ(skip_name(message, 0), last == 61 ? 255u : 0u);
  }
}

TEST(NamesEqual, compares_compressed_names_where_they_stand) {
  struct Place {
    size_t offset;
    std::string_view name;
  };
  constexpr Place places[] = {{0, "b.example"},    {2, "example"},    {10, "."},
                              {11, "a.b.example"}, {15, "a.b.example"}, {17, "b.example"},
                              {28, "b.exampl"},    {38, "b.b.example"}, {42, "b"}};
  const std::string text("\x01" "b\x07" "example\0"      // 0: b.example
                         "\x01" "A\xC0\x00"             // 11: A, a pointer to b.example
                         "\xC0\x0B"                     // 15: a pointer to that
                         "\x01" "B\x07" "EXAMPLE\0"      // 17
                         "\x01" "b\x06" "exampl\0"       // 28
                         "\x01" "b\xC0\x00"             // 38
                         "\x01" "b\0", 45);
  const Octets message(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  for (const Place& a : places) {
    for (const Place& b : places) {
      EXPECT_EQ(names_equal_at(message, a.offset, b.offset), a.name == b.name) << a.offset << " " << b.offset;
    }
  }
}

TEST(IsSubdomain, goes_by_whole_labels) {
  const auto is_below = [](const char* name, const char* ancestor) {
    Name a, b;
    EXPECT_EQ(a.assign_text(name), NameError::none);
    EXPECT_EQ(b.assign_text(ancestor), NameError::none);
    return is_subdomain(a.wire(), b.wire());
  };
  EXPECT_TRUE(is_below("www.example.com", "example.com"));
  EXPECT_TRUE(is_below("example.com", "example.com"));
  EXPECT_TRUE(is_below("example.com", "."));
  EXPECT_TRUE(is_below(".", "."));
  EXPECT_FALSE(is_below("com", "example.com"));
  EXPECT_FALSE(is_below("xexample.com", "example.com"));
  EXPECT_FALSE(is_below("example.net", "com"));
  EXPECT_FALSE(is_below(".", "com"));
  // The last octets are those of "a.b", but a label of their own.
  EXPECT_TRUE(is_subdomain(bytes_of_hex("01780161016200"), bytes_of_hex("0161016200")));
  EXPECT_FALSE(is_subdomain(bytes_of_hex("06780161016278" "00"), bytes_of_hex("0161016278" "00")));
  EXPECT_TRUE(is_subdomain(bytes_of_hex("0178014100"), bytes_of_hex("016100"))) << "case";
}

TEST(NameAt, expands_and_lowers) {
  const std::string text("\x01" "B\x07" "Example\0\x01" "A\xC0\x00", 15);
  const Octets message(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  std::string name;
  append_name_text(name_at(message, 11).wire(), name);
  EXPECT_EQ(name, "a.b.example");
}

TEST(NamesEqual, ignores_ascii_case_alone) {
  const auto equal = [](const char* a, const char* b) {
    return names_equal(bytes_of_hex(a), bytes_of_hex(b));
  };
  EXPECT_TRUE(equal("0161024a4b00", "0141026a6b00"));
  EXPECT_TRUE(equal("00", "00"));
  EXPECT_FALSE(equal("016100", "016200"));
  EXPECT_FALSE(equal("016100", "01610162" "00"));
  EXPECT_FALSE(equal("015b00", "017b00"));  // [ and { are 32 apart as letters are
  EXPECT_FALSE(equal("01c400", "01e400"));  // so are these in Latin-1
}

}  // namespace
}  // namespace dnswarm
