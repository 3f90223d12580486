#include "world.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "dns/message_parser.h"
#include "dns/query_builder.h"
#include "response_writer.h"
#include "world_walk.h"

namespace dnswarm::sim {
namespace {

std::unique_ptr<World> make(RuleZonesOptions options) {
  std::string error;
  auto world = World::make(options, &error);
  EXPECT_TRUE(world) << error;
  return world;
}
std::unique_ptr<World> make(const std::string& names, double glueless = 0) {
  RuleZonesOptions options;
  options.names = names;
  options.glueless = glueless;
  return make(options);
}
std::string error_of(RuleZonesOptions options) {
  std::string error;
  EXPECT_FALSE(World::make(options, &error));
  return error;
}

// Root at 0-2, TLDs' servers at 3-6, domains' at 7 and 8: 127.1.0.7 and .8.
constexpr const char* few = "example.com\nexample.net\nexample.co.uk\nother.com\n";

TEST(World, the_root_refers_to_tlds_and_these_to_domains) {
  const auto world = make(few);
  EXPECT_EQ(ask(*world, 0, "www.example.com", RRType::A),
            "NOERROR / com 3600 NS ns1.tld-servers / com 3600 NS ns3.tld-servers"
            " + ns1.tld-servers 3600 A 127.1.0.3 + ns3.tld-servers 3600 A 127.1.0.5");
  for (const ServerIndex server : servers_of(*world, "com")) {
    EXPECT_EQ(ask(*world, server, "www.example.com", RRType::A),
              "NOERROR / example.com 3600 NS ns1.example.com / example.com 3600 NS ns2.example.com"
              " + ns1.example.com 3600 A 127.1.0.7 + ns2.example.com 3600 A 127.1.0.8");
  }
  for (const ServerIndex server : servers_of(*world, "example.com")) {
    EXPECT_EQ(ask(*world, server, "ns2.example.com", RRType::A),
              "NOERROR AA | ns2.example.com 3600 A 127.1.0.8");
    EXPECT_EQ(ask(*world, server, "example.org", RRType::A), "REFUSED");
    EXPECT_EQ(ask(*world, server, "com", RRType::NS), "REFUSED");
  }
  EXPECT_EQ(
      ask(*world, 0, ".", RRType::NS),
      "NOERROR AA | . 3600 NS ns1.root-servers | . 3600 NS ns2.root-servers | . 3600 NS ns3.root-servers"
      " + ns1.root-servers 3600 A 127.1.0.0 + ns2.root-servers 3600 A 127.1.0.1"
      " + ns3.root-servers 3600 A 127.1.0.2");
  EXPECT_TRUE(ask(*world, 0, "no-such-tld", RRType::A).starts_with("NXDOMAIN AA / . 60 SOA "));
  EXPECT_TRUE(ask(*world, 0, "tld-servers", RRType::A).starts_with("NOERROR AA / . 60 SOA "));
}

TEST(World, a_domain_holds_what_the_rule_says) {
  const auto world = make(few);
  const std::string soa =
      "/ example.com 60 SOA ns1.example.com hostmaster.example.com 2026010100 7200 3600 1209600 60";
  const std::map<std::string, std::string> types = {{"example.com", "SOA NS NS A AAAA MX"},
                                                    {"www.example.com", "AAAA A"},
                                                    {"mail.example.com", "A"},
                                                    {"host1.example.com", "A"},
                                                    {"host2.example.com", "AAAA A"},
                                                    {"host4.example.com", "AAAA A"},
                                                    {"host.ent.example.com", "A"},
                                                    {"ns1.example.com", "A"},
                                                    {"alias.example.com", "CNAME"},
                                                    {"away.example.com", "CNAME"},
                                                    {"ent.example.com", ""}};
  for (const auto& [name, wanted] : types) {
    Answer answer;
    ASSERT_TRUE(world->expect(name_from(name).wire(), RRType::ANY, answer));
    std::string got;
    for (const auto& record : answer.records()) {
      if (record.section == Section::answer) got += (got.empty() ? "" : " ") + to_text(record.type);
    }
    EXPECT_EQ(got, wanted) << name;
  }
  EXPECT_EQ(expected(*world, "example.com", RRType::MX), "NOERROR | example.com 300 MX 10 mail.example.com");
  EXPECT_EQ(expected(*world, "ent.example.com", RRType::A), "NOERROR " + soa);
  EXPECT_EQ(expected(*world, "mail.example.com", RRType::AAAA), "NOERROR " + soa);
  for (const char* name : {"host5", "host0", "host01", "host", "nope.www", "x.ent", "ns3", "www.www", "*"}) {
    EXPECT_EQ(expected(*world, std::string(name) + ".example.com", RRType::A), "NXDOMAIN " + soa) << name;
  }
  // The address is what rule.h makes of the name.
  const Rule rule{RuleOptions{Mix{{}}}};
  Answer by_rule;
  rule.answer(name_from("www.example.com").wire(), RRType::A, RRClass::IN, by_rule);
  std::string address;
  append_rdata_text(RRType::A, RRClass::IN, by_rule.rdata(by_rule.records().back()), 0, 4, address);
  EXPECT_EQ(expected(*world, "www.example.com", RRType::A), "NOERROR | www.example.com 300 A " + address);
}

TEST(World, aliases_lead_within_the_zone_and_to_the_next_one) {
  const auto world = make(few);
  const std::string www = expected(*world, "www.example.com", RRType::A).substr(strlen("NOERROR"));
  EXPECT_EQ(expected(*world, "alias.example.com", RRType::A),
            "NOERROR | alias.example.com 300 CNAME www.example.com" + www);
  EXPECT_EQ(expected(*world, "away.other.com", RRType::A),
            "NOERROR | away.other.com 300 CNAME www.example.com" + www);
  EXPECT_TRUE(expected(*world, "away.example.com", RRType::MX)
                  .starts_with("NOERROR | away.example.com 300 CNAME www.example.net / example.net 60 SOA"));
  EXPECT_EQ(expected(*world, "away.example.com", RRType::CNAME),
            "NOERROR | away.example.com 300 CNAME www.example.net");
  // Asked where both zones are, a server follows; asked where one is, it leaves that to the resolver.
  EXPECT_EQ(ask(*world, server_of(*world, "example.net"), "away.other.com", RRType::A),
            "NOERROR AA | away.other.com 300 CNAME www.example.com" + www);
  RuleZonesOptions options;
  options.names = few;
  options.domain_servers = 100;
  const auto wide = make(options);
  EXPECT_EQ(ask(*wide, server_of(*wide, "other.com"), "away.other.com", RRType::A),
            "NOERROR AA | away.other.com 300 CNAME www.example.com");
}

TEST(World, listed_names_of_many_labels_have_their_parents) {
  const auto without = make("example.co.uk\n");
  const auto with = make("example.co.uk\nco.uk\n");
  EXPECT_FALSE(without->zones().zone_at(name_from("co.uk").wire()));
  const ServerIndex uk = server_of(*without, "uk");
  EXPECT_TRUE(
      ask(*without, uk, "x.example.co.uk", RRType::A).starts_with("NOERROR / example.co.uk 3600 NS "));
  EXPECT_TRUE(ask(*without, uk, "co.uk", RRType::A).starts_with("NOERROR AA / uk 60 SOA "));
  EXPECT_TRUE(ask(*without, uk, "x.co.uk", RRType::A).starts_with("NXDOMAIN AA / uk 60 SOA "));
  EXPECT_TRUE(ask(*with, server_of(*with, "uk"), "x.example.co.uk", RRType::A)
                  .starts_with("NOERROR / co.uk 3600 NS "));
  EXPECT_TRUE(expected(*with, "www.co.uk", RRType::A).starts_with("NOERROR | www.co.uk 300 A 10."));
  const auto deep = make("a.b.example.co.uk\nexample.co.uk\nwww.example.co.uk\nns1.example.co.uk\n");
  EXPECT_TRUE(expected(*deep, "b.example.co.uk", RRType::A).starts_with("NOERROR / example.co.uk 60 SOA"));
  EXPECT_TRUE(expected(*deep, "www.a.b.example.co.uk", RRType::A).starts_with("NOERROR | www.a.b."));
  EXPECT_TRUE(expected(*deep, "www.www.example.co.uk", RRType::A).starts_with("NOERROR | www.www."));
  // The glue of ns1.example.co.uk and what its own zone says are the same.
  Answer glue;
  deep->authority(server_of(*deep, "uk"))
      .answer(name_from("example.co.uk").wire(), RRType::A, RRClass::IN, glue);
  EXPECT_NE(answer_text(glue).find(" + ns1.example.co.uk 3600 A 127.1.0."), std::string::npos);
  EXPECT_NE(answer_text(glue).find(
                " +" + expected(*deep, "ns1.example.co.uk", RRType::A).substr(strlen("NOERROR |"))),
            std::string::npos);
}

TEST(World, ds_at_a_cut_is_nodata_of_the_parent) {
  const auto world = make(few);
  EXPECT_TRUE(expected(*world, "example.com", RRType::DS).starts_with("NOERROR / com 60 SOA"));
  EXPECT_TRUE(expected(*world, "com", RRType::DS).starts_with("NOERROR / . 60 SOA"));
  EXPECT_TRUE(expected(*world, ".", RRType::DS).starts_with("NOERROR / . 60 SOA"));
  const ServerIndex com = server_of(*world, "com");
  EXPECT_TRUE(ask(*world, com, "example.com", RRType::DS).starts_with("NOERROR AA / com 60 SOA"));
  EXPECT_TRUE(ask(*world, com, "www.example.com", RRType::DS).starts_with("NOERROR / example.com 3600 NS"));
}

TEST(World, glueless_domains_are_on_a_provider_of_another_tld) {
  const auto world = make(few, 100);
  const std::string referral = ask(*world, server_of(*world, "com"), "example.com", RRType::A);
  EXPECT_EQ(referral, "NOERROR / example.com 3600 NS ns1.h1.hosting / example.com 3600 NS ns2.h1.hosting");
  EXPECT_EQ(servers_of(*world, "example.com"), servers_of(*world, "h1.hosting"));
  EXPECT_NE(ask(*world, server_of(*world, "hosting"), "h1.hosting", RRType::A)
                .find(" + ns2.h1.hosting 3600 A 127."),
            std::string::npos);
  // A listed name of that form stays what it is.
  const auto taken = make("example.com\nh1.hosting\n", 100);
  EXPECT_NE(ask(*taken, server_of(*taken, "com"), "example.com", RRType::A).find("ns1.h2.hosting"),
            std::string::npos);
}

TEST(World, glue_stands_where_a_name_server_lies_in_its_own_zone_and_nowhere_else) {
  for (const double glueless : {0.0, 100.0}) {
    const auto world = make(few, glueless);
    const ZoneSet& zones = world->zones();
    const Name server = name_from("ns1.example.com"), host = name_from("www.example.com");
    const ZoneIndex com = *zones.zone_at(name_from("com").wire());
    const auto count = [&](const Name& name) {
      Answer answer;
      EXPECT_EQ(zones.exists(com, name.wire()), glueless == 0 && &name == &server);
      return zones.add_records(com, name.wire(), RRType::ANY, Section::answer, name.wire(), answer);
    };
    EXPECT_EQ(count(server), glueless == 0 ? 1u : 0u);
    EXPECT_EQ(count(host), 0u);
  }
}

TEST(World, names_below_a_cut_are_not_listed) {
  const auto world = make("example.com\nwww.example.com\nent.example.com\n");
  std::vector<Name> names;
  world->rule_zones()->list_names(*world->zones().zone_at(name_from("example.com").wire()), names);
  std::set<std::string> texts;
  for (const Name& name : names) {
    std::string text;
    append_name_text(name.wire(), text);
    EXPECT_TRUE(texts.insert(text).second);
  }
  EXPECT_EQ(texts.size(), names.size());
  EXPECT_TRUE(texts.contains("host1.example.com"));
  EXPECT_FALSE(texts.contains("www.example.com"));
  EXPECT_FALSE(texts.contains("host.ent.example.com"));
  EXPECT_EQ(texts.size(), 10u);  // apex, mail, alias, away, two name servers, four hosts
}

TEST(World, the_share_of_glueless_domains_is_as_wanted) {
  RuleZonesOptions options;
  options.domains = 20'000;
  options.glueless = 25;
  const auto world = make(options);
  const RuleZones& zones = *world->rule_zones();
  unsigned glueless = 0;
  for (ZoneIndex i = 0; i < zones.domain_count(); ++i)
    glueless += zones.is_glueless(zones.first_domain() + i);
  EXPECT_NEAR(glueless, 5000, 250);
  // Ten domains and its own on each provider's name servers.
  std::map<std::string, unsigned> domains_by_server;
  for (ZoneIndex zone = 0; zone < zones.zone_count(); ++zone) {
    Answer answer;
    zones.add_records(zone, zones.apex(zone), RRType::NS, Section::answer, zones.apex(zone), answer);
    const std::string text = answer_text(answer);
    if (text.ends_with(".hosting")) ++domains_by_server[text.substr(text.rfind(' '))];
  }
  EXPECT_EQ(domains_by_server.size(), (glueless + 9) / 10);
  for (const auto& [server, domains] : domains_by_server) EXPECT_LE(domains, 11u) << server;
}

// All that the model says is found by walking, and nothing else.
TEST(World, walking_finds_what_is_expected) {
  for (const double glueless : {0.0, 40.0, 100.0}) {
    RuleZonesOptions options;
    options.domains = 150;
    options.glueless = glueless;
    std::vector<std::string> lists = {"", few,
                                      "a.b.example.co.uk\nexample.co.uk\nwww.example.co.uk\nco.uk\nuk\n"
                                      "ns1.example.co.uk\nhost.ent.co.uk\nalias.co.uk\nh1.hosting\n"};
    for (const std::string& list : lists) {
      options.names = list;
      const auto world = make(options);
      WorldWalk walk(*world);
      std::vector<Name> names;
      const ZoneSet& zones = world->zones();
      for (ZoneIndex zone = 0; zone < zones.zone_count(); ++zone) {
        world->rule_zones()->list_names(zone, names);
        std::string apex;
        append_name_text(zones.apex(zone), apex);
        if (apex == ".") apex.clear();
        for (const char* label : {"ent", "nope", "x.www", "x.nope", "host99"}) {
          names.push_back(name_from(label + (apex.empty() ? "" : "." + apex)));
        }
      }
      for (const Name& name : names) {
        for (const RRType type : {RRType::A, RRType::AAAA, RRType::NS, RRType::MX, RRType::DS, RRType::SOA,
                                  RRType::CNAME, RRType::TXT}) {
          Answer wanted, found = walk.find(name, type);
          ASSERT_TRUE(world->expect(name.wire(), type, wanted));
          found.authoritative = wanted.authoritative;
          ASSERT_EQ(answer_text(found), answer_text(wanted)) << to_text(type);
        }
      }
      EXPECT_GT(walk.referrals(), names.size());
    }
  }
}

TEST(World, many_domains_are_spread_over_many_addresses) {
  RuleZonesOptions options;
  options.domains = 20'000;
  options.tld_servers = 10;
  const auto world = make(options);
  EXPECT_EQ(world->server_count(), 3u + 10 + 2000);
  const auto zones = world->zones_by_server();
  std::set<uint32_t> addresses;
  for (ServerIndex server = 0; server < world->server_count(); ++server) {
    EXPECT_FALSE(zones[server].empty());
    EXPECT_EQ(world->role(server), server < 3    ? ServerRole::root
                                   : server < 13 ? ServerRole::tld
                                                 : ServerRole::domain);
    EXPECT_EQ(world->ipv4(server), 0x7f010000 + server);
    EXPECT_EQ(world->server_at(world->ipv4(server)), server);
    EXPECT_LT(zones[server].size(), server < 13 ? 10u : 60u);
  }
  EXPECT_EQ(world->address(300, 53).to_text(), "127.1.1.44:53");
  EXPECT_FALSE(world->server_at(0x7f000001));
  for (ZoneIndex zone = 1; zone < world->zones().zone_count(); ++zone) {
    const auto servers = world->zones().servers(zone);
    ASSERT_EQ(servers.size(), 2u);
    EXPECT_NE(servers[0], servers[1]);
  }
}

TEST(World, servers_have_their_role_even_where_they_have_no_zone) {
  const auto world = make("example.com\n");  // one TLD, on two of the four servers
  for (ServerIndex server = 0; server < world->server_count(); ++server) {
    EXPECT_EQ(world->role(server), server < 3   ? ServerRole::root
                                   : server < 7 ? ServerRole::tld
                                                : ServerRole::domain);
  }
}

TEST(World, is_the_same_for_the_same_seed) {
  RuleZonesOptions options;
  options.domains = 300;
  options.glueless = 30;
  options.domain_servers = 50;
  const auto text = [](const World& world) {
    std::string all;
    for (ZoneIndex zone = 0; zone < world.zones().zone_count(); ++zone) {
      append_name_text(world.zones().apex(zone), all);
      for (const ServerIndex server : world.zones().servers(zone)) all += ' ' + std::to_string(server);
    }
    return all;
  };
  const std::string one = text(*make(options));
  EXPECT_EQ(text(*make(options)), one);
  options.seed = 2;
  EXPECT_NE(text(*make(options)), one);
}

TEST(World, rejects_what_is_no_list_of_domains) {
  RuleZonesOptions options;
  options.names = "example.com\n# comment\n\nbad..name\n";
  EXPECT_EQ(error_of(options).find("line 4: 'bad..name': "), 0u) << error_of(options);
  options.names = "com\n";
  EXPECT_NE(error_of(options).find("two or more labels"), std::string::npos);
  options.names = "example.com\n.\n";
  EXPECT_NE(error_of(options).find("line 2: '.': the root"), std::string::npos);
  options.names = "x.tld-servers\n";
  EXPECT_NE(error_of(options).find("'x.tld-servers'"), std::string::npos);
  const std::string label(60, 'a');
  options.names = label + '.' + label + '.' + label + '.' + label + ".com\n";
  EXPECT_NE(error_of(options).find("leave 11 octets"), std::string::npos);
}

TEST(World, rejects_options_out_of_range) {
  const auto with = [](auto set) {
    RuleZonesOptions options;
    set(options);
    return error_of(options);
  };
  EXPECT_NE(with([](auto& o) { o.domains = 0; }).find("domains"), std::string::npos);
  EXPECT_NE(with([](auto& o) { o.root_servers = 14; }).find("root servers"), std::string::npos);
  EXPECT_NE(with([](auto& o) { o.tld_servers = 0; }).find("TLD servers"), std::string::npos);
  EXPECT_NE(with([](auto& o) { o.glueless = 101; }).find("glueless"), std::string::npos);
  EXPECT_NE(with([](auto& o) { o.hosts_per_domain = 1001; }).find("hosts"), std::string::npos);
  EXPECT_NE(with([](auto& o) { o.first_ipv4 = 0x7f0000ff; }).find("127.0.1.0"), std::string::npos);
  EXPECT_NE(with([](auto& o) { o.first_ipv4 = 0x7ffffff0; }).find("127.0.1.0"), std::string::npos);
}

TEST(World, root_hints_name_the_roots_servers) {
  RuleZonesOptions options;
  options.names = few;
  options.root_servers = 2;
  EXPECT_EQ(make(options)->root_hints(),
            ". 3600 NS ns1.root-servers.\n. 3600 NS ns2.root-servers.\n"
            "ns1.root-servers. 3600 A 127.1.0.0\nns2.root-servers. 3600 A 127.1.0.1\n");
}

class Asked {
 public:
  explicit Asked(const AnswerSource& source) : writer_(source, nullptr, authoritative()) {}
  void set_source(const AnswerSource& source) { writer_.set_source(source); }
  // The response over UDP, parsed; it lasts until the next one.
  Message ask(const std::string& name, RRType type, bool edns) {
    std::array<uint8_t, query_octets_max> query;
    const size_t size =
        QueryBuilder(QueryOptions{}).build(name_from(name).wire(), type, 7, edns, query.data());
    ResponseNote note;
    Message message;
    message.octets = {room_.data(),
                      writer_.write({query.data(), size}, Transport::udp, "", room_.data(), note)};
    EXPECT_EQ(parse_question(message.octets, message), ParseError::none);
    EXPECT_EQ(parse_records(message), ParseError::none);
    EXPECT_EQ(note.truncated, message.truncated());
    return message;
  }

