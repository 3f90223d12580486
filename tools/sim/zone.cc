#include "zone.h"

#include <algorithm>

namespace dnswarm::sim {
namespace {

constexpr unsigned links_max = 16;

Octets octets_of(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// "www.example.com" -> "example.com". Not for the root.
std::string parent_of(const std::string& name) {
  return name.substr(1u + static_cast<uint8_t>(name[0]));
}

std::string lower(std::string name) {
  // Length octets are below 'A'.
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return name;
}

uint32_t last_u32(const std::string& octets) {
  OctetReader in(octets_of(octets).last(4));
  return in.u32();
}

}  // namespace

void Zones::add(const std::string& apex, const std::string& owner, RRType type, uint32_t ttl,
                std::string rdata) {
  if (apex_of(owner) != apex) return;
  RRset& rrset = nodes_[owner][type];
  // An RRset has one TTL (RFC 2181 section 5.2), and no record twice (section 5).
  rrset.ttl = rrset.rdata.empty() ? ttl : std::min(ttl, rrset.ttl);
  if (std::find(rrset.rdata.begin(), rrset.rdata.end(), rdata) == rrset.rdata.end()) {
    rrset.rdata.push_back(std::move(rdata));
  }
  for (std::string name = owner; name != apex;) nodes_[name = parent_of(name)];
}

std::string Zones::apex_of(std::string name) const {
  while (true) {
    if (apexes_.contains(name)) return name;
    if (name.size() == 1) return {};
    name = parent_of(name);
  }
}

// The node that answers for a name within a zone: itself, or the wildcard below its closest
// encloser.
const Zones::Node* Zones::find(const std::string& name) const {
  const auto exact = nodes_.find(name);
  if (exact != nodes_.end()) return &exact->second;
  std::string encloser = name;
  do {
    if (encloser.size() == 1) return nullptr;
    encloser = parent_of(encloser);
  } while (!nodes_.contains(encloser));
  const auto wildcard = nodes_.find(std::string("\1*") + encloser);
  return wildcard == nodes_.end() ? nullptr : &wildcard->second;
}

void Zones::add_rrset(const std::string& owner, RRType type, const RRset& rrset,
                      Answer& answer) const {
  const size_t count = rrset.rdata.size();
  const size_t first = rotate_ ? answer.rotation % count : 0;
  for (size_t i = 0; i < count; ++i) {
    answer.record(Section::answer, octets_of(owner), type, rrset.ttl,
                  octets_of(rrset.rdata[(first + i) % count]));
  }
}

void Zones::negative(const std::string& apex, Answer& answer) const {
  const RRset& soa = nodes_.at(apex).at(RRType::SOA);
  const uint32_t ttl = std::min(soa.ttl, last_u32(soa.rdata[0]));  // RFC 2308 section 3
  answer.record(Section::authority, octets_of(apex), RRType::SOA, ttl, octets_of(soa.rdata[0]));
}

void Zones::answer(Octets qname, RRType qtype, RRClass qclass, Answer& answer) const {
  std::string name(reinterpret_cast<const char*>(qname.data()), qname.size());
  std::string apex = apex_of(name);
  if (apex.empty() || (qclass != RRClass::IN && qclass != RRClass::ANY)) {
    answer.rcode = Rcode::REFUSED;
    return;
  }
  answer.authoritative = true;
  for (unsigned links = 0; !apex.empty() && links <= links_max; ++links) {
    const Node* node = find(name);
    if (node == nullptr) {
      answer.rcode = Rcode::NXDOMAIN;  // of the last name of a chain (RFC 6604 section 2.1)
      return negative(apex, answer);
    }
    if (qtype == RRType::ANY && !node->empty()) {
      for (const auto& [type, rrset] : *node) add_rrset(name, type, rrset, answer);
      return;
    }
    const auto wanted = node->find(qtype);
    if (wanted != node->end()) return add_rrset(name, qtype, wanted->second, answer);
    const auto alias = node->find(RRType::CNAME);
    if (alias == node->end()) return negative(apex, answer);
    add_rrset(name, RRType::CNAME, alias->second, answer);
    name = lower(alias->second.rdata[0]);
    apex = apex_of(name);
  }
}

}  // namespace dnswarm::sim
