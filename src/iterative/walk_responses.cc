// Responses: is it the answer to what was asked (RFC 5452 section 9.1: source, port, ID, question), and what
// follows.
//
// What is wrong in the ID alone, or in the case of the letters, is walk_suspects.cc's.
//
// NOERROR and NXDOMAIN are read by read_server_response. Truncated: the same server over TCP, where that is
// not known to lead nowhere. FORMERR and NOTIMP to a query with EDNS: the same server without, now and for
// 900 s (RFC 6891 section 6.2.2). All else, and what is lame, broken or malformed, is the server's failure:
// another one is asked.
#include <algorithm>
#include <utility>

#include "cache/cached_message.h"
#include "cache/ttl_policy.h"
#include "engine/response_match.h"
#include "iterative/iterative_engine.h"

namespace dnswarm {
namespace {

unsigned labels_between(Octets name, Octets zone) {
  unsigned labels = 0;
  for (; name.size() > zone.size(); name = parent_of(name)) ++labels;
  return labels;
}

}  // namespace

void IterativeEngine::on_datagram(FlowIndex flow, const Address* source, std::span<uint8_t> octets) {
  if (octets.size() < header_octets) {
    ++counters_.mismatches.malformed;
    return;
  }
  const uint32_t q = open_.find(open_key(flow, load_u16(octets.data())));
  if (source == nullptr) return;  // no flow is connected
  if (q == ProbeTable::none) {
    ++counters_.mismatches.unknown_id;
    return look_for_near_miss(flow, *source, octets);
  }
  if (!(*source == peers_[queries_[q].peer].address)) {
    ++counters_.mismatches.wrong_source;
    return look_for_near_miss(flow, *source, octets);
  }
  if (!on_message(q, octets)) look_for_near_miss(flow, *source, octets);
}

void IterativeEngine::on_tcp_message(PeerIndex peer, std::span<uint8_t> octets) {
  if (octets.size() < header_octets) {
    ++counters_.mismatches.malformed;
    return;
  }
  const auto found = tcp_open_.find(tcp_key(peer, load_u16(octets.data())));
  if (found == tcp_open_.end()) {
    ++counters_.mismatches.unknown_id;
    return;
  }
  on_message(found->second, octets);
}

// False: it is not the response to that query.
bool IterativeEngine::on_message(uint32_t q, std::span<uint8_t> octets) {
  const Query query = queries_[q];
  const uint32_t index = query.walk;
  const Walk& asked = walks_[index];
  const SentQuestion sent = {asked.asked_name(), asked.asked_type(), RRClass::IN, query.case_bits};
  const Match how = match_response(octets, sent, message_, counters_.mismatches);
  if (how == Match::no) return false;
  const Duration rtt = now_ - query.sent_at;
  const bool kept_case = query.case_bits != 0 && how == Match::yes;
  hierarchy_.servers.answered(peers_[query.peer].address, rtt, kept_case, real_now());
  if (query.tcp) hierarchy_.servers.answered_over_tcp(peers_[query.peer].address, real_now());
  counters_.latency.add(std::chrono::duration_cast<std::chrono::microseconds>(rtt));
  shut(q);
  if (message_.qname_octets != 0 && parse_records(message_) != ParseError::none) {
    ++counters_.mismatches.malformed;
    trace_response(query, TraceOutcome::broken, "malformed");
    blame_once(index, query, "malformed");
    return true;
  }
  restore_spelling(octets, sent, message_);
  if (how == Match::other_case && take_doubted(index, query)) return true;
  if (query.tcp) settle_doubt(index, query);
  take_response(index, query);
  return true;
}

// What the well-formed response in message_ leads to.
void IterativeEngine::take_response(uint32_t index, const Query& query) {
  const Rcode rcode = message_.rcode();
  if (rcode != Rcode::NOERROR && rcode != Rcode::NXDOMAIN) return on_rcode(index, query);
  if (message_.truncated()) {
    trace_response(query, TraceOutcome::truncated);
    if (query.tcp) return blame(index, query, "truncated_over_tcp");
    return on_truncated(index, query);
  }
  const Walk& walk = walks_[index];
  read_server_response(message_, walk.cut.zone(), walk.asked_name(), walk.asked_type(), response_);
  on_meaning(index, query);
}

void IterativeEngine::on_truncated(uint32_t index, const Query& query) {
  Walk& walk = walks_[index];
  const Address& server = peers_[query.peer].address;
  if (hierarchy_.servers.view(server, walk.cut.zone(), real_now()).without_tcp)
    return blame(index, query, truncated_without_tcp);
  ask_over_tcp(index, query, TcpReason::truncated);
}

// The same server, as soon as the limits let it go.
void IterativeEngine::ask_over_tcp(uint32_t index, const Query& query, TcpReason reason) {
  Walk& walk = walks_[index];
  walk.tcp_reason = reason;
  walk.tcp_server = peers_[query.peer].address;
  walk.tcp_edns = query.edns;
  make_ready(index);
}

void IterativeEngine::on_rcode(uint32_t index, const Query& query) {
  Walk& walk = walks_[index];
  const Rcode rcode = message_.rcode();
  const bool no_edns = rcode == Rcode::FORMERR || rcode == Rcode::NOTIMP || rcode == Rcode::BADVERS;
  const bool tries_without = no_edns && query.edns;
  trace_response(query, tries_without ? TraceOutcome::edns_refused : TraceOutcome::refused);
  if (!tries_without) {
    walk.has_last_rcode = true;
    walk.last_rcode = rcode;
    return rcode == Rcode::SERVFAIL ? blame_once(index, query, {}) : blame(index, query, {});
  }
  const Address& server = peers_[query.peer].address;
  hierarchy_.servers.refused_edns(server, real_now());
  if (Walk::Tried* tried = walk.find_tried(server); tried != nullptr && tried->times > 0) --tried->times;
  make_ready(index);
}

void IterativeEngine::on_meaning(uint32_t index, const Query& query) {
  Walk& walk = walks_[index];
  if (options_.trace) trace_response(query, outcome_of(walk, response_.meaning), response_.code);
  switch (response_.meaning) {
    case Meaning::lame:
      // Of a question with less than the name that is not sure.
      if (walk.asked_at == 0)
        hierarchy_.servers.lame(peers_[query.peer].address, walk.cut.zone(), response_.code,
                                response_.code != "upward_referral", real_now());
      return blame(index, query, response_.code);
    case Meaning::broken:
      if (response_.code != "cname_loop") return blame(index, query, response_.code);
      if (walk.asked_at > 0) break;  // of a name above: that says nothing of those below it
      return fail_with(index, cname_loop);  // the zone's own doing
    case Meaning::referral: {
      response_.delegation.learnt = real_now();
      Cut cut(response_.delegation);
      hierarchy_.cuts.put(cut);
      // The cut lies deeper than where one was looked for, as below co.uk, which is none.
      if (cut.zone().size() > walk.claim_octets) note_no_cut(walk, no_cut_lifetime);
      // Without a TTL it is this walk's alone: the others ask for themselves, not one after the other.
      if (cut.ttl_s() == 0) note_no_cut(walk, std::chrono::seconds(failure_ttl_s));
      enter_cut(index, std::move(cut));
      make_ready(index);  // before those that waited for it: its time is running
      return release_claim(index);
    }
    case Meaning::answer:
    case Meaning::nodata:
    case Meaning::nxdomain:
    case Meaning::alias: break;
  }
  if (walk.asked_at > 0 && take_minimised(index)) return;
  note_no_cut(walk, no_cut_lifetime);
  store(walk);
  if (index == priming_) take_root_servers();
  if (response_.meaning != Meaning::alias) return finish(index, &query);
  if (go_on_at_target(index)) make_ready(index);
}

// The truncated or doubted response that led there is why there is no answer, where no other server has one.
void IterativeEngine::on_tcp_failed(const Query& query) {
  hierarchy_.servers.failed_over_tcp(peers_[query.peer].address, real_now());
  Walk& walk = walks_[query.walk];
  if (walk.tcp_reason == TcpReason::truncated) {
    walk.last_code = truncated_without_tcp;
    return;
  }
  if (walk.tcp_reason == TcpReason::doubted) walk.last_code = "other_case";
  // It costs that server no try until it is known that it takes no TCP.
  Walk::Tried* tried = walk.find_tried(peers_[query.peer].address);
  if (++walk.tcp_failures > ServerTable::tcp_failures_max) return;
  if (tried != nullptr && tried->times > 0) --tried->times;
}

// It may do better the next time: after the others it gets another try.
void IterativeEngine::blame_once(uint32_t index, const Query& query, std::string_view code) {
  Walk& walk = walks_[index];
  const Walk::Tried* tried = walk.find_tried(peers_[query.peer].address);
  if (tried == nullptr || tried->times >= 2) return blame(index, query, code);
  if (!code.empty()) walk.last_code = code;
  if (walk.phase == Walk::Phase::asked) make_ready(index);
}

// This server gave nothing to go on with. Others are asked, unless one that was asked before may still
// answer.
void IterativeEngine::blame(uint32_t index, const Query& query, std::string_view code) {
  Walk& walk = walks_[index];
  if (!code.empty()) walk.last_code = code;
  if (Walk::Tried* tried = walk.find_tried(peers_[query.peer].address)) tried->out = true;
  if (walk.phase == Walk::Phase::asked) make_ready(index);
}

// Keeps message_ for the question that was asked. Of positive answers the answer section, of negative ones
// the SOA too.
void IterativeEngine::store(const Walk& walk) {
  if (options_.cache_octets == 0 && walk.is_line) return;
  uint32_t ttl_s = least_ttl_s(response_.answers);
  const bool negative = response_.meaning == Meaning::nodata || response_.meaning == Meaning::nxdomain;
  if (negative) ttl_s = std::min(ttl_s, response_.negative_ttl_s);
  if (!negative && response_.answers.empty()) return;
  if (walk.asked_at == 0) put(walk, walk.type, ttl_s, negative);
  const bool denies_name = response_.meaning == Meaning::nxdomain && response_.links == 0;
  if (options_.nxdomain_cut && denies_name) put(walk, nxdomain_type, ttl_s, true);
}

// With the place of the zone it came from: how many labels the name has more.
void IterativeEngine::put(const Walk& walk, RRType type, uint32_t ttl_s, bool with_authority) {
  const Octets name = walk.asked_name();
  const unsigned labels = labels_between(name, walk.cut.zone());
  if (ttl_s == 0 || labels > 63) return;
  put_message(cache_, {hash_of(walk, name, type), name, type}, message_,
              with_authority ? KeptRecords::answers_and_authority : KeptRecords::answers, 0,
              static_cast<uint8_t>(labels), ttl_s, real_now());
}

}  // namespace dnswarm
