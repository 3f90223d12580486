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

TEST(Name, assign_wire_lower_cases_letters_alone) {
  const Bytes wire = bytes_of_hex("05417a5b40ff00");
  Name name;
  name.assign_wire(wire);
  EXPECT_EQ(hex_of(name.wire()), "05617a5b40ff00");
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

TEST(ReverseName, turns_addresses_around) {
  Name name;
  ASSERT_TRUE(reverse_name_from_text("192.0.2.1", name));
  EXPECT_EQ(text_of_name(name.wire()), "1.2.0.192.in-addr.arpa");
  ASSERT_TRUE(reverse_name_from_text("2001:DB8::567:89ab", name));
  EXPECT_EQ(text_of_name(name.wire()),
            "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
  ASSERT_TRUE(reverse_name_from_text("::", name));
  ASSERT_TRUE(reverse_name_from_text("::ffff:192.0.2.1", name));
  for (std::string_view text : {"", "example.com", "1.2.3", "1.2.3.4.", "1.2.3.256", "::g", "1:2"}) {
    EXPECT_FALSE(reverse_name_from_text(text, name)) << text;
  }
}

TEST(IpAddressText, knows_addresses_from_names) {
  for (std::string_view text : {"192.0.2.1", "0.0.0.0", "255.255.255.255", "::", "::1", "fe80::1",
                                "2001:db8:0:0:0:0:0:1", "::ffff:192.0.2.1"}) {
    EXPECT_TRUE(is_ip_address_text(text)) << text;
  }
  for (std::string_view text :
       {"", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4a", "a.1.2.3.4", "1.2.3.4.in-addr.arpa",
        "12345.example", ":", "a:b", "face:b00k", "1.2.3.04444444444", "dead.beef",
        "1:2:3:4:5:6:7:8:9"}) {
    EXPECT_FALSE(is_ip_address_text(text)) << text;
  }
  EXPECT_FALSE(is_ip_address_text(std::string_view("1.2.3.4\0", 8)));
  EXPECT_FALSE(is_ip_address_text(std::string_view("::1\0", 4)));
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

TEST(NameError, every_error_has_a_code_and_a_sentence) {
  for (int value = 1; value <= static_cast<int>(NameError::is_address); ++value) {
    EXPECT_FALSE(code_text(static_cast<NameError>(value)).empty());
    EXPECT_NE(code_text(static_cast<NameError>(value)), "none");
    EXPECT_FALSE(sentence_text(static_cast<NameError>(value)).empty());
  }
}

}  // namespace
}  // namespace dnswarm
