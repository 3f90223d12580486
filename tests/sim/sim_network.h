// A simulated network for the lookup engine: upstreams with faults, virtual time, one seed. Millions
// of lookups run through loss, delay, reordering, duplication, truncation and forgery in seconds of
// real time, the same way for the same seed.
//
// The rule the upstreams answer by (sim_answers.cc) is a function of the name alone, so that every result
// can be checked.
#ifndef DNSWARM_TESTS_SIM_SIM_NETWORK_H_
#define DNSWARM_TESTS_SIM_SIM_NETWORK_H_

#include <climits>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "resolver/lookup_engine.h"

namespace dnswarm::sim {

// What becomes of queries beyond an upstream's cap.
enum class OverCap : uint8_t { dropped, refused, servfail, truncated };

struct UpstreamModel {
  double loss = 0;       // of queries and responses alike, each way half
  double duplicate = 0;
  double forge = 0;      // a forged response races each true one: wrong in one point, see forge()
  unsigned guesses = 0;  // so many race each: right in all but the ID, which is a guess
  double forge_case = 0;  // one races each: right in all but the case of the question
  bool lowers_case = false;  // responses over UDP have the question in lower case
  bool tcp_dead = false;
  bool bimodal = false;  // 90 % 5 ms, 9 % 300 ms, 1 % 2 s; else uniform:
  Duration delay_min = std::chrono::milliseconds(1);
  Duration delay_max = std::chrono::milliseconds(20);
  double malformed = 0;
  // Queries a second, 0: no cap. Counted over any one second, exactly; or as tokens that come at that rate,
  // of which a tenth of a second's are kept.
  unsigned cap = 0;
  bool cap_by_tokens = false;
  OverCap over_cap = OverCap::dropped;
  unsigned cap_later = 0;  // from cap_changes on
  Instant cap_changes{Instant::max()};
  bool refuses_edns = false;      // FORMERR to every query with OPT
  Instant dies{Instant::max()};
  Instant returns{Instant::max()};
  bool dead(Instant now) const { return now >= dies && now < returns; }
};

struct SimOptions {
  uint64_t seed = 1;
  std::vector<UpstreamModel> upstreams;
  unsigned names = 10'000;
  unsigned domains = 500;       // the names are spread over
  std::string suffix = ".example";
  bool plain = false;           // no odd names: all are answered over UDP, by one response each
  double broken_names = 0;      // share that every upstream answers with SERVFAIL
  double silent_names = 0;      // share that no upstream ever answers
  double large_names = 0;       // share whose answers UDP has no room for: it gives an empty TC
  double repeated_names = 0;    // share of inputs that repeat an earlier name
  unsigned in_flight = 1000;
  double rate = 0;
  double rate_per_upstream = 0;
  unsigned attempts = 4;
  Duration timeout = std::chrono::milliseconds(1000);
  Duration deadline = std::chrono::seconds(15);
  size_t cache_octets = size_t{1} << 20;
  bool connected = true;
  // From then on we are for so long of each 100 ms without a processor. There is room for so many responses
  // meanwhile: the rest is dropped. What came is delivered in parts, as by a worker, that sends between them.
  Duration stops_from{0};
  Duration stopped{0};
  unsigned room_while_stopped = UINT_MAX;
};

// What the rule says of a name.
enum class Kind : uint8_t {
  address, nxdomain, nodata, cname, open_cname, truncated, large, loop, broken, silent
};

struct Result {
  unsigned count = 0;
  bool wrong = false;
  std::string status;
  unsigned attempts = 0;
  Duration took{0};  // from the first packet to the row
};

class Simulation : public EngineNetwork, public EngineSink {
 public:
  explicit Simulation(const SimOptions& options);
  // Runs until every name has its result, or `limit` of virtual time is over.
  void run(Duration limit = std::chrono::hours(24));

