// Sending: which upstream, which flow, which ID; and what happens when it does not leave.
//
// Equal-length queries to one upstream can leave as one segmented send, so the upstream and flow are
// chosen per wire length and kept for a run of up to 32 queries, shorter where many upstreams share
// few queries. Retries choose one by one: their point is to go elsewhere.
//
// The wait for an answer is the upstream's (UpstreamPool::retry_after), and doubles with each try of the same
// one that was not given back: another one has its own queue. After the last try it doubles for all tries
// before: a late answer to any of them counts as well.
//
// IDs are drawn from a CSPRNG and unique within a flow; flows have random source ports (RFC 5452
// section 9.2).
#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/hash.h"
#include "base/send_error.h"
#include "dns/registrable_domain.h"
#include "resolver/lookup_engine.h"

namespace dnswarm {

namespace {

// IDs of queries that timed out stay taken until their lookup ends, whatever the flow's capacity:
// beyond this drawing a free one at random takes too long.
constexpr uint32_t flow_ids_max = 60'000;
constexpr uint8_t reconnects_max = 3;
constexpr unsigned doublings_max = 2;
// Where a host says that nobody listens there is no point in waiting for an answer; but it may be
// starting just now, and who said it was not checked as answers are.
constexpr Duration closed_port_wait = std::chrono::milliseconds(250);

uint64_t domain_hash(Octets qname) {
  const uint64_t hash = fnv1a(registrable_domain(qname));
  return hash ^ hash >> 29;
}

}  // namespace

LookupEngine::Started LookupEngine::start_attempt(uint32_t index) {
  if (lookups_[index].packets >= packets_max) {
    fail(index);
    return Started::ended;
  }
  return lookups_[index].over_tcp ? start_tcp(index) : start_udp(index);
}

std::optional<LookupEngine::Run> LookupEngine::choose_run(const Lookup& lookup, size_t octets) {
  if (lookup.same_upstream && pool_.admit(lookup.last_upstream, false, now_)) {
    const FlowIndex before = lookup.attempts == no_index ? no_flow : attempts_[lookup.attempts].flow;
    return Run{lookup.last_upstream, pick_flow(lookup.last_upstream, before), 0};
  }
  bool first = lookup.attempts == no_index;
  Run& run = runs_[octets];
  if (first && run.left > 0 && flow_open_[run.flow] < options_.flows.capacity &&
      flow_ids_[run.flow] < flow_ids_max && pool_.admit(run.upstream, true, now_)) {
    --run.left;
    return run;
  }
  auto upstream = pool_.choose(now_, tried_upstreams(lookup));
  if (!upstream) return std::nullopt;
  for (UpstreamIndex next : pool_.candidates()) __builtin_prefetch(&options_.upstreams[next]);
  FlowIndex flow = pick_flow(*upstream, no_flow);
  if (flow_ids_[flow] >= flow_ids_max) {
    pool_.forget(*upstream);
    return std::nullopt;
  }
  if (!first) return Run{*upstream, flow, 0};
  run = {*upstream, flow, static_cast<uint16_t>(run_length_ - 1)};
  return run;
}

// A random one of the upstream's flows that has room; the windows see to it that there is one. Another than
// `not_this`, unless it is the only one that has.
FlowIndex LookupEngine::pick_flow(UpstreamIndex upstream, FlowIndex not_this) {
  const FlowPlan& plan = options_.flows;
  uint32_t first = 0, n = 0, offset = 0;
  if (plan.connected) {
    first = uint32_t{upstream} * plan.per_upstream;
    n = plan.per_upstream;
  } else {
    bool v6 = options_.upstreams[upstream].family() == AF_INET6;
    first = v6 ? plan.v4 : 0;
    n = v6 ? plan.v6 : plan.v4;
    offset = uint32_t{upstream} * 7;  // neighbours in the list share no flows
  }
  const uint32_t own = std::min<uint32_t>(n, plan.per_upstream);
  uint32_t k = random_.below(own);
  auto flow_at = [&](uint32_t i) { return static_cast<FlowIndex>(first + (offset + i) % n); };
  if (flow_at(k) == not_this) k = (k + 1) % own;
  FlowIndex best = flow_at(k);
  for (uint32_t i = 1; i < n && flow_open_[best] >= plan.capacity; ++i) {
    FlowIndex other = flow_at(k + i);
    if (flow_open_[other] < flow_open_[best]) best = other;
  }
  return best;
}

// The next query most likely goes to the same flow: its ID is drawn already, and the place for it is near.
uint16_t LookupEngine::draw_id(FlowIndex flow) {
  uint16_t id = std::exchange(next_id_, random_.u16());
  while (open_.find(open_key(flow, id)) != ProbeTable::none) id = random_.u16();
  open_.prefetch(open_key(flow, next_id_));
  return id;
}

uint16_t LookupEngine::add_attempt(uint32_t index, UpstreamIndex upstream, FlowIndex flow, bool tcp,
                                   bool edns) {
  uint32_t a = attempts_.allocate();
  Attempt& attempt = attempts_[a];
  Lookup& lookup = lookups_[index];
  attempt = {.lookup = index, .next = lookup.attempts, .sent_at = now_, .upstream = upstream, .flow = flow,
             .id = draw_id(flow), .tcp = tcp, .edns = edns, .open = true};
  lookup.attempts = a;
  open_.insert(open_key(flow, attempt.id), a);
  if (!tcp) ++flow_ids_[flow];
  ++(tcp ? tcp_open_[upstream] : flow_open_[flow]);
  return attempt.id;
}

LookupEngine::Started LookupEngine::start_udp(uint32_t index) {
  Lookup& lookup = lookups_[index];
  Octets name = lookup.asked_name();
  auto run = choose_run(lookup, builder_.size(name.size(), builder_.edns()));
  if (!run) return Started::not_now;
  bool refused_edns = lookup.without_edns && run->upstream == lookup.plain_upstream;
  bool edns = builder_.edns() && !refused_edns && !plain_upstreams_[run->upstream];
  lookup.last_upstream = run->upstream;
  if (lookup.attempts != no_index) ++counters_.retries;
  const unsigned before = attempts_at(lookup, run->upstream);
  uint16_t id = add_attempt(index, run->upstream, run->flow, false, edns);
  QuerySecrets secrets = draw_secrets(run->upstream, edns);
  Attempt& attempt = attempts_[lookup.attempts];
  attempt.case_bits = secrets.case_bits;
  attempt.with_cookie = !secrets.cookie.empty();
  size_t octets = builder_.size(name.size(), edns, secrets.cookie.size());
  auto in_a_row = static_cast<uint16_t>(run->left + 1);
  builder_.build(name, lookup.type, id, edns, network_.queue_udp(run->flow, run->upstream, octets, in_a_row),
                 secrets);
  ++counters_.queries_udp;
  tcp_share_.on_udp_query();
  ++lookup.tries;
  ++lookup.packets;
  const bool last = lookup.tries >= options_.attempts;
  const unsigned doublings = std::min({last ? doublings_max : before, lookup.tries - 1u, doublings_max});
  after_sending(index, pool_.retry_after(run->upstream) * (1 << doublings));
  return Started::yes;
}

// The answer to a truncated response: no new try, but a packet (two with the connect).
LookupEngine::Started LookupEngine::start_tcp(uint32_t index) {
  Lookup& lookup = lookups_[index];
  UpstreamIndex upstream = lookup.last_upstream;
  if (pool_.left_out(upstream)) {
    lookup.over_tcp = false;
    return start_udp(index);
  }
  TcpState state = network_.tcp_state(upstream);
  // While it is connecting only the first query waits with it: the tokens of more would be spent long
  // before their packets leave, all at once.
  uint32_t room = state == TcpState::open ? tcp_health_[upstream].depth() : 1;
  if (tcp_open_[upstream] >= room) return Started::not_now;
  if (state == TcpState::closed && !network_.tcp_has_room()) return Started::not_now;
  unsigned packets = state == TcpState::closed ? 2 : 1;
  if (lookup.packets + packets > packets_max) {
    fail(index);
    return Started::ended;
  }
  if (!pool_.admit_tcp(upstream, packets, now_)) return Started::not_now;
  lookup.packets = static_cast<uint8_t>(lookup.packets + packets);
  counters_.tcp_connects += packets - 1;
  ++counters_.queries_tcp;
  FlowIndex flow = tcp_flow(upstream);
  bool edns = builder_.edns() && !plain_upstreams_[upstream];
  uint16_t id = add_attempt(index, upstream, flow, true, edns);
  size_t octets = builder_.build(lookup.asked_name(), lookup.type, id, edns, scratch_.data());
  after_sending(index, pool_.retry_after(upstream) * 2);
  if (state == TcpState::closed) tcp_health_[upstream].on_connect();
  if (!network_.send_tcp(upstream, {scratch_.data(), octets})) {
    // Reported from the next timer round on, not from in here: the caller holds the lookup.
    arm(index, now_);
  }
  return Started::yes;
}

unsigned LookupEngine::attempts_at(const Lookup& lookup, UpstreamIndex upstream) const {
  unsigned sum = 0;
  for (uint32_t a = lookup.attempts; a != no_index; a = attempts_[a].next) {
    sum += attempts_[a].upstream == upstream;
  }
  return sum;
}

void LookupEngine::after_sending(uint32_t index, Duration wait) {
  Lookup& lookup = lookups_[index];
  // Time spent in the queue for tokens is not charged; nor does it count before the first packet,
  // unless nothing could be sent at all: then this one attempt still has its time.
  if (lookup.sent == 0 && lookup.deadline == never) {
    Duration charged = lookup.state == Lookup::State::queued ? charged_wait(lookup) : Duration(0);
    lookup.deadline = now_ + std::min(options_.deadline, std::max(options_.deadline - charged, wait));
  } else if (lookup.state == Lookup::State::queued && waits_free(lookup) &&
             pool_.all_resting_since() == never) {
    lookup.deadline += now_ - lookup.waiting_since;
  }
  lookup.state = Lookup::State::asked;
  lookup.has_upstream = lookup.from_network = true;
  lookup.same_upstream = lookup.over_tcp = false;
  ++lookup.sent;
  ++lookup.queries;
  if (closed_ports_[lookup.last_upstream]) wait = std::min(wait, closed_port_wait);
  arm(index, std::min(now_ + wait, lookup.deadline));
}

void LookupEngine::report(Attempt& attempt, AttemptResult result, const Lookup& lookup) {
  Duration rtt = now_ - attempt.sent_at;
  // Evidence is the first attempt at a question alone, whether or not tries were given back since.
  bool first = attempt.next == no_index;
  if (attempt.reported) {
    if (is_answer(result)) pool_.report_late(attempt.upstream, first, rtt, now_);
  } else {
    bool counts = first && pool_.wants_domain(attempt.upstream, result, attempt.sent_at);
    uint64_t domain = counts ? domain_hash(lookup.asked_name()) | 1 : 0;
    pool_.report(attempt.upstream, result, first, rtt, domain, now_);
    --(attempt.tcp ? tcp_open_[attempt.upstream] : flow_open_[attempt.flow]);
  }
  attempt.reported = true;
  attempt.result = result;
}

void LookupEngine::shut(Attempt& attempt) {
  if (!attempt.open) return;
  open_.erase(open_key(attempt.flow, attempt.id));
  if (!attempt.tcp) --flow_ids_[attempt.flow];
  attempt.open = false;
}

// Takes an attempt that never left out of its lookup.
void LookupEngine::drop_attempt(uint32_t index, uint32_t attempt_index) {
  uint32_t* link = &lookups_[index].attempts;
  while (*link != attempt_index) link = &attempts_[*link].next;
  *link = attempts_[attempt_index].next;
  shut(attempts_[attempt_index]);
  attempts_.release(attempt_index);
}

bool LookupEngine::awaits_answer(const Lookup& lookup) const {
  for (uint32_t a = lookup.attempts; a != no_index; a = attempts_[a].next) {
    if (!attempts_[a].reported) return true;
  }
  return false;
}

std::span<const UpstreamIndex> LookupEngine::tried_upstreams(const Lookup& lookup) {
  auto end = tried_.begin();
  for (uint32_t a = lookup.attempts; a != no_index && end != tried_.end(); a = attempts_[a].next) {
    if (std::find(tried_.begin(), end, attempts_[a].upstream) == end) *end++ = attempts_[a].upstream;
  }
  return {tried_.begin(), end};
}

void LookupEngine::on_send_failed(FlowIndex flow, Octets query, int error) {
  if (query.size() < header_octets) return;
  uint32_t a = open_.find(open_key(flow, load_u16(query.data())));
  if (a == ProbeTable::none) return;
  Attempt& attempt = attempts_[a];
  uint32_t index = attempt.lookup;
  Lookup& lookup = lookups_[index];
  --lookup.sent;
  --lookup.queries;
  lookup.last_error = error;
  if (attempt.reported) return shut(attempt);  // its timer was faster: others are on their way
  if (is_congestion(error) || is_unreachable(error)) {
    // Our own end is full, or cut off for a while: nothing used up but the token.
    --lookup.tries;
    --lookup.packets;
    if (is_congestion(error)) pool_.forget(attempt.upstream);
    else pool_.unreachable(attempt.upstream, now_);
    --flow_open_[flow];
    drop_attempt(index, a);
    return retry(index, std::chrono::milliseconds(2));
  }
  if (error == ECONNREFUSED) note_closed_port(attempt.upstream);
  shut(attempt);
  report(attempt, AttemptResult::send_failed, lookup);
  retry(index, std::chrono::milliseconds(100));
}

void LookupEngine::on_port_refused(FlowIndex flow, int error) {
  if (!options_.flows.connected || error != ECONNREFUSED) return;
  note_closed_port(static_cast<UpstreamIndex>(flow / options_.flows.per_upstream));
}

void LookupEngine::note_closed_port(UpstreamIndex upstream) {
  pool_.note_refused_port(upstream, now_);
  if (closed_ports_[upstream]) return;
  closed_ports_[upstream] = true;
  open_.for_each([&](uint32_t, uint32_t a) {
    const Attempt& attempt = attempts_[a];
    const Lookup& lookup = lookups_[attempt.lookup];
    bool waits = lookup.state == Lookup::State::asked && !attempt.reported && !attempt.tcp;
    if (!waits || attempt.upstream != upstream) return;
    if (lookup.due > now_ + closed_port_wait) arm(attempt.lookup, now_ + closed_port_wait);
  });
}

// RFC 7766 section 6.2.4: a server may close at any time; what was open is asked again, on a new
// connection to the same upstream where the lost one had answered something, or (a few times) was
// closed in order; else elsewhere.
void LookupEngine::on_tcp_lost(PeerIndex peer, int error) {
  auto upstream = static_cast<UpstreamIndex>(peer);
  std::vector<uint32_t> lost;  // attempts, then lookups: a retry may release and reuse attempts
  open_.for_each([&](uint32_t key, uint32_t attempt) {
    if (key >> 16 == tcp_flow(upstream)) lost.push_back(attempt);
  });
  for (uint32_t& entry : lost) {
    Attempt& attempt = attempts_[entry];
    Lookup& lookup = lookups_[attempt.lookup];
    shut(attempt);
    report(attempt, AttemptResult::connection_lost, lookup);
    lookup.last_error = error;
    entry = attempt.lookup;
  }
  bool useful = tcp_health_[upstream].on_lost(static_cast<uint32_t>(lost.size()));
  for (uint32_t index : lost) {
    Lookup& lookup = lookups_[index];
    if (!needs_next(lookup)) continue;
    if (useful || (error == 0 && lookup.lost_connections++ < reconnects_max)) {
      lookup.last_upstream = upstream;
      lookup.over_tcp = true;
    }
    retry(index, std::chrono::milliseconds(100));
  }
}

}  // namespace dnswarm
