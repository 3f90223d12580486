#include "world_configs.h"

#include <string_view>

namespace dnswarm::sim {
namespace {

// The text with the values in the places of @1, @2...
std::string filled(std::string_view text, const std::vector<std::string>& values) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    const bool is_place =
        text[at] == '@' && at + 1 < text.size() && text[at + 1] >= '1' && text[at + 1] <= '9';
    if (is_place) {
      out += values[static_cast<size_t>(text[++at] - '1')];
    } else {
      out += text[at];
    }
  }
  return out;
}

std::string range_text(const Served& served) {
  const std::string& first = served.addresses.front();
  return served.addresses.size() == 1 ? first : first + " to " + served.addresses.back();
}

}  // namespace

std::string WorldConfigs::nsd(const Served& served) const {
  std::string text = filled(R"(# The root. nsd -d -c @1
server:
  username: ""
  zonesdir: @2
  database: ""
  pidfile: @3
  xfrdfile: @4
  zonelistfile: @5
  server-count: 1
  rrl-ratelimit: 0
)",
                            {quoted("nsd.conf"), '"' + folder_ + '"', quoted("run/nsd.pid"),
                             quoted("run/nsd.xfrd"), quoted("run/nsd.zones")});
  for (const std::string& address : served.addresses) {
    text += "  ip-address: " + address + "@" + std::to_string(port_) + "\n";
  }
  text += "remote-control:\n  control-enable: no\n";
  for (const ServedZone& zone : served.zones) {
    text += "zone:\n  name: \"" + zone.name + "\"\n  zonefile: " + quoted(zone.file) + "\n";
  }
  return text;
}

std::string WorldConfigs::knot(const Served& served) const {
  std::string text = filled(R"(# The TLDs. knotd -c @1
server:
  rundir: @2
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
)",
                            {quoted("knot.conf"), quoted("run")});
  text += "  listen: [";
  for (size_t i = 0; i < served.addresses.size(); ++i) {
    text += (i > 0 ? ", " : "") + served.addresses[i] + "@" + std::to_string(port_);
  }
  text += filled(R"(]
database:
  storage: @1
log:
  - target: stderr
    any: warning
template:
  - id: default
    storage: @2
    zonefile-sync: -1
    journal-content: none
    semantic-checks: off
zone:
)",
                 {quoted("run/knot"), '"' + folder_ + '"'});
  for (const ServedZone& zone : served.zones) {
    text += "  - domain: \"" + zone.name + ".\"\n    file: \"" + zone.file + "\"\n";
  }
  return text;
}

std::string WorldConfigs::named(const Served& served) const {
  std::string text =
      filled(R"(// The domains. named -g -n 1 -c @1
options {
  directory @2;
  pid-file none;
  session-keyfile @3;
  listen-on-v6 { none; };
  recursion no;
  allow-query { any; };
  dnssec-validation no;
  notify no;
  check-integrity no;
  check-names primary ignore;
  max-zone-ttl unlimited;
  listen-on port @4 {)",
             {quoted("named.conf"), '"' + folder_ + '"', quoted("run/named.key"), std::to_string(port_)});
  for (const std::string& address : served.addresses) text += " " + address + ";";
  text += " };\n};\ncontrols { };\n";
  for (const ServedZone& zone : served.zones) {
    text += "zone \"" + zone.name + "\" { type primary; file \"" + zone.file + "\"; };\n";
  }
  return text;
}

std::string WorldConfigs::addresses(const Served& served) const {
  std::string text;
  for (const std::string& address : served.addresses) text += "address add " + address + "/32 dev lo\n";
  return text;
}

std::string WorldConfigs::readme(const Served& root, const Served& tlds, const Served& domains) const {
  return filled(R"text(A small internet of @2 zones, by dnswarm-sim world --write. All servers are on port @3.

  NSD     the root       @4
  Knot    @5 TLDs        @6
  BIND    @7 domains     @8

Start them, each in a terminal of its own:

  nsd -d -c "@1/nsd.conf"
  knotd -c "@1/knot.conf"
  ip -batch "@1/addresses"
  named -g -n 1 -c "@1/named.conf"

The third command is for root: BIND listens on addresses that an interface lists and not on all of 127/8, as
the others do. To take them away again: sed s/add/del/ "@1/addresses" | ip -batch -
Where AppArmor keeps named or nsd from reading this folder, as Debian's packages do, start a copy of the
program: "@1/run/named" after cp "$(command -v named)" "@1/run/".

Ask with dnswarm:

  dnswarm --iterative --root-hints "@1/hints" --authoritative-port @3 --rate-per-server 0 < names > rows

Whether the rows are right says dnswarm-sim world --check rows --names names with the flags that made this
world (less --write); with --write-names it also makes names.

Ask with Unbound, whose servers are all on port 53: write the world with --port 53, and then, in unbound.conf,

  server:
    do-not-query-localhost: no
    root-hints: "@1/hints"
    module-config: "iterator"
    do-ip6: no
)text",
                {folder_, std::to_string(root.zones.size() + tlds.zones.size() + domains.zones.size()),
                 std::to_string(port_), range_text(root), std::to_string(tlds.zones.size()), range_text(tlds),
                 std::to_string(domains.zones.size()), range_text(domains)});
}

}  // namespace dnswarm::sim
