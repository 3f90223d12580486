// The engine that walks the hierarchy: from the closest zone cut that is known down to the zone that has the
// answer (docs/iterative.md).
//
// Files: iterative_engine.cc (lines in, equal questions, timers), walk_steps.cc (where a walk goes next,
// whose addresses it needs), walk_cuts.cc (zone cuts: who finds out about which), walk_queries.cc (which
// server is asked, and sending), walk_limits.cc (what holds a query back), walk_responses.cc (matching, and
// what follows from a response), walk_suspects.cc (responses that may be forged), walk_results.cc (ends and
// rows), walk_expect.cc (what is brought near), walk_trace.cc (what a trace tells).
#ifndef DNSWARM_ITERATIVE_ITERATIVE_ENGINE_H_
#define DNSWARM_ITERATIVE_ITERATIVE_ENGINE_H_

#include <deque>
#include <optional>
#include <queue>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/probe_table.h"
#include "base/random.h"
#include "base/slab.h"
#include "base/timer_wheel.h"
#include "cache/cache_shard.h"
#include "dns/message_parser.h"
#include "dns/query_builder.h"
#include "engine/engine.h"
#include "engine/open_queries.h"
#include "engine/tcp_share.h"
#include "iterative/cut_claims.h"
#include "iterative/delegation_cache.h"
#include "iterative/server_response.h"
#include "iterative/server_table.h"
#include "iterative/walk.h"
#include "upstream/rate_limit.h"

namespace dnswarm {

// What all workers know of the hierarchy.
struct Hierarchy {
  struct Settings {
    size_t cuts_octets_max = size_t{64} << 20;  // some 100,000 zone cuts
    size_t servers_max = 100'000;               // that are remembered
    double rate_per_server = 0;                 // packets a second to each address; 0: no limit
    bool primed = false;                        // the root's servers need not be asked for (RFC 8109)
    bool several_workers = false;
  };
  Hierarchy(const Delegation& root, const Settings& settings)
      : cuts(root, settings.cuts_octets_max, settings.primed, settings.several_workers),
        servers(settings.rate_per_server, settings.servers_max, settings.several_workers),
        claims(settings.several_workers) {}
  DelegationCache cuts;
  ServerTable servers;
  CutClaims claims;
};

struct IterativeOptions {
  uint16_t flows_v4 = 1;      // UDP flows [0, v4) reach IPv4 servers,
  uint16_t flows_v6 = 0;      // [v4, v4 + v6) IPv6 ones; 0: no server of that family is asked
  unsigned in_flight = 4000;  // lines
  Duration deadline = std::chrono::seconds(15);  // of a line, from its first packet on
  QueryOptions query;                            // recursion is not desired, whatever it says
  size_t cache_octets = 64 << 20;                // 0: only name servers' addresses are kept, in little room
  unsigned in_flight_per_server = 100;  // of this worker: courtesy, and what a stock socket buffer holds
  uint16_t port = 53;                   // of all servers: test worlds have unprivileged ones
  bool loopback_servers = false;        // servers at this host's own addresses are asked, too
  bool mixed_case = true;               // 0x20
  bool trace = false;                   // responses tell how they were walked for
  bool qname_minimisation = false;      // RFC 9156
  bool nxdomain_cut = false;            // RFC 8020
};

class IterativeEngine final : public Engine {
 public:
  // All of them must outlive this.
  IterativeEngine(const IterativeOptions& options, Hierarchy& hierarchy, RateLimit& rate,
                  EngineNetwork& network, EngineSink& sink, Random& random, Instant start);

