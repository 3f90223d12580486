// A simulated network for the engine that walks the hierarchy: a rule world whose servers are at fault or
// hostile (sim_internet.h), a network that loses, delays, doubles, cuts and forges, virtual time, one seed.
// One or two engines share what they know of the hierarchy, as workers do.
//
// What is checked of every run is in iterative_sim_checks.cc; violations() has it in words.
#ifndef DNSWARM_TESTS_SIM_ITERATIVE_SIM_NETWORK_H_
#define DNSWARM_TESTS_SIM_ITERATIVE_SIM_NETWORK_H_

#include <map>
#include <memory>
#include <queue>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "iterative/iterative_engine.h"
#include "sim_internet.h"

namespace dnswarm::sim {

// Shares are 0-1, of datagrams.
struct Weather {
  double loss = 0;  // queries and responses together
  double duplicate = 0;
  double forge = 0;      // a forged response races each true one: wrong in one point
  double forge_case = 0;  // the same, and the point is the case of the question's letters
  double malformed = 0;  // cut, or garbage
  double unsent = 0;     // fail on our own host: no room in a buffer, no route
  bool bimodal = false;  // 90 % 5 ms, 9 % 300 ms, 1 % 2 s; else 1-20 ms: never late, seldom in order
  unsigned guesses = 0;  // so many race each true response: right in all but the ID, which is a guess
  // Nothing in it hinders a walk.
  bool is_calm() const { return loss + malformed + unsent + forge_case == 0 && !bimodal; }
};

struct IterativeSimOptions {
  uint64_t seed = 1;
  RuleZonesOptions zones;
  ServerFaults faults;
  Weather weather;
  IterativeOptions engine = {
      .flows_v4 = 4, .in_flight = 1000, .cache_octets = 1 << 20, .loopback_servers = true};
  unsigned workers = 1;
  size_t tcp_connections = 1000;  // of a worker
  double rate_per_server = 0;
  bool primed = true;
  unsigned lines = 20'000;
  double hostile_lines = 0.1;  // ask for names of hostile zones, where there are any
  double repeated_lines = 0.1;
  bool plain_names = false;     // www alone: no aliases
  Duration cancelled_after{0};  // 0: never
};

class IterativeSimulation {
 public:
  explicit IterativeSimulation(const IterativeSimOptions& options);
  ~IterativeSimulation();
  // Until every line has its row, and then until nothing is left to happen.
  void run();

  const std::vector<std::string>& violations() const { return violations_; }
  unsigned count(const std::string& status) const;
  std::string summary() const;  // rows by status, packets
  // Rows without an answer, where there was one to be found.
  unsigned unanswered() const { return unanswered_; }
  uint64_t packets() const { return packets_; }
  // To servers that are lame in a way to be remembered, for zones that have others.
  uint64_t queries_to_lame() const { return queries_to_lame_; }
  unsigned answered_from_cache() const { return answered_from_cache_; }
  uint64_t datagrams_forged() const { return forged_; }
  Duration elapsed() const { return last_row_ - start_; }
  size_t most_in_any_second() const;  // packets to one server
  size_t most_open() const { return most_open_; }
  Stats stats(unsigned worker = 0) const;
  SimInternet& internet() { return internet_; }
  // Asks anew, while no server answers any more: what is in the caches comes out.
  void ask_caches();
  // Zones, other zones' name servers and aliases to other zones, which a run may cost queries for.
  uint64_t queries_allowed() const;

 private:
  class Worker;
  enum class Kind : uint8_t { datagram, tcp_message, tcp_lost, tcp_idle };
  struct Event {
    Instant at;
    uint64_t order;
    Worker* worker;
    Kind kind;
    FlowIndex flow;
    PeerIndex peer;
    uint64_t connection;
    Address source;
    std::vector<uint8_t> octets;
    bool is_true = false;  // the response itself, the first of it
    bool operator>(const Event& other) const { return at != other.at ? at > other.at : order > other.order; }
  };
  struct Line {
    Name name;
    std::string text;
    RRType type;
    Instant submitted{};
    unsigned rows = 0;
  };

  void make_lines();
  void add_line(const Name& name, RRType type);
  Name draw_name(bool hostile);
  bool turn();  // false: nothing is left to happen
  void submit_some();
  void deliver(Event& event);

  // The network: what becomes of a query.
  void leave(Worker& worker, FlowIndex flow, PeerIndex peer, const Address& to, Transport transport,
             Octets query, uint64_t connection);
  bool has_no_tcp(const Address& server) const;  // connecting fails at once
  void count_packet(const Address& to);
  void count_lame(const ServerModel& model, Octets query);
  void schedule(Event event, Duration after);
  Event forgery(Worker& worker, FlowIndex flow, PeerIndex peer, const Address& to, Octets query);
  void forge(Worker& worker, FlowIndex flow, PeerIndex peer, const Address& to, Octets query,
             Duration before);
  void guess(Worker& worker, FlowIndex flow, PeerIndex peer, const Address& to, Octets query,
             Duration before);
  void change_id(std::vector<uint8_t>& octets);
  void forge_case(Worker& worker, FlowIndex flow, PeerIndex peer, const Address& to, Octets query,
                  Duration before);
  void damage(std::vector<uint8_t>& octets);
  Duration draw_delay();
  bool chance(double p) { return p > 0 && random_.below(1'000'000) < static_cast<uint32_t>(p * 1e6); }

  // iterative_sim_checks.cc
  struct Truth {  // what World::expect has for a question
    bool exists = false, honest = true, reachable = true;
    Rcode rcode{};
    std::vector<std::string> records;  // of the answer section, sorted
    std::vector<ZoneIndex> zones;      // that the links lead through
  };
  Truth find_truth(Octets name, RRType type) const;
  void violate(const std::string& what);
  void take_row(const Response& response);
  void check_answer(const Line& line, const Response& response);
  void check_records(const Line& line, const Response& response);
  void check_trace(const Line& line, const Response& response);
  void check_line_cost();  // where lines run one at a time
  void check_end();
  void check_rest();
  void check_cuts(Octets name, std::set<const void*>& checked);
  void check_cut(const Cut& cut);

  IterativeSimOptions options_;
  Random random_;
  SimInternet internet_;
  Hierarchy hierarchy_;
  RateLimit rate_;
  Instant start_{std::chrono::hours(100)};
  Instant now_ = start_, last_row_ = start_;
  std::vector<Line> lines_;
  size_t submitted_ = 0, finished_ = 0;
  bool cut_off_ = false;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  uint64_t order_ = 0, packets_ = 0, forged_ = 0, queries_to_lame_ = 0, packets_before_line_ = 0;
  std::unordered_map<uint32_t, std::vector<Instant>> sent_;  // by IPv4 address
  size_t most_open_ = 0;
  unsigned unanswered_ = 0, answered_from_cache_ = 0;
  std::string unanswered_example_;
  std::map<std::string, unsigned> by_status_;
  std::vector<std::string> violations_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_TESTS_SIM_ITERATIVE_SIM_NETWORK_H_
