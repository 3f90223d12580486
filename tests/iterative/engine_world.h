// An IterativeEngine on a SmallInternet, in virtual time: each response takes a round trip of 10 ms.
#ifndef DNSWARM_TESTS_ITERATIVE_ENGINE_WORLD_H_
#define DNSWARM_TESTS_ITERATIVE_ENGINE_WORLD_H_

#include <gtest/gtest.h>

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
  std::vector<std::string> trace;  // "ns.com 192.0.2.10:53 com www.shop.com A referral shop.com", ...
};

class EngineWorld : public EngineNetwork, public EngineSink {
 public:
  // The root's servers are at 192.0.2.1 (and, where there is a second, 192.0.2.2).
  explicit EngineWorld(IterativeOptions options = {}, const Hierarchy::Settings& settings = defaults());
  static Hierarchy::Settings defaults() { return {.cuts_octets_max = 1 << 20, .primed = true}; }

  SmallInternet internet;
  Hierarchy hierarchy;

  // Asks and waits until every line has its row; returns this one's. Several lines: separated by commas, all
  // at once.
  std::vector<Row> ask(const std::string& questions);
  Row ask_one(const std::string& question) { return ask(question).at(0); }
  void pass(Duration time) { now_ += time; }
  // Before each response comes this one, from that address, with the right ID: what a forger may send.
  void forge(const std::string& source, const std::string& message) { forged_ = {source, message}; }
  Duration took() const { return took_; }          // the last ask()
  size_t most_open() const { return most_open_; }  // queries at one server at once, so far
  size_t most_in_any_second() const;               // packets to one server, so far
  size_t asked() const { return internet.asked().size(); }
  const IterativeEngine& engine() const { return *engine_; }

  // EngineNetwork
  uint8_t* queue_udp(FlowIndex flow, PeerIndex peer, size_t octets, uint16_t run) override;
  TcpState tcp_state(PeerIndex) override { return TcpState::open; }
  bool send_tcp(PeerIndex peer, Octets query) override;
  void close_tcp(PeerIndex) override {}
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
    Instant at;
    Sent query;
    std::vector<uint8_t> octets;
  };

  void turn();

  RateLimit rate_;
  Random random_{1};
  Instant now_{std::chrono::seconds(1000)};
  std::unique_ptr<IterativeEngine> engine_;
  std::deque<Sent> queued_;
  std::deque<Arrival> arrivals_;
  std::map<uint64_t, Row> rows_;
  uint64_t next_tag_ = 0;
  std::pair<std::string, std::string> forged_;
  Duration took_{0};
  size_t most_open_ = 0;
  std::map<std::string, std::vector<Instant>> sent_;  // by server
};

}  // namespace dnswarm::testing

#endif  // DNSWARM_TESTS_ITERATIVE_ENGINE_WORLD_H_
