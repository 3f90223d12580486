// dnswarm's load source: asks one server at a set pace and says how it answered. For benchmarks of
// servers, where Resolver is for getting answers: no cache, no retry, no other upstream. Every
// query is sent once and ends as answered, lost, or not finished.
//
//   dnswarm::LoadOptions options;
//   options.server = "192.0.2.53";
//   options.mode = dnswarm::LoadMode::open;
//   options.rate = 20'000;
//   dnswarm::LoadNames names;
//   names.add("www.example.com", dnswarm::RRType::A);
//   std::string error;
//   if (auto load = dnswarm::Load::create(options, std::move(names), &error)) {
//     dnswarm::LoadReport report = load->run();
//   }
#ifndef DNSWARM_LOAD_H_
#define DNSWARM_LOAD_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dnswarm/options.h"
#include "dnswarm/types.h"

namespace dnswarm {

enum class LoadMode : uint8_t {
  closed,  // `in_flight` queries are open at any time; an answer or a timeout lets the next one go
  open,    // queries leave by a schedule, whatever comes back. Latency counts from the scheduled time,
           // so a server that stalls cannot hide it by slowing us down (no coordinated omission)
  ramp,    // open-loop steps at rising rates: the highest one with loss below a bound
};

// The questions of a run: a list, or a pattern that gives a new name each time.
class LoadNames {
 public:
  LoadNames();
  ~LoadNames();
  LoadNames(LoadNames&&) noexcept;
  LoadNames& operator=(LoadNames&&) noexcept;

  // What is wrong with a name: a stable code ("label_too_long") and the rule in words, both static.
  struct Fault {
    std::string_view code;  // empty: nothing
    std::string_view text;
  };

  // Adds a question to the list, by the rules of Resolver::submit (IDNA, and an IP address stands
  // for its reverse name where the type is PTR). Costs the name in wire format and 10 octets.
  [[nodiscard]] Fault add(std::string_view name, RRType type);
  uint64_t size() const;  // of the list

  // In place of a list. In `pattern`
  //   {n}      counts from 0 up (over all workers; from 10^12 on it starts again), {n:W} with at
  //            least W digits, 1-12
  //   {r:MAX}  is a random number from 0 to MAX - 1, MAX 1-10^12
  //   {x:W}    is W random letters and digits, 1-63
  // Several may stand in one pattern. Each name is asked for with one of `types` (1 or more) in turn.
  // Returns the rule that is broken, or nothing.
  [[nodiscard]] std::string set_pattern(std::string_view pattern, std::vector<RRType> types);

  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// All defaults and ranges. Load::create checks them and names the field, the value and the range.
struct LoadOptions {
  std::string server;          // "192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:5353"
  std::string source_address;  // local address to send from; empty: the kernel chooses
  bool tcp = false;            // TCP (RFC 7766): pipelined; a connection that is lost is opened again

  // --- how much ------------------------------------------------------------------------------------
  LoadMode mode = LoadMode::closed;
  unsigned in_flight = 0;  // closed: queries open at once over all workers. 0: 1,000.
                           // open, ramp: at most so many; what is due beyond that leaves late. 0: 100,000.
                           // 1-1,000,000
  double rate = 0;         // open: queries a second over all workers. 0.01-100,000,000
  double ramp_from = 0;    // ramp: the first step's rate, and the last one's. 0.01-100,000,000
  double ramp_to = 0;
  unsigned ramp_steps = 10;     // evenly spaced, both ends included. 2-1,000
  double loss_percent_max = 0.1;  // ramp: a step with more loss has failed. 0-100

  // --- how long ------------------------------------------------------------------------------------
  // Sending ends after `duration` or after `queries`, whichever is first; then answers are waited for
  // until each came or timed out. 0: no such end; where both are 0, 10 s. ramp: of each step (0:
  // 5 s), and `queries` must be 0. At most 7 days.
  std::chrono::milliseconds duration{0};
  uint64_t queries = 0;
  // From the sending of a query: later answers are late, and the query is lost. 1-600,000 ms
  std::chrono::milliseconds timeout{5000};

  // --- what to ask ---------------------------------------------------------------------------------
  RRClass rrclass = RRClass::IN;
  bool recursion_desired = true;
  bool authentic_data = false;
  bool checking_disabled = false;
  bool edns = true;
  bool dnssec_ok = false;
  bool nsid = false;
  std::string client_subnet;          // "192.0.2.0/24"; empty: none
  uint16_t udp_payload_octets = 1232;  // 512-4096
  std::optional<uint64_t> seed;        // of random names; none: from the kernel

  // --- how to reach the kernel ---------------------------------------------------------------------
  unsigned workers = 1;  // threads with a loop each. 1-256
  // UDP sockets, or TCP connections, of each worker. 0: UDP, as many as it takes that the receive
  // buffers hold what is in flight, at least 4; TCP, 4. 1-1,000
  unsigned sockets = 0;
  // Workers never sleep: sends leave on time and answers are seen at once, to a few microseconds, where
  // waking up costs tens of them. Each takes a core for itself.
  bool busy_poll = false;
  Io io = Io::automatic;
  IoFeatureMask io_features;
};

// The ranges above as values.
struct LoadLimits {
  static constexpr unsigned in_flight_max = 1'000'000;
  static constexpr unsigned in_flight_closed = 1'000;
  static constexpr unsigned in_flight_open = 100'000;
  static constexpr unsigned sockets_max = 1'000;
  static constexpr unsigned ramp_steps_max = 1'000;
  static constexpr unsigned timeout_ms_max = 600'000;
  static constexpr std::chrono::seconds duration_default{10};
  static constexpr std::chrono::seconds ramp_step_default{5};
  static constexpr std::chrono::hours duration_max{7 * 24};
};

// Every query that was due is in exactly one of: answered, timed_out, connection_lost, send_errors,
// unfinished (sent = the sum of these less send_errors), and not_sent.
struct LoadCounts {
  uint64_t sent = 0;
  uint64_t answered = 0;         // in time, and ID and question were what was asked
  uint64_t answered_while_sending = 0;  // those of them that came before sending ended
  uint64_t timed_out = 0;
  uint64_t connection_lost = 0;  // TCP: the connection ended first
  uint64_t unfinished = 0;       // still open when the run was stopped by cancel()
  uint64_t send_errors = 0;      // the kernel did not take it (send buffer full, port closed, no route)
  uint64_t not_sent = 0;         // open loop: due, but we had not got to it when sending ended

