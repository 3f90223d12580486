#include "rule_zones.h"

#include <cstdio>

#include "base/hash.h"
#include "rule.h"

namespace dnswarm::sim {
namespace {

// The names above `name`, "\3www" and "\4host\3ent" for example, as text to compare with.
std::string_view labels_above(Octets name, Octets apex) {
  return {reinterpret_cast<const char*>(name.data()), name.size() - apex.size()};
}

// Of a label in wire format, its length octet included.
size_t label_octets(std::string_view labels) { return static_cast<uint8_t>(labels[0]) + size_t{1}; }

// "\5host7" with the prefix "host" -> 7; 0 where it is not such a label with a number of 1 to `max`.
uint32_t number_after(std::string_view label, std::string_view prefix, uint32_t max) {
  if (label.empty() || label_octets(label) != label.size() || !label.substr(1).starts_with(prefix)) return 0;
  const std::string_view digits = label.substr(1 + prefix.size());
  if (digits.empty() || digits[0] == '0' || digits.size() > 4) return 0;
  uint32_t number = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return 0;
    number = number * 10 + static_cast<uint32_t>(c - '0');
  }
  return number <= max ? number : 0;
}

// `labels` (text without length octets: one label, or none) before a name.
Name name_below(std::string_view label, Octets above) {
  std::array<uint8_t, name_octets_max> octets;
  octets[0] = static_cast<uint8_t>(label.size());
  std::memcpy(octets.data() + 1, label.data(), label.size());
  std::memcpy(octets.data() + 1 + label.size(), above.data(), above.size());
  Name name;
  name.assign_wire({octets.data(), 1 + label.size() + above.size()});
  return name;
}

constexpr uint8_t root_octets[] = {0};
constexpr std::string_view root_servers_label = "\14root-servers", tld_servers_label = "\13tld-servers";

}  // namespace

struct RuleZones::Request {
  RRType type;
  Section section;
  Octets owner;
  const RuleZonesOptions& options;
  Answer& answer;

  bool wants(RRType of_type) const { return type == of_type || type == RRType::ANY; }
  void begin(RRType of_type, uint32_t ttl) const { answer.begin(section, owner, of_type, ttl); }
  // A record whose RDATA is what the simulator's rule makes of the name.
  void by_rule(RRType of_type, Octets name) const {
    if (!wants(of_type)) return;
    begin(of_type, options.ttl);
    add_rdata(of_type, type_hash(scan_name(name).hash, of_type), 0, name, answer);
    answer.end();
  }
  void alias(const Name& target) const {
    if (wants(RRType::CNAME)) answer.record(section, owner, RRType::CNAME, options.ttl, target.wire());
  }
};

uint32_t RuleZones::find(Octets name) const {
  const auto tag = static_cast<uint32_t>(hash_octets(name, 0, 0));
  return by_name_.find(tag, [&](uint32_t index) {
    const Octets other = entries_[index].name;
    return other.size() == name.size() && std::memcmp(other.data(), name.data(), name.size()) == 0;
  });
}

std::optional<ZoneIndex> RuleZones::zone_at(Octets name) const {
  const uint32_t index = find(name);
  return index < zone_count_ ? std::optional(index) : std::nullopt;
}

unsigned RuleZones::server_count_of(const Entry& entry) const {
  if (entry.depth == Depth::root) return options_.root_servers;
  return (entry.depth == Depth::tld ? options_.tld_servers : options_.domain_servers) > 1 ? 2 : 1;
}

std::span<const ServerIndex> RuleZones::servers(ZoneIndex zone) const {
  if (zone == 0) return root_servers_;
  return std::span(entries_[zone].servers).first(server_count_of(entries_[zone]));
}

bool RuleZones::is_cut(ZoneIndex zone, Octets name) const {
  const std::optional<ZoneIndex> child = zone_at(name);
  return child && *child != 0 && entries_[*child].parent == zone;
}

