// What one run of a story showed.
#ifndef DNSWARM_SIM_STORY_RESULT_H_
#define DNSWARM_SIM_STORY_RESULT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "story_options.h"
#include "world.h"

namespace dnswarm::sim {

// Where questions and queries arrive, from the clients down to the servers of domains.
enum class Level : uint8_t { client, forwarder, resolver, root, tld, domain };
inline constexpr size_t levels_all = 6;
std::string_view to_text(Level level);  // "client", ..., "domain"
inline Level level_of(ServerRole role) {
  return static_cast<Level>(static_cast<size_t>(Level::root) + static_cast<size_t>(role));
}

// "tld 2": numbered from 1 in each role, in order of their addresses.
std::vector<std::string> server_texts(const World& world);

// The time of a run in equal parts, for what is counted over time.
inline constexpr size_t parts_all = 60;

struct HitCount {
  uint64_t questions = 0;
  uint64_t hits = 0;
  uint64_t misses() const { return questions - hits; }
  double hit_percent() const;  // 0 of nothing
  void add(bool hit) { ++questions, hits += hit; }
  void merge(const HitCount& other) { questions += other.questions, hits += other.hits; }
};

struct CacheResult {
  Level level = Level::client;
  std::string name;  // "client 17"
  HitCount all;
  std::array<HitCount, parts_all> parts;
};

struct ServerResult {
  ServerRole role = ServerRole::domain;
  std::string name;     // "tld 2"
  std::string address;  // "127.1.0.4"
  uint64_t queries = 0;
};

// "resolver 1 asks tld 2: referral to example.com", and when.
struct Exchange {
  Duration at{};  // since the start
  std::string text;
};
// What one question of a client caused.
struct Episode {
  std::vector<Exchange> exchanges;
};
// For one name the first question of each kind: answered by the client's cache, by a resolver's, after the
// domain's server was asked, after the TLD's, after the root's; once the address has changed, the first that
// still got the old one and the first that got the new one.
struct Conversation {
  std::string name;
  size_t rank = 0;  // from 1
  std::vector<Episode> episodes;
};

// How the changed address spread. Clients count as told while the last response they got has the new address.
struct Spread {
  std::string name;
  Duration change_at{};
  struct Point {
    Duration after;  // the change
    double share;    // of the clients, 0 to 1
  };
  std::vector<Point> points;                       // each time it changed
  std::vector<std::optional<Duration>> first_new;  // by client: when it first got the new address
  std::vector<Duration> last_old;    // by client: when it last got the old one; below 0: before the change
  std::vector<Duration> held_until;  // by client: when the TTL of the old one in its own cache was over
  // When that share of the clients was reached for good; nothing where it was not.
  std::optional<Duration> reached(double share) const;
};

struct StoryResult {
  StoryOptions options;
  size_t names = 0;  // that are asked for
  size_t tlds = 0;
  std::array<uint64_t, levels_all> queries{};  // that arrived at each level; probes too
  std::array<std::array<uint64_t, parts_all>, levels_all> queries_parts{};
  std::vector<CacheResult> caches;    // clients, forwarders, resolvers
  std::vector<ServerResult> servers;  // in order of their addresses
  uint64_t failed = 0;                // questions of clients that got no address
  Duration waited{};                  // all clients together, for answers
  std::vector<Conversation> conversations;
  Spread spread;  // empty without probes

  uint64_t questions() const { return queries[static_cast<size_t>(Level::client)]; }
  uint64_t at(Level level) const { return queries[static_cast<size_t>(level)]; }
  double per_thousand(Level level) const;  // of the clients' questions
  double mean_wait_ms() const;
  HitCount hits(Level level) const;
  Duration part_length() const { return options.length() / parts_all; }
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_STORY_RESULT_H_