  // Datagrams and messages that answered nothing.
  uint64_t late = 0;         // the query had timed out
  uint64_t duplicate = 0;    // it was answered already
  uint64_t unmatched = 0;    // no query with this ID was open on this port, or not with this question
  uint64_t malformed = 0;    // not a response, or cut off

  uint64_t truncated = 0;       // answers with TC set
  uint64_t octets_sent = 0;     // DNS messages, without headers of lower layers
  uint64_t octets_received = 0;
  uint64_t icmp_errors = 0;     // errors pending on our sockets: port unreachable and the like
  uint64_t connects = 0;        // TCP: connections opened, and those of them in place of a lost one
  uint64_t reconnects = 0;
  uint64_t socket_drops = 0;    // datagrams the kernel dropped at our sockets (SO_MEMINFO)
  uint64_t by_rcode[16] = {};   // of answers; the header's four bits

  uint64_t lost() const { return timed_out + connection_lost; }
};

// Latencies by a histogram whose buckets are less than 0.8 % wide; minimum, mean and maximum are exact.
struct LoadLatency {
  static constexpr std::array<double, 7> quantiles = {0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999};

  uint64_t count = 0;
  double min_us = 0, mean_us = 0, stddev_us = 0, max_us = 0;  // 0 where nothing was counted
  std::array<double, 7> quantile_us = {};
  // The non-empty buckets by rising latency: for plots, or to join several runs.
  struct Bucket {
    double us = 0;  // its middle
    uint64_t count = 0;
  };
  std::vector<Bucket> buckets;
};

// What happened in one second of a run.
struct LoadSecond {
  uint32_t second = 0;  // from the start
  uint64_t sent = 0, answered = 0, lost = 0;
  double p50_us = 0, p99_us = 0;  // of what was answered in it
};

// A sign that we, not the server, set the limit: then the figures say nothing about the server.
struct LoadClientLimit {
  std::string_view code;  // core_busy, core_shared, sends_late, in_flight_full, socket_drops, send_buffer
  std::string text;
};

// One run at one rate, or in a closed loop.
struct LoadResult {
  double rate_wanted = 0;      // open loop: the schedule's
  double seconds = 0;          // of sending
  double seconds_in_all = 0;   // with the wait for the last answers
  double cpu_seconds = 0;      // of this process, user and system, over seconds_in_all
  LoadCounts counts;
  LoadLatency latency;         // closed: from sending; open: from the scheduled time
  LoadLatency from_send;       // open: from sending, for comparison
  LoadLatency lateness;        // open: from the scheduled time to sending
  std::vector<LoadSecond> series;
  double core_busy = 0;        // the busiest worker: share of the time of sending that it ran,
  double core_waiting = 0;     // and, of any worker, that it waited for a core
  std::vector<LoadClientLimit> client_limits;  // empty: none was seen
  bool passed = false;         // ramp: the rate was kept, and no more was lost than the bound allows

  double send_rate() const { return seconds > 0 ? static_cast<double>(counts.sent) / seconds : 0; }
  // Not of all answers: those to the last queries come when none are sent any more.
  double answer_rate() const {
    return seconds > 0 ? static_cast<double>(counts.answered_while_sending) / seconds : 0;
  }
  double loss_percent() const {
    return counts.sent > 0 ? 100.0 * static_cast<double>(counts.lost()) / static_cast<double>(counts.sent)
                           : 0;
  }
};

struct LoadReport {
  std::vector<LoadResult> results;  // one; ramp: the steps in the order they were run
  // ramp: index of the step with the highest rate that passed; none where all failed. Its rate is the
  // server's limit only where a higher step failed by loss, with no client limit: see ramp_verdict.
  std::optional<size_t> best;
  enum class RampVerdict : uint8_t {
    none,         // no ramp, or it was stopped
    server,       // a step above the best one lost more than the bound
    client,       // above the best step we could not keep up: the server's limit is not known
    not_reached,  // the last rate of the ramp passed
  };
  RampVerdict ramp_verdict = RampVerdict::none;
  bool cancelled = false;
};

class Load {
 public:
  // Checks the options and prepares the queries. On failure returns null and puts one sentence that
  // names the option, the value and the rule into *error.
  static std::unique_ptr<Load> create(const LoadOptions& options, LoadNames names, std::string* error);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  // Runs to the end; once. Where sockets cannot be opened, *error says why and the report is empty.
  LoadReport run(std::string* error);
  // Ends the run soon; what is open is counted as unfinished. From any thread, at any time.
  void cancel();

  // The last whole second, and the wanted rate of the step that runs; from any thread.
  struct Progress {
    std::optional<LoadSecond> second;
    double rate_wanted = 0;
  };
  Progress progress() const;
  std::string_view io_text() const;  // "io_uring (min_wait, gso)", once run() has started

 private:
  class Impl;
  explicit Load(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dnswarm

#endif  // DNSWARM_LOAD_H_
