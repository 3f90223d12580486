#include "zone.h"

#include <algorithm>

namespace dnswarm::sim {
namespace {

Octets octets_of(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string_view text_of(Octets octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

}  // namespace

ZoneIndex Zones::add_zone(const std::string& apex) {
  const auto [at, is_new] = apexes_.try_emplace(apex, zone_count());
  if (is_new) {
    zones_.push_back({apex, {0}, {}});
    zones_.back().nodes[apex];
  }
  return at->second;
}

void Zones::add(ZoneIndex zone, const std::string& owner, RRType type, uint32_t ttl, std::string rdata) {
  const std::string& apex = zones_[zone].apex;
  if (!is_subdomain(octets_of(owner), octets_of(apex))) return;
  ByName<Node>& nodes = zones_[zone].nodes;
  RRset& rrset = nodes[owner][type];
  // An RRset has one TTL (RFC 2181 section 5.2), and no record twice (section 5).
  rrset.ttl = rrset.rdata.empty() ? ttl : std::min(ttl, rrset.ttl);
  if (std::find(rrset.rdata.begin(), rrset.rdata.end(), rdata) == rrset.rdata.end()) {
    rrset.rdata.push_back(std::move(rdata));
  }
  for (Octets name = octets_of(owner); name.size() > apex.size();) {
    name = parent_of(name);
    nodes[std::string(text_of(name))];
  }
}

Octets Zones::apex(ZoneIndex zone) const { return octets_of(zones_[zone].apex); }

std::optional<ZoneIndex> Zones::zone_at(Octets name) const {
  const auto at = apexes_.find(text_of(name));
  return at == apexes_.end() ? std::nullopt : std::optional(at->second);
}

const Zones::Node* Zones::find(ZoneIndex zone, Octets name) const {
  const ByName<Node>& nodes = zones_[zone].nodes;
  const auto at = nodes.find(text_of(name));
  return at == nodes.end() ? nullptr : &at->second;
}

bool Zones::is_cut(ZoneIndex zone, Octets name) const {
  const Node* node = find(zone, name);
  return node != nullptr && node->contains(RRType::NS);
}

void Zones::add_rrset(Octets owner, RRType type, const RRset& rrset, Section section, Answer& answer) const {
  const size_t count = rrset.rdata.size();
  const size_t first = rotate_ ? answer.rotation % count : 0;
  for (size_t i = 0; i < count; ++i) {
    answer.record(section, owner, type, rrset.ttl, octets_of(rrset.rdata[(first + i) % count]));
  }
}

unsigned Zones::add_records(ZoneIndex zone, Octets name, RRType type, Section section, Octets owner,
                            Answer& answer) const {
  const Node* node = find(zone, name);
  if (node == nullptr) return 0;
  const size_t before = answer.records().size();
  for (const auto& [of_type, rrset] : *node) {
    if (type == of_type || type == RRType::ANY) add_rrset(owner, of_type, rrset, section, answer);
  }
  return static_cast<unsigned>(answer.records().size() - before);
}

}  // namespace dnswarm::sim
