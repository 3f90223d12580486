// Checking resolvers: is this one honest, what can it do, how fast is it? And watching those in use.
//
//   dnswarm::ResolverCheckOptions options;
//   options.resolvers = {"192.0.2.53", "198.51.100.53"};
//   std::string error;
//   auto check = dnswarm::ResolverCheck::create(options, &error);
//   if (check) for (auto& finding : check->run(&error).findings) { ... finding.good() ... }
//
// What is asked and what each verdict rests on: docs/architecture.md, "Checking resolvers".
#ifndef DNSWARM_RESOLVER_CHECK_H_
#define DNSWARM_RESOLVER_CHECK_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dnswarm/options.h"
#include "dnswarm/types.h"

namespace dnswarm {

// A name with the same answer everywhere and for years. Names whose answers depend on who asks do not belong
// here; where they do, the check notices and sets them aside.
struct KnownName {
  std::string name;  // presentation format
  RRType type = RRType::A;
  std::vector<std::string> data;  // RDATA in presentation format: the right answer; empty: by quorum
};

// Operators' own names of their services, whose addresses are what they are known for.
std::vector<KnownName> default_known_names();
// Zones in which a random label certainly does not exist: registries, and names without a wildcard.
std::vector<std::string> default_absent_zones();
// Resolvers of three operators, so that there is a majority: "1.1.1.1", "8.8.8.8", "9.9.9.9".
std::vector<std::string> default_trusted();

struct ResolverCheckOptions {
  std::vector<std::string> resolvers;  // as Options::upstreams; duplicates are merged. 1-1,000,000
  std::vector<std::string> trusted;    // whose answers set the standard; empty: the list's own majority
  std::vector<KnownName> known = default_known_names();            // 1-50
  std::vector<std::string> absent_zones = default_absent_zones();  // 1-50
  std::string signed_name = ".";  // asked for SOA with DO set: a zone that is signed

  // The core (known names, random names) only: what --validate-resolvers needs to know at start.
  bool core_only = false;

  std::chrono::milliseconds timeout{2000};  // for each query. 50-60,000
  unsigned attempts = 3;                    // queries for each question. 1-20
  std::chrono::milliseconds deadline{0};    // for all of it; what is open then has no answer. 0: none
  unsigned in_flight = 1000;                // queries open at once. 1-30,000
  double rate = 5000;                       // packets a second over all. 0: no limit. 0.01-100,000,000
  double rate_per_resolver = 50;            // queries a second to each. 0.01-100,000,000

  // What a good one must have; all others are faults only where they are dishonest or silent.
  bool require_edns = false, require_tcp = false, require_dnssec = false, require_0x20 = false;
  double loss_percent_max = 30;  // 0-100
  double latency_ms_max = 0;     // of the median; 0: any
  double score_min = 0;          // 0-100
  unsigned rate_test =
      0;  // queries in one second to each good resolver, to see what it bears. 0: none; at most 10,000

