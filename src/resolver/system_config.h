// What the system says about whom to ask: c-ares for the servers, our own reading of resolv.conf(5)
// for what c-ares hides or drops (ports, search, ndots, timeout, attempts).
#ifndef DNSWARM_RESOLVER_SYSTEM_CONFIG_H_
#define DNSWARM_RESOLVER_SYSTEM_CONFIG_H_

#include <string>
#include <string_view>
#include <vector>

#include "net/address.h"

namespace dnswarm {

struct SystemConfig {
  std::vector<Address> upstreams;
  std::vector<std::string> search;  // as written
  unsigned ndots = 1;               // 0-15
  unsigned timeout_s = 0;           // 0: not said
  unsigned attempts = 0;            // 0: not said
  bool use_vc = false;              // always TCP
};

// Reads one resolv.conf text. Unknown lines and options are ignored, as libc does; `nameserver` also
// takes "ip:port" and "[v6]:port".
SystemConfig parse_resolv_conf(std::string_view text);

// The file at `path`; where that is the system's own and names no server, what c-ares makes of it
// (127.0.0.1, by resolver(3)).
SystemConfig load_system_config(const std::string& path);

}  // namespace dnswarm

#endif  // DNSWARM_RESOLVER_SYSTEM_CONFIG_H_
