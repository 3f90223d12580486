#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <random>

#include "response_fixture.h"

namespace dnswarm::cli {
namespace {

TEST(RowNdjson, is_the_documented_row) {
  ResponseFixture f("WWW.Example.com", "www.example.com");
  f.answer("@", RRType::CNAME, 300, wire("example.com")).answer("example.com", RRType::A, 60, ipv4);
  EXPECT_EQ(row("ndjson", f),
            R"({"name":"WWW.Example.com","qname":"www.example.com","type":"A","status":"NOERROR",)"
            R"("answers":[{"name":"www.example.com",)"
            R"("type":"CNAME","ttl":300,"data":"example.com"},)"
            R"({"name":"example.com","type":"A","ttl":60,"data":"192.0.2.1"}],"flags":["ra"],)"
            R"("resolver":"192.0.2.53:53","proto":"udp","rtt_us":1234,"attempts":1,"cached":false,)"
            R"("ts":"2026-11-22T00:00:00.000042Z"})"
            "\n");
}

TEST(TimestampText, is_right_for_the_same_and_for_other_times) {
  using std::chrono::microseconds;
  const struct {
    microseconds time;
    std::string_view text;
  } rows[] = {
      {microseconds(0), "1970-01-01T00:00:00.000000Z"},
      {microseconds(7), "1970-01-01T00:00:00.000007Z"},
      {microseconds(7), "1970-01-01T00:00:00.000007Z"},
      {microseconds(999'999), "1970-01-01T00:00:00.999999Z"},
      {microseconds(1'000'000), "1970-01-01T00:00:01.000000Z"},
      {microseconds(-1), "1969-12-31T23:59:59.999999Z"},
  };
  TimestampText timestamp;
  for (const auto& row : rows) {
    RowBuffer out;
    timestamp.append(out, std::chrono::system_clock::time_point(row.time));
    EXPECT_EQ(out.text(), row.text);
  }
}

// What it keeps from row to row shows in none of them: a formatter that wrote other rows before writes the
// same as a new one.
TEST(RowNdjson, does_not_depend_on_the_rows_before) {
  std::string error;
  const auto format = make_row_format(*row_style_from_text("ndjson", &error));
  const std::string_view upstreams[] = {"192.0.2.53:53", "192.0.2.54:53", "192.0.2.5:53", "",
                                        "[2001:db8::53]:53"};
  std::minstd_rand random(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto one_of = [&random](size_t n) { return random() / 7 % n; };
    ResponseFixture f("example.com", "example.com",
                      std::array{RRType::A, RRType::MX, RRType{65280}}[one_of(3)]);
    f.r.rrclass = one_of(4) == 0 ? RRClass::CH : RRClass::IN;
    f.r.rcode = static_cast<Rcode>(one_of(5) == 0 ? one_of(4096) : one_of(4));
    if (one_of(3) == 0) f.fail(static_cast<Failure>(1 + one_of(7)), "code", "text");
    f.r.header_flags = static_cast<uint16_t>(0x8000 | random());
    f.r.upstream.text = upstreams[one_of(std::size(upstreams))];
    f.r.protocol = one_of(2) == 0 ? Protocol::udp : Protocol::tcp;
    ASSERT_EQ(row(*format, f), row("ndjson", f));
  }
}

TEST(RowNdjson, writes_numbers_of_every_length) {
  for (uint64_t tens = 1; tens < 100'000'000'000; tens *= 10) {
    for (const uint64_t number : {tens - 1, tens, tens + 7, tens * 10 / 3}) {
      ResponseFixture f("example.com", "example.com");
      f.r.rtt = std::chrono::microseconds(number);
      EXPECT_EQ(nlohmann::json::parse(row("ndjson", f))["rtt_us"], number);
    }
  }
  for (uint32_t ttl = 0; ttl < 3000; ++ttl) {
    ResponseFixture f("example.com", "example.com");
    f.answer("@", RRType::A, ttl, ipv4);
    EXPECT_EQ(nlohmann::json::parse(row("ndjson", f))["answers"][0]["ttl"], ttl);
  }
}

TEST(RowNdjson, leaves_out_a_qname_that_equals_the_name) {
  ResponseFixture f("example.com", "example.com");
  EXPECT_EQ(row("ndjson", f).find("qname"), std::string::npos);
}

TEST(RowNdjson, shows_a_failure_with_all_that_is_known) {
  ResponseFixture f("example.com", "example.com");
  f.fail(Failure::timeout, "timeout", "nothing \"valid\" came");
  f.r.has_last_rcode = true;
  f.r.last_rcode = Rcode::SERVFAIL;
  f.r.attempts = 4;
  const std::array errors{ExtendedError{22, "no reachable \xFF"}, ExtendedError{18, ""}};
  f.r.extended_errors = errors;
  const std::string text = row("ndjson", f);
  EXPECT_EQ(text,
            R"({"name":"example.com","type":"A","status":"TIMEOUT","error":{"code":"timeout",)"
            R"("text":"nothing \"valid\" came"},"last_rcode":"SERVFAIL","ede":[{"code":22,)"
            R"("text":"no reachable \\255"},{"code":18,"text":""}],"answers":[],"flags":[],)"
            R"("resolver":"192.0.2.53:53","proto":"udp","rtt_us":0,"attempts":4,"cached":false,)"
            R"("ts":"2026-11-22T00:00:00.000042Z"})"
            "\n");
}

TEST(RowNdjson, has_null_where_no_upstream_was_tried) {
  ResponseFixture f("a b", "");
  f.fail(Failure::invalid_name, "empty_label", "x");
  f.r.upstream = {};
  EXPECT_NE(row("ndjson", f).find(R"("resolver":null,"proto":null)"), std::string::npos);
}

TEST(RowNdjson, shows_other_sections_nsid_and_class_on_demand) {
  ResponseFixture f("example.com", "example.com", RRType::NS);
  f.answer("@", RRType::NS, 5, wire("ns.example.com"));
  f.add(Section::authority, "example.com", RRType::NS, 6, wire("ns2.example.com"));
  f.add(Section::additional, "ns.example.com", RRType::A, 7, ipv4);
  const std::array<uint8_t, 3> nsid{0x67, 0x70, 0xff};
  f.r.nsid = nsid;
  f.r.rrclass = RRClass::CH;
  f.r.header_flags = 0x86B0;  // all of aa tc rd ra ad cd
  const std::string text = row("ndjson", f, true);
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["class"], "CH");
  EXPECT_EQ(json["answers"].size(), 1u);
  EXPECT_EQ(json["authority"][0]["data"], "ns2.example.com");
  EXPECT_EQ(json["additional"][0]["ttl"], 7);
  EXPECT_EQ(json["nsid"], "6770ff");
  EXPECT_EQ(json["flags"], nlohmann::json::array({"aa", "tc", "ra", "ad"}));
  EXPECT_EQ(row("ndjson", f).find("authority"), std::string::npos);
}

TEST(RowNdjson, cuts_long_names_between_characters) {
  std::string name(1023, 'a');
  name += "\xC3\xA9" + std::string(100, 'b');
  ResponseFixture f(name, "");
  f.fail(Failure::invalid_name, "name_too_long", "x");
  EXPECT_EQ(nlohmann::json::parse(row("ndjson", f))["name"], std::string(1023, 'a'));
  ResponseFixture junk(std::string(5000, '\xBF'), "");
  junk.fail(Failure::invalid_name, "x", "x");
  EXPECT_TRUE(nlohmann::json::accept(row("ndjson", junk)));
}

TEST(RowNdjson, is_one_valid_line_for_every_octet_in_a_name) {
  for (int octet = 0; octet < 256; ++octet) {
    ResponseFixture f(std::string("x") + static_cast<char>(octet) + ".example", "");
    f.fail(Failure::invalid_name, "x", "x");
    const std::string text = row("ndjson", f);
    ASSERT_TRUE(nlohmann::json::accept(text)) << octet;
    EXPECT_EQ(text.find('\n'), text.size() - 1) << octet;
  }
}

TEST(Timestamp, keeps_pace_with_the_clock_in_both_directions) {
  TimestampText timestamp;
  const auto text = [&](int64_t microseconds) {
    RowBuffer out;
    timestamp.append(out, std::chrono::system_clock::time_point(
                              std::chrono::microseconds(microseconds)));
    return std::string(out.text());
  };
  EXPECT_EQ(text(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(text(999'999), "1970-01-01T00:00:00.999999Z");
  EXPECT_EQ(text(1'000'000), "1970-01-01T00:00:01.000000Z");
  EXPECT_EQ(text(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(text(951'868'799'123'456), "2000-02-29T23:59:59.123456Z");
}

}  // namespace
}  // namespace dnswarm::cli
