#include <gtest/gtest.h>

#include "wire_text.h"

namespace dnswarm {
namespace {

std::string https(const std::string& params) {
  return text_of_rdata(RRType::HTTPS, bytes_of_hex("0001" "00" + params));
}

// The vectors of RFC 9460 appendix D, names without the trailing dot.
TEST(SvcbText, writes_the_vectors_of_rfc_9460) {
  const struct {
    const char *hex, *text;
  } rows[] = {
      {"0000" "03666f6f076578616d706c6503636f6d00", "0 foo.example.com"},
      {"0001" "00", "1 ."},
      {"0010" "03666f6f076578616d706c6503636f6d00" "0003" "0002" "0035", "16 foo.example.com port=53"},
      {"0001" "03666f6f076578616d706c6503636f6d00" "029b" "0005" "68656c6c6f",
       "1 foo.example.com key667=\"hello\""},
      {"0001" "03666f6f076578616d706c6503636f6d00" "029b" "0009" "68656c6c6fd2716f6f",
       "1 foo.example.com key667=\"hello\\210qoo\""},
      {"0001" "03666f6f076578616d706c6503636f6d00" "0006" "0020"
       "20010db8000000000000000000000001" "20010db8000000000000000000530001",
       "1 foo.example.com ipv6hint=2001:db8::1,2001:db8::53:1"},
      {"0010" "03666f6f076578616d706c65036f726700" "0000" "0004" "00010004" "0001" "0009"
       "02683205" "68332d3139" "0004" "0004" "c0000201",
       "16 foo.example.org mandatory=alpn,ipv4hint alpn=\"h2,h3-19\" ipv4hint=192.0.2.1"},
      {"0010" "03666f6f076578616d706c65036f726700" "0001" "000c" "08665c6f6f2c626172" "026832",
       "16 foo.example.org alpn=\"f\\\\\\\\oo\\\\,bar,h2\""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(text_of_rdata(RRType::SVCB, bytes_of_hex(row.hex)), row.text);
  }
}

TEST(SvcbText, writes_every_known_key) {
  EXPECT_EQ(https("0002" "0000"), "1 . no-default-alpn");
  EXPECT_EQ(https("0005" "0003" "010203"), "1 . ech=AQID");
  EXPECT_EQ(https("0007" "0003" "2f6422"), "1 . dohpath=\"/d\\\"\"");
  EXPECT_EQ(https("0008" "0000"), "1 . ohttp");
  EXPECT_EQ(https("fffe" "0000"), "1 . key65534");
  EXPECT_EQ(https("0000" "0004" "0001fffe" "0001" "0003" "026832"),
            "1 . mandatory=alpn,key65534 alpn=\"h2\"");
}

TEST(SvcbText, rejects_malformed_params) {
  const struct {
    const char *hex, *why;
  } rows[] = {
      {"00", "half a key"},
      {"0003", "no length"},
      {"0003" "0002" "00", "value past the end"},
      {"0003" "0002" "0035" "0003" "0002" "0035", "a key twice"},
      {"0003" "0002" "0035" "0002" "0000", "keys descend"},
      {"ffff" "0000", "the reserved key"},
      {"0000" "0000", "mandatory: empty"},
      {"0000" "0003" "000100", "mandatory: odd"},
      {"0000" "0002" "0000", "mandatory: itself"},
      {"0000" "0004" "00040001", "mandatory: descends"},
      {"0000" "0004" "00010001", "mandatory: twice"},
      {"0001" "0000", "alpn: empty"},
      {"0001" "0001" "00", "alpn: empty identifier"},
      {"0001" "0003" "036832", "alpn: past the end"},
      {"0001" "0004" "02683200", "alpn: empty second identifier"},
      {"0002" "0001" "00", "no-default-alpn: a value"},
      {"0003" "0000", "port: empty"},
      {"0003" "0003" "000035", "port: 3 octets"},
      {"0004" "0000", "ipv4hint: empty"},
      {"0004" "0005" "c000020101", "ipv4hint: 5 octets"},
      {"0005" "0000", "ech: empty"},
      {"0006" "0004" "c0000201", "ipv6hint: 4 octets"},
      {"0006" "0000", "ipv6hint: empty"},
      {"0007" "0000", "dohpath: empty"},
      {"0008" "0001" "00", "ohttp: a value"},
  };
  for (const auto& row : rows) EXPECT_EQ(https(row.hex), "(invalid)") << row.why;
}

}  // namespace
}  // namespace dnswarm
