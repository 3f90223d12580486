// What can be wrong with an upstream, and the text that says so:
//
//   --fault 'WHERE:FAULT[,FAULT...]'
//   WHERE   *   127.0.0.2   127.0.0.2:5300   127.0.0.2-4   127.1.0.0/24   [::1]   [::1]:5300
//   PCT     5%  0.5%  100%     TIME  5ms  1.5s  200us
//
//   delay=DIST           every response is held back: 5ms, fixed:5ms, uniform:5-30ms,
//                        normal:20ms/5ms (mean/deviation, never below 0), bimodal (which is
//                        90%:5ms+9%:300ms+1%:2s), or such a list, its parts being any of these
//   loss=PCT             the query is lost on its way; loss-response=PCT: the response is
//   dup=PCT              the response comes twice
//   reorder=PCT          it comes up to 20 ms late
//   cap=N/s[:ACTION]     queries over N in any one second are dropped (drop, the default), or
//                        answered with refused, servfail or tc
//   cap-then=N/s@TIME    the cap is that from then on (from the ready line); needs cap=
//   refused[=PCT] servfail[=PCT] formerr-on-edns     instead of the answer
//   dead                 no answer at all, over UDP or TCP
//   dies-at=TIME returns-at=TIME     dead from then on, until then; from the ready line
//   closed               nothing listens: ICMP port unreachable, TCP reset
//   lame[=refused|referral]          answers REFUSED, or refers to the root
//   wrong-id[=PCT] wrong-source[=PCT] wrong-question[=PCT] garbage[=PCT] cut[=PCT]
//                        a forged or broken response goes first, the true one follows, unless
//                        `only` (wrong-source: from another port; cut: the last octets missing)
//   only                 the true one does not follow
//   lower-question[=PCT] the response has the question in lower case
//   lies[=PCT]           what does not exist (NXDOMAIN) has the address 192.0.2.66 or 2001:db8::66
//   rewrites[=PCT]       so has what exists, where an address is asked for
//   hides[=PCT]          what does not exist gets NOERROR without records
//   lies-at=TIME lies-after=N   these three begin then: from the ready line, or after N queries
//   no-edns no-dnssec    OPT in queries is ignored; DO is
//   tcp-dead             TCP is accepted and never answered
//   tcp-close[=PCT]      the TCP connection is closed instead of an answer
//   tcp-answers=N        it is closed after N answers, whatever else was asked on it
//
// The order is: dead, loss, cap, lame, refused, servfail, formerr-on-edns, answer, lies, rewrites, hides,
// loss-response, then the others, all independent of each other.
#ifndef DNSWARM_SIM_FAULTS_H_
#define DNSWARM_SIM_FAULTS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "rule.h"

namespace dnswarm::sim {

// SplitMix64: small, seeded, good enough to throw dice with.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  uint64_t next() { return mix64(state_ += 0x9e3779b97f4a7c15u); }
  double fraction() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }  // [0, 1)
  bool with(double probability) { return probability > 0 && fraction() < probability; }
  uint64_t below(uint64_t bound) { return next() % bound; }

 private:
  uint64_t state_;
};

class Delay {
 public:
  enum class Shape : uint8_t { fixed, uniform, normal };
  struct Part {
    double share;  // of all, 0-1
    Shape shape;
    Duration a;  // the time, the lower bound, or the mean
    Duration b;  // the upper bound, or the deviation
  };
  static std::optional<Delay> from_text(std::string_view text, std::string* error);
  bool none() const { return parts_.empty(); }
  Duration sample(Dice& dice) const;

 private:
  std::vector<Part> parts_;
};

enum class CapAction : uint8_t { drop, refused, servfail, tc };
enum class Lame : uint8_t { no, refused, referral };

struct FaultSpec {
  Delay delay;
  double loss = 0, loss_response = 0, dup = 0, reorder = 0;  // probabilities, 0-1
  double refused = 0, servfail = 0;
  double wrong_id = 0, wrong_source = 0, wrong_question = 0, garbage = 0, cut = 0;
  double lower_question = 0, tcp_close = 0;
  double lies = 0, rewrites = 0, hides = 0;
  bool formerr_on_edns = false, dead = false, closed = false, only = false, tcp_dead = false;
  bool no_edns = false, no_dnssec = false;
  std::optional<Duration> dies_at, returns_at, lies_at;
  unsigned lies_after = 0;  // queries that are answered truly first
  unsigned cap = 0;  // queries a second; 0: none
  CapAction cap_action = CapAction::drop;
  unsigned cap_then = 0;  // from cap_changes_at on
  std::optional<Duration> cap_changes_at;
  unsigned tcp_answers = 0;  // on one connection; 0: no bound
  Lame lame = Lame::no;

  bool any() const;
  bool dead_at(Duration since_start) const;
  // Whether lies, rewrites and hides hold: after so many queries, this one included.
  bool lies_now(Duration since_start, uint64_t queries) const {
    return (!lies_at || since_start >= *lies_at) && queries > lies_after;
  }
  unsigned cap_at(Duration since_start) const {
    return cap_changes_at && since_start >= *cap_changes_at ? cap_then : cap;
  }
  // Adds the faults of "loss=5%,dead" to this. False, and a sentence in *error, where it is
  // malformed.
  [[nodiscard]] bool add_text(std::string_view text, std::string* error);
};

// "127.0.0.2:loss=5%" -> "127.0.0.2" and "loss=5%".
struct FaultFlag {
  std::string_view where;
  std::string_view faults;
};
std::optional<FaultFlag> split_fault_flag(std::string_view flag);

// "5ms" -> 5,000,000 ns. A day at most.
std::optional<Duration> time_from_text(std::string_view text);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_FAULTS_H_
