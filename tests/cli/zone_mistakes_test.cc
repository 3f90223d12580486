#include "cli/zone_mistakes.h"

#include <gtest/gtest.h>

namespace dnswarm::cli {
namespace {

using Found = std::vector<std::string>;

Heard answer(std::vector<HeardRecord> records) {
  Heard heard;
  heard.failure = Failure::none;
  heard.rcode = Rcode::NOERROR;
  heard.status = "NOERROR";
  heard.authoritative = true;
  heard.records = std::move(records);
  return heard;
}

HeardRecord record(const char* owner, RRType type, const char* data, uint32_t ttl = 300) {
  return {Section::answer, owner, type, ttl, data};
}

// shop.com on two servers that agree.
class ZoneMistakesTest : public ::testing::Test {
 protected:
  ZoneMistakesTest() {
    zone.zone = "shop.com";
    zone.qname = "www.shop.com";
    zone.type = RRType::A;
    zone.is_last = true;
    zone.delegated = {{"ns1.shop.com", {"192.0.2.1"}}, {"ns2.shop.com", {"192.0.2.2"}}};
    for (const char* n : {"1", "2"}) {
      SurveyedServer server;
      server.name = "ns" + std::string(n) + ".shop.com";
      server.address = "192.0.2." + std::string(n) + ":53";
      server.soa = answer({record("shop.com", RRType::SOA, "ns1.shop.com host.shop.com 7 1 1 1 60")});
      server.ns = answer(
          {record("shop.com", RRType::NS, "ns1.shop.com"), record("shop.com", RRType::NS, "ns2.shop.com")});
      server.answer = answer({record("www.shop.com", RRType::A, "198.51.100.1")});
      server.others = {server.answer};
      zone.servers.push_back(server);
    }
    walk = answer({record("www.shop.com", RRType::A, "198.51.100.1")});
  }
  Found found() const { return mistakes_in(walk, {zone}); }

