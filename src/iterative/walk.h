// A question on its way down the hierarchy, and what it may cost.
#ifndef DNSWARM_ITERATIVE_WALK_H_
#define DNSWARM_ITERATIVE_WALK_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/timer_wheel.h"
#include "dns/name.h"
#include "dnswarm/response.h"
#include "dnswarm/trace.h"
#include "engine/answer_chain.h"
#include "engine/engine.h"
#include "iterative/cut.h"
#include "iterative/delegation.h"

namespace dnswarm {

inline constexpr uint32_t no_walk = UINT32_MAX;
inline constexpr uint32_t no_query = UINT32_MAX;

// What one line of input may cost, all the walks it causes together (NXNSAttack, 2020). Unbound sends at most
// 32 + 200, PowerDNS 50 for a client's query, with 10 address look-ups.
inline constexpr unsigned line_packets_max = 64;
inline constexpr unsigned line_address_walks_max = 16;
inline constexpr unsigned walk_depth_max = 5;   // walks for addresses for walks for addresses ...
inline constexpr unsigned walk_links_max = 16;  // CNAME and DNAME links, over all responses
// Of one address that stays silent, at one cut, until it rests: with waits that double from the floor of 50
// ms these take 9 s.
inline constexpr unsigned server_tries_max = 8;

// What a line went through, all its walks together.
struct Trace {
  Instant began{};
  std::vector<TraceStep> steps;
};

// Shared by the walks of one line; freed with the last of them.
struct Budget {
  unsigned packets = 0;
  unsigned address_walks = 0;
  unsigned walks = 0;
  Instant deadline = never;      // from the first packet on
  std::unique_ptr<Trace> trace;  // null: not wanted
};

// Why a server is asked over TCP.
enum class TcpReason : uint8_t { truncated, doubted, suspected };

// A query that was sent. It stays until its walk ends or leaves the cut, answered or not: so that what comes
// late or for the second time is known to be no guess at another one.
struct Query {
  uint32_t walk = no_walk;
  uint32_t next = no_query;  // of the same walk
  uint32_t next_of_peer = no_query;
  uint32_t before_of_peer = no_query;
  PeerIndex peer = 0;
  Instant sent_at{};
  Instant due{};  // when its time is over
  FlowIndex flow = 0;
  uint16_t id = 0;
  bool tcp = false;
  bool edns = false;
  bool silent = false;      // it is over
  bool shut = false;        // no response to it is taken any more
  uint16_t trace_step = 0;  // where there is a trace
  uint32_t case_bits = 0;   // of the question as it was sent
};

// A name and a type as one key.
inline NameOctets question_key(Octets name, RRType type) {
  NameOctets key = octets_of(name);
  key.push_back(static_cast<char>(static_cast<uint16_t>(type) >> 8));
  key.push_back(static_cast<char>(static_cast<uint16_t>(type) & 0xff));
  return key;
}

// What of a walk is plain data: it starts anew as a whole.
struct WalkState {
  enum class Phase : uint8_t {
    idle,
    ready,      // in the queue of those that can go on
    stepping,   // going on right now
    asked,      // a query is open
    waiting,    // for another walk: `waits_on`
    limited,    // waits for a token of the rate limit
    crowded,    // waits for its turn at a server that has enough open, or gets enough packets
    elsewhere,  // another worker finds out about the cut
    follower,   // an equal question is being walked by another line
  };

  // --- what is asked -------------------------------------------------------------------------------
  uint64_t tag = 0;
  uint64_t hash = 0;  // of the question it was made for
  RRType type{};
  bool is_line = false;          // else the walk is for a name server's address
  uint32_t followers = no_walk;  // lines with the same question, by next_follower
  uint32_t next_follower = no_walk;

