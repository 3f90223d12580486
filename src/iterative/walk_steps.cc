// Where a walk goes next, and who waits for whom.
//
// Of all walks that would learn the same zone cut one asks, and the others wait until it knows whether there
// is one: a million names under com ask for com's servers once. A walk waits for one thing at a time, and
// never for one that waits for it: then it goes on alone, or does without.
#include <algorithm>

#include "cache/cached_message.h"
#include "cache/ttl_policy.h"
#include "iterative/iterative_engine.h"

namespace dnswarm {
namespace {

// The part of `name` with one label more than `zone`, which is above it.
Octets child_towards(Octets name, Octets zone) {
  for (;;) {
    const Octets above = parent_of(name);
    if (above.size() <= zone.size()) return name;
    name = above;
  }
}

Octets strip_labels(Octets name, unsigned labels) {
  for (; labels > 0 && name.size() > 1; --labels) name = parent_of(name);
  return name;
}

constexpr size_t no_addresses_max = 50'000;

NameOctets address_key(Octets name, RRType type) {
  NameOctets key = octets_of(name);
  key.push_back(type == RRType::A ? '4' : '6');
  return key;
}

}  // namespace

void IterativeEngine::step(uint32_t index) {
  if (!is_wanted(index)) return release(index);
  if (walks_[index].cut == nullptr) {
    if (take_cached(index)) return;
    look_up_cut(index);
  }
  if (claim_cut(index)) ask(index);
}

// Whether a line or a walk still waits for what it finds: those may have ended, by their deadline or
// otherwise.
bool IterativeEngine::is_wanted(uint32_t index) const {
  const Walk& walk = walks_[index];
  return walk.is_line || std::any_of(walk.dependents.begin(), walk.dependents.end(), [&](uint32_t d) {
           return walks_[d].state == Walk::State::waiting && walks_[d].waits_on == index;
         });
}

void IterativeEngine::look_up_cut(uint32_t index) {
  const Walk& walk = walks_[index];
  // DS records are the parent's (RFC 4035 section 3.1.4.1).
  const bool is_parents = walk.type == RRType::DS;
  enter_cut(index, is_parents ? hierarchy_.cuts.closest_above(walk.name.wire(), real_now())
                              : hierarchy_.cuts.closest(walk.name.wire(), real_now()));
}

void IterativeEngine::enter_cut(uint32_t index, DelegationCache::Cut cut) {
  Walk& walk = walks_[index];
  close_queries(index);
  walk.cut = std::move(cut);
  walk.learnt.clear();
  walk.resolved = 0;
  walk.tried.clear();
}

// What was kept is read anew as a response of the zone it came from: what is believed is decided in one
// place.
bool IterativeEngine::take_cached(uint32_t index) {
  Walk& walk = walks_[index];
  for (;;) {
    if (options_.cache_octets == 0 && walk.is_line) return false;
    const Octets name = walk.name.wire();
    const auto value = cache_.get({question_hash(name, walk.type), name, walk.type}, real_now());
    if (!value) return false;
    if (!load_message(*value, message_)) return false;
    read_server_response(message_, strip_labels(name, value->kind), name, walk.type, response_);
    if (response_.meaning != Meaning::alias) {
      finish(index, nullptr);
      return true;
    }
    if (!go_on_at_target(index)) return true;
  }
}

// The chain so far is kept, and the walk starts afresh where it leads.
bool IterativeEngine::go_on_at_target(uint32_t index) {
  Walk& walk = walks_[index];
  walk.links = static_cast<uint8_t>(walk.links + response_.links);
  if (walk.links > walk_links_max) {
    fail_with(index, cname_loop);
    return false;
  }
  if (!walk.chain) walk.chain = std::make_unique<AnswerChain>();
  walk.chain->keep(message_, response_.answers);
  walk.name = response_.target;
  release_claim(index);
  enter_cut(index, nullptr);
  return true;
}

bool IterativeEngine::claim_cut(uint32_t index) {
  Walk& walk = walks_[index];
  const Octets name = walk.name.wire(), zone = wire_of(walk.cut->zone);
  if (name.size() <= zone.size()) return true;  // the zone's own name: nothing is to be found out
  Octets child = child_towards(name, zone);
  for (auto known = no_cuts_.find(octets_of(child)); known != no_cuts_.end() && real_now() < known->second;
       known = no_cuts_.find(octets_of(child))) {
    if (child.size() == name.size()) return true;
    child = child_towards(name, child);
  }
  NameOctets claim = octets_of(child);
  if (walk.claim == claim) return true;
  release_claim(index);
  const auto [found, is_new] = claims_.try_emplace(claim);
  if (is_new) {
    found->second.push_back(index);
    walk.claim = std::move(claim);
    return true;
  }
  const uint32_t holder = found->second.front();
  if (waits_for(holder, index)) return true;
  found->second.push_back(index);
  enter_cut(index, nullptr);
  wait_for(index, holder);
  return false;
}

void IterativeEngine::release_claim(uint32_t index) {
  Walk& walk = walks_[index];
  if (walk.claim.empty()) return;
  const auto found = claims_.find(walk.claim);
  const std::vector<uint32_t> waiting = std::move(found->second);
  claims_.erase(found);
  walk.claim.clear();
  for (uint32_t other : waiting) {
    if (walks_[other].state == Walk::State::waiting && walks_[other].waits_on == index) make_ready(other);
  }
}

bool IterativeEngine::waits_for(uint32_t index, uint32_t other) const {
  for (; index != no_walk; index = walks_[index].waits_on) {
    if (index == other) return true;
  }
  return false;
}

void IterativeEngine::wait_for(uint32_t index, uint32_t other) {
  Walk& walk = walks_[index];
  walk.state = Walk::State::waiting;
  walk.waits_on = other;
  arm(index, budget_of(walk).deadline);
}

// The next of the cut's name servers that came without glue: first an IPv4 address of each, then IPv6 ones.
bool IterativeEngine::resolve_next_server(uint32_t index) {
  for (const RRType type : {RRType::A, RRType::AAAA}) {
    if ((type == RRType::A ? options_.flows_v4 : options_.flows_v6) == 0) continue;
    for (size_t i = 0; i < walks_[index].cut->servers.size(); ++i) {
      Walk& walk = walks_[index];
      const NameServer& server = walk.cut->servers[i];
      const uint64_t bit = uint64_t{1} << (2 * i + (type == RRType::A ? 0 : 1));
      if (!server.addresses.empty() || (walk.resolved & bit) != 0) continue;
      walk.resolved |= bit;
      if (start_address_walk(index, server, type)) return true;
    }
  }
  return false;
}

bool IterativeEngine::start_address_walk(uint32_t index, const NameServer& server, RRType type) {
  Walk& walk = walks_[index];
  const Octets name = wire_of(server.name);
  // Whose address is in the zone that it serves cannot be found without glue.
  if (is_subdomain(name, wire_of(walk.cut->zone))) return false;
  const auto failed = no_address_.find(address_key(name, type));
  if (failed != no_address_.end() && real_now() < failed->second) return false;
  const uint64_t hash = question_hash(name, type);
  const uint32_t equal = find_equal(name, type, hash);
  if (equal != ProbeTable::none) {
    if (waits_for(equal, index)) return false;
    walks_[equal].dependents.push_back(index);
    wait_for(index, equal);
    return true;
  }
  if (walk.depth >= walk_depth_max || budget_of(walk).address_walks >= line_address_walks_max) {
    walk.out_of_budget = true;
    return false;
  }
  const uint32_t created = create(name, type, hash);
  Walk& made = walks_[created];
  made.budget = walk.budget;
  made.depth = static_cast<uint8_t>(walk.depth + 1);
  made.dependents.push_back(index);
  ++budget_of(walk).walks;
  ++budget_of(walk).address_walks;
  become_leader(created);
  wait_for(index, created);
  make_ready(created);
  return true;
}

// A walk ended: those that wait for the address it looked for go on, with what response_ has of it.
void IterativeEngine::tell_dependents(uint32_t index) {
  const Walk& walk = walks_[index];
  NameServer learnt{octets_of(walk.question.wire()), {}};
  if (response_.meaning == Meaning::answer) {
    for (const Record& record : response_.answers) {
      const auto address = address_of_record(record);
      if (address && learnt.addresses.size() < glue_addresses_max) learnt.addresses.push_back(*address);
    }
  }
  // One that has no address to be had is not looked up again at once.
  if (learnt.addresses.empty() && !walk.is_line) {
    if (no_address_.size() >= no_addresses_max) no_address_.clear();
    no_address_[address_key(walk.question.wire(), walk.type)] =
        real_now() + std::chrono::seconds(failure_ttl_s);
  }
  for (uint32_t d : walk.dependents) {
    Walk& dependent = walks_[d];
    if (dependent.state != Walk::State::waiting || dependent.waits_on != index) continue;
    if (!learnt.addresses.empty()) dependent.learnt.push_back(learnt);
    make_ready(d);
  }
}

}  // namespace dnswarm
