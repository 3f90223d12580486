// What is known of the servers that were asked, by address: round-trip time, silence, whether they take EDNS
// and TCP and keep the case of questions, for which zones they are lame. Kept for 900 s after the last word
// (as Unbound keeps it), for all workers.
//
// Timers follow RFC 6298 with a floor of 50 ms; a server nobody has asked yet is given 376 ms, as Unbound
// does. A server that was silent three times in a row rests for a second, doubling up to a minute: it is
// asked then only where nobody else is left. Until it was silent for 5 s, it may be busy; then it counts as
// dead.
//
// Bounded in entries; what was not used for longest goes first, by the clock.
//
// Threads: any. Sharded, a mutex each, held for a few dozen instructions; one thread alone does not lock it.
#ifndef DNSWARM_ITERATIVE_SERVER_TABLE_H_
#define DNSWARM_ITERATIVE_SERVER_TABLE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/clock.h"
#include "base/octets.h"
#include "base/rtt_estimate.h"
#include "net/address.h"
#include "upstream/habit.h"
#include "upstream/rate_limit.h"

namespace dnswarm {

// A server as one zone's walk sees it.
struct ServerView {
  bool known = false;        // it was asked before
  std::string_view lame;     // for this zone: why; empty where it is not
  bool unsure_lame = false;  // it may answer for other names
  bool resting = false;
  bool dead = false;  // it rests, and was silent for long
  bool without_edns = false;
  bool without_tcp = false;
  bool keeps_case = true;  // it sends the letters of the question back as they came (0x20)
  Instant ready_at{};  // when the rate lets the next packet go to it
  Duration srtt{0};    // smoothed round-trip time, where known
  Duration timeout{};  // how long to wait for it
};

class ServerTable {
 public:
  static constexpr Duration lifetime = std::chrono::seconds(900);
  static constexpr Duration timeout_unknown = std::chrono::milliseconds(376);
  static constexpr Duration timeout_min = std::chrono::milliseconds(50);
  static constexpr Duration timeout_max = std::chrono::seconds(3);
  static constexpr unsigned silences_to_rest = 3;
  static constexpr unsigned tcp_failures_max = 3;
  static constexpr Duration silence_of_the_dead = std::chrono::seconds(5);

  // At most rate_per_server packets a second (over all workers, as RateLimit says) to each; 0: no limit. At
  // most servers_max servers (at least 16), each some 160 octets. `shared`: by several threads.
  explicit ServerTable(double rate_per_server = 0, size_t servers_max = 100'000, bool shared = true);

  ServerView view(const Address& server, Octets zone, Instant now);
  // With anything at all. `kept_case`: the letters of the question came back as they were sent, in random
  // case.
  void answered(const Address& server, Duration rtt, bool kept_case, Instant now);
  // Over TCP it gave what it had given over UDP with letters in another case (upstream/habit.h).
  void confirmed_other_case(const Address& server, Instant now);
  // A query sent at `sent_at` was not answered in time. It says something of the server where that has not
  // answered anything since: else the packet was lost. Those that were open together count as one.
  void silent(const Address& server, Instant sent_at, Instant now);
  void refused_edns(const Address& server, Instant now);  // and then answered without
  void answered_over_tcp(const Address& server, Instant now);
  // A connection was refused or lost, or a query on it was not answered in time. One that never answered over
  // TCP and failed three times in a row is held to take none.
  void failed_over_tcp(const Address& server, Instant now);
  // `code`: why, static. `unsure`: it is the last resort, else it is not asked for the zone again.
  void lame(const Address& server, Octets zone, std::string_view code, bool unsure, Instant now);
  // The tokens of packets that leave for it now. False: there is none.
  [[nodiscard]] bool take(const Address& server, unsigned packets, Instant now);
  void give_back(const Address& server, unsigned packets, Instant now);  // they did not leave
  Instant ready_at(const Address& server, Instant now);
  bool limited() const { return rate_per_server_ > 0; }
  size_t size() const;

 private:
  struct LameZone {
    uint64_t zone_hash = 0;
    Instant until{};
    std::string_view code;
    bool unsure = false;
  };
  struct State {
    RttEstimate rtt;
    std::unique_ptr<RateLimit> rate;  // null: no packet went there yet, or no limit
    Instant used{};
    Instant rest_until{};
    Instant last_word{};     // when it answered, or a silence was counted
    Instant silent_since{};  // where silences > 0: when the first such query was sent
    uint16_t silences = 0;   // in a row
    bool without_edns = false;
    bool takes_tcp = false;
    uint8_t tcp_failures = 0;  // in a row
    Habit keeps_case;
    Instant without_tcp_until{};
    Instant lame_until{};  // the latest of these
    // The last ones, the oldest first. Apart, so that what each query asks for lies in few cache lines.
    std::vector<LameZone> lame_zones;
  };
  struct Shard {
    mutable std::mutex mutex;
    absl::flat_hash_map<Address, State> servers;
  };
  static constexpr size_t lame_zones_max = 4;  // of a server
  static constexpr size_t shards = 16;

  struct Place {
    Shard& shard;
    size_t hash;
  };
  Place place_of(const Address& server);
  State& state_of(const Place& place, const Address& server, Instant now);
  void make_room(Shard& shard, Instant now);

  const double rate_per_server_;
  const size_t shard_servers_max_;
  const bool shared_;
  std::array<Shard, shards> shards_;
};

}  // namespace dnswarm

#endif  // DNSWARM_ITERATIVE_SERVER_TABLE_H_
