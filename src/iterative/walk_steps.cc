// Where a walk goes next: to the cache, to the closest cut that is known, to the addresses of its servers.
//
// A walk waits for one thing at a time, and never for one that waits for it: then it goes on alone, or does
// without.
#include "cache/cached_message.h"
#include "cache/ttl_policy.h"
#include "iterative/iterative_engine.h"

namespace dnswarm {
namespace {

Octets strip_labels(Octets name, unsigned labels) {
  for (; labels > 0 && name.size() > 1; --labels) name = parent_of(name);
  return name;
}

constexpr size_t no_addresses_max = 50'000;

}  // namespace

void IterativeEngine::step(uint32_t index) {
  // What it waited for ended too late: nothing is begun any more.
  if (now_ >= budget_of(walks_[index]).deadline) return end_by_deadline(index);
  if (walks_[index].tcp_server.family() != AF_UNSPEC) return send_tcp(index);
  if (!walks_[index].cut) {
    if (take_failure(index) || take_cached(index) || take_nxdomain_cut(index)) return;
    look_up_cut(index);
    if (prime_root(index)) return;
    if (options_.trace) trace_known_cut(walks_[index]);
  }
  if (!claim_cut(index)) return;
  choose_asked(index);
  ask(index);
}

// What was kept is read anew as a response of the zone it came from: what is believed is decided in one
// place.
bool IterativeEngine::take_cached(uint32_t index) {
  Walk& walk = walks_[index];
  for (;;) {
    if (!load_cached(walk, walk.name.wire(), walk.type)) return false;
    if (response_.meaning != Meaning::alias) {
      finish(index, nullptr);
      return true;
    }
    if (!go_on_at_target(index)) return true;
  }
}

// Of the walk's name or one above it.
uint64_t IterativeEngine::hash_of(const Walk& walk, Octets name, RRType type) {
  const bool is_question = !walk.chain && name.size() == walk.question.size() && type == walk.type;
  return is_question ? walk.hash : question_hash(name, type);
}

bool IterativeEngine::load_cached(const Walk& walk, Octets name, RRType type) {
  if (options_.cache_octets == 0 && walk.is_line) return false;
  const auto value = cache_.get({hash_of(walk, name, type), name, type}, real_now());
  if (!value || !load_message(*value, message_)) return false;
  const Octets zone = strip_labels(name, value->kind);
  read_server_response(message_, zone, name, type, response_);
  if (options_.trace) trace_cached(walk, zone);
  return true;
}

// RFC 8020: nothing is below a name that does not exist. Such names are kept under a type of their own.
bool IterativeEngine::take_nxdomain_cut(uint32_t index) {
  if (!options_.nxdomain_cut) return false;
  for (Octets name = walks_[index].name.wire(); name.size() > 1; name = parent_of(name)) {
    if (!load_cached(walks_[index], name, nxdomain_type) || response_.meaning != Meaning::nxdomain) continue;
    finish(index, nullptr);
    return true;
  }
  return false;
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
  enter_cut(index, Cut());
  return true;
}

bool IterativeEngine::waits_for(uint32_t index, uint32_t other) const {
  for (; index != no_walk; index = walks_[index].waits_on) {
    if (index == other) return true;
  }
  return false;
}

void IterativeEngine::wait_for(uint32_t index, uint32_t other) {
  Walk& walk = walks_[index];
  walk.phase = Walk::Phase::waiting;
  walk.waits_on = other;
  arm(index, budget_of(walk).deadline);
}

// The next of the cut's name servers that came without glue: first an IPv4 address of each, then IPv6 ones.
bool IterativeEngine::resolve_next_server(uint32_t index) {
  for (const RRType type : {RRType::A, RRType::AAAA}) {
    if ((type == RRType::A ? options_.flows_v4 : options_.flows_v6) == 0) continue;
    for (size_t i = 0; i < walks_[index].cut.servers(); ++i) {
      Walk& walk = walks_[index];
      const uint64_t bit = uint64_t{1} << (2 * i + (type == RRType::A ? 0 : 1));
      if (!walk.cut.addresses(i).empty() || (walk.resolved & bit) != 0) continue;
      walk.resolved |= bit;
      if (start_address_walk(index, walk.cut.server_name(i), type)) return true;
    }
  }
  return false;
}

bool IterativeEngine::start_address_walk(uint32_t index, Octets name, RRType type) {
  Walk& walk = walks_[index];
  // Whose address is in the zone that it serves cannot be found without glue.
  if (is_subdomain(name, walk.cut.zone())) return false;
  const auto failed = no_address_.find(question_key(name, type));
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
  ++budget_of(walk).address_walks;
  wait_for(index, create_dependency(index, name, type, hash));
  return true;
}

// A walk that this one is going to wait for, at the cost of its line.
uint32_t IterativeEngine::create_dependency(uint32_t index, Octets name, RRType type, uint64_t hash) {
  const uint32_t created = create(name, type, hash);
  Walk& made = walks_[created];
  const Walk& walk = walks_[index];
  made.budget = walk.budget;
  made.depth = static_cast<uint8_t>(walk.depth + 1);
  made.dependents.push_back(index);
  ++budget_of(walk).walks;
  become_leader(created);
  make_ready(created);
  return created;
}

// A walk ended: those that wait for the address it looked for go on, with what response_ has of it.
void IterativeEngine::tell_dependents(uint32_t index) {
  const Walk& walk = walks_[index];
  if (index == priming_) priming_ = no_walk;
  if (walk.is_line && walk.dependents.empty()) return;
  NameServer learnt{octets_of(walk.question.wire()), {}};
  if (response_.meaning == Meaning::answer) {
    for (const Record& record : response_.answers) {
      const auto address = address_of_record(record);
      if (address && learnt.addresses.size() < glue_addresses_max) learnt.addresses.push_back(*address);
    }
  }
  // One that has no address to be had is not looked up again at once.
  if (learnt.addresses.empty() && !walk.is_line && !walk.out_of_budget && !walk.out_of_time) {
    if (no_address_.size() >= no_addresses_max) no_address_.clear();
    no_address_[question_key(walk.question.wire(), walk.type)] =
        real_now() + std::chrono::seconds(failure_ttl_s);
  }
  for (uint32_t d : walk.dependents) {
    Walk& dependent = walks_[d];
    if (dependent.phase != Walk::Phase::waiting || dependent.waits_on != index) continue;
    if (!learnt.addresses.empty()) dependent.learnt.push_back(learnt);
    dependent.out_of_budget |= walk.failure == Failure::budget;
    dependent.lookup_timed_out |= walk.failure == Failure::timeout;
    if (options_.trace) trace_shared(dependent, walk);
    make_ready(d);
  }
}

}  // namespace dnswarm
