#include "dns/name.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "wire_text.h"

namespace dnswarm {
namespace {

std::string label_of(size_t octets) { return std::string(octets, 'a'); }

std::string wire_hex(std::string_view text) {
  Name name;
  const NameError error = name.assign_text(text);
  return error == NameError::none ? hex_of(name.wire()) : std::string(code_text(error));
}

TEST(Name, reads_presentation_format_in_lower_case) {
  const struct {
    std::string_view text, wire;
  } rows[] = {
      {".", "00"},
      {"a", "016100"},
      {"A.", "016100"},
      {"Ab.C", "026162016300"},
      {"_dmarc.x-1", "065f646d617263" "03782d3100"},
      {"*.a", "012a016100"},
      {"a\\.b", "03612e6200"},
      {"a\\.b.c", "03612e62016300"},
      {"\\\\", "015c00"},
      {"\\065\\066", "02616200"},       // escaped upper case is lower-cased too
      {"\\000\\255", "0200ff00"},
      {"\\046", "012e00"},              // an escaped dot is no separator
      {"a\\ b", "0361206200"},
      {"\\\"\\;\\(\\)\\@\\$", "06223b2829402400"},
      {"\";()@$#/", "08223b28294024232f00"},
      {"192.0.2.1", "03313932013001320131" "00"},
  };
  for (const auto& row : rows) EXPECT_EQ(wire_hex(row.text), row.wire) << row.text;
}

// Whatever the fast way takes must be what the slow one makes of it, and its own text.
void expect_plain_agrees(const std::string& text) {
  Name fast, slow;
  if (!fast.assign_plain_text(text)) return;
  ASSERT_EQ(slow.assign_text(text), NameError::none) << text;
  EXPECT_EQ(hex_of(fast.wire()), hex_of(slow.wire())) << text;
  std::string written;
  append_name_text(fast.wire(), written);
  EXPECT_EQ(written, text.ends_with('.') ? text.substr(0, text.size() - 1) : text);
}

TEST(Name, takes_the_fast_way_where_text_is_the_names_own) {
  Name name;
  for (const std::string& text :
       {std::string("a"), std::string("example.com."), std::string("_dmarc.x-1.example.co.uk"),
        label_of(63) + "." + label_of(63) + "." + label_of(63) + ".b"}) {
    EXPECT_TRUE(name.assign_plain_text(text)) << text;
    expect_plain_agrees(text);
  }
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), std::string("a..b"), std::string(".a"),
        std::string("a.."), std::string("A"), std::string("a\\.b"), std::string("a@b"),
        std::string("a b"), std::string("a\x7f"), std::string("\xc3\xa4.b"), label_of(64),
        label_of(64) + ".b", "b." + label_of(64), std::string("a\0b", 3)}) {
    EXPECT_FALSE(name.assign_plain_text(text)) << text;
  }
}

TEST(Name, reads_every_octet_at_every_place_alike_in_both_ways) {
  for (int c = 0; c < 256; ++c) {
    for (size_t place = 0; place < 18; ++place) {
      std::string text = "abcdefgh.ijklmno.p";
      text[place] = static_cast<char>(c);
      expect_plain_agrees(text);
      expect_plain_agrees(text.substr(0, place + 1));
    }
  }
  for (size_t octets = 1; octets < 255; ++octets) {
    std::string text;
    while (text.size() < octets) text += text.size() % 40 == 39 ? '.' : 'x';
    expect_plain_agrees(text);
  }
}

// Octet by octet, as RFC 1035 section 5.1 has it.
std::string label_text(const std::string& label) {
  std::string text;
  for (const char c : label) {
    const auto octet = static_cast<uint8_t>(c);
    if (octet < 33 || octet > 126) {
      char escaped[5];
      std::snprintf(escaped, sizeof escaped, "\\%03u", unsigned{octet});
      text += escaped;
    } else {
      if (std::string_view(".\\\";()@$").find(c) != std::string_view::npos) text += '\\';
      text += c;
    }
  }
  return text;
}

TEST(Name, writes_every_octet_at_every_place_of_labels_of_every_size) {
  for (size_t octets = 1; octets <= label_octets_max; ++octets) {
    for (int c = 0; c < 256; ++c) {
      std::string label = label_of(octets);
      label[static_cast<size_t>(c) % octets] = static_cast<char>(c);
      const std::string wire = static_cast<char>(octets) + label + std::string("\3com\0", 5);
      const Octets name{reinterpret_cast<const uint8_t*>(wire.data()), wire.size()};
      std::string text;
      append_name_text(name, text);
      ASSERT_EQ(text, label_text(label) + ".com") << octets << ' ' << c;
      // The same behind a pointer, at the very end of a message.
      const std::string message = wire + std::string("\1A\xc0\0", 4);
      text = "x";
      append_name_text_at({reinterpret_cast<const uint8_t*>(message.data()), message.size()},
                          wire.size(), text);
      ASSERT_EQ(text, "xA." + label_text(label) + ".com");
    }
  }
}

