// What may be forged, and what follows (as resolver/lookup_suspects.cc has it for upstreams).
//
// Near miss: a response to a question that waits for its answer, from where and to where that is due, but
// with an ID that was not used for it at this cut. Somebody guesses, and may guess right next. So no UDP
// response to what the walk has out is taken any more: the same server is asked over TCP, where it is not
// known to take none and the share of such queries is not used up (engine/tcp_share.h); else over UDP again,
// from another port and with another ID and case. That costs no try. After three times at one cut the walk
// waits for its answer, and near misses are merely counted.
//
// Doubted: all is right but the case of the letters (0x20): the same server over TCP. One of which TCP
// confirmed three such answers is not expected to keep the case any more (upstream/habit.h). Of one that
// takes no TCP (server_table.h) the walk asks again, with another ID and port, and takes any case: a forger
// has to guess these twice.
#include <algorithm>
#include <utility>

#include "engine/message_digest.h"
#include "engine/response_match.h"
#include "iterative/iterative_engine.h"

namespace dnswarm {
namespace {

constexpr uint8_t suspects_max = 3;
// Of a server's queries, the newest: what a forged packet may cost is bounded. More are there only where the
// server has been silent.
constexpr unsigned looked_at_max = 256;

}  // namespace

// `octets` are no response to the query with their ID, if there is one. Are they about another one?
void IterativeEngine::look_for_near_miss(FlowIndex flow, const Address& source, std::span<uint8_t> octets) {
  const auto peer = peer_index_.find(source);
  if (peer == peer_index_.end() || !read_question_of_response(octets, message_)) return;
  uint32_t guessed = no_query;
  unsigned looked_at = 0;
  for (uint32_t q = peers_[peer->second].queries; q != no_query; q = queries_[q].next_of_peer) {
    if (++looked_at > looked_at_max) break;
    const Query& query = queries_[q];
    if (query.tcp || query.flow != flow) continue;
    const Walk& walk = walks_[query.walk];
    if (walk.asked_type() != message_.qtype || !names_equal(walk.asked_name(), message_.qname())) continue;
    if (query.id == message_.header.id) return;  // late, or for the second time
    if (!query.shut) guessed = q;
  }
  if (guessed == no_query) return;
  ++counters_.mismatches.near_miss;
  on_near_miss(guessed);
}

void IterativeEngine::on_near_miss(uint32_t q) {
  const Query guessed = queries_[q];
  const uint32_t index = guessed.walk;
  Walk& walk = walks_[index];
  if (walk.suspects >= suspects_max) return;
  if (budget_of(walk).packets + 2 > line_packets_max) return;  // it could not be asked anew
  ++walk.suspects;
  if (withdraw(index) || walk.phase != Walk::Phase::asked) return;
  const Address& server = peers_[guessed.peer].address;
  if (Walk::Tried* tried = walk.find_tried(server); tried != nullptr && tried->times > 0) --tried->times;
  const bool takes_tcp = !hierarchy_.servers.view(server, walk.cut.zone(), real_now()).without_tcp;
  if (takes_tcp && tcp_share_.any_left()) {
    tcp_share_.take();
    ++counters_.mismatches.to_tcp;
    return ask_over_tcp(index, guessed, TcpReason::suspected);
  }
  ++counters_.mismatches.to_fresh_port;
  make_ready(index);
}

// No UDP response to what is out there is taken any more. That says nothing about the servers. True: an
// answer over TCP is waited for.
bool IterativeEngine::withdraw(uint32_t index) {
  bool awaits_tcp = false;
  for (uint32_t q = walks_[index].queries; q != no_query; q = queries_[q].next) {
    if (queries_[q].shut) continue;
    if (queries_[q].tcp) {
      awaits_tcp |= !queries_[q].silent;
    } else {
      trace_response(queries_[q], TraceOutcome::near_miss);
      leave(q);
    }
  }
  return awaits_tcp;
}

bool IterativeEngine::take_doubted(uint32_t index, const Query& query) {
  Walk& walk = walks_[index];
  const ServerView server = hierarchy_.servers.view(peers_[query.peer].address, {}, real_now());
  if (walk.any_case || !server.keeps_case) return false;
  ++counters_.mismatches.other_case;
  trace_response(query, TraceOutcome::other_case);
  if (server.without_tcp) {
    walk.any_case = true;
    make_ready(index);
    return true;
  }
  walk.doubted_peer = query.peer;
  walk.doubted_digest = content_digest();
  ask_over_tcp(index, query, TcpReason::doubted);
  return true;
}

// A response over TCP: does it say what the doubted one said?
void IterativeEngine::settle_doubt(uint32_t index, const Query& query) {
  Walk& walk = walks_[index];
  const TcpReason reason = std::exchange(walk.tcp_reason, TcpReason::truncated);
  if (reason != TcpReason::doubted || walk.doubted_peer != query.peer) return;
  if (walk.doubted_digest != content_digest()) return;
  hierarchy_.servers.confirmed_other_case(peers_[query.peer].address, real_now());
}

// Of message_, what is not merely additional.
uint32_t IterativeEngine::content_digest() const {
  const auto end = std::find_if(message_.records.begin(), message_.records.end(),
                                [](const Record& r) { return r.section == Section::additional; });
  return digest_of(message_.rcode(), {message_.records.begin(), end});
}

}  // namespace dnswarm
