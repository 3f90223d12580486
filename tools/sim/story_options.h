// What a story is told about: a small internet, resolvers, the clients in front of them, and what these ask.
//
//   client -> [forwarder ->] resolver -> root, TLD, domain servers
//
// Clients and forwarders have caches and ask others; resolvers have caches and walk the hierarchy. Time is
// virtual, and everything that is drawn comes from the seed: the same options tell the same story.
#ifndef DNSWARM_SIM_STORY_OPTIONS_H_
#define DNSWARM_SIM_STORY_OPTIONS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace dnswarm::sim {

// Which resolver gets a question that no cache before it could answer.
enum class Policy : uint8_t {
  round_robin,  // the next one, whoever asks: a load balancer before all of them
  hash,         // the one that the name hashes to: each name is kept by one resolver
  random,
};
std::string_view to_text(Policy policy);  // "round-robin", "hash", "random"

// One way, between neighbours.
struct LinkDelays {
  Duration client = std::chrono::milliseconds(1);  // and between forwarders and resolvers
  Duration root = std::chrono::milliseconds(20);
  Duration tld = std::chrono::milliseconds(20);
  Duration domain = std::chrono::milliseconds(30);
};

struct StoryOptions {
  uint32_t domains = 200;           // 1 to 100,000
  uint32_t ttl = 300;               // seconds, of addresses and aliases; 0 to 86,400
  uint32_t name_server_ttl = 3600;  // of NS records and name servers' addresses; the same range

  uint32_t clients = 50;  // 1 to 10,000
  double rate = 0.2;      // questions a second of each client, Poisson; 0 to 1000
  double zipf = 1;        // the name of rank k is asked with weight 1 / k^zipf; 0 to 3
  double hours = 4;       // 0.0005 to 10,000, and up to 10^7 questions

  // Levels of caches: 1: resolvers alone; 2: clients too; 3: and forwarders between them.
  unsigned levels = 2;
  uint32_t forwarders = 4;  // with 3 levels; client n asks forwarder n modulo their number. 1 to 1000
  uint32_t resolvers = 2;   // 1 to 64
  Policy policy = Policy::round_robin;
  LinkDelays delays;  // 0 to 10 s each

  // At that time this name gets another address at its authoritative servers.
  std::string changed_name;  // empty: the name that is asked most often
  Duration change_at{-1};    // since the start; below 0: half of the time
  // Every client asks for the changed name at short, even intervals, from one TTL before the change on until
  // all must know: to measure how it spreads. Each resolver has had the name for a time that is drawn, from
  // the seed and this number: 1 and up, 0: no probes.
  uint32_t probe_round = 0;
  bool conversation = false;  // who asked whom is kept for a few names
  unsigned conversation_names = 4;

  uint64_t seed = 1;

  Duration length() const;  // of the asking
  Duration changes_at() const;
  Duration probe_interval() const;
};

// One sentence that names the option, the value and the rule; empty where all is well.
std::string story_options_error(const StoryOptions& options);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_STORY_OPTIONS_H_
