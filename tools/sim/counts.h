// What the simulator saw, for the JSON at the end. Each thread counts for itself; what must be seen
// over all threads at once (the packets of any one second, source ports) is shared.
#ifndef DNSWARM_SIM_COUNTS_H_
#define DNSWARM_SIM_COUNTS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"

namespace dnswarm::sim {

enum class Fault : uint8_t {
  lost,
  lost_response,
  duplicated,
  reordered,
  delayed,
  capped,
  refused,
  servfail,
  formerr,
  dead,
  lame,
  wrong_id,
  wrong_source,
  wrong_question,
  lower_question,
  garbage,
  cut,
  tcp_closed,
  lied,
};
inline constexpr size_t fault_kinds = 19;
inline constexpr const char* fault_names[fault_kinds] = {
    "lost",         "lost_response",  "duplicated",     "reordered", "delayed", "capped",
    "refused",      "servfail",       "formerr",        "dead",      "lame",    "wrong_id",
    "wrong_source", "wrong_question", "lower_question", "garbage",   "cut",     "tcp_closed",
    "lied"};

struct UpstreamCounts {
  uint64_t queries_udp = 0;
  uint64_t queries_tcp = 0;
  uint64_t tcp_connects = 0;
  uint64_t responses = 0;  // to valid queries; forged ones are not among them
  uint64_t truncated = 0;
  uint64_t ignored = 0;  // datagrams that were no query
  uint64_t by_rcode[24] = {};
  uint64_t by_fault[fault_kinds] = {};

  void add(Fault fault) { ++by_fault[static_cast<size_t>(fault)]; }
  void merge(const UpstreamCounts& other);
};

// How the datagrams came and went, per thread.
struct BatchCounts {
  uint64_t turns = 0;        // wake-ups
  uint64_t received = 0;     // datagrams as the kernel handed them out, GRO ones as one
  uint64_t gro_batches = 0;  // of them, those with several queries
  uint64_t sends = 0;        // messages given to sendmmsg
  uint64_t gso_batches = 0;  // of them, those with several responses
  uint64_t send_errors = 0;  // responses the kernel did not take
  uint64_t overflows = 0;    // responses dropped because too many were waiting
  double cpu_seconds = 0;

  void merge(const BatchCounts& other);
};

// The most packets in any window of one second. Packets of the same 50 microseconds are taken as
// one moment, so that the memory is bounded (20,000 moments); a window may be off by that much.
class SecondWindow {
 public:
  void add(Instant now, uint64_t packets);
  uint64_t most() const { return most_; }

 private:
  struct Moment {
    Instant at;
    uint64_t packets;
  };
  std::vector<Moment> ring_;
  size_t first_ = 0;
  size_t size_ = 0;
  uint64_t sum_ = 0;
  uint64_t most_ = 0;
};

// Lets `cap` packets pass in any one second, exactly. Where it changes, what passed before counts, too.
class CapWindow {
 public:
  bool pass(unsigned cap, Instant now);

 private:
  void resize(unsigned cap);

  std::vector<Instant> passed_;  // a ring of the last `cap` that passed
  size_t at_ = 0;
};

class PortSet {
 public:
  void add(uint16_t port) {
    std::atomic<uint64_t>& word = words_[port / 64];
    const uint64_t bit = uint64_t{1} << (port % 64);
    if (!(word.load(std::memory_order_relaxed) & bit))
      word.fetch_or(bit, std::memory_order_relaxed);
  }
  unsigned size() const;

 private:
  std::atomic<uint64_t> words_[1024] = {};
};

// Of one upstream, or of all together; shared between threads.
struct SharedCounts {
  std::mutex mutex;
  SecondWindow window;             // under mutex
  CapWindow cap;                   // under mutex
  std::unique_ptr<PortSet> ports;  // null where there are too many upstreams for it

  void add(Instant now, uint64_t packets) {
    const std::lock_guard lock(mutex);
    window.add(now, packets);
  }
};

struct Simulation;
// Everything as one JSON object, without a line end; in a world with what the servers of each role got.
std::string counts_json(const Simulation& simulation, const std::vector<UpstreamCounts>& upstreams,
                        const BatchCounts& batches, Duration elapsed);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_COUNTS_H_