  Heard walk;
  SurveyedZone zone;
};

TEST_F(ZoneMistakesTest, a_zone_in_order_has_none) { EXPECT_EQ(found(), Found{}); }

TEST_F(ZoneMistakesTest, lame_servers) {
  zone.servers[1].soa.rcode = Rcode::REFUSED;
  zone.servers[1].soa.status = "REFUSED";
  EXPECT_EQ(found(), Found{"lame server: ns2.shop.com (192.0.2.2:53) does not serve shop.com: REFUSED"});
  zone.servers[1].soa = zone.servers[0].soa;
  zone.servers[1].soa.authoritative = false;
  EXPECT_EQ(found(),
            Found{"lame server: ns2.shop.com (192.0.2.2:53) does not serve shop.com: its answer is not "
                  "authoritative (no AA)"});
  zone.servers[1].soa = answer({});
  EXPECT_EQ(found(),
            Found{"lame server: ns2.shop.com (192.0.2.2:53) does not serve shop.com: no SOA record"});
  zone.servers[1].soa = answer({record("com", RRType::SOA, "a b 1 1 1 1 1")});
  EXPECT_EQ(found().size(), 1u) << "another zone's SOA";
}

TEST_F(ZoneMistakesTest, silent_servers) {
  zone.servers[0].soa = Heard();
  zone.servers[0].soa.failure = Failure::timeout;
  zone.servers[0].soa.status = "TIMEOUT";
  EXPECT_EQ(found(),
            Found{"silent server: ns1.shop.com (192.0.2.1:53) does not answer for shop.com: TIMEOUT"});
}

TEST_F(ZoneMistakesTest, glue) {
  zone.delegated[1].addresses.clear();
  EXPECT_EQ(found(),
            Found{"missing glue: the delegation of shop.com has no address for ns2.shop.com, which lies in "
                  "the zone itself"});
  zone.delegated[1].name = "ns2.xshop.com";
  for (SurveyedServer& server : zone.servers) server.ns.records[1].data = "ns2.xshop.com";
  EXPECT_EQ(found(), Found{}) << "a name elsewhere needs no glue";
  zone.without_address = {"ns2.xshop.com"};
  EXPECT_EQ(found(), Found{"no address: ns2.xshop.com, a name server of shop.com, has none"});
}

TEST_F(ZoneMistakesTest, ns_records) {
  zone.delegated.push_back({"ns3.shop.com", {"192.0.2.3"}});
  EXPECT_EQ(found(), Found{"parent and child NS differ: shop.com is delegated to ns1.shop.com, ns2.shop.com, "
                           "ns3.shop.com, and says of itself ns1.shop.com, ns2.shop.com"});
  zone.delegated.pop_back();
  zone.servers[1].ns.records.pop_back();
  EXPECT_EQ(found(),
            Found{"servers differ: NS records of shop.com: ns1.shop.com at ns2.shop.com; ns1.shop.com, "
                  "ns2.shop.com at ns1.shop.com"});
}

TEST_F(ZoneMistakesTest, serials_and_answers) {
  zone.servers[1].soa.records[0].data = "ns1.shop.com host.shop.com 8 1 1 1 60";
  EXPECT_EQ(found(), Found{"servers differ: serial of shop.com: 7 at ns1.shop.com (192.0.2.1:53); 8 at "
                           "ns2.shop.com (192.0.2.2:53)"});
  zone.servers[1].soa = zone.servers[0].soa;
  zone.servers[1].answer.records[0].data = "198.51.100.9";
  EXPECT_EQ(found(), Found{"servers differ: answer for www.shop.com A: A 198.51.100.1 at ns1.shop.com "
                           "(192.0.2.1:53); A 198.51.100.9 at ns2.shop.com (192.0.2.2:53)"});
}

TEST_F(ZoneMistakesTest, the_order_of_records_is_no_difference) {
  zone.servers[0].answer.records.push_back(record("www.shop.com", RRType::A, "198.51.100.2"));
  zone.servers[1].answer.records.insert(zone.servers[1].answer.records.begin(),
                                        record("www.shop.com", RRType::A, "198.51.100.2"));
  EXPECT_EQ(found(), Found{});
}

TEST_F(ZoneMistakesTest, a_cname_beside_other_data) {
  const Heard alias = answer({record("www.shop.com", RRType::CNAME, "x.net")});
  for (SurveyedServer& server : zone.servers) server.others = {alias, alias};
  EXPECT_EQ(found(), Found{});
  for (SurveyedServer& server : zone.servers)
    server.others = {alias, answer({record("www.shop.com", RRType::MX, "10 m.x")})};
  EXPECT_EQ(found(), Found{"CNAME beside other data: www.shop.com has a CNAME and MX"});
  // At the apex there always is other data.
  zone.qname = "shop.com";
  for (SurveyedServer& server : zone.servers)
    server.others = {answer({record("shop.com", RRType::CNAME, "x.net")})};
  EXPECT_EQ(found(), Found{"CNAME beside other data: shop.com has a CNAME and SOA"});
}

TEST_F(ZoneMistakesTest, loops_and_ttl_0) {
  walk.records[0].ttl = 0;
  EXPECT_EQ(found(), Found{"TTL 0: www.shop.com A is asked for again each time"});
  walk = Heard();
  walk.failure = Failure::cname_loop;
  walk.error_text = "the chain returns to itself";
  EXPECT_EQ(found(), Found{"CNAME loop: the chain returns to itself"});
}

TEST_F(ZoneMistakesTest, lameness_that_the_walk_met_is_found_without_a_survey) {
  TraceStep step;
  step.zone = "shop.com";
  step.server = "ns1.shop.com";
  step.address = "192.0.2.1:53";
  step.outcome = TraceOutcome::lame;
  step.code = "upward_referral";
  walk.trace = {step, step};
  zone.servers.clear();
  EXPECT_EQ(found(),
            Found{"lame server: ns1.shop.com (192.0.2.1:53) does not serve shop.com: upward_referral"});
}

TEST(ZonesOfAWalk, are_those_it_was_referred_to_with_what_it_asked_there) {
  Heard walk;
  TraceStep step;
  step.qname = "www.shop.com";
  step.type = RRType::MX;
  step.zone = step.target = ".";
  step.cached = true;
  step.outcome = TraceOutcome::referral;
  walk.trace.push_back(step);
  step.cached = false;
  step.target = "com";
  step.servers = {{"ns.com", {"192.0.2.10"}}};
  walk.trace.push_back(step);
  step.depth = 1;
  step.target = "elsewhere.net";
  walk.trace.push_back(step);
  step.depth = 0;
  step.zone = "com";
  step.outcome = TraceOutcome::nxdomain;
  walk.trace.push_back(step);
  const auto zones = zones_of(walk);
  ASSERT_EQ(zones.size(), 2u);
  EXPECT_EQ(zones[0].zone, ".");
  EXPECT_EQ(zones[0].qname, "www.shop.com");
  EXPECT_FALSE(zones[0].is_last);
  EXPECT_EQ(zones[1].zone, "com");
  EXPECT_EQ(zones[1].type, RRType::MX);
  EXPECT_TRUE(zones[1].is_last);
  ASSERT_EQ(zones[1].delegated.size(), 1u);
  EXPECT_EQ(zones[1].delegated[0].name, "ns.com");
}

}  // namespace
}  // namespace dnswarm::cli
