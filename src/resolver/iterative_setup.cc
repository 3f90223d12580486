#include "resolver/iterative_setup.h"

#include <unistd.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "base/range_text.h"
#include "iterative/root_hints.h"
#include "net/udp_socket.h"

namespace dnswarm {

namespace {

// Where Debian's dns-root-data has the hints; they are kept up to date there.
constexpr const char* system_root_hints = "/usr/share/dns/root.hints";

// What would be ignored silently is refused.
std::string what_does_not_apply(const Options& options) {
  if (!options.upstreams.empty()) return "iterative mode asks authoritative servers: it takes no upstreams";
  if (options.rrclass != RRClass::IN) return "iterative mode asks for class IN only";
  if (options.search) return "iterative mode has no search list";
  if (options.use_hosts_file) return "iterative mode does not read the hosts file";
  if (options.rate_per_upstream > 0) return "iterative mode has no upstreams to limit each: see rate";
  if (options.keep_all_sections) return "iterative mode shows answer sections only";
  if (!options.authoritative_ipv4 && !options.authoritative_ipv6)
    return "neither IPv4 nor IPv6 is left to ask over";
  return range_error("authoritative_port", options.authoritative_port, 1, 65535, "");
}

bool has_route_to(const Address& server, const Address& source) {
  if (source.family() != AF_UNSPEC && source.family() != server.family()) return false;
  const UdpSocket socket = open_connected_udp(server, source);
  if (socket.fd >= 0) close(socket.fd);
  return socket.fd >= 0;
}

// Whether one of the root's servers can be reached at an address of the family.
bool is_usable(int family, const Delegation& root, const Address& source, uint16_t port) {
  for (const NameServer& server : root.servers) {
    for (Address address : server.addresses) {
      address.set_port(port);
      if (address.family() == family && has_route_to(address, source)) return true;
    }
  }
  return false;
}

// Nothing, and a sentence in *error, where they cannot be read.
std::optional<Delegation> read_hints(const std::string& path, std::string* error) {
  std::ifstream file(path);
  std::ostringstream text;
  if (!(text << file.rdbuf())) {
    *error = "cannot read the root hints " + path;
    return std::nullopt;
  }
  auto hints = root_hints_from_text(text.str(), error);
  if (!hints) *error = "root hints " + path + ": " + *error;
  return hints;
}

// A hierarchy for tests, whose servers have addresses that no other has.
bool lies_on_this_host(const Delegation& root) {
  for (const NameServer& server : root.servers) {
    for (const Address& address : server.addresses) {
      if (address.is_loopback()) return true;
    }
  }
  return false;
}

}  // namespace

IterativeSetup set_up_iterative(const Options& options, const Address& source) {
  IterativeSetup setup;
  setup.error = what_does_not_apply(options);
  if (!setup.error.empty()) return setup;
  const std::string& path = options.root_hints_path;
  std::optional<Delegation> hints = read_hints(path.empty() ? system_root_hints : path, &setup.error);
  if (!hints && !path.empty()) return setup;
  setup.error.clear();
  Delegation root = hints ? std::move(*hints) : compiled_root_hints();
  const uint16_t port = options.authoritative_port;
  setup.engine.flows_v4 = options.authoritative_ipv4 && is_usable(AF_INET, root, source, port) ? 1 : 0;
  setup.engine.flows_v6 = options.authoritative_ipv6 && is_usable(AF_INET6, root, source, port) ? 1 : 0;
  if (setup.engine.flows_v4 + setup.engine.flows_v6 == 0) {
    setup.error = "there is no route to any of the root's servers";
    return setup;
  }
  setup.engine.deadline = options.deadline;
  setup.engine.port = port;
  setup.engine.query = query_options_of(options);
  setup.engine.loopback_servers = lies_on_this_host(root);
  setup.engine.mixed_case = options.mixed_case;
  setup.engine.trace = options.trace;
  setup.engine.qname_minimisation = options.qname_minimisation;
  setup.engine.nxdomain_cut = options.nxdomain_cut;
  Hierarchy::Settings settings;
  settings.rate_per_server = options.rate_per_server;
  settings.several_workers = options.workers != 1;
  setup.hierarchy = std::make_unique<Hierarchy>(root, settings);
  return setup;
}

}  // namespace dnswarm
