// dnswarm's library: hand in questions from one thread, get exactly one response for each.
//
//   struct Print : dnswarm::ResponseHandler {
//     void on_response(unsigned, const dnswarm::Response& r) override { /* one call a question */ }
//   } print;
//   dnswarm::Options options;
//   options.upstreams = {"192.0.2.53"};
//   std::string error;
//   auto resolver = dnswarm::Resolver::create(options, print, &error);
//   if (resolver) {
//     resolver->submit("www.example.com", std::array{dnswarm::RRType::A}, 0);
//     resolver->finish();
//   }
#ifndef DNSWARM_RESOLVER_H_
#define DNSWARM_RESOLVER_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dnswarm/options.h"
#include "dnswarm/response.h"
#include "dnswarm/types.h"

namespace dnswarm {

// Receives the responses. Calls for one worker come from that worker's thread, one after the other;
// calls for different workers may run at the same time.
class ResponseHandler {
 public:
  virtual ~ResponseHandler() = default;
  // Exactly once for each question submitted. May block: the worker then stops sending and
  // receiving, and the time it was blocked is not charged to any lookup.
  virtual void on_response(unsigned worker, const Response& response) = 0;
  // The worker is about to wait. `in_flight` lookups of its own are under way: where that is 0
  // nothing more may come for a long time, so whatever is buffered should leave now.
  virtual void on_wait(unsigned worker, size_t in_flight) { (void)worker, (void)in_flight; }
};

// A latency histogram: bucket i counts RTTs in [2^(i/4), 2^((i+1)/4)) microseconds.
struct LatencyHistogram {
  static constexpr size_t buckets = 112;  // up to 2^28 us = 268 s
  uint64_t count[buckets] = {};
  void add(std::chrono::microseconds rtt);
  void merge(const LatencyHistogram& other);
  uint64_t total() const;
  // The upper bound of the bucket in which the q-quantile lies; 0 where nothing was counted.
  std::chrono::microseconds quantile(double q) const;
};

struct UpstreamStats {
  std::string address;
  uint64_t queries = 0;         // packets sent: UDP queries, TCP connects and TCP queries
  uint64_t responses = 0;       // valid ones
  uint64_t timeouts = 0;
  uint64_t servfail = 0;
  uint64_t refused = 0;
  uint64_t truncated = 0;
  uint64_t network_errors = 0;  // send errors, ICMP errors, failed connects
  uint64_t rests = 0;           // times the circuit breaker opened
  bool resting = false;         // in at least one worker, now
  std::chrono::microseconds rtt{0};  // smoothed; 0 before the first answer
  // Queries a second that it was found to bear, over all workers; 0 where no bound was found.
  double found_rate = 0;
  // Why it gets no more than it does, now, in at least one worker: "no" reason; "capped", beyond found_rate
  // it answers too little; "local drops", the same, and responses were dropped at our own sockets then;
  // "blocked", it answers nothing at present, and gets 50 queries a second. Static.
  std::string_view held_back = "no";
  bool keeps_case = true;  // false: TCP showed that questions come back in another case than sent
  bool cookies = false;    // it has DNS cookies
};

struct CacheStats {
  uint64_t hits = 0;
  uint64_t misses = 0;
  uint64_t insertions = 0;
  uint64_t evictions = 0;
  uint64_t declined = 0;  // not kept: the cache was full, and the name came for the first time
  uint64_t expired = 0;  // found, but too old
  uint64_t entries = 0;
  uint64_t octets = 0;   // in use, index included
  uint64_t octets_max = 0;
};

// Responses that were not taken, by the first check they failed (RFC 5452 section 9).
struct MismatchStats {
  uint64_t unknown_id = 0;      // no query with this ID is open on that port (late ones included)
  uint64_t near_miss = 0;       // of all: to a question that waited for its answer there, under another ID
  uint64_t wrong_source = 0;
  uint64_t wrong_question = 0;
  uint64_t not_a_response = 0;  // QR clear, or another opcode
  uint64_t malformed = 0;
  uint64_t wrong_cookie = 0;    // a DNS cookie that is not ours (RFC 7873)
  uint64_t other_case = 0;      // the question's letters came back in another case (0x20): TCP is asked
  uint64_t missing_cookie = 0;  // no DNS cookie, though this upstream has them: the same
  // What was done about near misses, other case and missing cookies: lookups that went
  uint64_t to_tcp = 0;          // over TCP, or
  uint64_t to_fresh_port = 0;   // out again from another port
  // All of that which no healthy server and network brings about.
  uint64_t suspects() const {
    return near_miss + wrong_source + wrong_question + wrong_cookie + other_case + missing_cookie;
  }
};

struct Stats {
  uint64_t submitted = 0;
  uint64_t finished = 0;
  uint64_t in_flight = 0;
  uint64_t definitive = 0;
  uint64_t by_rcode[24] = {};   // RCODEs 0-22; [23] counts all others
  uint64_t by_failure[8] = {};  // indexed by Failure
  uint64_t queries_udp = 0;
  uint64_t queries_tcp = 0;
  uint64_t tcp_connects = 0;
  uint64_t retries = 0;
  uint64_t coalesced = 0;
  uint64_t hosts_hits = 0;
  uint64_t kernel_drops = 0;  // datagrams the kernel dropped at our sockets (SO_MEMINFO)
  MismatchStats mismatches;
  CacheStats cache;
  LatencyHistogram latency;
  std::vector<UpstreamStats> upstreams;  // in configured order
};

class Resolver {
 public:
  // Checks the options, opens the sockets and starts the workers. On failure returns null and puts
  // one sentence that names the option, the value and the rule into *error. `handler` must outlive
  // the resolver.
  static std::unique_ptr<Resolver> create(const Options& options, ResponseHandler& handler,
                                          std::string* error);
  ~Resolver();  // cancel(), then finish()
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // One question per type. `name` is presentation format: any octets within RFC 1035's limits,
  // escapes \. and \DDD included; UTF-8 goes through IDNA; a trailing dot and any case are fine; an
  // IP address is taken for PTR (as its reverse name) and is invalid for every other type. A name
  // that breaks a rule gets its INVALID_NAME response like any other. Blocks while the workers'
  // queues are full. From one thread at a time.
  void submit(std::string_view name, std::span<const RRType> types, uint64_t tag);
  // The same for input that is no name: an INVALID_NAME response per type. `code` and `text` must
  // live as long as the resolver.
  void submit_invalid(std::string_view name, std::span<const RRType> types, uint64_t tag,
                      std::string_view code, std::string_view text);
  // Hands questions that were collected, but not yet given to a worker, to the workers.
  void flush();