  // Engine. Peers are servers that queries are open with.
  void begin_turn(Instant now, WallTime wall) override;
  bool can_accept() const override { return lines_ < options_.in_flight; }
  void submit(const Question& question) override;
  void expect(std::span<const uint64_t> hashes) const override;
  void expect(std::span<const ExpectedResponse> responses) const override;
  void on_datagram(FlowIndex flow, const Address* source, std::span<uint8_t> octets) override;
  void on_tcp_message(PeerIndex peer, std::span<uint8_t> octets) override;
  void on_tcp_lost(PeerIndex peer, int error) override;
  void on_send_failed(FlowIndex flow, Octets query, int error) override;
  void on_port_refused(FlowIndex, int) override {}  // no flow is connected
  void run(Instant now) override;
  void start_waiting(Instant now) override { now_ = now, run_ready(); }
  size_t tokens_taken() const override { return taken_.size(); }
  void on_departed(size_t tokens, Instant real_now) override;
  Instant next_due(Instant now) override;
  void cancel_all() override;
  void submit_cancelled(const Question& question) override;
  void set_stalled(Duration stalled) override { stalled_ = stalled; }
  size_t in_flight() const override { return lines_; }
  size_t waiting_for_answers() const override { return open_.size() + tcp_open_.size(); }
  size_t tcp_outstanding(PeerIndex peer) const override { return peers_[peer].tcp_open; }
  const Address& address_of(PeerIndex peer) const override { return peers_[peer].address; }
  Stats stats() const override;

 private:
  struct Peer {
    Address address;
    std::string text;             // of the address, as rows have it
    uint32_t queries = no_query;  // newest first
    uint32_t awaited = 0;         // responses: to queries and to those that were left, whose time is not over
    uint32_t left = 0;            // those of them that were left
    uint32_t tcp_open = 0;
    bool unused = false;            // is in unused_peers_
    uint32_t woken = 0;             // walks that waited for it and are ready now
    bool paced = false;             // is in paced_
    std::vector<uint32_t> waiting;  // walks that wait for it, from `next_waiting` on
    size_t next_waiting = 0;
    bool has_waiting() const { return next_waiting < waiting.size(); }
    uint32_t take_waiting() {
      const uint32_t walk = waiting[next_waiting++];
      if (next_waiting * 2 > waiting.size()) {  // so that it is as long as those who wait, or twice that
        waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(next_waiting));
        next_waiting = 0;
      }
      return walk;
    }
  };
  struct PeerDue {
    Instant at;
    PeerIndex peer;
    bool operator<(const PeerDue& other) const { return at > other.at; }  // the earliest on top of a heap
  };
  struct Hooks {
    Slab<Walk>* walks;
    TimerHook& operator()(uint32_t i) const { return (*walks)[i].timer; }
  };
  struct Ready {
    uint32_t walk;
    PeerIndex peer;  // that it waited for, or no_peer
  };
  static constexpr PeerIndex no_peer = UINT32_MAX;
  // Names that do not exist are kept under it, whatever was asked: no question has it.
  static constexpr RRType nxdomain_type{0};
  // What is no zone cut may become one.
  static constexpr Duration no_cut_lifetime = std::chrono::seconds(900);
  struct Candidate {
    Address address;
    ServerView view;
    unsigned tries = 0;
    PeerIndex peer = no_peer;  // it is to be asked as
  };
  struct End {  // how a walk ends without a definitive answer
    Failure failure = Failure::none;
    std::string_view code;
    std::string_view text;
  };

  struct PossibleCut {
    Octets name;
    uint64_t hash;  // CutClaims::hash_of
  };

  struct FailedQuestion {
    End end;
    std::optional<Rcode> rcode;
    Instant until;
  };

  static constexpr End cname_loop{Failure::cname_loop, "cname_loop",
                                  "the chain returns to itself or has more than 16 links"};
  static constexpr End server_limits{Failure::timeout, "server_limits",
                                     "the zone's servers had all they may get until the deadline"};
  static constexpr End deadline_waiting{Failure::timeout, "no_response",
                                        "another query that it needed was not answered before the deadline"};
  static constexpr std::string_view truncated_without_tcp = "truncated_without_tcp";
  static constexpr End cancelled{Failure::cancelled, "cancelled", "the run was stopped"};

  // iterative_engine.cc
  uint32_t create(Octets name, RRType type, uint64_t hash);
  void become_leader(uint32_t walk);
  uint32_t find_equal(Octets name, RRType type, uint64_t hash) const;
  void make_ready(uint32_t walk, PeerIndex waited_for = no_peer);
  void run_ready();
  void on_timer(uint32_t walk);
  void end_by_deadline(uint32_t walk);
  void arm(uint32_t walk, Instant when);
  void release(uint32_t walk);
  Budget& budget_of(const Walk& walk) { return budgets_[walk.budget]; }
  Instant real_now() const { return now_ + stalled_; }

