// The engine that asks recursive upstreams: a state machine from questions to responses (engine/engine.h).
//
// Files: lookup_engine.cc (submitting, coalescing, timers), lookup_search.cc (the search list),
// lookup_attempts.cc (sending), lookup_responses.cc (matching, and what follows from a response),
// lookup_suspects.cc (responses that may be forged), lookup_result.cc (ends and rows), lookup_expect.cc (what
// is brought near before).
#ifndef DNSWARM_RESOLVER_LOOKUP_ENGINE_H_
#define DNSWARM_RESOLVER_LOOKUP_ENGINE_H_

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/probe_table.h"
#include "base/random.h"
#include "base/slab.h"
#include "base/timer_wheel.h"
#include "cache/cache_shard.h"
#include "dns/message_parser.h"
#include "dns/query_builder.h"
#include "dnswarm/resolver.h"
#include "engine/engine.h"
#include "engine/open_queries.h"
#include "engine/response_match.h"
#include "engine/tcp_share.h"
#include "net/address.h"
#include "resolver/hosts_table.h"
#include "resolver/lookup.h"
#include "upstream/cookie_jar.h"
#include "upstream/habit.h"
#include "upstream/tcp_health.h"
#include "upstream/upstream_pool.h"

namespace dnswarm {

// Which UDP flows there are. Connected: upstream u has the flows [u * per_upstream, (u + 1) *
// per_upstream). Unconnected: flows [0, v4) reach any IPv4 upstream, [v4, v4 + v6) any IPv6 one, and
// each upstream uses per_upstream of them, so that the address pairs a router must remember stay few.
struct FlowPlan {
  bool connected = true;
  uint16_t per_upstream = 1;
  uint16_t v4 = 0;
  uint16_t v6 = 0;
  uint32_t capacity = 4000;  // queries open on one flow
  size_t total = 1;
};

struct EngineOptions {
  std::vector<Address> upstreams;
  std::vector<std::string> upstream_texts;  // the same, as rows name them
  FlowPlan flows;
  unsigned in_flight = 4000;
  unsigned in_flight_per_upstream = 4000;
  unsigned attempts = 4;
  Duration timeout = std::chrono::milliseconds(1000);
  Duration deadline = std::chrono::milliseconds(15000);
  QueryOptions query;
  bool mixed_case = true;  // 0x20
  bool cookies = true;     // where there is EDNS
  size_t cache_octets = 0;
  bool keep_all_sections = false;
  const HostsTable* hosts = nullptr;           // null: not used
  std::vector<Name> search;                    // empty: no search list
  unsigned ndots = 1;
};

class LookupEngine final : public Engine {
 public:
  LookupEngine(const EngineOptions& options, SharedLimits& limits, EngineNetwork& network,
               EngineSink& sink, Random& random, Instant start);

  // Engine. Peers are upstreams.
  void begin_turn(Instant now, WallTime wall) override { now_ = now, wall_ = wall; }
  bool can_accept() const override { return lookups_.used() < options_.in_flight; }
  void submit(const Question& question) override;
  void expect(std::span<const uint64_t> hashes) const override;
  void expect(std::span<const ExpectedResponse> responses) const override;
  void on_datagram(FlowIndex flow, const Address* source, std::span<uint8_t> octets) override;
  void on_tcp_message(PeerIndex upstream, std::span<uint8_t> octets) override;
  void on_tcp_lost(PeerIndex upstream, int error) override;
  void on_send_failed(FlowIndex flow, Octets query, int error) override;
  void on_port_refused(FlowIndex flow, int error) override;
  void run(Instant now) override;
  void start_waiting(Instant now) override { now_ = now, pump(); }
  size_t tokens_taken() const override { return pool_.tokens_taken(); }
  void on_departed(size_t tokens, Instant real_now) override { pool_.on_departed(tokens, real_now); }
  Instant next_due(Instant now) override;
  void cancel_all() override;
  void submit_cancelled(const Question& question) override;
  void leave_out(PeerIndex upstream) override;
  void on_local_drops() override { pool_.on_local_drops(now_); }
  void set_stalled(Duration stalled) override { stalled_ = stalled, pool_.set_stalled(stalled); }
  size_t in_flight() const override { return lookups_.used(); }
  size_t waiting_for_answers() const override { return open_.size(); }
  size_t tcp_outstanding(PeerIndex upstream) const override { return tcp_open_[upstream]; }
  const Address& address_of(PeerIndex upstream) const override { return options_.upstreams[upstream]; }
  Stats stats() const override;
  const UpstreamPool& pool() const { return pool_; }