// The zone that `zone` delegates at or above the name, or `zone` itself.
ZoneIndex RuleZones::topmost_child(ZoneIndex zone, Octets name) const {
  ZoneIndex topmost = zone;
  for (; name.size() > apex(zone).size(); name = parent_of(name)) {
    if (const std::optional<ZoneIndex> child = zone_at(name)) topmost = *child;
  }
  return topmost;
}

RuleZones::Place RuleZones::place_of(ZoneIndex zone, Octets name) const {
  const Depth depth = entries_[zone].depth;
  const std::string_view labels = labels_above(name, apex(zone));
  if (labels.empty()) return {Host::apex};
  if (depth == Depth::root) {
    if (labels == root_servers_label || labels == tld_servers_label) return {Host::empty};
    const std::string_view first = labels.substr(0, label_octets(labels));
    const std::string_view rest = labels.substr(first.size());
    if (rest == root_servers_label) {
      const uint32_t number = number_after(first, "ns", options_.root_servers);
      return {number > 0 ? Host::name_server : Host::none, number};
    }
    if (rest == tld_servers_label) {
      const uint32_t number = number_after(first, "ns", options_.tld_servers);
      return {number > 0 ? Host::name_server : Host::none, options_.root_servers + number};
    }
    return {};
  }
  if (depth != Depth::domain) return {};
  if (labels == "\3www") return {Host::www};
  if (labels == "\4mail") return {Host::mail};
  if (labels == "\5alias") return {Host::alias};
  if (labels == "\4away") return {Host::away};
  if (labels == "\3ent") return {Host::empty};
  if (labels == "\4host\3ent") return {Host::deep};
  if (const uint32_t number = number_after(labels, "ns", server_count_of(entries_[zone]))) {
    return {Host::name_server, number};
  }
  if (const uint32_t number = number_after(labels, "host", options_.hosts_per_domain)) {
    return {Host::numbered, number};
  }
  return {};
}

bool RuleZones::exists(ZoneIndex zone, Octets name) const {
  if (find(name) != ProbeTable::none) return true;
  const ZoneIndex child = topmost_child(zone, name);
  if (child != zone) {
    return !is_glueless(child) && entries_[child].depth == Depth::domain &&
           place_of(child, name).host == Host::name_server;
  }
  return place_of(zone, name).host != Host::none;
}

ZoneIndex RuleZones::next_domain(ZoneIndex zone) const { return first_domain() + zone % domain_count_; }

// `number` from 1.
Name RuleZones::name_server_name(ZoneIndex zone, unsigned number) const {
  const Entry& entry = entries_[zone];
  char label[16];
  const auto below = [&](unsigned n, Octets above) {
    const int size = std::snprintf(label, sizeof label, "ns%u", n);
    return name_below({label, static_cast<size_t>(size)}, above);
  };
  switch (entry.depth) {
    case Depth::root: return below(number, name_below(root_servers_label.substr(1), root_octets).wire());
    case Depth::tld:
      return below(entry.servers[number - 1] - options_.root_servers + 1,
                   name_below(tld_servers_label.substr(1), root_octets).wire());
    case Depth::domain:
    case Depth::empty_non_terminal: break;
  }
  return below(number, apex(entry.name_servers_of));
}

void RuleZones::add_name_servers(const Request& request, ZoneIndex zone) const {
  if (!request.wants(RRType::NS)) return;
  for (unsigned number = 1; number <= server_count_of(entries_[zone]); ++number) {
    request.answer.record(request.section, request.owner, RRType::NS, options_.name_server_ttl,
                          name_server_name(zone, number).wire());
  }
}

void RuleZones::add_server_address(const Request& request, ServerIndex server) const {
  if (!request.wants(RRType::A)) return;
  request.begin(RRType::A, options_.name_server_ttl);
  request.answer.u32(options_.first_ipv4 + server);
  request.answer.end();
}

