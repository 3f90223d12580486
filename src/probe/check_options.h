// ResolverCheckOptions -> what a check works with, or why it cannot.
#ifndef DNSWARM_PROBE_CHECK_OPTIONS_H_
#define DNSWARM_PROBE_CHECK_OPTIONS_H_

#include <string>
#include <vector>

#include "dnswarm/resolver_check.h"
#include "probe/check_run.h"
#include "probe/prober.h"

namespace dnswarm {

std::string check_options_error(const ResolverCheckOptions& options);  // a sentence; empty where they fit

// The list's, then the trusted that are not in it; each address once. *error names the text that is no
// address, or the address that `source` cannot reach.
std::vector<CheckTarget> list_targets(const std::vector<std::string>& listed,
                                      const std::vector<std::string>& trusted, const Address& source,
                                      std::string* error);

// Of ResolverCheckOptions or ResolverWatchOptions.
template <typename AnyOptions>
ProberOptions prober_options_of(const AnyOptions& options, const Address& source,
                                const std::vector<CheckTarget>& targets) {
  ProberOptions prober;
  prober.timeout = options.timeout;
  prober.rate = options.rate;
  prober.source = source;
  prober.io = options.io;
  prober.io_features = options.io_features;
  prober.ipv4 = prober.ipv6 = false;
  for (const CheckTarget& target : targets) {
    (target.address.family() == AF_INET6 ? prober.ipv6 : prober.ipv4) = true;
  }
  return prober;
}

// A local address, without a port; family AF_UNSPEC where the text is empty.
Address source_of(const std::string& text, std::string* error);

}  // namespace dnswarm

#endif  // DNSWARM_PROBE_CHECK_OPTIONS_H_
