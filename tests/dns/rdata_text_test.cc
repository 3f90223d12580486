// The samples' texts are those of dig or kdig, except:
// - RRSIG times are printed as unsigned seconds; dig and kdig read them relative to today's date;
// - dohpath and ohttp have names (RFC 9461, RFC 9540) that those versions did not know yet;
// - LOC precisions of digit 0 and a power, which dig refuses and kdig prints as here.
#include "dns/rdata_text.h"

#include <gtest/gtest.h>

#include <set>

#include "rdata_samples.h"
#include "wire_text.h"

namespace dnswarm {
namespace {

TEST(RdataText, matches_the_samples) {
  for (const RdataSample& sample : rdata_samples) {
    EXPECT_EQ(text_of_rdata(sample.type, bytes_of_hex(sample.hex), true), sample.text)
        << to_text(sample.type);
  }
}

TEST(RdataText, names_end_in_a_dot_only_where_asked) {
  EXPECT_EQ(text_of_rdata(RRType::MX, bytes_of_hex("000a0161016200")), "10 a.b");
  EXPECT_EQ(text_of_rdata(RRType::MX, bytes_of_hex("000a0161016200"), true), "10 a.b.");
  EXPECT_EQ(text_of_rdata(RRType::MX, bytes_of_hex("000000")), "0 .");
  EXPECT_EQ(text_of_rdata(RRType::MX, bytes_of_hex("000000"), true), "0 .");
  EXPECT_EQ(text_of_rdata(RRType::NSEC, bytes_of_hex("016100000140")), "a A");
}

// Every sample cut short by an octet anywhere is either refused or, where its format ends in a part
// of any length, another valid text; never a crash, never the same text.
TEST(RdataText, cut_samples_never_read_as_the_whole) {
  for (const RdataSample& sample : rdata_samples) {
    Bytes rdata = bytes_of_hex(sample.hex);
    while (!rdata.empty()) {
      rdata.pop_back();
      EXPECT_NE(text_of_rdata(sample.type, rdata, true), sample.text) << to_text(sample.type);
    }
  }
}

TEST(RdataText, known_types_refuse_empty_rdata) {
  std::set<RRType> known;
  for (const RdataSample& sample : rdata_samples) {
    if (!std::string_view(sample.text).starts_with("\\#")) known.insert(sample.type);
  }
  for (RRType type : known) {
    EXPECT_EQ(rdata_is_valid_alone(type, {}), type == RRType::APL) << to_text(type);
  }
}

TEST(RdataText, unknown_types_are_generic) {
  EXPECT_EQ(text_of_rdata(RRType{65280}, {}), "\\# 0");
  EXPECT_EQ(text_of_rdata(RRType{65280}, bytes_of_hex("00ff")), "\\# 2 00FF");
  EXPECT_EQ(text_of_rdata(RRType{300}, bytes_of_hex("00ff")), "\\# 2 00FF");
  EXPECT_EQ(text_of_rdata(RRType{0}, bytes_of_hex("00ff")), "\\# 2 00FF");
}

TEST(RdataText, formats_of_class_in_are_generic_in_other_classes) {
  const Bytes address = bytes_of_hex("c0000201");
  EXPECT_EQ(text_of_rdata(RRType::A, address, false, RRClass::CH), "\\# 4 C0000201");
  EXPECT_EQ(text_of_rdata(RRType::A, bytes_of_hex("00"), false, RRClass::CH), "\\# 1 00");
  EXPECT_EQ(text_of_rdata(RRType::SVCB, bytes_of_hex("000000"), false, RRClass::CH), "\\# 3 000000");
  EXPECT_EQ(text_of_rdata(RRType::TXT, bytes_of_hex("0161"), false, RRClass::CH), "\"a\"");
}

TEST(RdataText, versions_and_kinds_without_a_text_form_are_generic) {
  EXPECT_EQ(text_of_rdata(RRType::LOC, bytes_of_hex("0100")), "\\# 2 0100");
  EXPECT_EQ(text_of_rdata(RRType::APL, bytes_of_hex("00030801ff")), "\\# 5 00030801FF");
  EXPECT_EQ(text_of_rdata(RRType::IPSECKEY, bytes_of_hex("0a040201")), "\\# 4 0A040201");
  EXPECT_EQ(text_of_rdata(RRType::AMTRELAY, bytes_of_hex("0a840201")), "\\# 4 0A840201");
}

TEST(RdataText, appends_to_what_is_there) {
  std::string out = "x ";
  const Bytes rdata = bytes_of_hex("c0000201");
  append_rdata_text(RRType::A, RRClass::IN, rdata, 0, rdata.size(), out);
  EXPECT_EQ(out, "x 192.0.2.1");
}

TEST(RdataIsValid, takes_compressed_names_only_where_old_types_allow_them) {
  const Bytes prefix = bytes_of_hex("016100");  // a. at offset 0
  const auto valid = [&](RRType type, const char* hex) {
    const Bytes message = joined({prefix, bytes_of_hex(hex)});
    return rdata_is_valid(type, RRClass::IN, message, prefix.size(), message.size() - prefix.size());
  };
  for (RRType type : {RRType::NS, RRType::CNAME, RRType::PTR, RRType::MB, RRType::DNAME}) {
    EXPECT_TRUE(valid(type, "c000")) << to_text(type);
  }
  EXPECT_TRUE(valid(RRType::SOA, "c0000162c000" "0000000100000002000000030000000400000005"));
  EXPECT_TRUE(valid(RRType::MX, "0001c000"));
  EXPECT_TRUE(valid(RRType::SRV, "000100020003c000"));
  EXPECT_TRUE(valid(RRType::RP, "c000c000"));
  EXPECT_TRUE(valid(RRType::PX, "0001c000c000"));
  EXPECT_TRUE(valid(RRType::NAPTR, "00010001000000c000"));
  EXPECT_FALSE(valid(RRType::NSEC, "c0000001" "40"));
  EXPECT_FALSE(valid(RRType::RRSIG, "0001080200000e106553f10064bb5a803039c000aa"));
  EXPECT_FALSE(valid(RRType::SVCB, "0001c000"));
  EXPECT_FALSE(valid(RRType::HTTPS, "0001c000"));
  EXPECT_FALSE(valid(RRType::LP, "0001c000"));
  EXPECT_FALSE(valid(RRType::TALINK, "c000c000"));
}

TEST(RdataIsValid, rejects_rdata_that_does_not_fit_its_type) {
  const struct {
    RRType type;
    const char *hex, *why;
  } rows[] = {
      {RRType::A, "c00002", "3 octets"},
      {RRType::A, "c000020101", "5 octets"},
      {RRType::AAAA, "c0000201", "4 octets"},
      {RRType::NS, "0161", "no root label"},
      {RRType::NS, "016100ff", "an octet more"},
      {RRType::NS, "c000", "pointer to itself"},
      {RRType::MX, "0001", "no name"},
      {RRType::MX, "00", "half a preference"},
      {RRType::SOA, "0000", "no numbers"},
      {RRType::SOA, "0000" "000000010000000200000003000000040000000500", "an octet more"},
      {RRType::TXT, "05616263", "string past the end"},
      {RRType::TXT, "016101", "second string past the end"},
      {RRType::HINFO, "0161", "one string"},
      {RRType::HINFO, "016101620163", "three strings"},
      {RRType::ISDN, "016101620163", "three strings"},
      {RRType::CAA, "0000", "empty tag"},
      {RRType::CAA, "00022d2d", "tag of hyphens"},
      {RRType::CAA, "000561", "tag past the end"},
      {RRType::DS, "00010802", "no digest"},
      {RRType::DNSKEY, "01010308", "no key"},
      {RRType::SSHFP, "0101", "no fingerprint"},
      {RRType::TLSA, "030101", "no data"},
      {RRType::OPENPGPKEY, "", "empty"},
      {RRType::EUI48, "0102030405", "5 octets"},
      {RRType::EUI64, "010203040506", "6 octets"},
      {RRType::L32, "000a0102", "half an address"},
      {RRType::NID, "000a01020304050607", "7 octets"},
      {RRType::URI, "000100", "no weight"},
      {RRType::HIP, "0001000100", "no HIT"},
      {RRType::HIP, "01010000aa", "no key"},
      {RRType::HIP, "0101ffffaabb", "key past the end"},
      {RRType::HIP, "01010001aabb" "0561", "server past the end"},
  };
  for (const auto& row : rows) {
    EXPECT_FALSE(rdata_is_valid_alone(row.type, bytes_of_hex(row.hex)))
        << to_text(row.type) << ": " << row.why;
  }
}

TEST(RdataIsValid, rejects_offsets_outside_the_message) {
  const Bytes message = bytes_of_hex("c0000201");
  EXPECT_FALSE(rdata_is_valid(RRType{65280}, RRClass::IN, message, 5, 0));
  EXPECT_FALSE(rdata_is_valid(RRType{65280}, RRClass::IN, message, 2, 3));
  EXPECT_FALSE(rdata_is_valid(RRType{65280}, RRClass::IN, message, SIZE_MAX, SIZE_MAX));
  EXPECT_TRUE(rdata_is_valid(RRType{65280}, RRClass::IN, message, 4, 0));
}

TEST(RdataIsValid, rejects_fields_that_run_into_the_next_record) {
  const Bytes soa = bytes_of_hex("026e7300" "026d6200" "0000000100000002000000030000000400000005");
  for (size_t octets = 0; octets < soa.size(); ++octets) {
    EXPECT_FALSE(rdata_is_valid(RRType::SOA, RRClass::IN, soa, 0, octets)) << octets;
  }
  EXPECT_TRUE(rdata_is_valid(RRType::SOA, RRClass::IN, soa, 0, soa.size()));
  const Bytes naptr = bytes_of_hex("00010002" "0173" "0174" "0175" "017200");
  for (size_t octets = 0; octets < naptr.size(); ++octets) {
    EXPECT_FALSE(rdata_is_valid(RRType::NAPTR, RRClass::IN, naptr, 0, octets)) << octets;
  }
}

TEST(TypeBitmap, windows_ascend_and_fill_the_octets) {
  const auto nsec = [](const std::string& bitmap) {
    return text_of_rdata(RRType::NSEC, bytes_of_hex("00" + bitmap));
  };
  EXPECT_EQ(nsec("000140"), ". A");
  EXPECT_EQ(nsec("00024000"), ". A");  // a trailing zero octet does no harm
  EXPECT_EQ(nsec("000140" "010140"), ". A CAA");
  EXPECT_EQ(nsec("ff0101"), ". TYPE65287");
  EXPECT_EQ(nsec(""), "(invalid)");
  EXPECT_EQ(nsec("00"), "(invalid)");
  EXPECT_EQ(nsec("0000"), "(invalid)");
  EXPECT_EQ(nsec("000240"), "(invalid)");
  EXPECT_EQ(nsec("000140" "000140"), "(invalid)");
  EXPECT_EQ(nsec("010140" "000140"), "(invalid)");
  EXPECT_EQ(nsec("0021" + std::string(66, '1')), "(invalid)");
  EXPECT_NE(nsec("0020" + std::string(64, '1')), "(invalid)");
}

TEST(Nsec3, needs_a_hash_and_allows_no_salt_and_no_types) {
  const auto nsec3 = [](const char* hex) { return text_of_rdata(RRType::NSEC3, bytes_of_hex(hex)); };
  EXPECT_EQ(nsec3("01000001" "00" "01ff"), "1 0 1 - VS");
  EXPECT_EQ(nsec3("01000001" "01aa" "05ffffffffff" "000140"), "1 0 1 AA VVVVVVVV A");
  EXPECT_EQ(nsec3("01000001" "00" "00"), "(invalid)");
  EXPECT_EQ(nsec3("01000001" "00"), "(invalid)");
  EXPECT_EQ(nsec3("01000001" "02aa"), "(invalid)");
  EXPECT_EQ(nsec3("01000001" "00" "02ff"), "(invalid)");
}

}  // namespace
}  // namespace dnswarm
