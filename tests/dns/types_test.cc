#include "dnswarm/types.h"

#include <gtest/gtest.h>

#include <cctype>
#include <map>
#include <set>

namespace dnswarm {
namespace {

// Every enumerator of RRType beside its IANA mnemonic, written a second time on purpose.
const std::map<RRType, std::string>& iana_types() {
#define ROW(mnemonic) {RRType::mnemonic, #mnemonic}
  static const std::map<RRType, std::string> rows = {
      ROW(A), ROW(NS), ROW(MD), ROW(MF), ROW(CNAME), ROW(SOA), ROW(MB), ROW(MG), ROW(MR),
      {RRType::NULL_, "NULL"}, ROW(WKS), ROW(PTR), ROW(HINFO), ROW(MINFO), ROW(MX), ROW(TXT),
      ROW(RP), ROW(AFSDB), ROW(X25), ROW(ISDN), ROW(RT), ROW(NSAP), {RRType::NSAP_PTR, "NSAP-PTR"},
      ROW(SIG), ROW(KEY), ROW(PX), ROW(GPOS), ROW(AAAA), ROW(LOC), ROW(NXT), ROW(EID), ROW(NIMLOC),
      ROW(SRV), ROW(ATMA), ROW(NAPTR), ROW(KX), ROW(CERT), ROW(A6), ROW(DNAME), ROW(SINK), ROW(OPT),
      ROW(APL), ROW(DS), ROW(SSHFP), ROW(IPSECKEY), ROW(RRSIG), ROW(NSEC), ROW(DNSKEY), ROW(DHCID),
      ROW(NSEC3), ROW(NSEC3PARAM), ROW(TLSA), ROW(SMIMEA), ROW(HIP), ROW(NINFO), ROW(RKEY),
      ROW(TALINK), ROW(CDS), ROW(CDNSKEY), ROW(OPENPGPKEY), ROW(CSYNC), ROW(ZONEMD), ROW(SVCB),
      ROW(HTTPS), ROW(DSYNC), ROW(HHIT), ROW(BRID), ROW(SPF), ROW(UINFO), ROW(UID), ROW(GID),
      ROW(UNSPEC), ROW(NID), ROW(L32), ROW(L64), ROW(LP), ROW(EUI48), ROW(EUI64), ROW(NXNAME),
      ROW(TKEY), ROW(TSIG), ROW(IXFR), ROW(AXFR), ROW(MAILB), ROW(MAILA), ROW(ANY), ROW(URI),
      ROW(CAA), ROW(AVC), ROW(DOA), ROW(AMTRELAY), ROW(RESINFO), ROW(WALLET), ROW(CLA), ROW(IPN),
      ROW(TA), ROW(DLV),
  };
#undef ROW
  return rows;
}

std::string lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(c));
  return text;
}

TEST(RRType, all_65536_values_survive_text_and_back) {
  std::set<std::string> seen;
  for (unsigned value = 0; value < 65536; ++value) {
    const auto type = static_cast<RRType>(value);
    const std::string text = to_text(type);
    const auto row = iana_types().find(type);
    EXPECT_EQ(text, row == iana_types().end() ? "TYPE" + std::to_string(value) : row->second);
    EXPECT_EQ(rrtype_from_text(text), type) << text;
    EXPECT_EQ(rrtype_from_text(lower_case(text)), type) << text;
    EXPECT_EQ(rrtype_from_text("TYPE" + std::to_string(value)), type);
    EXPECT_TRUE(seen.insert(text).second) << text;
  }
}

TEST(RRType, appends_to_what_is_there) {
  std::string out = "x ";
  append_text(RRType::AAAA, out);
  append_text(RRType{65280}, out);
  EXPECT_EQ(out, "x AAAATYPE65280");
}

TEST(RRType, rejects_what_is_no_type) {
  for (std::string_view text :
       {"", "B", "AA", "AAAAA", "A ", " A", "*", "TYPE", "TYPE-1", "TYPE+1", "TYPE65536", "TYPE99999",
        "TYPE100000", "TYPE000001", "TYPE1x", "TYPE 1", "TYPE0x1", "NSAP_PTR", "NULL_",
        "NSEC3PARAMS", "NSEC3PARAMSETS", "TYPE1234567890", "\xff"}) {
    EXPECT_EQ(rrtype_from_text(text), std::nullopt) << text;
  }
  EXPECT_EQ(rrtype_from_text(std::string_view("A\0", 2)), std::nullopt);
}

TEST(RRClass, all_values_survive_text_and_back) {
  for (unsigned value = 0; value < 65536; ++value) {
    const auto rrclass = static_cast<RRClass>(value);
    EXPECT_EQ(rrclass_from_text(to_text(rrclass)), rrclass) << value;
  }
  EXPECT_EQ(to_text(RRClass::IN), "IN");
  EXPECT_EQ(to_text(RRClass{2}), "CLASS2");
  EXPECT_EQ(rrclass_from_text("ch"), RRClass::CH);
  EXPECT_EQ(rrclass_from_text("class1"), RRClass::IN);
  for (std::string_view text : {"", "I", "INN", "CLASS", "CLASS65536", "CLASS65535x", "CLASS-1"}) {
    EXPECT_EQ(rrclass_from_text(text), std::nullopt) << text;
  }
}

TEST(Rcode, every_value_has_a_static_text) {
  const std::map<unsigned, std::string_view> assigned = {
      {0, "NOERROR"},   {1, "FORMERR"},   {2, "SERVFAIL"}, {3, "NXDOMAIN"}, {4, "NOTIMP"},
      {5, "REFUSED"},   {6, "YXDOMAIN"},  {7, "YXRRSET"},  {8, "NXRRSET"},  {9, "NOTAUTH"},
      {10, "NOTZONE"},  {11, "DSOTYPENI"}, {16, "BADVERS"}, {17, "BADKEY"},  {18, "BADTIME"},
      {19, "BADMODE"},  {20, "BADNAME"},  {21, "BADALG"},  {22, "BADTRUNC"}, {23, "BADCOOKIE"}};
  for (unsigned value = 0; value < 4096; ++value) {
    const std::string_view text = to_text(static_cast<Rcode>(value));
    const auto row = assigned.find(value);
    EXPECT_EQ(text, row == assigned.end() ? "RCODE" + std::to_string(value) : row->second);
    EXPECT_EQ(text.data(), to_text(static_cast<Rcode>(value)).data());
  }
}

}  // namespace
}  // namespace dnswarm