  // --- where it is ---------------------------------------------------------------------------------
  Phase phase = Phase::idle;
  uint32_t waits_on = no_walk;
  uint32_t budget = 0;
  uint8_t depth = 0;
  uint8_t links = 0;
  bool leader = false;        // is in the index of questions
  bool from_network = false;  // at least one step was not answered from the cache
  bool late = false;          // a query of this cut was not answered in time
  uint64_t claim = 0;         // CutClaims::hash_of the cut it is finding out about, for others too; 0: none
  uint8_t claim_octets = 0;   // of that name
  bool claimed_for_all = false;     // holds the claim for other workers, too
  Instant elsewhere_until = never;  // until when another worker is waited for; never: nobody yet
  uint8_t asked_at = 0;      // what is asked of the cut's servers begins there in `name`; 0: `name` itself
  uint8_t uncut_octets = 0;  // the last so many octets of `name` are known to be no cut
  uint8_t minimised = 0;     // questions asked with less than the name
  bool whole_name = false;   // the cut's servers do not take less
  bool tcp_edns = false;
  TcpReason tcp_reason{};
  uint32_t doubted_digest = 0;  // of what doubted_peer said over UDP, in letters of another case
  PeerIndex doubted_peer = 0;
  bool any_case = false;        // of letters is taken from now on: TCP cannot tell
  uint8_t tcp_failures = 0;     // at this cut, of those that were to tell
  uint8_t suspects = 0;         // at this cut: times it was asked anew because somebody seemed to guess
  Address tcp_server;     // to be asked over TCP next, `tcp_edns`; without family: none
  uint64_t resolved = 0;  // which of the cut's name servers were looked up: two bits each, A and AAAA

  // --- how it went ---------------------------------------------------------------------------------
  uint32_t queries = no_query;  // newest first
  uint16_t sent = 0;
  Instant due{};
  bool has_last_rcode = false;
  Rcode last_rcode{};
  bool failed_before = false;       // so recently that it was not tried again
  bool out_of_budget = false;       // its line had no packets or look-ups left
  bool out_of_time = false;         // its line's deadline came
  bool lookup_timed_out = false;    // of a name server's address
  bool asked_parent = false;        // of an old cut whose servers all failed
  Failure failure = Failure::none;  // once it ended
  std::string_view last_code;       // of the last lame or broken response; static
};

struct Walk : WalkState {
  struct Tried {
    Address address;
    uint8_t times = 0;
    bool out = false;  // lame, or answered with what it should not; or:
    bool no_route = false;  // the last query could not leave
  };

  Name question;                       // that it was made for; chains lead away from it
  Name name;                           // what is asked for now
  std::string token;                   // as Question's
  std::vector<uint32_t> dependents;    // walks that wait for this one's addresses
  std::vector<uint32_t> cut_waiters;   // walks that wait for the cut it is finding out about
  Cut cut;                             // whose servers are asked; none: to be looked up
  NameServers learnt;                  // addresses of the cut's name servers that had no glue
  std::vector<Tried> tried;            // at this cut
  std::unique_ptr<AnswerChain> chain;  // links so far
  TimerHook timer;

  Octets asked_name() const { return name.wire().subspan(asked_at); }
  RRType asked_type() const { return asked_at == 0 ? type : RRType::A; }

  // Nothing leads to any server that was to be asked at this cut.
  bool is_cut_off() const {
    return !tried.empty() &&
           std::all_of(tried.begin(), tried.end(), [](const Tried& t) { return t.no_route; });
  }

  // Null where it was not asked at this cut.
  Tried* find_tried(const Address& server) {
    const auto found =
        std::find_if(tried.begin(), tried.end(), [&](const Tried& t) { return t.address == server; });
    return found == tried.end() ? nullptr : &*found;
  }
  const Tried* find_tried(const Address& server) const { return const_cast<Walk*>(this)->find_tried(server); }

  // For the next one: memory that it will need again stays.
  void reset() {
    static_cast<WalkState&>(*this) = WalkState();
    token.clear();
    dependents.clear();
    cut_waiters.clear();
    cut = Cut();
    learnt.clear();
    tried.clear();
    chain.reset();
  }
};

}  // namespace dnswarm

#endif  // DNSWARM_ITERATIVE_WALK_H_
