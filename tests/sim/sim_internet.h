// The servers of a rule world, some of them at fault: what each answers, and what a resolver can find all the
// same. Without I/O or clock.
//
// A zone is honest where no server of it, of the zones above it and of its name servers' zones is hostile:
// then nobody can have told a lie about it, and what is found must be what World::expect says. It is
// reachable where, besides, each of those zones has a server without any fault: then it must be found.
#ifndef DNSWARM_TESTS_SIM_SIM_INTERNET_H_
#define DNSWARM_TESTS_SIM_SIM_INTERNET_H_

#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "hostile_servers.h"
#include "response_writer.h"
#include "world.h"

namespace dnswarm::sim {

// What a server does instead of answering.
enum class ServerFault : uint8_t {
  none,
  hostile,            // hostile_servers.h
  dead,               // nothing, over UDP and TCP
  refuses,            // REFUSED
  refers_up,          // to the root
  not_authoritative,  // answers without AA
  fails,              // SERVFAIL
  empty,              // NOERROR and nothing else
};

enum class TcpFault : uint8_t { none, refused, silent, unreachable };  // the last fails at once

struct ServerModel {
  ServerFault fault = ServerFault::none;
  Instant dies{Instant::max()};  // since the start, and
  Instant returns{Instant::max()};
  bool refuses_edns = false;  // FORMERR to every query with OPT
  bool truncates = false;     // TC over UDP, whatever is asked
  bool lowers_case = false;   // the question comes back in lower case over UDP
  TcpFault tcp = TcpFault::none;

  bool dead_at(Instant now) const { return fault == ServerFault::dead || (now >= dies && now < returns); }
  bool is_hostile() const { return fault == ServerFault::hostile; }
  bool answers() const {
    return fault == ServerFault::none && dies == Instant::max() && !(truncates && tcp != TcpFault::none);
  }
};

// Shares of the servers, 0-1; one root server has no fault. The faults before `refuses_edns` exclude each
// other.
struct ServerFaults {
  double hostile = 0;  // of the domains' servers alone
  double dead = 0, returning = 0, lame = 0;
  double refuses_edns = 0, truncating = 0, tcp_refused = 0, tcp_silent = 0;
  double lowering_case = 0;
};

class SimInternet {
 public:
  SimInternet(const RuleZonesOptions& zones, const ServerFaults& faults, uint64_t seed);

  const World& world() const { return *world_; }
  const ServerModel& model(ServerIndex server) const { return models_[server]; }
  const HostileServers& hostile() const { return *hostile_; }
  const std::vector<ZoneIndex>& hostile_zones() const { return hostile_zones_; }
  const std::vector<ZoneIndex>& honest_zones() const { return honest_zones_; }  // domains

  ZoneIndex zone_of(Octets name, RRType type) const;  // that has authority over the question
  bool is_honest(ZoneIndex zone) const { return states_[zone].honest; }
  bool is_reachable(ZoneIndex zone) const { return states_[zone].reachable; }

  // A server's response; empty where there is none. `wait`: how much later than usual it comes. `now`: since
  // the start.
  std::vector<uint8_t> respond(ServerIndex server, Transport transport, Octets query, Instant now,
                               Duration& wait);

 private:
  struct ZoneState {
    bool known = false, honest = false, reachable = false;
  };

  void draw_models(const ServerFaults& faults);
  const ZoneState& find_state(ZoneIndex zone);
  std::vector<uint8_t> respond_lame(ServerFault fault, const QueryView& query, Octets octets,
                                    Transport transport);

  std::unique_ptr<World> world_;
  Random random_;
  std::vector<ServerModel> models_;
  std::vector<ZoneState> states_;
  std::vector<ZoneIndex> hostile_zones_, honest_zones_;
  std::unique_ptr<HostileServers> hostile_;
  std::unique_ptr<ResponseWriter> writer_;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_TESTS_SIM_SIM_INTERNET_H_
