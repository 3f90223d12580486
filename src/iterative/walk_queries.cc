// Which server is asked next, and sending.
//
// Every address of the cut is asked once before any is asked again; name servers without glue are looked up
// before that second round. Among those it is a random one whose round-trip time is within 400 ms of the best
// (Unbound's band: spreads load, and keeps knowledge fresh); unknown servers count as 376 ms, so they get
// their chance. Resting ones come last, then those that once did not answer as the zone's servers do; lame
// ones never. The wait doubles with each try of the same address.
//
// A server that nothing leads to (no route) is passed over; where that is all of them, this machine is cut
// off for a while: they are tried again every 250 ms until the deadline.
#include <netinet/in.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/send_error.h"
#include "iterative/iterative_engine.h"

namespace dnswarm {
namespace {

constexpr Duration rtt_band = std::chrono::milliseconds(400);
constexpr size_t unused_peers_max = 8192;
constexpr Duration cut_off_pause = std::chrono::milliseconds(250);
constexpr unsigned tcp_waits = 4;  // of a datagram's: connecting takes a round trip of its own

Duration expected_rtt(const ServerView& view) {
  return view.srtt > Duration(0) ? view.srtt : ServerTable::timeout_unknown;
}

}  // namespace

void IterativeEngine::ask(uint32_t index) {
  for (unsigned tries_max = 1; tries_max <= server_tries_max; ++tries_max) {
    if (const Candidate* server = choose_server(walks_[index], tries_max)) return send(index, *server);
    if (!crowded_.empty()) {
      // All that it could ask have enough to do.
      return wait_for_peer(index, crowded_[random_.below(static_cast<uint32_t>(crowded_.size()))]);
    }
    if (wait_for_route(index) || resolve_next_server(index)) return;
  }
  Walk& walk = walks_[index];
  if (walk.asked_at == 0) {
    if (ask_parent_again(index)) return;
    if (walk.last_code.empty()) walk.last_code = lame_code_;
    return fail(index);
  }
  walk.whole_name = true;
  walk.asked_at = 0;
  walk.tried.clear();
  ask(index);
}

// Whether it is one's own end that is cut off.
bool IterativeEngine::wait_for_route(uint32_t index) {
  Walk& walk = walks_[index];
  if (!walk.is_cut_off()) return false;
  for (Walk::Tried& tried : walk.tried) tried = {tried.address, 0, false, true};
  walk.phase = Walk::Phase::asked;
  arm(index, std::min(now_ + cut_off_pause, budget_of(walk).deadline));
  return true;
}

// Nobody's zone shall make us ask ourselves, or everybody. On a network of one's own servers may be anywhere.
bool IterativeEngine::is_usable(const Address& server) const {
  if ((server.family() == AF_INET6 ? options_.flows_v6 : options_.flows_v4) == 0) return false;
  if (server.is_loopback()) return options_.loopback_servers;
  if (server.family() == AF_INET6) {
    const in6_addr& v6 = reinterpret_cast<const sockaddr_in6*>(server.sa())->sin6_addr;
    return !IN6_IS_ADDR_UNSPECIFIED(&v6) && !IN6_IS_ADDR_MULTICAST(&v6) && !IN6_IS_ADDR_V4MAPPED(&v6);
  }
  const auto* v4 = reinterpret_cast<const sockaddr_in*>(server.sa());
  const uint32_t first_octet = ntohl(v4->sin_addr.s_addr) >> 24;
  return first_octet != 0 && first_octet < 224;
}

void IterativeEngine::add_candidates(const Walk& walk, std::span<const Address> servers, unsigned tries_max) {
  for (Address address : servers) {
    if (!is_usable(address)) continue;
    address.set_port(options_.port);
    const Walk::Tried* tried = walk.find_tried(address);
    if (tried != nullptr && (tried->out || tried->times >= tries_max)) continue;
    const unsigned tries = tried != nullptr ? tried->times : 0;
    const ServerView view = hierarchy_.servers.view(address, walk.cut.zone(), real_now());
    // A dead one gets one chance a walk: a dead zone costs each of its names little time.
    const bool spent = view.dead && tries > 0;
    if (!view.lame.empty() && !view.unsure_lame)
      lame_code_ = view.lame;
    else if (!spent)
      (view.unsure_lame ? last_resort_ : candidates_).push_back({address, view, tries});
  }
}

// Null: there is none. What it points to stays until the next one is chosen.
const IterativeEngine::Candidate* IterativeEngine::choose_server(const Walk& walk, unsigned tries_max) {
  candidates_.clear();
  last_resort_.clear();
  lame_code_ = {};
  crowded_.clear();
  add_candidates(walk, walk.cut.addresses(), tries_max);
  for (const NameServer& server : walk.learnt) add_candidates(walk, server.addresses, tries_max);
  while (!candidates_.empty() || !last_resort_.empty()) {
    if (candidates_.empty()) candidates_.swap(last_resort_);
    const size_t chosen = draw_candidate();
    Candidate& candidate = candidates_[chosen];
    candidate.peer = peer_at(candidate.address);
    if (!is_crowded(candidate)) return &candidate;
    candidates_.erase(candidates_.begin() + static_cast<std::ptrdiff_t>(chosen));
    if (candidates_.empty()) break;  // what is crowded is better than a last resort
  }
  return nullptr;
}

// Of those that do not rest, where there are any, one of those that are near.
size_t IterativeEngine::draw_candidate() {
  if (candidates_.size() == 1) return 0;
  Duration best_awake = Duration::max(), best_resting = Duration::max();
  for (const Candidate& c : candidates_) {
    Duration& best = c.view.resting ? best_resting : best_awake;
    best = std::min(best, expected_rtt(c.view));
  }
  const bool all_rest = best_awake == Duration::max();
  const Duration best = all_rest ? best_resting : best_awake;
  size_t drawn = 0;
  uint32_t near = 0;
  for (size_t i = 0; i < candidates_.size(); ++i) {
    const Candidate& c = candidates_[i];
    if ((c.view.resting && !all_rest) || expected_rtt(c.view) > best + rtt_band) continue;
    if (++near == 1 || random_.below(near) == 0)
      drawn = i;  // each of n is drawn with a chance of 1/n in the end
  }
  return drawn;
}

void IterativeEngine::send(uint32_t index, const Candidate& server) {
  if (!pay(index, server.address, 1)) return free_if_unused(server.peer);
  Walk& walk = walks_[index];
  if (Walk::Tried* tried = walk.find_tried(server.address)) {
    ++tried->times;
    tried->no_route = false;
  } else {
    walk.tried.push_back({server.address, 1});
  }
  if (walk.queries != no_query) ++counters_.retries;
  const bool edns = builder_.edns() && !server.view.without_edns;
  const FlowIndex flow = draw_flow(server.address.family(), walk.queries);
  const uint32_t q = add_query(index, server.peer, flow, false, edns);
  const Octets name = walk.asked_name();
  const size_t octets = builder_.size(name.size(), edns);
  uint8_t* const room = network_.queue_udp(flow, server.peer, octets, 1);
  Query& query = queries_[q];
  if (options_.mixed_case && server.view.keeps_case && !walk.any_case) query.case_bits = random_.u32();
  builder_.build(name, walk.asked_type(), query.id, edns, room, {query.case_bits, {}});
  ++counters_.queries_udp;
  tcp_share_.on_udp_query();
  after_sending(q, std::min(server.view.timeout * (1 << server.tries), ServerTable::timeout_max));
}

// The answer to a truncated response: the same server over TCP, as soon as the limits let it go.
void IterativeEngine::send_tcp(uint32_t index) {
  Walk& walk = walks_[index];
  const PeerIndex peer = peer_at(walk.tcp_server);
  // The place that the truncated response left may be another walk's by now.
  if (!has_place(peers_[peer])) return wait_for_peer(index, peer);
  const TcpState state = network_.tcp_state(peer);
  if (state == TcpState::closed && !network_.tcp_has_room()) {
    walk.tcp_server = Address();  // another server, then
    return make_ready(index);
  }
  const unsigned packets = state == TcpState::closed ? 2 : 1;
  if (!pay(index, walk.tcp_server, packets)) return;
  walk.tcp_server = Address();
  const uint32_t q = add_query(index, peer, 0, true, walk.tcp_edns);
  const size_t octets =
      builder_.build(walk.asked_name(), walk.asked_type(), queries_[q].id, walk.tcp_edns, scratch_.data());
  counters_.tcp_connects += packets - 1;
  ++counters_.queries_tcp;
  const auto view = hierarchy_.servers.view(peers_[peer].address, walk.cut.zone(), real_now());
  if (!network_.send_tcp(peer, {scratch_.data(), octets})) {
    trace_response(queries_[q], TraceOutcome::unreachable);
    drop(q);
    return make_ready(index);  // at our own end, perhaps
  }
  after_sending(q, view.timeout * tcp_waits);
}

void IterativeEngine::after_sending(uint32_t q, Duration wait) {
  queries_[q].due = now_ + wait;
  const uint32_t index = queries_[q].walk;
  Walk& walk = walks_[index];
  Budget& budget = budget_of(walk);
  if (budget.deadline == never) budget.deadline = now_ + options_.deadline;
  walk.phase = Walk::Phase::asked;
  walk.from_network = true;
  ++walk.sent;
  arm(index, std::min(now_ + wait, budget.deadline));
}

uint32_t IterativeEngine::add_query(uint32_t index, PeerIndex peer, FlowIndex flow, bool tcp, bool edns) {
  const uint32_t q = queries_.allocate();
  uint16_t id = random_.u16();
  if (tcp) {
    while (tcp_open_.contains(tcp_key(peer, id))) id = random_.u16();
    tcp_open_[tcp_key(peer, id)] = q;
    ++peers_[peer].tcp_open;
  } else {
    while (open_.find(open_key(flow, id)) != ProbeTable::none) id = random_.u16();
    open_.insert(open_key(flow, id), q);
  }
  Walk& walk = walks_[index];
  Peer& asked = peers_[peer];
  queries_[q] = {.walk = index,
                 .next = walk.queries,
                 .next_of_peer = asked.queries,
                 .peer = peer,
                 .sent_at = now_,
                 .flow = flow,
                 .id = id,
                 .tcp = tcp,
                 .edns = edns};
  if (asked.queries != no_query) queries_[asked.queries].before_of_peer = q;
  walk.queries = asked.queries = q;
  ++asked.awaited;
  if (options_.trace) trace_query(q);
  return q;
}

// No response to it is taken any more.
void IterativeEngine::shut(uint32_t q) {
  Query& query = queries_[q];
  if (std::exchange(query.shut, true)) return;
  Peer& peer = peers_[query.peer];
  if (query.tcp) {
    tcp_open_.erase(tcp_key(query.peer, query.id));
    --peer.tcp_open;
  } else {
    open_.erase(open_key(query.flow, query.id));
  }
  if (query.silent) return;
  --peer.awaited;
  wake_waiting(query.peer);
}

// Nobody waits for the response any more, but the server is at it still: its place is free when its time is
// over.
void IterativeEngine::leave(uint32_t q) {
  const Query& query = queries_[q];
  if (!query.shut && !query.silent) {
    ++peers_[query.peer].left;
    ++peers_[query.peer].awaited;
    left_.push({query.due, query.peer});
  }
  shut(q);
}

// Takes it out of its walk.
void IterativeEngine::drop(uint32_t q) {
  shut(q);
  const Query query = queries_[q];
  uint32_t* link = &walks_[query.walk].queries;
  while (*link != q) link = &queries_[*link].next;
  *link = query.next;
  const bool newest = query.before_of_peer == no_query;
  uint32_t& before = newest ? peers_[query.peer].queries : queries_[query.before_of_peer].next_of_peer;
  CHECK(before == q);
  before = query.next_of_peer;
  if (query.next_of_peer != no_query) queries_[query.next_of_peer].before_of_peer = query.before_of_peer;
  free_if_unused(query.peer);
  queries_.release(q);
}

// Some time after this turn, if it still is unused then.
void IterativeEngine::free_if_unused(PeerIndex index) {
  Peer& peer = peers_[index];
  if (peer.queries != no_query || peer.left > 0 || peer.unused) return;
  peer.unused = true;
  unused_peers_.push_back(index);
}

// Nor is anything to be asked again over TCP: another response came first.
void IterativeEngine::close_queries(uint32_t index) {
  walks_[index].tcp_server = Address();
  for (uint32_t q; (q = walks_[index].queries) != no_query; drop(q)) leave(q);
}

PeerIndex IterativeEngine::peer_at(const Address& address) {
  const auto [found, is_new] = peer_index_.try_emplace(address, 0);
  if (is_new) {
    found->second = peers_.allocate();
    peers_[found->second] = Peer();
    peers_[found->second].address = address;
    peers_[found->second].text = address.to_text();
  }
  return found->second;
}

void IterativeEngine::free_unused_peers() {
  while (unused_peers_.size() > unused_peers_max) {
    const PeerIndex index = unused_peers_.front();
    unused_peers_.pop_front();
    Peer& peer = peers_[index];
    peer.unused = false;
    // It may be needed again.
    if (peer.queries != no_query || peer.left > 0) continue;
    if (peer.woken > 0 || peer.paced || peer.has_waiting()) continue;
    peer_index_.erase(peer.address);
    // The next server with this number must not be asked over this one's connection.
    network_.close_tcp(index);
    peers_.release(index);
  }
}

// IDs are drawn at random within a flow, flows at random: both must be guessed (RFC 5452 section 9.2).
// Another try leaves from another port than the one before, where there is one.
FlowIndex IterativeEngine::draw_flow(int family, uint32_t query_before) {
  const bool v6 = family == AF_INET6;
  const uint32_t first = v6 ? options_.flows_v4 : 0;
  const uint32_t n = v6 ? options_.flows_v6 : options_.flows_v4;
  const uint32_t drawn = random_.below(n);
  const bool again = query_before != no_query && queries_[query_before].flow == first + drawn;
  return static_cast<FlowIndex>(first + (again ? (drawn + 1) % n : drawn));
}

void IterativeEngine::on_send_failed(FlowIndex flow, Octets query, int error) {
  if (query.size() < header_octets) return;
  const uint32_t q = open_.find(open_key(flow, load_u16(query.data())));
  if (q == ProbeTable::none) return;
  const Query failed = queries_[q];
  trace_response(failed, TraceOutcome::unreachable);
  drop(q);
  // Where our own end is full the server may be tried again.
  Walk& walk = walks_[failed.walk];
  Walk::Tried* tried = walk.find_tried(peers_[failed.peer].address);
  if (tried != nullptr && !is_congestion(error)) tried->out = true;
  if (tried != nullptr && is_unreachable(error)) {
    tried->no_route = true;
    --walk.sent;
    --budget_of(walk).packets;
  }
  if (walk.phase == Walk::Phase::asked) make_ready(failed.walk);
}

void IterativeEngine::on_tcp_lost(PeerIndex peer, int) {
  std::vector<uint32_t> lost;
  for (uint32_t q = peers_[peer].queries; q != no_query; q = queries_[q].next_of_peer) {
    if (queries_[q].tcp && !queries_[q].shut) lost.push_back(q);
  }
  for (uint32_t q : lost) {
    const Query query = queries_[q];
    trace_response(query, TraceOutcome::unreachable);
    drop(q);
    on_tcp_failed(query);
    blame_once(query.walk, query, {});
  }
}

}  // namespace dnswarm
