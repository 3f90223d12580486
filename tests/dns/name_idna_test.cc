#include "dns/name_idna.h"

#include <gtest/gtest.h>

#include "wire_text.h"

namespace dnswarm {
namespace {

std::string asked_for(std::string_view text) {
  Name name;
  const NameError error = name.assign_text(text);
  return error == NameError::none ? text_of_name(name.wire()) : std::string(code_text(error));
}

TEST(NameIdna, invalid_utf8_is_told_from_disallowed_utf8) {
  for (std::string_view text :
       {"\xff", "a\x80", "\xc3", "\xc0\xaf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "b\xc3.de", "\xc3\\164.de"}) {
    EXPECT_EQ(asked_for(text), "bad_utf8") << hex_of(bytes_of(text));
  }
}

#ifdef DNSWARM_IDN
TEST(NameIdna, converts_labels_with_utf8_and_leaves_the_others) {
  const struct {
    std::string_view text, asked;
  } rows[] = {
      {"b\u00fccher.de", "xn--bcher-kva.de"},
      {"B\u00dcCHER.DE.", "xn--bcher-kva.de"},
      {"bu\u0308cher.de", "xn--bcher-kva.de"},  // not NFC
      {"fa\u00df.de", "xn--fa-hia.de"},         // non-transitional
      {"_dmarc.b\u00fccher.de", "_dmarc.xn--bcher-kva.de"},
      {"*.b\u00fccher.de", "*.xn--bcher-kva.de"},
      {"a\\.b.\u00e4", "a\\.b.xn--4ca"},
      {"\\195\\164.\u00e4", "\\195\\164.xn--4ca"},
      {"xn--4ca.\u00e4", "xn--4ca.xn--4ca"},
      {"\u4f8b\u3002jp", "xn--fsq.jp"},  // an ideographic full stop separates labels
      {"\u05d0.com", "xn--4db.com"},
      {"_\u00e4.de", "xn--_-0fa.de"},
  };
  for (const auto& row : rows) EXPECT_EQ(asked_for(row.text), row.asked) << row.text;
}

TEST(NameIdna, rejects_what_idna_or_the_limits_forbid) {
  std::string long_label;
  for (int i = 0; i < 62; ++i) long_label += "\u00e4";
  std::string long_name;
  for (int i = 0; i < 40; ++i) long_name += "\u00e4.";
  const struct {
    std::string text;
    std::string_view code;
  } rows[] = {
      {"a..\u00e4", "empty_label"},
      {".\u00e4", "empty_label"},
      {"\u00e4..", "empty_label"},
      {"a b.\u00e4", "bad_octet"},
      {"\u00e4 b", "bad_octet"},
      {"\u00e4\tb", "bad_octet"},
      {"\u0085", "bad_idna"},
      {"\u00e4\\.b", "bad_idna"},
      {"\\\u00e4", "bad_escape"},
      {"\uff3c\uff10\uff10\uff10", "bad_idna"},  // full-width \000 must not become an escape
      {"\u2028", "bad_idna"},
      {"\u0300a", "bad_idna"},  // begins with a combining mark
      {long_label + long_label, "label_too_long"},
      {long_name, "name_too_long"},
      {"\u00e4." + std::string(1100, 'a'), "name_too_long"},
      {"\u00e4." + std::string(64, 'a'), "label_too_long"},
      {"\u00e4\\", "bad_idna"},
      {"\u00e4.\\", "bad_escape"},
  };
  for (const auto& row : rows) EXPECT_EQ(asked_for(row.text), row.code) << row.text;
}
#else
TEST(NameIdna, without_libidn2_all_utf8_is_refused) { EXPECT_EQ(asked_for("\u00e4"), "bad_idna"); }
#endif

}  // namespace
}  // namespace dnswarm