  // Violations of the invariants, in words; empty where all hold.
  std::vector<std::string> violations() const;
  const std::map<std::string, unsigned>& by_status() const { return by_status_; }
  const Stats stats() const { return engine_->stats(); }
  Duration elapsed() const { return now_ - start_; }
  uint64_t packets() const { return sends_.size(); }
  std::vector<uint64_t> packets_per_upstream() const;
  uint64_t packets_between(Duration from, Duration to) const;  // since the start
  uint64_t passed_between(Duration from, Duration to) const;   // those under their cap alone
  // Packets to each upstream in each `step` of time since the start: [upstream][step].
  using StepCounts = std::vector<std::vector<uint64_t>>;
  StepCounts packets_in_steps(Duration step) const { return in_steps(sends_, step); }
  StepCounts passed_in_steps(Duration step) const { return in_steps(passes_, step); }

  // EngineNetwork
  uint8_t* queue_udp(FlowIndex flow, PeerIndex upstream, size_t octets, uint16_t run) override;
  TcpState tcp_state(PeerIndex upstream) override {
    return tcp_open_[upstream] ? TcpState::open : TcpState::closed;
  }
  bool send_tcp(PeerIndex upstream, Octets query) override;
  void close_tcp(PeerIndex upstream) override { tcp_open_[upstream] = false; }
  // EngineSink
  void on_response(const Response& response) override;

 private:
  struct Event {
    Instant at;
    uint64_t order;
    FlowIndex flow;
    PeerIndex upstream;
    bool tcp;
    bool tcp_lost;
    Address source;
    std::vector<uint8_t> octets;
    bool operator>(const Event& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };
  struct Packet {
    Instant at;
    PeerIndex upstream;
  };
  struct CapState {
    std::deque<Instant> passed;  // in the last second
    double tokens = 0;
    Instant counted{};
  };

  void submit_some();
  bool deliver();
  void stop_for_a_while();
  bool finds_room(const Event& response);
  void transmit();
  void answer(FlowIndex flow, PeerIndex upstream, bool tcp, Octets query);
  void schedule(Instant at, FlowIndex flow, PeerIndex upstream, bool tcp, std::vector<uint8_t> octets);
  void guess(Instant at, FlowIndex flow, PeerIndex upstream, std::vector<uint8_t> octets);
  void forge(Instant at, FlowIndex flow, PeerIndex upstream, std::vector<uint8_t> octets);
  bool over_cap(PeerIndex upstream);
  std::vector<uint8_t> respond_over_cap(PeerIndex upstream, Octets query) const;
  std::vector<uint8_t> respond(PeerIndex upstream, bool tcp, Octets query);
  Duration delay(const UpstreamModel& model);
  bool chance(double p) { return p > 0 && random_.below(1'000'000) < static_cast<uint32_t>(p * 1e6); }
  Kind kind_of(const std::string& name) const;
  bool right(const Response& response) const;
  StepCounts in_steps(const std::vector<Packet>& packets, Duration step) const;
  static size_t most_in_a_second(const std::vector<Packet>& packets, int upstream);

  SimOptions options_;
  Random random_;         // the network's
  Random engine_random_;
  SharedLimits limits_;
  Instant start_{std::chrono::hours(100)};
  Instant now_ = start_;
  std::vector<std::string> names_;   // by tag
  std::vector<Result> results_;      // by tag
  std::map<std::string, Instant> first_sent_;
  std::map<std::string, unsigned> by_status_;
  size_t submitted_ = 0;
  size_t finished_ = 0;
  uint64_t order_ = 0;
  std::vector<bool> tcp_open_;
  Instant next_stop_{};
  Instant stopped_until_{};
  unsigned room_ = 0;  // for what came before
  struct Queued {
    FlowIndex flow;
    PeerIndex upstream;
    std::unique_ptr<uint8_t[]> octets;
    size_t size;
  };
  std::vector<Queued> queued_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::vector<Packet> sends_;
  std::vector<Packet> passes_;
  std::vector<CapState> caps_;
  std::vector<std::string> violations_;
  std::unique_ptr<LookupEngine> engine_;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_TESTS_SIM_SIM_NETWORK_H_