 private:
  struct Hooks {
    Slab<Lookup>* lookups;
    TimerHook& operator()(uint32_t i) const { return (*lookups)[i].timer; }
  };
  // Queries of equal size go to one upstream and flow, up to 32 in a row: so they leave as one send.
  struct Run {
    UpstreamIndex upstream = 0;
    FlowIndex flow = 0;
    uint16_t left = 0;  // queries that may still follow
  };
  struct Place {
    uint32_t lookup;
    uint32_t ticket;
  };
  struct Failed {  // how a lookup ends without a definitive answer
    Failure failure = Failure::none;
    std::string_view code;
    std::string_view text;
  };

  // lookup_engine.cc
  bool answer_from_cache(const Question& question);
  std::optional<CacheValue> find_cached(const CacheKey& key);
  uint32_t create(const Question& question);
  // The low bits chose the worker, the high ones choose the cache's place.
  static uint32_t asked_tag(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }
  uint32_t find_asked(const Question& question) const;
  void begin_detour(uint32_t index, uint32_t tag);
  void end_detour(uint32_t index);
  void ask(uint32_t index);  // the current name: from the cache, else from the network
  void start_or_enqueue(uint32_t index);
  void enqueue(uint32_t index);
  void pump();
  bool still_queued(Place place) const;
  void arm(uint32_t index, Instant when);
  void on_timer(uint32_t index);
  void on_queued_too_long(uint32_t index);
  Duration charged_wait(const Lookup& lookup) const;
  // Its wait in the queue was, at least in part, for what we were told or found to keep to.
  bool waits_free(const Lookup& lookup) const {
    return pool_.limited() || pool_.paced_since(lookup.waiting_since);
  }
  static void start_afresh(Lookup& lookup);
  Instant real_now() const { return now_ + stalled_; }  // TTLs run while we are stopped, too
  void close_attempts(uint32_t index, const Attempt* answered);
  void excuse(const Lookup& lookup);
  void destroy(uint32_t index);

  // lookup_expect.cc
  void expect_place(uint64_t hash) const;  // of a question, in the cache and among those asked

  // lookup_search.cc
  void start_search(uint32_t index, const Question& question);
  bool next_search_candidate(uint32_t index);

  // lookup_attempts.cc
  enum class Started : uint8_t { yes, not_now, ended };
  Started start_attempt(uint32_t index);
  Started start_udp(uint32_t index);
  Started start_tcp(uint32_t index);
  std::optional<Run> choose_run(const Lookup& lookup, size_t octets);
  static constexpr FlowIndex no_flow = UINT16_MAX;  // none of UDP: those of TCP come after them
  FlowIndex pick_flow(UpstreamIndex upstream, FlowIndex not_this);
  uint16_t add_attempt(uint32_t index, UpstreamIndex upstream, FlowIndex flow, bool tcp, bool edns);
  uint16_t draw_id(FlowIndex flow);
  unsigned attempts_at(const Lookup& lookup, UpstreamIndex upstream) const;
  void after_sending(uint32_t index, Duration wait);
  void report(Attempt& attempt, AttemptResult result, const Lookup& lookup);
  void shut(Attempt& attempt);  // no further answer to it is taken
  void drop_attempt(uint32_t index, uint32_t attempt_index);
  void note_closed_port(UpstreamIndex upstream);
  bool awaits_answer(const Lookup& lookup) const;
  // It was asked for, and nothing of that is under way any more.
  bool needs_next(const Lookup& lookup) const {
    return lookup.state == Lookup::State::asked && !awaits_answer(lookup);
  }
  // The upstreams it was sent to, each once; valid until the next call.
  std::span<const UpstreamIndex> tried_upstreams(const Lookup& lookup);
  FlowIndex tcp_flow(UpstreamIndex u) const { return static_cast<FlowIndex>(options_.flows.total + u); }

  // lookup_suspects.cc
  QuerySecrets draw_secrets(UpstreamIndex upstream, bool edns);
  uint32_t find_asking(Octets name, RRType type) const;
  void look_for_near_miss(FlowIndex flow, const Address* source, std::span<uint8_t> octets);
  bool is_near_miss(const Lookup& lookup, FlowIndex flow, uint16_t id, const Address* source) const;
  void on_near_miss(uint32_t index, FlowIndex flow);
  void withdraw(uint32_t index);
  bool may_move_to_tcp(UpstreamIndex upstream);
  bool cookie_fits(const Attempt& attempt) const;
  Doubt doubt_about(const Attempt& attempt, bool other_case) const;
  void note_habits(const Attempt& attempt, bool other_case);
  void on_doubted(uint32_t index, uint32_t attempt_index);
  void settle_doubt(Lookup& lookup, const Attempt& attempt, AttemptResult result);
  uint32_t answer_digest() const;

