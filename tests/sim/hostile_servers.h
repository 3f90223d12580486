// Authoritative servers that lie: about their own zones as they please, and about those of others wherever a
// response has room for it. Each hostile zone has a way of its own, one of them mixes all.
//
// Whoever believes a word about a victim ends up at a hostile server, which has an answer to every question:
// `poison`, an address that no honest zone holds.
#ifndef DNSWARM_TESTS_SIM_HOSTILE_SERVERS_H_
#define DNSWARM_TESTS_SIM_HOSTILE_SERVERS_H_

#include <array>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "dns/response_builder.h"
#include "response_writer.h"
#include "world.h"

namespace dnswarm::sim {

enum class Attack : uint8_t {
  poison,            // an answer, and in every section records of a victim, a TLD, the root
  fake_glue,         // a delegation to victims' name servers, with addresses
  sideways,          // NS records of a victim, a TLD, the root instead of an answer
  stolen_alias,      // a CNAME to a victim's name, with its "address"
  denial,            // NXDOMAIN with the SOA of a TLD or a victim
  fan_out,           // a delegation to 20 name servers without glue in hostile zones (NXNSAttack)
  borrowed_servers,  // a delegation to victims' name servers without glue: their addresses at its cost
  ever_deeper,       // one such name server, with more labels each time
  delegation_loop,   // two zones whose name servers are in each other
  down_and_up,       // referrals to any name between the zone and the one asked for
  endless_chain,     // a CNAME to a new name, each time
  chain_loop,        // a CNAME to another zone, and back
  dname_tower,       // a DNAME that makes each name longer
  other_name,        // an answer for another name
  truncation,        // TC, over UDP and TCP
  thousand_servers,  // a delegation to 1,000 name servers, over TCP
  odd_addresses,     // glue that is multicast, broadcast, or nobody's
  odd_ttls,          // 0, 2^31 - 1, 2^31, 2^32 - 1: of answers and delegations
  drip,              // a new alias or delegation, shortly before the time is over
  silence,
  garbage,
  rcodes,
  mixed,  // any of the above
};
inline constexpr unsigned attack_count = static_cast<unsigned>(Attack::mixed) + 1;

class HostileServers : public AnswerSource {
 public:
  // `hostile` ascends. `world` must outlive this. Without victims attackers turn against each other.
  HostileServers(const World& world, std::vector<ZoneIndex> hostile, std::vector<ZoneIndex> victims,
                 uint64_t seed);

  static constexpr std::array<uint8_t, 4> poison = {203, 0, 113, 66};

  std::vector<uint8_t> respond(ServerIndex server, Transport transport, const QueryView& query,
                               Random& random, Duration& wait) const;
  // What a forger sends: poison for the question, and for others.
  std::vector<uint8_t> forgery(const QueryView& query, Random& random) const;

  // AnswerSource: nothing. Whoever needs a source before there is a server has this.
  void answer(Octets, RRType, RRClass, Answer&) const override {}

 private:
  class Response;
  static constexpr size_t none = SIZE_MAX;

  size_t index_of(Octets apex) const;  // into hostile_

  const World& world_;
  const std::vector<ZoneIndex> hostile_, victims_;
  const uint64_t seed_;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_TESTS_SIM_HOSTILE_SERVERS_H_
