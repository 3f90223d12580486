#include "zone.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "dns/name.h"

namespace dnswarm::sim {
namespace {

#if DNSWARM_LDNS
constexpr const char* zone_text = R"($ORIGIN example.test.
$TTL 300
@ SOA ns1 host 1 2 3 4 77
@ NS ns1
multi A 192.0.2.1
multi A 192.0.2.2
multi A 192.0.2.3
*.wild A 192.0.2.9
host.sub.wild A 192.0.2.10
a.ent.deep A 192.0.2.11
c1 CNAME c2
c2 CNAME Multi
c3 CNAME nope
c4 CNAME www.example.com.
loop1 CNAME loop2
loop2 CNAME loop1
)";

class ZoneTest : public testing::Test {
 protected:
  std::string path = testing::TempDir() + "sim_zone_test.zone";
  std::string error;

  ~ZoneTest() override { std::remove(path.c_str()); }
  std::unique_ptr<Zones> load(const std::string& text, bool rotate = false) {
    std::ofstream(path) << text;
    return load_zones({path}, rotate, &error);
  }
  // "NOERROR multi A .1 | multi A .2": owners without the zone, last octets of addresses.
  static std::string ask(const AnswerSource& zones, const std::string& host, RRType type,
                         uint32_t rotation = 0) {
    Name name;
    EXPECT_EQ(name.assign_text(host + (host.ends_with('.') ? "" : ".example.test")),
              NameError::none);
    Answer answer;
    answer.rotation = rotation;
    zones.answer(name.wire(), type, RRClass::IN, answer);
    std::string text(to_text(answer.rcode));
    if (!answer.authoritative && answer.rcode != Rcode::REFUSED) text += " no AA";
    for (const auto& record : answer.records()) {
      std::string owner;
      append_name_text(answer.owner(record), owner);
      text += (record.section == Section::answer ? " | " : " / ") +
              owner.substr(0, owner.find(".example.test"));
      text += ' ' + to_text(record.type);
      if (record.type == RRType::A) text += " ." + std::to_string(answer.rdata(record)[3]);
      if (record.type == RRType::SOA) text += ' ' + std::to_string(record.ttl);
    }
    return text;
  }
};

TEST_F(ZoneTest, wildcards_answer_below_their_closest_encloser_only) {  // RFC 4592 section 2.2.1
  const auto zones = load(zone_text);
  ASSERT_TRUE(zones) << error;
  EXPECT_EQ(ask(*zones, "x.wild", RRType::A), "NOERROR | x.wild A .9");
  EXPECT_EQ(ask(*zones, "x.y.wild", RRType::A), "NOERROR | x.y.wild A .9");
  EXPECT_EQ(ask(*zones, "x.wild", RRType::TXT), "NOERROR / example.test SOA 77");
  EXPECT_EQ(ask(*zones, "z.sub.wild", RRType::A), "NXDOMAIN / example.test SOA 77");
  EXPECT_EQ(ask(*zones, "*.wild", RRType::A), "NOERROR | *.wild A .9");
}

TEST_F(ZoneTest, empty_non_terminals_exist) {  // RFC 8020
  const auto zones = load(zone_text);
  for (const char* host : {"ent.deep", "deep", "sub.wild", "wild"}) {
    EXPECT_EQ(ask(*zones, host, RRType::A), "NOERROR / example.test SOA 77") << host;
  }
  EXPECT_EQ(ask(*zones, "q.deep", RRType::A), "NXDOMAIN / example.test SOA 77");
  EXPECT_EQ(ask(*zones, "other.org.", RRType::A), "REFUSED");
}

TEST_F(ZoneTest, cname_chains_are_followed_within_the_zone) {
  const auto zones = load(zone_text);
  EXPECT_EQ(ask(*zones, "c1", RRType::A),
            "NOERROR | c1 CNAME | c2 CNAME | multi A .1 | multi A .2 | multi A .3");
  EXPECT_EQ(ask(*zones, "c1", RRType::CNAME), "NOERROR | c1 CNAME");
  EXPECT_EQ(ask(*zones, "c3", RRType::A), "NXDOMAIN | c3 CNAME / example.test SOA 77");
  EXPECT_EQ(ask(*zones, "c4", RRType::A), "NOERROR | c4 CNAME");
  EXPECT_TRUE(ask(*zones, "loop1", RRType::A).starts_with("NOERROR | loop1 CNAME | loop2 CNAME"));
}

constexpr const char* cuts_text = R"($ORIGIN example.test.
$TTL 300
@ SOA ns1 host 1 2 3 4 77
@ NS ns1
ns1 A 192.0.2.1
child NS ns.child
child NS ns1
child NS ns.sibling
child NS ns.elsewhere.org.
child DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000
ns.child A 192.0.2.2
deep.child NS lost
sibling NS ns.sibling
ns.sibling A 192.0.2.3
unsigned NS ns1
into CNAME www.child
*.wild CNAME x.child
)";