  // walk_steps.cc
  void step(uint32_t walk);
  bool take_cached(uint32_t walk);                               // true: it ended
  bool take_nxdomain_cut(uint32_t walk);                         // the same
  bool load_cached(const Walk& walk, Octets name, RRType type);  // sets message_ and response_
  static uint64_t hash_of(const Walk& walk, Octets name, RRType type);
  bool waits_for(uint32_t walk, uint32_t other) const;
  void wait_for(uint32_t walk, uint32_t other);
  bool go_on_at_target(uint32_t walk);      // false: it ended, by too many links
  bool resolve_next_server(uint32_t walk);  // false: there is none left to look up
  bool start_address_walk(uint32_t walk, Octets server, RRType type);
  uint32_t create_dependency(uint32_t walk, Octets name, RRType type, uint64_t hash);
  void tell_dependents(uint32_t address_walk);

  // walk_cuts.cc
  void look_up_cut(uint32_t walk);
  void enter_cut(uint32_t walk, Cut cut);
  PossibleCut next_possible_cut(const Walk& walk) const;
  bool claim_cut(uint32_t walk);  // false: it waits
  uint32_t claimant(uint64_t claim) const;
  bool may_overtake(uint32_t walk, uint32_t holder) const;
  void be_late(uint32_t walk);
  void release_claim(uint32_t walk);
  void note_no_cut(const Walk& walk, Duration lifetime);
  bool ask_parent_again(uint32_t walk);  // true: it goes on there
  bool prime_root(uint32_t walk);        // true: it waits for that
  void take_root_servers();
  void choose_asked(uint32_t walk);
  bool take_minimised(uint32_t walk);  // true: it ended

  // walk_queries.cc
  void ask(uint32_t walk);
  bool wait_for_route(uint32_t walk);  // false: it is not cut off
  bool is_usable(const Address& server) const;
  const Candidate* choose_server(const Walk& walk, unsigned tries_max);
  size_t draw_candidate();
  void add_candidates(const Walk& walk, std::span<const Address> servers, unsigned tries_max);
  void send(uint32_t walk, const Candidate& server);
  void send_tcp(uint32_t walk);
  void after_sending(uint32_t query, Duration wait);
  uint32_t add_query(uint32_t walk, PeerIndex peer, FlowIndex flow, bool tcp, bool edns);
  void shut(uint32_t query);
  void leave(uint32_t query);
  void drop(uint32_t query);
  void close_queries(uint32_t walk);
  PeerIndex peer_at(const Address& address);
  void free_if_unused(PeerIndex peer);
  void free_unused_peers();
  FlowIndex draw_flow(int family, uint32_t query_before);
  static uint64_t tcp_key(PeerIndex peer, uint16_t id) { return uint64_t{peer} << 16 | id; }

  // walk_limits.cc
  // False: it ended, for want of budget, or waits for a token.
  bool pay(uint32_t walk, const Address& server, unsigned packets);
  bool has_place(const Peer& peer) const { return peer.awaited + peer.woken < options_.in_flight_per_server; }
  bool is_crowded(const Candidate& candidate);
  void wait_for_peer(uint32_t walk, PeerIndex peer);
  void free_left_places();
  void wake_waiting(PeerIndex peer);
  void pace(PeerIndex peer, Instant at);
  void wake_limited();
  Instant next_token(Instant now) const;

  // walk_responses.cc
  bool on_message(uint32_t query, std::span<uint8_t> octets);
  void take_response(uint32_t walk, const Query& query);
  void on_truncated(uint32_t walk, const Query& query);
  void ask_over_tcp(uint32_t walk, const Query& query, TcpReason reason);
  void on_rcode(uint32_t walk, const Query& query);
  void on_tcp_failed(const Query& query);
  void on_meaning(uint32_t walk, const Query& query);
  void blame_once(uint32_t walk, const Query& query, std::string_view code);
  void blame(uint32_t walk, const Query& query, std::string_view code);
  void store(const Walk& walk);
  void put(const Walk& walk, RRType type, uint32_t ttl_s, bool with_authority);