 private:
  static ResponderOptions authoritative() {
    ResponderOptions options;
    options.authoritative = true;
    return options;
  }
  ResponseWriter writer_;
  std::array<uint8_t, response_octets_max> room_;
};

// What goes over the wire: no RA, AA by the answer, and glue.
TEST(World, responses_are_those_of_an_authoritative_server) {
  const auto world = make(few);
  const Authority root = world->authority(0), domain = world->authority(server_of(*world, "example.com"));
  Asked asked(root);
  const Message referral = asked.ask("www.example.com", RRType::A, true);
  EXPECT_EQ(referral.header.flags & (HeaderFlags::aa | HeaderFlags::ra | HeaderFlags::tc), 0);
  EXPECT_EQ(referral.answer_count, 0u);
  ASSERT_EQ(referral.records.size(), 4u);
  EXPECT_EQ(referral.records[3].section, Section::additional);
  EXPECT_TRUE(referral.edns.present);
  asked.set_source(domain);
  const Message answer = asked.ask("www.example.com", RRType::A, false);
  EXPECT_EQ(answer.header.flags & (HeaderFlags::aa | HeaderFlags::ra), HeaderFlags::aa);
  EXPECT_EQ(answer.answer_count, 1u);
  EXPECT_FALSE(answer.edns.present);
  EXPECT_EQ(asked.ask("example.org", RRType::A, true).header.flags & HeaderFlags::aa, 0);
}

// RFC 9471 section 3, RFC 2181 section 9.
TEST(World, glue_that_does_not_fit_is_a_reason_for_tcp_other_additional_records_are_not) {
  const auto wire = [](const std::string& text) {
    const Name name = name_from(text);
    return std::string(reinterpret_cast<const char*>(name.wire().data()), name.size());
  };
  Zones zones(false);
  const ZoneIndex zone = zones.add_zone(wire("b.test"));
  for (const char* apex : {"b.test", "cut.b.test"}) {
    for (unsigned i = 0; i < 16; ++i) {
      const std::string host = wire("ns" + std::to_string(i) + '.' + apex);
      zones.add(zone, wire(apex), RRType::NS, 300, host);
      zones.add(zone, host, RRType::A, 300, std::string("\x7f\1\1\1"));
    }
  }
  Asked asked(zones);
  EXPECT_EQ(asked.ask("x.cut.b.test", RRType::A, true).records.size(), 32u);
  const Message referral = asked.ask("x.cut.b.test", RRType::A, false);
  EXPECT_TRUE(referral.truncated());
  EXPECT_TRUE(referral.records.empty());
  const Message answer = asked.ask("b.test", RRType::NS, false);
  EXPECT_FALSE(answer.truncated());
  EXPECT_EQ(answer.answer_count, 16u);
  EXPECT_GT(answer.records.size(), 16u);
  EXPECT_LT(answer.records.size(), 32u);
}

}  // namespace
}  // namespace dnswarm::sim
