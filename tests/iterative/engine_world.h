// An IterativeEngine on a SmallInternet, in virtual time: each response takes a round trip of 10 ms, unless a
// server's is said to be another.
#ifndef DNSWARM_TESTS_ITERATIVE_ENGINE_WORLD_H_
#define DNSWARM_TESTS_ITERATIVE_ENGINE_WORLD_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "iterative/iterative_engine.h"
#include "tests/iterative/small_internet.h"

namespace dnswarm::testing {

// What became of a line.
struct Row {
  std::string status;   // "NOERROR", "TIMEOUT", ...
  std::string code;     // the error's, where it failed
  std::string answers;  // "www.example CNAME x.example, x.example A 192.0.2.1"
  unsigned queries = 0;
  bool cached = false;
  Duration after{0};  // since the ask() it belongs to
  std::vector<std::string> records;  // the same as in a zone file: "www.example 300 A 192.0.2.1"
  std::vector<std::string> trace;  // "ns.com 192.0.2.10:53 com www.shop.com A referral shop.com", ...
};

// How the engine is started, beside its options.
struct EngineStart {
  // The root's servers: 192.0.2.1 and, where there is a second, 192.0.2.2.
  std::string hints = ". NS a.root\na.root A 192.0.2.1\n. NS b.root\nb.root A 192.0.2.2\n";
  double rate_per_s = 0;  // packets; 0: no limit
  uint64_t seed = 1;
  Hierarchy::Settings settings = {.cuts_octets_max = 1 << 20, .primed = true};
};

// What a forger sends with each response, before it unless it is said to be late.
struct Forgery {
  std::string source;   // an address, with a port where that is not 53
  std::string message;  // message_text.h
  bool wrong_id = false;
  bool other_flow = false;  // to another of our ports
  Duration after{0};        // the response, that is
};

class EngineWorld : public EngineNetwork, public EngineSink {
 public:
  explicit EngineWorld(IterativeOptions options = {}, const EngineStart& start = {});

  SmallInternet internet;
  Hierarchy hierarchy;

  // Asks and waits until every line has its row; returns this one's. Several lines: separated by commas, all
  // at once.
  std::vector<Row> ask(const std::string& questions);
  Row ask_one(const std::string& question) { return ask(question).at(0); }
  void pass(Duration time) { now_ += time; }
  // Before each response comes this one, from that address, with the right ID: what a forger may send.
  void forge(const std::string& source, const std::string& message) { forged_ = {{source, message}}; }
  void forge(Forgery forgery) { forged_.push_back(std::move(forgery)); }

  // About the server at an address.
  void round_trip(const std::string& address, Duration time) { conditions_[address].round_trip = time; }
  void silence_for(const std::string& address, Duration time) {
    conditions_[address].silent_until = now_ + time;
  }
  void without_tcp(const std::string& address) { conditions_[address].without_tcp = true; }  // refused
  // ENETUNREACH
  void unreachable(const std::string& address) { conditions_[address].unreachable_until = never; }
  void unreachable_for(const std::string& address, Duration time) {
    conditions_[address].unreachable_until = now_ + time;
  }
  // As it was at first, round trip included.
  void restore(const std::string& address) { internet.restore(address), conditions_.erase(address); }

  Duration took() const { return took_; }  // the last ask()
  // Queries at one server at once, in the last ask(): at any, or at this one.
  size_t most_open() const;
  size_t most_open_at(const std::string& address) const;
  size_t most_in_any_second() const;  // packets to one server, so far
  size_t asked() const { return internet.asked().size(); }
  const std::vector<FlowIndex>& flows() const { return flows_; }  // that UDP queries left from, so far
  const IterativeEngine& engine() const { return *engine_; }

  // EngineNetwork
  uint8_t* queue_udp(FlowIndex flow, PeerIndex peer, size_t octets, uint16_t run) override;
  TcpState tcp_state(PeerIndex peer) override {
    return connections_.contains(peer) ? TcpState::open : TcpState::closed;
  }
  bool send_tcp(PeerIndex peer, Octets query) override;
  void close_tcp(PeerIndex peer) override { connections_.erase(peer); }
  // EngineSink
  void on_response(const Response& response) override;

 private:
  struct Sent {
    FlowIndex flow;
    Address to;
    bool tcp;
    PeerIndex peer;
    std::vector<uint8_t> octets;
  };
  struct Arrival {
    Sent query;
    std::vector<uint8_t> octets;  // none: the connection was refused
  };
  struct Condition {
    Duration round_trip = std::chrono::milliseconds(10);
    Instant silent_until{};
    bool without_tcp = false;
    Instant unreachable_until{};
  };

  void turn();
  void leave(const Sent& sent);
  void send_forgeries(const Sent& sent, Duration round_trip);
  void arrive(Arrival& arrival);

  RateLimit rate_;
  Random random_;
  Instant now_{std::chrono::seconds(1000)};
  std::unique_ptr<IterativeEngine> engine_;
  std::deque<Sent> queued_;
  std::map<PeerIndex, Address> connections_;  // TCP: where they lead
  std::multimap<Instant, Arrival> arrivals_;  // at one time: in the order of sending
  std::map<std::string, Condition> conditions_;
  std::map<uint64_t, Row> rows_;
  uint64_t next_tag_ = 0;
  std::vector<Forgery> forged_;
  Duration took_{0};
  Instant began_{};  // the last ask()
  std::map<std::string, size_t> most_open_;           // by server
  std::map<std::string, std::vector<Instant>> sent_;  // by server
  std::vector<FlowIndex> flows_;
};

}  // namespace dnswarm::testing

#endif  // DNSWARM_TESTS_ITERATIVE_ENGINE_WORLD_H_
