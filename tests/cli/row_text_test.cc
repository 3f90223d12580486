#include <gtest/gtest.h>

#include <array>

#include "response_fixture.h"

namespace dnswarm::cli {
namespace {

constexpr std::string_view csv_header =
    "name,qname,type,class,status,answers,authority,additional,flags,resolver,proto,rtt_us,"
    "attempts,cached,ts,error_code,error_text,last_rcode,ede,nsid\r\n";

// The fields of one RFC 4180 record, strictly; nothing where it is malformed.
std::vector<std::string> csv_fields(std::string_view text) {
  std::vector<std::string> fields(1);
  if (!text.ends_with("\r\n")) return {};
  text.remove_suffix(2);
  for (size_t i = 0; i < text.size();) {
    if (text[i] == ',') {
      fields.emplace_back();
      ++i;
    } else if (text[i] == '"' && fields.back().empty()) {
      for (++i;; ++i) {
        if (i >= text.size()) return {};
        if (text[i] != '"') fields.back() += text[i];
        else if (i + 1 < text.size() && text[i + 1] == '"') fields.back() += text[i++];
        else break;
      }
      if (++i < text.size() && text[i] != ',') return {};
    } else if (text[i] == '"' || text[i] == '\r' || text[i] == '\n') {
      return {};
    } else {
      fields.back() += text[i++];
    }
  }
  return fields;
}

TEST(RowCsv, has_the_documented_columns) {
  const auto format = make_csv_format(false);
  RowBuffer out;
  format->append_header(out);
  EXPECT_EQ(out.text(), csv_header);
  ResponseFixture f("WWW.Example.com", "www.example.com");
  f.answer("@", RRType::CNAME, 300, wire("example.com")).answer("example.com", RRType::A, 60, ipv4);
  EXPECT_EQ(row(*format, f),
            "WWW.Example.com,www.example.com,A,IN,NOERROR,www.example.com 300 CNAME example.com | "
            "example.com 60 A 192.0.2.1,,,ra,192.0.2.53:53,udp,1234,1,false,"
            "2026-11-22T00:00:00.000042Z,,,,,\r\n");
}

TEST(RowCsv, quotes_what_needs_it_and_nothing_else) {
  ResponseFixture f("example.com", "example.com", RRType::TXT);
  f.answer("@", RRType::TXT, 1, "\x06" "a,\"b\"c");
  const auto fields = csv_fields(row("csv", f));
  ASSERT_EQ(fields.size(), 20u);
  EXPECT_EQ(fields[5], "example.com 1 TXT \"a,\\\"b\\\"c\"");
}

TEST(RowCsv, survives_every_octet) {
  for (int octet = 0; octet < 256; ++octet) {
    ResponseFixture f(std::string(1, static_cast<char>(octet)) + "x", "");
    f.fail(Failure::invalid_name, "x", "a \"quoted\", text");
    const auto fields = csv_fields(row("csv", f));
    ASSERT_EQ(fields.size(), 20u) << octet;
    EXPECT_EQ(fields[16], "a \"quoted\", text");
  }
}

TEST(RowCsv, shows_failures_and_extended_errors) {
  ResponseFixture f("example.com", "example.com");
  f.fail(Failure::timeout, "timeout", "nothing came");
  f.r.has_last_rcode = true;
  f.r.last_rcode = Rcode::REFUSED;
  const std::array errors{ExtendedError{22, "a"}, ExtendedError{18, ""}};
  f.r.extended_errors = errors;
  const auto fields = csv_fields(row("csv", f));
  ASSERT_EQ(fields.size(), 20u);
  EXPECT_EQ(fields[4], "TIMEOUT");
  EXPECT_EQ(fields[15], "timeout");
  EXPECT_EQ(fields[17], "REFUSED");
  EXPECT_EQ(fields[18], "22 a | 18");
}

TEST(RowText, is_aligned) {
  ResponseFixture f("WWW.Example.com", "www.example.com");
  f.answer("@", RRType::CNAME, 300, wire("example.com")).answer("example.com", RRType::A, 60, ipv4);
  EXPECT_EQ(row("text", f),
            "WWW.Example.com                  A     NOERROR       1.2ms 192.0.2.53:53         "
            "300 CNAME example.com, example.com 60 A 192.0.2.1 "
            "[asked www.example.com, ra, udp, 1 attempt, 2026-11-22T00:00:00.000042Z]\n");
  ResponseFixture g("a.example", "a.example", RRType::AAAA);
  g.r.rcode = Rcode::NXDOMAIN;
  g.r.cached = true;
  g.r.attempts = 0;
  EXPECT_EQ(row("text", g),
            "a.example                        AAAA  NXDOMAIN     cached 192.0.2.53:53         "
            "[ra, udp, 0 attempts, 2026-11-22T00:00:00.000042Z]\n");
}

TEST(RowText, a_long_name_moves_only_its_own_line) {
  ResponseFixture f(std::string(60, 'a'), std::string(60, 'a'));
  EXPECT_TRUE(row("text", f).starts_with(std::string(60, 'a') + " A     NOERROR    "));
}

TEST(RowText, colours_by_status_only_when_asked_to) {
  ResponseFixture f("a.example", "a.example");
  EXPECT_EQ(row("text", f).find('\x1b'), std::string::npos);
  EXPECT_NE(row(*make_text_format(false, true), f).find("\x1b[32mNOERROR\x1b[0m    "),
            std::string::npos);
  f.r.rcode = Rcode::SERVFAIL;
  EXPECT_NE(row(*make_text_format(false, true), f).find("\x1b[31mSERVFAIL"), std::string::npos);
}

TEST(RowText, lets_no_octet_steer_the_terminal) {
  ResponseFixture f("\x1b[31mx", "");
  f.fail(Failure::invalid_name, "x", "x");
  EXPECT_TRUE(row("text", f).starts_with("\\027[31mx"));
}

TEST(RowList, has_names_with_an_answer_only) {
  ResponseFixture f("Example.com", "example.com");
  EXPECT_EQ(row("list", f), "");  // NODATA
  f.answer("@", RRType::CNAME, 300, wire("example.net"));
  EXPECT_EQ(row("list", f), "Example.com\n");
  f.r.rcode = Rcode::NXDOMAIN;  // of the CNAME's target
  EXPECT_EQ(row("list", f), "");
  f.fail(Failure::cname_loop, "loop", "x");
  EXPECT_EQ(row("list", f), "");
}

TEST(RowStyle, knows_its_names_and_no_others) {
  std::string error;
  for (const char* name : {"ndjson", "text", "csv", "list", "massdns-S", "massdns-St",
                           "massdns-Snl",
                           "massdns-Sr", "massdns-Sqtudmis", "massdns-L", "massdns-L0", "massdns-F",
                           "massdns-J", "massdns-Je", "massdns-Ja", "massdns-Jae"}) {
    EXPECT_TRUE(row_style_from_text(name, &error)) << name;
  }
  for (const char* name : {"", "json", "NDJSON", "ndjson ", "massdns", "massdns-", "massdns-B",
                           "massdns-Sx", "massdns-L1", "massdns-Fx", "massdns-Jx", "massdns-s"}) {
    error.clear();
    EXPECT_FALSE(row_style_from_text(name, &error)) << name;
    EXPECT_FALSE(error.empty());
  }
  EXPECT_TRUE(row_style_from_text("massdns-J", &error)->needs_all_sections());
  EXPECT_TRUE(row_style_from_text("massdns-Su", &error)->needs_all_sections());
  EXPECT_FALSE(row_style_from_text("massdns-Snl", &error)->needs_all_sections());
}

}  // namespace
}  // namespace dnswarm::cli