void RuleZones::add_delegated(const Request& request, ZoneIndex child, Octets name) const {
  const Entry& entry = entries_[child];
  if (name.size() == entry.name.size()) return add_name_servers(request, child);
  if (entry.depth != Depth::domain || is_glueless(child)) return;  // TLDs' servers are names of the root zone
  const Place place = place_of(child, name);
  if (place.host == Host::name_server) add_server_address(request, entry.servers[place.number - 1]);
}

void RuleZones::add_apex(const Request& request, ZoneIndex zone) const {
  const Octets apex = this->apex(zone);
  if (request.wants(RRType::SOA)) {
    request.begin(RRType::SOA, options_.negative_ttl);
    add_soa_rdata(apex, options_.negative_ttl, request.answer);
    request.answer.end();
  }
  add_name_servers(request, zone);
  if (entries_[zone].depth != Depth::domain) return;
  // Where this is a name server of the zone above, the glue must be right.
  const Place above = place_of(entries_[zone].parent, apex);
  if (above.host == Host::name_server) {
    add_server_address(request, entries_[entries_[zone].parent].servers[above.number - 1]);
  } else {
    request.by_rule(RRType::A, apex);
    request.by_rule(RRType::AAAA, apex);
  }
  if (request.wants(RRType::MX)) {
    request.begin(RRType::MX, options_.ttl);
    request.answer.u16(10);
    request.answer.add(name_below("mail", apex).wire());
    request.answer.end();
  }
}

void RuleZones::add_host(const Request& request, ZoneIndex zone, Place place, Octets name) const {
  switch (place.host) {
    case Host::none:
    case Host::empty: return;
    case Host::apex: return add_apex(request, zone);
    case Host::numbered:
      if (place.number % 2 == 0) request.by_rule(RRType::AAAA, name);
      return request.by_rule(RRType::A, name);
    case Host::www: request.by_rule(RRType::AAAA, name); return request.by_rule(RRType::A, name);
    case Host::mail:
    case Host::deep: return request.by_rule(RRType::A, name);
    case Host::name_server:
      return add_server_address(request,
                                zone == 0 ? place.number - 1 : entries_[zone].servers[place.number - 1]);
    case Host::alias: return request.alias(name_below("www", apex(zone)));
    case Host::away: return request.alias(name_below("www", apex(next_domain(zone))));
  }
}

unsigned RuleZones::add_records(ZoneIndex zone, Octets name, RRType type, Section section, Octets owner,
                                Answer& answer) const {
  const size_t before = answer.records().size();
  const Request request{type, section, owner, options_, answer};
  const ZoneIndex child = topmost_child(zone, name);
  if (child != zone) {
    add_delegated(request, child, name);
  } else {
    add_host(request, zone, place_of(zone, name), name);
  }
  return static_cast<unsigned>(answer.records().size() - before);
}

void RuleZones::list_names(ZoneIndex zone, std::vector<Name>& names) const {
  const Octets apex = this->apex(zone);
  const auto add = [&](const Name& name) {
    if (topmost_child(zone, name.wire()) == zone) names.push_back(name);
  };
  Name own;
  own.assign_wire(apex);
  add(own);
  if (zone == 0) {
    for (unsigned i = 1; i <= options_.root_servers; ++i) add(name_server_name(0, i));
    const Name tld_servers = name_below(tld_servers_label.substr(1), root_octets);
    for (unsigned i = 1; i <= options_.tld_servers; ++i) {
      add(name_below("ns" + std::to_string(i), tld_servers.wire()));
    }
  }
  if (entries_[zone].depth != Depth::domain) return;
  for (const char* label : {"www", "mail", "alias", "away"}) add(name_below(label, apex));
  add(name_below("host", name_below("ent", apex).wire()));
  for (unsigned i = 1; i <= server_count_of(entries_[zone]); ++i) {
    add(name_below("ns" + std::to_string(i), apex));
  }
  for (unsigned i = 1; i <= options_.hosts_per_domain; ++i) {
    add(name_below("host" + std::to_string(i), apex));
  }
}

}  // namespace dnswarm::sim