  std::string source_address;  // local address to send from; empty: the kernel chooses
  Io io = Io::automatic;
  IoFeatureMask io_features;
};

enum class ResolverFaultCode : uint8_t {
  not_checked,  // the check was stopped first
  silent,
  refuses,
  lies,
  hides_nxdomain,
  rewrites,
  fails,
  lossy,
  slow,
  no_edns,
  no_tcp,
  no_dnssec,
  no_0x20,
  low_score,
};
inline constexpr size_t resolver_fault_codes = 14;
std::string_view code_text(ResolverFaultCode code);  // "hides_nxdomain": stable

struct ResolverFault {
  ResolverFaultCode code{};
  std::string text;  // the evidence, in words
};

// One question to one resolver, and what came of it.
struct ResolverAnswer {
  std::string name;  // as it was sent
  RRType type{};
  std::string_view purpose;           // known, absent, edns, dnssec, 0x20, tcp
  std::string status;                 // RCODE, TIMEOUT, INVALID_RESPONSE, NOT_SENT, UNFINISHED, NOT_ASKED
  std::vector<std::string> answers;   // RDATA of the type asked for, or "CNAME x" where that is all; sorted
  std::vector<std::string> expected;  // of a known name; empty where there is no standard
  std::string_view judged;            // right, lie, hidden, rewritten, no_answer, no_proof, answered; static
  unsigned queries = 0, lost = 0;
  std::chrono::microseconds rtt{0};
};

// Everything that was found out about one resolver. Optional values: it was not asked.
struct ResolverFinding {
  std::string resolver;               // as it was given
  std::vector<ResolverFault> faults;  // the gravest first; empty: a good one
  double score = 0;                   // 0-100, for ranking: see judge.cc
  unsigned queries = 0, lost = 0;     // over UDP
  std::chrono::microseconds latency{0}, latency_min{0}, latency_max{0};  // median; 0: nothing came
  unsigned absent_asked = 0, absent_right = 0,
           absent_lies = 0;  // names that do not exist, that prove something
  unsigned known_asked = 0, known_right = 0, known_wrong = 0;
  std::optional<bool> recursion, edns, dnssec, validates, letter_case, tcp;
  std::optional<double> rate_borne;  // queries a second that it answered, at most rate_test
  std::vector<ResolverAnswer> answers;

  bool good() const { return faults.empty(); }
  double loss_percent() const { return queries == 0 ? 0 : 100.0 * lost / queries; }
};

struct ResolverCheckReport {
  std::vector<ResolverFinding> findings;  // in the order of the list
  std::vector<std::string> notes;         // what proved nothing in this run, and why: a sentence each
  uint64_t queries = 0;                   // to all, the trusted included; TCP queries among them
  double seconds = 0;
  bool cancelled = false;

  // Indices of the good ones, best first: by score, then by latency, then in the order of the list.
  std::vector<size_t> ranking() const;
};

class ResolverCheck {
 public:
  // Checks the options. On failure returns null and puts a sentence into *error.
  static std::unique_ptr<ResolverCheck> create(const ResolverCheckOptions& options, std::string* error);
  ~ResolverCheck();
  ResolverCheck(const ResolverCheck&) = delete;
  ResolverCheck& operator=(const ResolverCheck&) = delete;

  // Runs to the end; once. Where sockets cannot be opened, *error says why and the report is empty.
  ResolverCheckReport run(std::string* error);
  void cancel();  // ends it soon; from any thread
  struct Progress {
    size_t resolvers = 0, finished = 0;
    uint64_t queries = 0;
  };
  Progress progress() const;  // from any thread

 private:
  class Impl;
  explicit ResolverCheck(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct ResolverWatchOptions {
  std::vector<std::string> resolvers;
  std::vector<std::string> absent_zones = default_absent_zones();  // two or more
  std::vector<KnownName> known;  // with their data; none: only names that do not exist are asked for
  std::chrono::milliseconds interval{
      10'000};  // between two looks at one resolver; longer where `rate` wants it
  std::chrono::milliseconds timeout{2000};
  double rate = 500;  // packets a second over all
  std::string source_address;
  Io io = Io::automatic;
  IoFeatureMask io_features;
};

// Asks each resolver for names that do not exist, and for known ones, from a thread of its own.
class ResolverWatch {
 public:
  // A resolver (index into the options' list) that was wrong twice in a row: `lies` or `rewrites`, and what
  // it said. Once for each; from the watch's thread.
  using OnLiar = std::function<void(size_t resolver, const ResolverFault& fault)>;

  // Starts. On failure returns null and puts a sentence into *error.
  static std::unique_ptr<ResolverWatch> start(const ResolverWatchOptions& options, OnLiar on_liar,
                                              std::string* error);
  ~ResolverWatch();  // ends the thread
  ResolverWatch(const ResolverWatch&) = delete;
  ResolverWatch& operator=(const ResolverWatch&) = delete;

  uint64_t queries() const;  // sent so far; from any thread

 private:
  class Impl;
  explicit ResolverWatch(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dnswarm

#endif  // DNSWARM_RESOLVER_CHECK_H_
