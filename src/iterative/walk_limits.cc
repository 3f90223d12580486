// What holds a query back: the budget of its line, the rate of all packets, and courtesy to the server, which
// has so many queries open at most and gets so many packets a second.
//
// Who finds every server it could ask crowded waits in the queue of one of them. Where packets are what is
// lacking, walks are woken one at a time, so that each finds its token.
#include <algorithm>

#include "iterative/iterative_engine.h"

namespace dnswarm {
namespace {

// Another worker may take the token that is there by then.
constexpr Duration token_race_pause = std::chrono::microseconds(100);

}  // namespace

bool IterativeEngine::pay(uint32_t index, const Address& server, unsigned packets) {
  Budget& budget = budget_of(walks_[index]);
  if (budget.packets + packets > line_packets_max) {
    walks_[index].out_of_budget = true;
    fail_with(index, {Failure::budget, "packets", "64 packets were spent on this name"});
    return false;
  }
  if (!hierarchy_.servers.take(server, packets, real_now())) {
    wait_for_peer(index, peer_at(server));
    return false;
  }
  if (!rate_.take(real_now(), packets)) {
    hierarchy_.servers.give_back(server, packets, real_now());
    walks_[index].phase = Walk::Phase::limited;
    limited_.push_back(index);
    return false;
  }
  if (rate_.limited()) taken_.emplace_back(real_now(), packets);
  budget.packets += packets;
  return true;
}

bool IterativeEngine::is_crowded(const Candidate& candidate) {
  if (candidate.view.ready_at <= real_now() && has_place(peers_[candidate.peer])) return false;
  crowded_.push_back(candidate.peer);
  return true;
}

void IterativeEngine::wait_for_peer(uint32_t index, PeerIndex peer) {
  walks_[index].phase = Walk::Phase::crowded;
  peers_[peer].waiting.push_back(index);
  arm(index, budget_of(walks_[index]).deadline);
  wake_waiting(peer);
}

void IterativeEngine::free_left_places() {
  while (!left_.empty() && left_.top().at <= now_) {
    const PeerIndex peer = left_.top().peer;
    left_.pop();
    --peers_[peer].left;
    --peers_[peer].awaited;
    wake_waiting(peer);
    free_if_unused(peer);
  }
}

void IterativeEngine::wake_waiting(PeerIndex index) {
  Peer& peer = peers_[index];
  while (peer.has_waiting() && has_place(peer)) {
    if (hierarchy_.servers.limited()) {
      if (peer.woken > 0 || peer.paced) return;  // its token first
      const Instant at = hierarchy_.servers.ready_at(peer.address, real_now());
      if (at > real_now()) return pace(index, at);
    }
    const uint32_t walk = peer.take_waiting();
    if (walks_[walk].phase != Walk::Phase::crowded) continue;  // it ended
    ++peer.woken;
    make_ready(walk, index);
  }
}

void IterativeEngine::pace(PeerIndex peer, Instant at) {
  peers_[peer].paced = true;
  paced_.push({at, peer});
}

void IterativeEngine::wake_limited() {
  if (!limited_.empty() && rate_.next(real_now()) <= real_now()) {
    for (uint32_t index : std::exchange(limited_, {})) {
      if (walks_[index].phase == Walk::Phase::limited) make_ready(index);
    }
  }
  while (!paced_.empty() && paced_.top().at <= real_now()) {
    const PeerIndex peer = paced_.top().peer;
    paced_.pop();
    peers_[peer].paced = false;
    wake_waiting(peer);
    free_if_unused(peer);
  }
}

// When wake_limited() may find one, on the engine's clock.
Instant IterativeEngine::next_token(Instant now) const {
  Instant next = never;
  if (!limited_.empty()) next = rate_.next(real_now());
  if (!paced_.empty()) next = std::min(next, paced_.top().at);
  return next == never ? never : std::max(next - stalled_, now + token_race_pause);
}

}  // namespace dnswarm