  // No more questions: returns when every response was delivered and the workers have ended.
  void finish();
  // Ends everything in flight or queued as CANCELLED, soon. From any thread; async-signal-unsafe.
  void cancel();

  // Those upstreams (indices into upstreams()) lie: they are asked nothing more, and nothing that they
  // say, or that the cache has from them, goes into a response from when this returns on; the links that
  // they gave to alias chains in work excepted. What was asked of them is asked of others after its
  // timeout. Waits until every worker minds it, which one that its handler blocks does late. From any
  // thread but a handler's; not while the resolver is being destroyed.
  void leave_out(std::span<const size_t> upstreams);

  Stats stats() const;  // from any thread; counters may be a moment apart
  const std::vector<std::string>& upstreams() const;
  // What of the options or of the system's configuration is not used, and why: a sentence each, to
  // be shown to the user. Fixed from create() on.
  const std::vector<std::string>& notes() const;
  unsigned workers() const;
  std::string_view io_text() const;  // "io_uring (min_wait, gso)", "mmsg (gso)", ...

 private:
  class Impl;
  explicit Resolver(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// "io_uring (...)" or why it cannot be used; for --version.
std::string describe_io();
// "c-ares 1.18.1, Abseil 20220623, ..." as linked; for --version.
std::string describe_libraries();

}  // namespace dnswarm

#endif  // DNSWARM_RESOLVER_H_
