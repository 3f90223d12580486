// --validate-resolvers: the upstreams of a run are checked before its first name, and watched while it lasts.
//
// At start each is asked as `check-resolvers` does it, the core alone (known names, names that do not exist),
// without trusted resolvers: whom to ask is the user's to say. It takes 3 s at most, and longer only where
// the list is too long for the rate. Those with a fault are left out with a note; where none is left the run
// stops. Then all others are watched (ResolverWatch), and left out where they begin to lie
// or to rewrite.
//
// The packets of both come out of --rate and --rate-per-upstream: the resolver gets what the watch leaves.
#ifndef DNSWARM_CLI_UPSTREAM_GUARD_H_
#define DNSWARM_CLI_UPSTREAM_GUARD_H_

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/stop.h"
#include "dnswarm/resolver.h"
#include "dnswarm/resolver_check.h"

namespace dnswarm::cli {

struct LeftOutUpstream {
  std::string address;
  std::chrono::system_clock::time_point at;
  bool at_start = false;  // else in mid-run
  std::string code;       // of ResolverFaultCode
  std::string text;       // the evidence
};

class UpstreamGuard {
 public:
  static constexpr double rate_min = 4;  // of the limits that are given

  // The options for the resolver.
  static Options share_rates(const Flags& flags);

  // All of them must outlive this. Does nothing where the flags do not ask for it.
  UpstreamGuard(const Flags& flags, Resolver& resolver, Stop& stop);
  ~UpstreamGuard();

  // Checks, and begins to watch. Requests a stop where no upstream is left.
  void start();
  void cancel();  // ends the check soon; from any thread
  void finish();  // ends the watch; once the resolver has finished

  const std::vector<LeftOutUpstream>& left_out() const { return left_out_; }  // after finish()
  uint64_t queries() const { return queries_; }

 private:
  ResolverCheckReport check();
  void leave_out_bad(const ResolverCheckReport& report);
  void watch(const ResolverCheckReport& report);
  void on_liar(size_t resolver, const ResolverFault& fault);

  const Flags& flags_;
  Resolver& resolver_;
  Stop& stop_;
  std::mutex mutex_;  // guards check_ against cancel()
  std::unique_ptr<ResolverCheck> check_;
  bool cancelled_ = false;
  std::vector<size_t> watched_;  // the watch's resolvers, as upstreams
  std::vector<LeftOutUpstream> left_out_;
  uint64_t queries_ = 0;
  std::unique_ptr<ResolverWatch> watch_;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_UPSTREAM_GUARD_H_
