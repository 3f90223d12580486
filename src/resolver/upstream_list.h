// Which upstreams to ask: those of the options, or the system's; each once; only those that can be
// reached from here at all.
#ifndef DNSWARM_RESOLVER_UPSTREAM_LIST_H_
#define DNSWARM_RESOLVER_UPSTREAM_LIST_H_

#include <string>
#include <vector>

#include "dnswarm/options.h"
#include "net/address.h"
#include "resolver/system_config.h"

namespace dnswarm {

struct UpstreamList {
  std::vector<Address> addresses;
  std::vector<std::string> texts;  // of the same, as rows name them
  std::vector<std::string> notes;  // a sentence for what was left out, and why
  std::string error;               // a sentence; empty where the list can be used
};

// One that `source` cannot reach because it is of the other IP version (AF_UNSPEC: none was asked
// for), or whose IP version this machine does not have, is left out with a note; if none remains that
// is the error.
UpstreamList list_upstreams(const Options& options, const SystemConfig& system, const Address& source);

}  // namespace dnswarm

#endif  // DNSWARM_RESOLVER_UPSTREAM_LIST_H_
