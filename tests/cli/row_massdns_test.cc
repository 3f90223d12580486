// Expected texts follow massdns's own format strings (src/main.c and src/dns.h of July 2025).
#include <gtest/gtest.h>

#include "response_fixture.h"

namespace dnswarm::cli {
namespace {

ResponseFixture chain() {
  ResponseFixture f("WWW.Example.com", "www.example.com");
  f.answer("@", RRType::CNAME, 300, wire("example.com")).answer("example.com", RRType::A, 60, ipv4);
  f.add(Section::authority, "example.com", RRType::NS, 7, wire("ns.example.com"));
  f.add(Section::additional, "ns.example.com", RRType::A, 8, ipv4);
  return f;
}

TEST(RowMassdns, simple_formats) {
  ResponseFixture f = chain();
  // Plain S shows only records of the question's name.
  EXPECT_EQ(row("massdns-S", f), "WWW.Example.com. CNAME example.com.\n");
  EXPECT_EQ(row("massdns-St", f),
            "WWW.Example.com. IN 300 CNAME example.com.\nexample.com. IN 60 A 192.0.2.1\n");
  EXPECT_EQ(row("massdns-Snl", f),
            "WWW.Example.com. CNAME example.com.\nexample.com. A 192.0.2.1\n\n");
  EXPECT_EQ(row("massdns-Smn", f), "WWW.Example.com. CNAME example.com.\n");
  EXPECT_EQ(row("massdns-Su", f), "example.com. NS ns.example.com.\n");
  EXPECT_EQ(row("massdns-Snuds", f),
            "WWW.Example.com. CNAME example.com.\nexample.com. A 192.0.2.1\n"
            "\nexample.com. NS ns.example.com.\n\nns.example.com. A 192.0.2.1\n");
  EXPECT_EQ(row("massdns-Si", f),
            "\tWWW.Example.com. CNAME example.com.\n\texample.com. A 192.0.2.1\n");
  EXPECT_EQ(row("massdns-Sqm", f),
            "WWW.Example.com.  A\nWWW.Example.com. CNAME example.com.\n");
  EXPECT_EQ(row("massdns-Sqtm", f),
            "WWW.Example.com. IN A\nWWW.Example.com. IN 300 CNAME example.com.\n");
  EXPECT_EQ(row("massdns-Srm", f),
            "192.0.2.53:53 1795305600 NOERROR WWW.Example.com.  A\n"
            "WWW.Example.com. CNAME example.com.\n");
}

TEST(RowMassdns, a_reply_without_records_is_a_blank_line_or_nothing) {
  ResponseFixture f("a.example", "a.example");
  f.r.rcode = Rcode::NXDOMAIN;
  EXPECT_EQ(row("massdns-Snl", f), "\n");
  EXPECT_EQ(row("massdns-S", f), "");
}

TEST(RowMassdns, lists) {
  ResponseFixture f = chain();
  EXPECT_EQ(row("massdns-L", f), "WWW.Example.com\n");
  ResponseFixture empty("a.example", "a.example");
  EXPECT_EQ(row("massdns-L", empty), "");
  EXPECT_EQ(row("massdns-L0", empty), "a.example\n");
  empty.r.rcode = Rcode::NXDOMAIN;
  EXPECT_EQ(row("massdns-L0", empty), "");
}

TEST(RowMassdns, json) {
  ResponseFixture f = chain();
  EXPECT_EQ(
      row("massdns-J", f),
      R"({"name":"WWW.Example.com.","type":"A","class":"IN","status":"NOERROR",)"
      R"("rx_ts":1795305600000042000,"data":{"answers":[{"ttl":300,"type":"CNAME","class":"IN",)"
      R"("name":"WWW.Example.com.","data":"example.com."},{"ttl":60,"type":"A","class":"IN",)"
      R"("name":"example.com.","data":"192.0.2.1"}],"authorities":[{"ttl":7,"type":"NS",)"
      R"("class":"IN","name":"example.com.","data":"ns.example.com."}],"additionals":[{"ttl":8,)"
      R"("type":"A","class":"IN","name":"ns.example.com.","data":"192.0.2.1"}]},)"
      R"("flags":["rd","ra"],"resolver":"192.0.2.53:53","proto":"UDP"})"
      "\n");
}

TEST(RowMassdns, json_of_an_empty_reply) {
  ResponseFixture f("a.example", "a.example");
  f.r.rcode = Rcode::NXDOMAIN;
  f.r.header_flags = 0x8000;
  f.r.protocol = Protocol::tcp;
  EXPECT_EQ(row("massdns-J", f),
            R"({"name":"a.example.","type":"A","class":"IN","status":"NXDOMAIN",)"
            R"("rx_ts":1795305600000042000,"data":{},"flags":[],"resolver":"192.0.2.53:53",)"
            R"("proto":"TCP"})"
            "\n");
  EXPECT_EQ(row("massdns-Ja", f), "");
}

TEST(RowMassdns, full) {
  ResponseFixture f = chain();
  EXPECT_EQ(row("massdns-F", f),
            ";; Server: 192.0.2.53:53\n;; Size: 77\n;; Unix time: 1795305600\n"
            ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4711\n"
            ";; flags: qr rd ra ; QUERY: 1, ANSWER: 2, AUTHORITY: 1, ADDITIONAL: 1\n\n"
            ";; QUESTION SECTION:\nWWW.Example.com. IN A\n\n"
            ";; ANSWER SECTION:\nWWW.Example.com. 300 IN CNAME example.com.\n"
            "example.com. 60 IN A 192.0.2.1\n\n"
            ";; AUTHORITY SECTION:\nexample.com. 7 IN NS ns.example.com.\n\n"
            ";; ADDITIONAL SECTION:\nns.example.com. 8 IN A 192.0.2.1\n\n\n");
}

struct FailureCase {
  Failure failure;
  Rcode rcode;
  std::string_view error;  // of Je; empty: no row
};

TEST(RowMassdns, failures_leave_rows_in_je_only) {
  const FailureCase cases[] = {
      {Failure::none, Rcode::SERVFAIL, "MAXRETRIES"},
      {Failure::none, Rcode::REFUSED, "MAXRETRIES"},
      {Failure::budget, Rcode::NOERROR, "MAXRETRIES"},
      {Failure::cname_loop, Rcode::NOERROR, "MAXRETRIES"},
      {Failure::timeout, Rcode::NOERROR, "TIMEOUT"},
      {Failure::network_error, Rcode::NOERROR, "TIMEOUT"},
      {Failure::invalid_response, Rcode::NOERROR, "TIMEOUT"},
      {Failure::invalid_name, Rcode::NOERROR, ""},
      {Failure::cancelled, Rcode::NOERROR, ""}};
  for (const FailureCase& c : cases) {
    ResponseFixture f("x.example", "x.example");
    f.r.failure = c.failure;
    f.r.rcode = c.rcode;
    for (const char* style : {"massdns-S", "massdns-Snl", "massdns-L0", "massdns-F", "massdns-J"}) {
      EXPECT_EQ(row(style, f), "") << style;
    }
    const std::string expected = R"({"name":"x.example.","type":"A","class":"IN","error":")" +
                                 std::string(c.error) + "\"}\n";
    EXPECT_EQ(row("massdns-Je", f), c.error.empty() ? "" : expected);
  }
}

struct DataCase {
  RRType type;
  std::string rdata;
  std::string_view simple;  // behind "x. TYPE "
  std::string_view json;    // inside the JSON string
};

TEST(RowMassdns, data_of_every_known_type) {
  const std::string numbers("\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5", 20);
  const DataCase cases[] = {
      {RRType::A, ipv4, "A 192.0.2.1", "192.0.2.1"},
      {RRType::AAAA, std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + "\1",
       "AAAA 2001:db8::1", "2001:db8::1"},
      {RRType::MX, u16(10) + wire("mx.example"), "MX 10 mx.example.", "10 mx.example."},
      {RRType::MX, u16(0) + wire(""), "MX 0 .", "0 ."},
      {RRType::NS, std::string("\x02ns\xC0\x0C", 5), "NS ns.x.", "ns.x."},
      {RRType::PTR, wire("a b"), "PTR a b.", "a b."},
      {RRType::SOA, wire("a") + wire("b.c") + numbers, "SOA a. b.c. 1 2 3 4 5",
       "a. b.c. 1 2 3 4 5"},
      {RRType::TXT, "\x03" "one" "\x05" "t\"w\\\xFF", R"(TXT "one" "t"w\x5c\xff" )",
       R"(onet\"w\\x5c\\xff)"},
      {RRType::CAA, std::string("\x80\x05", 2) + "issueca.example", R"(CAA 1 issue "ca.example")",
       R"(1 issue \"ca.example\")"},
      {RRType::CAA, std::string("\x00\x05", 2) + "issue;", R"(CAA 0 issue ";")",
       R"(0 issue \";\")"},
      {RRType::SRV, u16(1) + u16(2) + u16(443) + wire("s.example"), "SRV 1 2 443 s.example.",
       "1 2 443 s.example."},
      {RRType::TLSA, "\x03\x01\x01\xAB\xCD", "TLSA 3 1 1 abcd", "3 1 1 abcd"},
      {RRType::DS, std::string("\x30\x39\x08\x02\xAB\x00", 6), R"(DS 09\x08\x02\xab\x00)",
       R"(09\\x08\\x02\\xab\\x00)"},
      {RRType::HINFO, "\x01" "a" "\x01" "b", R"(13 \x01a\x01b)", R"(\\x01a\\x01b)"},
      {RRType{65280}, "a.b", "65280 a.b", "a.b"}};
  for (const DataCase& c : cases) {
    ResponseFixture f("x", "x", c.type);
    f.answer("@", c.type, 1, c.rdata);
    EXPECT_EQ(row("massdns-S", f), "x. " + std::string(c.simple) + "\n");
    EXPECT_NE(row("massdns-J", f).find("\"data\":\"" + std::string(c.json) + "\"}"),
              std::string::npos)
        << row("massdns-J", f);
  }
}

TEST(RowMassdns, names_keep_massdns_escapes) {
  ResponseFixture f("a\\.b\\\\\\255\\032.Example", "a\\.b\\\\\\255\\032.example");
  f.r.header_flags = 0x8180;
  EXPECT_EQ(row("massdns-Sq", f), "a\\x2eb\\x5c\\xff .Example.  A\n");
  ResponseFixture root(".", ".", RRType::NS);
  EXPECT_EQ(row("massdns-Sq", root), ".  NS\n");
}

TEST(RowMassdns, a_looping_or_cut_name_ends) {
  for (const std::string& rdata : {std::string("\xC0\xFF", 2), std::string("\x3F" "a", 2),
                                   std::string("\xC0", 1), std::string("\x41", 1)}) {
    ResponseFixture f("x", "x", RRType::NS);
    f.answer("@", RRType::NS, 1, rdata);
    EXPECT_TRUE(row("massdns-S", f).starts_with("x. NS "));
  }
}

TEST(RowMassdns, class_words) {
  ResponseFixture f("x", "x", RRType::TXT);
  f.r.rrclass = RRClass::CH;
  EXPECT_EQ(row("massdns-Sqt", f), "x. H TXT\n");
}

}  // namespace
}  // namespace dnswarm::cli
