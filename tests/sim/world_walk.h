// A resolver of a few lines, for tests of worlds: it walks from the root by what the servers say alone, with
// glue and addresses it looks up, and checks on the way what an authoritative server must keep to.
#ifndef DNSWARM_TESTS_SIM_WORLD_WALK_H_
#define DNSWARM_TESTS_SIM_WORLD_WALK_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dns/name.h"
#include "dns/rdata_text.h"
#include "world.h"

namespace dnswarm::sim {

inline Name name_from(const std::string& text) {
  Name name;
  EXPECT_EQ(name.assign_text(text), NameError::none) << text;
  return name;
}

// "NOERROR AA | www.example.com 300 A 10.1.2.3 / com 60 SOA ... + ns1.x 3600 A 127.1.0.9": answer | authority
// / additional +.
inline std::string answer_text(const Answer& answer) {
  std::string text(to_text(answer.rcode));
  if (answer.authoritative) text += " AA";
  for (const Answer::AnswerRecord& record : answer.records()) {
    text += record.section == Section::answer ? " | " : record.section == Section::authority ? " / " : " + ";
    append_name_text(answer.owner(record), text);
    text += ' ' + std::to_string(record.ttl) + ' ' + to_text(record.type) + ' ';
    const Octets rdata = answer.rdata(record);
    append_rdata_text(record.type, RRClass::IN, rdata, 0, rdata.size(), text);
  }
  return text;
}

inline std::string ask(const World& world, ServerIndex server, const std::string& name, RRType type) {
  Answer answer;
  world.authority(server).answer(name_from(name).wire(), type, RRClass::IN, answer);
  return answer_text(answer);
}
inline std::string expected(const World& world, const std::string& name, RRType type) {
  Answer answer;
  EXPECT_TRUE(world.expect(name_from(name).wire(), type, answer));
  return answer_text(answer);
}
// Servers of the zone, and one of them.
inline std::vector<ServerIndex> servers_of(const World& world, const std::string& apex) {
  const auto zone = world.zones().zone_at(name_from(apex).wire());
  EXPECT_TRUE(zone) << apex;
  const auto servers = world.zones().servers(*zone);
  return {servers.begin(), servers.end()};
}
inline ServerIndex server_of(const World& world, const std::string& apex) {
  return servers_of(world, apex).at(0);
}

class WorldWalk {
 public:
  explicit WorldWalk(const World& world) : world_(world) {}

  // What is found, in the shape of World::expect.
  Answer find(Name name, RRType type) {
    Answer found;
    for (unsigned links = 0; links <= chain_links_max; ++links) {
      const Answer last = descend(name, type);
      found.rcode = last.rcode;
      bool is_open = false;
      for (const Answer::AnswerRecord& record : last.records()) {
        // One server's view of a chain ends where it stops being its own.
        if (record.section == Section::answer && !names_equal(last.owner(record), name.wire())) break;
        if (record.section == Section::additional) continue;
        found.record(record.section, last.owner(record), record.type, record.ttl, last.rdata(record));
        is_open = record.type == RRType::CNAME && type != RRType::CNAME;
      }
      if (!is_open) return found;
      found.rcode = Rcode::NOERROR;
      name = last_target(found);
    }
    ADD_FAILURE() << "a chain without end";
    return found;
  }
  unsigned referrals() const { return referrals_; }

 private:
  // The first answer on the way down that is not a referral.
  Answer descend(const Name& name, RRType type) {
    std::vector<ServerIndex> servers = {0};  // of the root, by the numbering
    size_t cut_octets = 0;
    for (unsigned step = 0; step < 130 && !servers.empty(); ++step) {
      Answer first;
      for (const ServerIndex server : servers) {
        Answer answer;
        world_.authority(server).answer(name.wire(), type, RRClass::IN, answer);
        EXPECT_NE(answer.rcode, Rcode::REFUSED);
        if (server != servers[0]) continue;
        first = answer;
      }
      if (first.authoritative || first.rcode == Rcode::REFUSED) return first;
      ++referrals_;
      const size_t before = cut_octets;
      servers = servers_of(first, name, &cut_octets);
      EXPECT_GT(cut_octets, before) << "a referral must lead down";
      if (cut_octets <= before) break;
    }
    ADD_FAILURE() << "no way down";
    return {};
  }
  std::vector<ServerIndex> servers_of(const Answer& referral, const Name& name, size_t* cut_octets) {
    std::vector<ServerIndex> servers;
    for (const Answer::AnswerRecord& record : referral.records()) {
      if (record.section != Section::authority) continue;
      EXPECT_EQ(record.type, RRType::NS);
      EXPECT_TRUE(is_subdomain(name.wire(), referral.owner(record)));
      *cut_octets = referral.owner(record).size();
      const Octets target = referral.rdata(record);
      unsigned addresses = add_servers(referral, target, Section::additional, servers);
      if (addresses > 0) continue;
      EXPECT_FALSE(is_subdomain(target, referral.owner(record))) << "glue is missing";
      const Answer looked_up = find(name_of(target), RRType::A);
      addresses = add_servers(looked_up, target, Section::answer, servers);
      EXPECT_EQ(addresses, 1u);
    }
    return servers;
  }
  unsigned add_servers(const Answer& answer, Octets name, Section section,
                       std::vector<ServerIndex>& servers) {
    unsigned added = 0;
    for (const Answer::AnswerRecord& record : answer.records()) {
      if (record.section != section || record.type != RRType::A) continue;
      if (!names_equal(answer.owner(record), name)) continue;
      const std::optional<ServerIndex> server = world_.server_at(load_u32(answer.rdata(record).data()));
      EXPECT_TRUE(server.has_value());
      if (server) servers.push_back(*server), ++added;
    }
    return added;
  }
  static Name name_of(Octets wire) {
    Name name;
    name.assign_wire(wire);
    return name;
  }

  const World& world_;
  unsigned referrals_ = 0;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_TESTS_SIM_WORLD_WALK_H_