TEST_F(ZoneTest, what_lies_below_a_cut_is_referred_to_the_topmost_one) {
  const auto zones = load(cuts_text);
  ASSERT_TRUE(zones) << error;
  const std::string records =
      "child NS / child NS / child NS / child NS / ns.child A .2 / ns1 A .1 / ns.sibling A .3";
  for (const char* host : {"child", "www.child", "ns.child", "x.deep.child", "deep.child"}) {
    EXPECT_EQ(ask(*zones, host, RRType::A), "NOERROR no AA / " + records) << host;
  }
  EXPECT_EQ(ask(*zones, "child", RRType::NS), "NOERROR no AA / " + records);
  EXPECT_EQ(ask(*zones, "into", RRType::A), "NOERROR | into CNAME / " + records);
  EXPECT_EQ(ask(*zones, "a.wild", RRType::A), "NOERROR | a.wild CNAME / " + records);
  EXPECT_EQ(ask(*zones, "example.test.", RRType::NS), "NOERROR | example.test NS / ns1 A .1");
}

TEST_F(ZoneTest, ds_at_a_cut_is_the_parents) {  // RFC 4035 section 3.1.4.1
  const auto zones = load(cuts_text);
  EXPECT_EQ(ask(*zones, "child", RRType::DS), "NOERROR | child DS");
  EXPECT_EQ(ask(*zones, "unsigned", RRType::DS), "NOERROR / example.test SOA 77");
  EXPECT_TRUE(ask(*zones, "x.child", RRType::DS).starts_with("NOERROR no AA / child NS"));
  EXPECT_EQ(ask(*zones, "example.test.", RRType::DS), "NOERROR / example.test SOA 77");
}

TEST_F(ZoneTest, a_child_on_the_same_server_answers_for_itself) {
  const std::string child_path = path + ".child";
  std::ofstream(child_path) << "child.example.test. 300 SOA ns h 1 2 3 4 55\n"
                               "www.child.example.test. 300 A 192.0.2.9\n";
  std::ofstream(path) << cuts_text;
  const auto zones = load_zones({child_path, path}, false, &error);
  std::remove(child_path.c_str());
  ASSERT_TRUE(zones) << error;
  EXPECT_EQ(ask(*zones, "www.child", RRType::A), "NOERROR | www.child A .9");
  EXPECT_EQ(ask(*zones, "into", RRType::A), "NOERROR | into CNAME | www.child A .9");
  EXPECT_EQ(ask(*zones, "ns.child", RRType::A), "NXDOMAIN / child SOA 55");  // not the parent's glue
  EXPECT_EQ(ask(*zones, "child", RRType::DS), "NOERROR | child DS");
}

TEST_F(ZoneTest, rrsets_rotate_on_demand) {
  EXPECT_EQ(ask(*load(zone_text, true), "multi", RRType::A, 4),
            "NOERROR | multi A .2 | multi A .3 | multi A .1");
  EXPECT_EQ(ask(*load(zone_text, false), "multi", RRType::A, 4),
            "NOERROR | multi A .1 | multi A .2 | multi A .3");
}

TEST_F(ZoneTest, rejects_files_that_are_no_zone) {
  EXPECT_FALSE(load("www.example.test. 300 A 192.0.2.1\n"));
  EXPECT_NE(error.find("SOA"), std::string::npos) << error;
  EXPECT_FALSE(load(std::string(zone_text) + "x A 192.0.2.300\n"));
  EXPECT_NE(error.find("line 17"), std::string::npos) << error;
  EXPECT_FALSE(load_zones({path + ".absent"}, false, &error));
  EXPECT_NE(error.find("cannot be read"), std::string::npos) << error;
}
#else
TEST(ZoneTest, says_that_it_was_built_without_ldns) {
  std::string error;
  EXPECT_FALSE(load_zones({"any"}, false, &error));
  EXPECT_NE(error.find("ldns"), std::string::npos);
}
#endif

}  // namespace
}  // namespace dnswarm::sim
