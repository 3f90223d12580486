// resolv.conf and hosts: whatever the octets, what is taken from them is within the bounds that the rest
// relies on.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dns/name.h"
#include "resolver/hosts_table.h"
#include "resolver/system_config.h"

namespace {

using namespace dnswarm;

void require(bool holds) {
  if (!holds) std::abort();
}

void read_resolv_conf(std::string_view text) {
  const SystemConfig config = parse_resolv_conf(text);
  require(config.ndots <= 15 && config.timeout_s <= 30 && config.attempts <= 5 && config.search.size() <= 32);
  for (const Address& upstream : config.upstreams) {
    require(upstream.port() != 0);
    require(Address::from_text(upstream.to_text(), 1) == upstream);
  }
  for (const std::string& suffix : config.search) require(!suffix.empty());
}

void read_hosts(std::string_view text) {
  HostsTable hosts;
  for (std::string_view rest = text; !rest.empty();) {
    hosts.add_line(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
  }
  // Every word may be a name: what is found for it has the size that its type has.
  for (std::string_view rest = text; !rest.empty();) {
    const size_t end = std::min(rest.find_first_of(" \t\r\n"), rest.size());
    Name name;
    if (name.assign_text(rest.substr(0, end)) == NameError::none) {
      for (const std::string& rdata : hosts.find(name.wire(), RRType::A)) require(rdata.size() == 4);
      for (const std::string& rdata : hosts.find(name.wire(), RRType::AAAA)) require(rdata.size() == 16);
      for (const std::string& rdata : hosts.find(name.wire(), RRType::PTR)) {
        require(rdata.size() >= 1 && rdata.size() <= name_octets_max);
      }
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(octets), size);
  read_resolv_conf(text);
  read_hosts(text);
  return 0;
}