  // walk_suspects.cc
  void look_for_near_miss(FlowIndex flow, const Address& source, std::span<uint8_t> octets);
  void on_near_miss(uint32_t query);
  bool withdraw(uint32_t walk);
  bool take_doubted(uint32_t walk, const Query& query);  // false: any case will do
  void settle_doubt(uint32_t walk, const Query& query);
  uint32_t content_digest() const;

  // walk_expect.cc
  void expect_place(uint64_t hash) const;

  // walk_trace.cc: nothing is done where no trace is wanted, which the hot path asks first
  static TraceOutcome outcome_of(const Walk& walk, Meaning meaning);
  TraceStep* add_step(const Walk& walk);
  void trace_query(uint32_t query);
  void trace_response(const Query& query, TraceOutcome outcome, std::string_view code = {});
  void trace_cached(const Walk& walk, Octets zone);  // what response_ means
  void trace_known_cut(const Walk& walk);
  void trace_shared(const Walk& walk, const Walk& other);

  // walk_results.cc
  void finish(uint32_t walk, const Query* query);  // with what response_ means
  void append_server_name(const Walk& walk, Address address, std::string& out) const;
  void fail(uint32_t walk);
  void fail_with(uint32_t walk, const End& end);
  void remember_failure(const Walk& walk, const End& end);
  bool take_failure(uint32_t walk);  // true: it ended, as it did shortly before
  End end_of(const Walk& walk) const;
  void deliver(uint32_t walk, Response& response);
  void deliver_invalid(const Question& question);
  void hand_over(Response& response, Octets name, std::string_view token, uint64_t tag);
  void end(uint32_t walk);

  IterativeOptions options_;
  Hierarchy& hierarchy_;
  RateLimit& rate_;  // of all packets, of all workers
  EngineNetwork& network_;
  EngineSink& sink_;
  Random& random_;
  QueryBuilder builder_;
  CacheShard cache_;
  Instant now_;
  WallTime wall_{};
  Duration stalled_{0};

  Slab<Walk> walks_;
  Slab<Query> queries_;
  Slab<Budget> budgets_;
  Slab<Peer> peers_;
  TimerWheel<Hooks> timers_;
  size_t lines_ = 0;
  ProbeTable open_;                                   // open_key() -> query
  absl::flat_hash_map<uint64_t, uint32_t> tcp_open_;  // tcp_key() -> query
  ProbeTable asked_;                                  // upper half of a question's hash -> walk: the leaders
  absl::flat_hash_map<Address, PeerIndex> peer_index_;
  std::deque<PeerIndex> unused_peers_;  // freed later: their sends may not have left, they may be asked again
  ProbeTable claims_;  // upper half of Walk::claim -> walk: who asks for the cut
  absl::flat_hash_map<uint64_t, Instant> no_cuts_;  // what is no cut, by CutClaims::hash_of, and until when
  NameMap<Instant> no_address_;     // by question_key(): name servers that have none, and until when
  NameMap<FailedQuestion> failed_;  // by question_key()
  uint32_t priming_ = no_walk;      // asks for the root's servers
  std::deque<Ready> ready_;
  std::deque<uint32_t> limited_;                     // walks that wait for tokens
  std::priority_queue<PeerDue> paced_;               // peers whose walks wait for a token, on the real clock
  std::priority_queue<PeerDue> left_;                // places of queries left unanswered, on the engine's
  std::vector<std::pair<Instant, unsigned>> taken_;  // tokens: when, and for how many packets
  std::vector<Candidate> candidates_;
  std::vector<Candidate> last_resort_;
  std::string_view lame_code_;      // of a server that would be one but for that
  TcpShare tcp_share_;
  std::vector<PeerIndex> crowded_;  // peers that would be candidates but for that
  std::vector<uint8_t> scratch_;
  Message message_;          // the response in work, and
  ServerResponse response_;  // what it means
  std::vector<Record> joined_;
  std::string qname_text_;
  std::string server_name_text_, zone_text_;
  Stats counters_;
};

}  // namespace dnswarm

#endif  // DNSWARM_ITERATIVE_ITERATIVE_ENGINE_H_