TEST(Name, rejects_malformed_text_with_its_reason) {
  const struct {
    std::string_view text, code;
  } rows[] = {
      {"", "empty"},
      {"..", "empty_label"},
      {".a", "empty_label"},
      {"a..b", "empty_label"},
      {"a..", "empty_label"},
      {"a\\", "bad_escape"},
      {"\\", "bad_escape"},
      {"a\\1", "bad_escape"},
      {"a\\12", "bad_escape"},
      {"a\\12x", "bad_escape"},
      {"a\\256", "bad_escape"},
      {"a\\999.b", "bad_escape"},
      {"a\\\xc3\xa4", "bad_escape"},
      {"a\\\t", "bad_octet"},
      {"a b", "bad_octet"},
      {" a", "bad_octet"},
      {"a\t", "bad_octet"},
      {"a\x7f", "bad_octet"},
      {std::string_view("a\0b", 3), "bad_octet"},
      {"a\xff", "bad_utf8"},
  };
  for (const auto& row : rows) EXPECT_EQ(wire_hex(row.text), row.code) << row.text;
}

TEST(Name, accepts_label_of_63_and_rejects_label_over_63_octets) {
  EXPECT_EQ(name_bytes(label_of(63) + ".b").size(), 67u);
  EXPECT_EQ(wire_hex(label_of(64)), "label_too_long");
  EXPECT_EQ(wire_hex("a." + label_of(64) + ".b"), "label_too_long");
  EXPECT_EQ(wire_hex(label_of(1000)), "label_too_long");
}

TEST(Name, accepts_255_octets_and_rejects_more) {
  const std::string three = label_of(63) + "." + label_of(63) + "." + label_of(63) + ".";
  EXPECT_EQ(name_bytes(three + label_of(61)).size(), 255u);
  EXPECT_EQ(name_bytes(three + label_of(61) + ".").size(), 255u);
  EXPECT_EQ(wire_hex(three + label_of(62)), "name_too_long");
  EXPECT_EQ(wire_hex(three + label_of(59) + ".a"), "3f" + hex_of(bytes_of(label_of(63))) + "3f" +
                                                       hex_of(bytes_of(label_of(63))) + "3f" +
                                                       hex_of(bytes_of(label_of(63))) + "3b" +
                                                       hex_of(bytes_of(label_of(59))) + "016100");
  EXPECT_EQ(wire_hex(three + label_of(60) + ".a"), "name_too_long");
  std::string many;
  for (int i = 0; i < 127; ++i) many += "a.";
  EXPECT_EQ(name_bytes(many).size(), 255u);
  EXPECT_EQ(wire_hex(many + "a"), "name_too_long");
  EXPECT_EQ(wire_hex(many + "."), "empty_label");
}

TEST(NameText, escapes_what_zone_files_give_a_meaning) {
  EXPECT_EQ(text_of_name(bytes_of_hex("00")), ".");
  EXPECT_EQ(text_of_name(bytes_of_hex("03777777" "0141" "00")), "www.A");
  EXPECT_EQ(text_of_name(bytes_of_hex("0a2e5c223b2829402420" "7f" "017a00")),
            "\\.\\\\\\\"\\;\\(\\)\\@\\$\\032\\127.z");
  EXPECT_EQ(text_of_name(bytes_of_hex("0461" "0a00ff" "0162" "00")), "a\\010\\000\\255.b");
}

TEST(NameText, appends_to_what_is_there) {
  for (std::string_view text : {"plain.example", "esc\\.aped.example", "."}) {
    std::string out = "before ";
    append_name_text(name_bytes(text), out);
    EXPECT_EQ(out, "before " + std::string(text));
  }
}

TEST(NameText, every_octet_survives_text_and_back) {
  for (unsigned octet = 0; octet < 256; ++octet) {
    const Bytes wire = {3, 'a', static_cast<uint8_t>(octet), 'b', 1, static_cast<uint8_t>(octet), 0};
    Name expected, read;
    expected.assign_wire(wire);
    ASSERT_EQ(read.assign_text(text_of_name(wire)), NameError::none) << octet;
    EXPECT_EQ(hex_of(read.wire()), hex_of(expected.wire()));
  }
}

TEST(NameError, every_error_has_a_code_and_a_sentence) {
  for (int value = 1; value <= static_cast<int>(NameError::is_address); ++value) {
    EXPECT_FALSE(code_text(static_cast<NameError>(value)).empty());
    EXPECT_NE(code_text(static_cast<NameError>(value)), "none");
    EXPECT_FALSE(sentence_text(static_cast<NameError>(value)).empty());
  }
}

}  // namespace
}  // namespace dnswarm
