// Zone cuts: where a walk stands, and which of all walks finds out about the next one.
//
// Of all walks that would learn the same zone cut one asks, and the others wait until it knows whether there
// is one: a million names under com ask for com's servers once. What was found to be no cut is remembered, so
// that names below it do not wait for one another.
//
// With QNAME minimisation (RFC 9156) the servers of a cut are asked for the next possible cut below theirs
// alone, as an A record, until they refer on or the whole name is reached. Servers that do not take that (an
// error, no response, or NXDOMAIN for a name that has others below it) are asked for the whole name: the
// relaxed fallback of section 2.3.
#include <algorithm>

#include "cache/ttl_policy.h"
#include "iterative/iterative_engine.h"

namespace dnswarm {
namespace {

constexpr size_t no_cuts_max = 50'000;
constexpr Duration cut_trusted_for = std::chrono::seconds(5);
// RFC 9156 section 2.3, MAX_MINIMISE_COUNT: names of many labels shall not cost a query each.
constexpr unsigned minimised_max = 10;

uint32_t tag_of(uint64_t claim) { return static_cast<uint32_t>(claim >> 32); }

// The part of `name` with one label more than `above`, which is above it.
Octets child_towards(Octets name, Octets above) {
  for (;;) {
    const Octets parent = parent_of(name);
    if (parent.size() <= above.size()) return name;
    name = parent;
  }
}

}  // namespace

void IterativeEngine::look_up_cut(uint32_t index) {
  const Walk& walk = walks_[index];
  // DS records are the parent's (RFC 4035 section 3.1.4.1).
  const bool is_parents = walk.type == RRType::DS;
  enter_cut(index, is_parents ? hierarchy_.cuts.closest_above(walk.name.wire(), real_now())
                              : hierarchy_.cuts.closest(walk.name.wire(), real_now()));
}

void IterativeEngine::enter_cut(uint32_t index, Cut cut) {
  Walk& walk = walks_[index];
  close_queries(index);
  walk.cut = std::move(cut);
  walk.learnt.clear();
  walk.resolved = 0;
  walk.tried.clear();
  walk.asked_at = walk.uncut_octets = 0;
  walk.whole_name = walk.late = walk.any_case = false;
  walk.tcp_failures = walk.suspects = 0;
  walk.has_last_rcode = walk.out_of_budget = walk.lookup_timed_out = false;
  walk.last_code = {};
}

// None of the cut's servers is any good. Where it was learnt a while ago the zone may have moved: its parent
// is asked again, once.
bool IterativeEngine::ask_parent_again(uint32_t index) {
  Walk& walk = walks_[index];
  const bool is_old = real_now() >= walk.cut.learnt() + cut_trusted_for;
  if (!is_old || walk.asked_parent || walk.cut.zone().size() <= 1) return false;
  walk.asked_parent = true;
  enter_cut(index, hierarchy_.cuts.closest_above(walk.cut.zone(), real_now()));
  if (options_.trace) trace_known_cut(walk);
  make_ready(index);
  return true;
}

// The name closest below the cut that may be a cut itself; all of the name where nothing less is left.
IterativeEngine::PossibleCut IterativeEngine::next_possible_cut(const Walk& walk) const {
  const Octets name = walk.name.wire();
  Octets above = walk.cut.zone();
  if (walk.uncut_octets > above.size()) above = name.last(walk.uncut_octets);
  for (;;) {
    const Octets child = above.size() < name.size() ? child_towards(name, above) : name;
    const uint64_t hash = CutClaims::hash_of(child);
    if (child.size() == name.size()) return {name, hash};
    const auto known = no_cuts_.find(hash);
    if (known == no_cuts_.end() || real_now() >= known->second) return {child, hash};
    above = child;
  }
}

bool IterativeEngine::claim_cut(uint32_t index) {
  Walk& walk = walks_[index];
  if (walk.name.wire().size() <= walk.cut.zone().size())
    return true;  // the zone's own name: no cut is to be found
  const auto [possible_cut, claim] = next_possible_cut(walk);
  if (walk.claim == claim && (walk.claimed_for_all || real_now() >= walk.elsewhere_until)) return true;
  if (walk.claim != claim) {
    release_claim(index);
    if (const uint32_t holder = claimant(claim); holder != no_walk) {
      if (waits_for(holder, index) || may_overtake(index, holder)) return true;
      walks_[holder].cut_waiters.push_back(index);
      enter_cut(index, Cut());
      wait_for(index, holder);
      return false;
    }
    claims_.insert(tag_of(claim), index);
    walk.claim = claim;
    walk.claim_octets = static_cast<uint8_t>(possible_cut.size());
    walk.elsewhere_until = real_now() + CutClaims::wait_max;
  }
  walk.claimed_for_all = hierarchy_.claims.take(walk.claim);
  if (walk.claimed_for_all) return true;
  enter_cut(index, Cut());
  walk.phase = Walk::Phase::elsewhere;
  arm(index, now_ + CutClaims::look_again_after);
  return false;
}

// Which walk finds out about that cut; no_walk: none.
uint32_t IterativeEngine::claimant(uint64_t claim) const {
  static_assert(no_walk == ProbeTable::none);
  return claims_.find(tag_of(claim), [&](uint32_t i) { return walks_[i].claim == claim; });
}

// Some servers drop questions for one type of a name. What is asked for another type goes on then.
bool IterativeEngine::may_overtake(uint32_t index, uint32_t holder) const {
  return walks_[holder].late && names_equal(walks_[holder].name.wire(), walks_[index].name.wire());
}

void IterativeEngine::be_late(uint32_t index) {
  Walk& walk = walks_[index];
  walk.late = true;
  for (uint32_t other : walk.cut_waiters) {
    const bool waits = walks_[other].phase == Walk::Phase::waiting && walks_[other].waits_on == index;
    if (waits && may_overtake(other, index)) make_ready(other);
  }
}

void IterativeEngine::release_claim(uint32_t index) {
  Walk& walk = walks_[index];
  if (walk.claim == 0) return;
  if (std::exchange(walk.claimed_for_all, false)) hierarchy_.claims.release(walk.claim);
  claims_.erase(tag_of(walk.claim), index);
  walk.claim = 0;
  const std::vector<uint32_t> waiters = std::exchange(walk.cut_waiters, {});
  for (uint32_t other : waiters) {
    if (walks_[other].phase == Walk::Phase::waiting && walks_[other].waits_on == index) make_ready(other);
  }
}

// The zone itself answered: there is no cut on the way to the name. Remembered where others may come that
// way.
void IterativeEngine::note_no_cut(const Walk& walk, Duration lifetime) {
  if (walk.claim == 0) return;
  if (walk.claim_octets >= walk.name.size() && walk.cut_waiters.empty()) return;
  if (no_cuts_.size() >= no_cuts_max) no_cuts_.clear();
  no_cuts_[walk.claim] = real_now() + lifetime;
}

// Hints need only reach one server of the root: which servers it has it says itself (priming, RFC 8109). The
// first walk that comes to the root asks, at its cost; others of this worker wait.
bool IterativeEngine::prime_root(uint32_t index) {
  if (walks_[index].cut.zone().size() > 1 || index == priming_) return false;
  if (priming_ == no_walk) {
    if (!hierarchy_.cuts.claim_priming(real_now())) return false;
    constexpr uint8_t root[] = {0};
    priming_ = create_dependency(index, root, RRType::NS, question_hash(root, RRType::NS));
  } else {
    if (waits_for(priming_, index)) return false;
    walks_[priming_].dependents.push_back(index);
  }
  enter_cut(index, Cut());
  wait_for(index, priming_);
  return true;
}

void IterativeEngine::take_root_servers() {
  if (response_.meaning == Meaning::answer)
    hierarchy_.cuts.set_root(read_name_servers(message_, response_), real_now());
}

void IterativeEngine::choose_asked(uint32_t index) {
  Walk& walk = walks_[index];
  walk.asked_at = 0;
  if (!options_.qname_minimisation || walk.whole_name || walk.minimised >= minimised_max) return;
  const size_t octets = walk.name.wire().size();
  if (octets <= walk.cut.zone().size()) return;
  walk.asked_at = static_cast<uint8_t>(octets - next_possible_cut(walk).name.size());
  if (walk.asked_at > 0) ++walk.minimised;
}

// The zone answered a question with less than the name, and it was no referral.
bool IterativeEngine::take_minimised(uint32_t index) {
  Walk& walk = walks_[index];
  if (response_.meaning == Meaning::nxdomain) {
    if (options_.nxdomain_cut) return false;
    walk.whole_name = true;
  } else {
    note_no_cut(walk, no_cut_lifetime);
    walk.uncut_octets = static_cast<uint8_t>(walk.asked_name().size());
  }
  close_queries(index);
  walk.tried.clear();
  make_ready(index);
  return true;
}

}  // namespace dnswarm