  // lookup_responses.cc
  void on_message(uint32_t key, const Address* source, std::span<uint8_t> octets);
  Match match(const Attempt& attempt, const Lookup& lookup, const Address* source,
              std::span<uint8_t> octets);
  AttemptResult read(const Attempt& attempt, Lookup& lookup, std::span<uint8_t> octets, Match how);
  SentQuestion sent_question(const Attempt& attempt, const Lookup& lookup) const {
    return {lookup.asked_name(), lookup.type, options_.query.rrclass, attempt.case_bits};
  }
  AttemptResult classify(const Attempt& attempt, Lookup& lookup) const;
  void decide(uint32_t index, uint32_t attempt_index, AttemptResult result);
  void on_answer(uint32_t index, uint32_t attempt_index);
  void note_truncation(const Lookup& lookup, const Attempt& answered);
  void follow_chain(uint32_t index, const Name& target, unsigned links);
  // Where there are upstreams that were not asked yet: at once, or after the pause as where there are none.
  enum class Elsewhere : uint8_t { at_once, later };
  void retry(uint32_t index, Duration pause, Elsewhere elsewhere = Elsewhere::at_once);
  void retry_throttled(uint32_t index, Duration pause);
  bool is_throttled(Lookup& lookup, const Attempt& attempt, AttemptResult result);
  bool gets_tries_back(Lookup& lookup);
  bool awaits_verdict(uint32_t index);
  void store(const Lookup& lookup, UpstreamIndex upstream, uint8_t kind);
  void answer_from_cached(uint32_t index, const CacheValue& value);
  void keep_errors(Lookup& lookup) const;

  // lookup_result.cc
  void deliver(uint32_t index, Response& response);  // to the lookup and all that wait for it
  void deliver_message(uint32_t index, const Attempt* attempt, UpstreamIndex upstream);
  void fill_from_message(Response& response) const;
  void hand_over(Response& response, Octets qname, std::string_view token, uint64_t tag);
  bool deliver_from_hosts(const Question& question);
  void deliver_cached(const Question& question, const CacheValue& value);
  void deliver_invalid(const Question& question);
  void deliver_failure(uint32_t index, const Failed& failed, bool cached);
  Failed failure_of(const LookupCourse& lookup) const;
  void fail(uint32_t index);
  void fail_with(uint32_t index, const Failed& failed);
  void cache_failure(const Lookup& lookup, const Failed& failed);

  EngineOptions options_;
  uint16_t run_length_;  // how many queries of equal size go to one upstream in a row
  EngineNetwork& network_;
  EngineSink& sink_;
  Random& random_;
  QueryBuilder builder_;
  UpstreamPool pool_;
  CacheShard cache_;
  Instant now_;
  WallTime wall_{};
  Duration stalled_{0};

  Slab<Lookup> lookups_;
  Slab<Attempt> attempts_;
  TimerWheel<Hooks> timers_;
  uint16_t next_id_ = random_.u16();
  ProbeTable open_;   // open_key() -> attempt; the key is the tag, and unique
  ProbeTable asked_;  // asked_tag() -> lookup: the leaders
  ProbeTable detours_;  // the same for what chains and search lists make lookups ask for: nobody waits for it
  std::deque<Place> queue_;      // lookups that wait for an upstream or tokens
  std::deque<Place> tcp_queue_;  // the same for room on a TCP connection
  std::vector<uint32_t> flow_open_;     // queries that wait for their answer, per flow
  std::vector<uint32_t> flow_ids_;      // IDs in use per flow: those, and what timed out but may still come
  std::vector<uint32_t> tcp_open_;      // queries open per TCP connection
  std::vector<TcpHealth> tcp_health_;
  // What shows the responses of an upstream to be its own, beyond RFC 5452.
  struct Defences {
    CookieJar cookies;
    Habit keeps_case;
    Habit keeps_cookie;
  };
  std::vector<Defences> defences_;
  TcpShare tcp_share_;
  std::vector<bool> plain_upstreams_;   // those that showed that they cannot EDNS
  std::vector<bool> closed_ports_;      // those whose host said that nobody listens
  std::array<Run, query_octets_max + 1> runs_{};
  std::array<UpstreamIndex, packets_max> tried_;
  Message message_;        // the response in work
  std::vector<Record> joined_;  // answers of a chain over several responses
  std::string qname_text_;  // scratch for rows
  std::string name_text_;
  std::vector<uint8_t> scratch_;

  Stats counters_;  // only what the engine counts itself
};

}  // namespace dnswarm

#endif  // DNSWARM_RESOLVER_LOOKUP_ENGINE_H_
