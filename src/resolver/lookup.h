// The state of one lookup (a question from input to result) and of its attempts.
#ifndef DNSWARM_RESOLVER_LOOKUP_H_
#define DNSWARM_RESOLVER_LOOKUP_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/octets.h"
#include "base/timer_wheel.h"
#include "dns/name.h"
#include "dnswarm/response.h"
#include "engine/answer_chain.h"
#include "engine/engine.h"
#include "resolver/unusable.h"
#include "upstream/attempt_result.h"
#include "upstream/upstream_pool.h"

namespace dnswarm {

inline constexpr uint32_t no_index = UINT32_MAX;
inline constexpr unsigned cname_links_max = 16;
inline constexpr unsigned packets_max = 16;  // one name costs at most so many, whatever happens

struct Attempt {
  uint32_t lookup = no_index;
  uint32_t next = no_index;  // of the same lookup, newest first
  Instant sent_at{};
  UpstreamIndex upstream = 0;
  FlowIndex flow = 0;
  uint16_t id = 0;
  bool tcp = false;
  bool edns = false;
  bool open = false;      // an answer would be taken
  bool reported = false;  // the pool knows its result, which is:
  AttemptResult result{};
  bool with_cookie = false;
  uint32_t case_bits = 0;  // of the question as it was sent
};

// A CNAME chain that the upstream left open: what it gave so far, and where it goes on.
struct Chain : AnswerChain {
  Name current;
  unsigned links = 0;
};

// Whether it ends because everybody said no: that waits a moment, once, where they may have got too much.
enum class Verdict : uint8_t { none, awaited, final };

// Which habit of its upstream (habit.h) a response lacked.
enum class Doubt : uint8_t { none, letters, cookie };

// The search list applied to one name: what to ask, in order (resolv.conf(5): search, ndots).
struct Search {
  std::vector<Name> candidates;
  size_t next = 0;
};

// Extended errors of a failed attempt, kept for the row (RFC 8914).
struct KeptErrors {
  std::vector<std::pair<uint16_t, std::string>> errors;
};

// What a lookup has been through: plain data, so that a slot starts afresh with one assignment.
struct LookupCourse {
  enum class State : uint8_t {
    idle,
    queued,   // waits for an upstream or tokens
    pausing,  // waits for its timer, then asks again
    asked,    // at least one attempt is open
    waiter,   // an equal question is being asked by `leader`'s lookup
  };

  Instant due{};         // what the timer was armed for: a wheel may fire spuriously
  uint64_t tag = 0;
  uint64_t hash = 0;
  Instant deadline = never;  // from the first transmission on
  Instant waiting_since{};
  uint32_t attempts = no_index;   // newest first
  uint32_t waiters = no_index;    // equal questions, by `next_waiter`
  uint32_t next_waiter = no_index;
  RRType type{};
  State state = State::idle;
  uint8_t tries = 0;       // attempts that count against the option (throttled ones do not)
  uint8_t packets = 0;     // all of them
  uint8_t queries = 0;     // sent for the row's "attempts"
  uint8_t servfails = 0;
  uint8_t throttles = 0;
  uint8_t qname_octets = 0;
  uint8_t sent = 0;        // queries that left
  uint8_t lost_connections = 0;
  uint8_t suspects = 0;        // times it was asked anew because somebody seemed to guess its ID
  Doubt doubt = Doubt::none;   // about a response over UDP, whose content was:
  uint32_t doubted_digest = 0;
  UpstreamIndex doubted_upstream = 0;
  bool leader = false;     // is in the index of asked questions
  bool on_detour = false;  // is in the index of other names that are asked for, under:
  uint32_t detour_tag = 0;
  bool without_edns = false;    // plain_upstream refused EDNS: attempts there go without
  bool cookie_refused = false;  // BADCOOKIE came
  Verdict verdict{};
  bool got_tries_back = false;  // who said no had got too much
  bool tcp_had_nothing = false;  // after an empty TC: that was no matter of sizes
  bool over_tcp = false;        // the next attempt goes to last_upstream over TCP
  bool same_upstream = false;   // the next attempt goes to last_upstream again
  bool from_network = false;    // at least one step was not answered from the cache
  bool has_last_rcode = false;
  bool has_upstream = false;
  Rcode last_rcode{};
  int last_error = 0;  // errno of the last send or connect that failed
  UpstreamIndex last_upstream = 0;
  UpstreamIndex plain_upstream = 0;
  Unusable unusable = Unusable::no;  // why the last response was not taken
};

struct Lookup : LookupCourse {
  TimerHook timer;
  uint32_t ticket = 0;  // of its place in a queue; a stale place has another. Outlives the lookup
  std::array<uint8_t, 64> qname_inline;
  std::unique_ptr<uint8_t[]> qname_long;  // where 64 octets do not suffice
  std::string token;                      // as Question's
  std::unique_ptr<Chain> chain;
  std::unique_ptr<Search> search;
  std::unique_ptr<KeptErrors> kept_errors;

  Octets qname() const {
    return {qname_octets > qname_inline.size() ? qname_long.get() : qname_inline.data(), qname_octets};
  }
  void set_qname(Octets wire) {
    qname_octets = static_cast<uint8_t>(wire.size());
    if (wire.size() > qname_inline.size()) {
      qname_long = std::make_unique<uint8_t[]>(wire.size());
      std::memcpy(qname_long.get(), wire.data(), wire.size());
    } else {
      std::memcpy(qname_inline.data(), wire.data(), wire.size());
    }
  }
  // The slot is free again. Its timer may be armed still.
  void reset() {
    static_cast<LookupCourse&>(*this) = LookupCourse();
    // Long input is rare: its buffer does not stay.
    if (token.capacity() > 128) token = std::string();
    token.clear();
    if (qname_long) qname_long.reset();
    if (chain) chain.reset();
    if (search) search.reset();
    if (kept_errors) kept_errors.reset();
  }
  // What is to be asked now: the question, or where its chain goes on.
  Octets asked_name() const { return chain ? chain->current.wire() : qname(); }
};

static_assert(sizeof(Lookup) <= 352, "4,000 of these should stay within a core's second-level cache");

}  // namespace dnswarm

#endif  // DNSWARM_RESOLVER_LOOKUP_H_
