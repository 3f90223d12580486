// Responses: is it the answer to what was asked (RFC 5452 section 9.1: source, port, ID, question),
// and what follows from it. Whatever does not match is counted and the lookup keeps waiting.
//
// What follows (decide): NOERROR and NXDOMAIN end the lookup, or continue it along an open CNAME.
// Everything else is tried elsewhere first, as long as tries, packets (16) and deadline allow:
// - truncated: the same upstream over TCP; another upstream where its TCP did not answer lately. The try is
//   given back while that may have been a moment's overload.
// - SERVFAIL and other RCODEs: another upstream at once; where all were tried, again after a pause,
//   as often as there are upstreams, twice at least (the first SERVFAIL may be a resolver that was
//   still at work).
// - REFUSED: maybe throttling. The try is given back; another upstream, or a pause that doubles. So it
//   is where nothing came from an upstream that was overrun lately (on_timer).
// - all tries used up, and one who said no is known by now to have got too much: all tries once more, later.
//   Where that may turn out within a moment (it says no more often than usual), the end waits for it.
// - TC with nothing in it: TCP, as above; once TCP had nothing either it is a throttle.
// - FORMERR, NOTIMP, BADVERS to a query with EDNS: the same upstream without. Remembered only when
//   the plain query then succeeded (RFC 6891 section 6.2.2).
// - a referral where recursion was desired: a lame upstream, no answer.
// - malformed: another upstream.
// - doubted: lookup_suspects.cc.
// - BADCOOKIE: the same upstream, with the cookie that came with it; over TCP where that fails, too (RFC 7873
//   section 5.3).
#include <algorithm>

#include "cache/cached_message.h"
#include "cache/ttl_policy.h"
#include "dns/name.h"
#include "engine/response_match.h"
#include "resolver/cache_kind.h"
#include "resolver/cname_chain.h"
#include "resolver/lookup_engine.h"

namespace dnswarm {

namespace {

constexpr Duration servfail_pause = std::chrono::milliseconds(300);
constexpr Duration refused_pause = std::chrono::milliseconds(250);
constexpr Duration throttled_pause = std::chrono::milliseconds(10);
constexpr uint8_t throttles_max = 8;
// Where so many throttle most do: a later moment is more promising than another upstream.
constexpr unsigned throttles_elsewhere = 4;
constexpr Duration later_pause = std::chrono::milliseconds(80);
constexpr uint8_t truncations_max = 2;  // of these: then TCP is asked, which the name may need in any case
constexpr Duration verdict_pause = std::chrono::milliseconds(300);  // by then a cap is known as one
constexpr size_t udp_octets_least = 512;  // an answer of so many needs no TC (RFC 1035 section 4.2.1)
constexpr Duration tcp_rest_pause = std::chrono::milliseconds(500);
constexpr Duration malformed_pause = std::chrono::milliseconds(100);

// NOERROR, nothing in it but NS records of somebody else's, and no recursion to be had.
bool is_referral(const Message& message) {
  if (message.answer_count > 0 || message.header.flags & (HeaderFlags::ra | HeaderFlags::aa)) {
    return false;
  }
  bool ns = false;
  for (const Record& record : message.records) {
    if (record.section != Section::authority) continue;
    if (record.type == RRType::SOA) return false;
    ns |= record.type == RRType::NS;
  }
  return ns;
}

// The header and the question were read before.
Unusable unusable_by(ParseError error) {
  switch (error) {
    case ParseError::none:
    case ParseError::short_header:
    case ParseError::bad_question: break;
    case ParseError::bad_counts: return Unusable::bad_counts;
    case ParseError::bad_name: return Unusable::bad_name;
    case ParseError::bad_rdata: return Unusable::bad_rdata;
    case ParseError::bad_opt: return Unusable::bad_opt;
  }
  return Unusable::no;
}

}  // namespace

void LookupEngine::on_datagram(FlowIndex flow, const Address* source, std::span<uint8_t> octets) {
  if (octets.size() < header_octets) {
    ++counters_.mismatches.malformed;
    return;
  }
  on_message(open_key(flow, load_u16(octets.data())), source, octets);
}

void LookupEngine::on_tcp_message(PeerIndex upstream, std::span<uint8_t> octets) {
  tcp_health_[upstream].on_message();
  on_datagram(tcp_flow(static_cast<UpstreamIndex>(upstream)), nullptr, octets);
}

void LookupEngine::on_message(uint32_t key, const Address* source, std::span<uint8_t> octets) {
  uint32_t a = open_.find(key);
  if (a == ProbeTable::none) {
    ++counters_.mismatches.unknown_id;
    return look_for_near_miss(static_cast<FlowIndex>(key >> 16), source, octets);
  }
  uint32_t index = attempts_[a].lookup;
  Lookup& lookup = lookups_[index];
  const Match how = match(attempts_[a], lookup, source, octets);
  if (how == Match::no) return look_for_near_miss(static_cast<FlowIndex>(key >> 16), source, octets);
  if (pool_.left_out(attempts_[a].upstream)) return;  // silence, from now on
  // Some servers send errors back without the question (RFC 1035 leaves it open).
  ParseError error = message_.qname_octets != 0 ? parse_records(message_) : ParseError::none;
  if (error == ParseError::none && !cookie_fits(attempts_[a])) {
    ++counters_.mismatches.wrong_cookie;
    return;
  }
  // From here on it is this upstream's response to this query: no second one is taken.
  shut(attempts_[a]);
  if (error == ParseError::none) return decide(index, a, read(attempts_[a], lookup, octets, how));
  lookup.unusable = unusable_by(error);
  ++counters_.mismatches.malformed;
  decide(index, a, AttemptResult::malformed);
}

Match LookupEngine::match(const Attempt& attempt, const Lookup& lookup, const Address* source,
                          std::span<uint8_t> octets) {
  MismatchStats& counters = counters_.mismatches;
  if (source != nullptr && !(*source == options_.upstreams[attempt.upstream])) {
    ++counters.wrong_source;
    return Match::no;
  }
  return match_response(octets, sent_question(attempt, lookup), message_, counters);
}

// What the response in message_ is: well-formed, and to this query.
AttemptResult LookupEngine::read(const Attempt& attempt, Lookup& lookup, std::span<uint8_t> octets,
                                 Match how) {
  restore_spelling(octets, sent_question(attempt, lookup), message_);
  AttemptResult result = classify(attempt, lookup);
  if (attempt.tcp) {
    settle_doubt(lookup, attempt, result);
  } else if (result == AttemptResult::answered) {
    lookup.doubt = doubt_about(attempt, how == Match::other_case);
    if (lookup.doubt != Doubt::none) return AttemptResult::doubted;
    note_habits(attempt, how == Match::other_case);
  }
  if (attempt.with_cookie) defences_[attempt.upstream].cookies.on_response(message_.edns.cookie);
  return result;
}

AttemptResult LookupEngine::classify(const Attempt& attempt, Lookup& lookup) const {
  Rcode rcode = message_.rcode();
  switch (rcode) {
    case Rcode::NOERROR:
    case Rcode::NXDOMAIN:
      if (message_.truncated() && !attempt.tcp) {
        return message_.answer_count == 0 ? AttemptResult::truncated_empty : AttemptResult::truncated;
      }
      if (message_.truncated()) {
        lookup.unusable = Unusable::truncated_over_tcp;
        return AttemptResult::malformed;
      }
      if (rcode == Rcode::NOERROR && options_.query.recursion_desired && is_referral(message_)) {
        lookup.unusable = Unusable::referral;
        return AttemptResult::malformed;
      }
      return AttemptResult::answered;
    case Rcode::SERVFAIL: return AttemptResult::servfail;
    case Rcode::REFUSED: return AttemptResult::refused;
    case Rcode::BADCOOKIE:
      return attempt.with_cookie ? AttemptResult::bad_cookie : AttemptResult::other_rcode;
    case Rcode::FORMERR:
    case Rcode::NOTIMP:
    case Rcode::BADVERS:
      return attempt.edns ? AttemptResult::no_edns : AttemptResult::other_rcode;
    default: return AttemptResult::other_rcode;
  }
}

void LookupEngine::decide(uint32_t index, uint32_t a, AttemptResult result) {
  Lookup& lookup = lookups_[index];
  report(attempts_[a], result, lookup);
  if (result == AttemptResult::answered) return on_answer(index, a);
  UpstreamIndex upstream = attempts_[a].upstream;
  if (result != AttemptResult::malformed && !is_answer(result)) {
    lookup.has_last_rcode = true;
    lookup.last_rcode = message_.rcode();
    keep_errors(lookup);
  }
  if (is_throttled(lookup, attempts_[a], result)) {
    if (lookup.tries > 0) --lookup.tries;
    return retry_throttled(index, throttled_pause);
  }
  switch (result) {
    case AttemptResult::answered: return;
    case AttemptResult::truncated:
    case AttemptResult::truncated_empty:
      // A late one, after the lookup went elsewhere, changes nothing.
      if (!needs_next(lookup)) return;
      if (tcp_health_[upstream].resting(now_)) {
        lookup.unusable = Unusable::tcp_unreachable;
        const bool briefly = tcp_health_[upstream].resting_briefly(now_);
        if (briefly && lookup.tries > 0) --lookup.tries;
        return retry(index, briefly ? tcp_rest_pause : malformed_pause);
      }
      lookup.last_upstream = upstream;
      lookup.over_tcp = true;
      return start_or_enqueue(index);
    case AttemptResult::doubted: return on_doubted(index, a);
    case AttemptResult::no_edns:
      if (!needs_next(lookup)) return;
      lookup.last_upstream = upstream;
      lookup.plain_upstream = upstream;
      lookup.same_upstream = lookup.without_edns = true;
      return start_or_enqueue(index);
    case AttemptResult::bad_cookie:
      if (!needs_next(lookup)) return;
      lookup.last_upstream = upstream;
      (lookup.cookie_refused ? lookup.over_tcp : lookup.same_upstream) = true;
      lookup.cookie_refused = true;
      return start_or_enqueue(index);
    case AttemptResult::refused:
      if (!attempts_[a].tcp && lookup.tries > 0) --lookup.tries;
      return retry_throttled(index, refused_pause * (1 << std::min<unsigned>(lookup.throttles, 5)));
    case AttemptResult::servfail:
    case AttemptResult::other_rcode:
      ++lookup.servfails;
      return retry(index, servfail_pause);
    case AttemptResult::malformed:
    case AttemptResult::timed_out:
    case AttemptResult::send_failed:
    case AttemptResult::connection_lost: return retry(index, malformed_pause);
  }
}

// From an upstream that got too much lately it is about that, not about the name.
bool LookupEngine::is_throttled(Lookup& lookup, const Attempt& attempt, AttemptResult result) {
  const bool empty = message_.truncated() && message_.answer_count == 0;
  lookup.tcp_had_nothing |= empty && attempt.tcp;
  if (result == AttemptResult::truncated_empty && lookup.tcp_had_nothing)
    return lookup.throttles < throttles_max;
  const bool may_be = pool_.may_throttle(attempt.upstream, result) || (empty && attempt.tcp);
  const uint8_t most = message_.truncated() && !attempt.tcp ? truncations_max : throttles_max;
  return may_be && pool_.throttles_now(attempt.upstream) && lookup.throttles < most;
}

// The last attempt failed: another one now, if there is an upstream that was not asked yet, else
// after a pause; or the end.
void LookupEngine::retry(uint32_t index, Duration pause, Elsewhere elsewhere) {
  Lookup& lookup = lookups_[index];
  if (!needs_next(lookup)) return;
  if (lookup.over_tcp) return start_or_enqueue(index);
  size_t servfails_max = std::max<size_t>(2, std::min<size_t>(options_.attempts, pool_.size()));
  if (now_ >= lookup.deadline || lookup.packets >= packets_max) return fail(index);
  if (lookup.tries >= options_.attempts || lookup.servfails >= servfails_max) {
    if (!gets_tries_back(lookup)) {
      if (!awaits_verdict(index)) fail(index);
      return;
    }
    elsewhere = Elsewhere::later;
  }
  const bool any_left = tried_upstreams(lookup).size() < pool_.size();
  if (any_left && elsewhere == Elsewhere::at_once) return start_or_enqueue(index);
  lookup.state = Lookup::State::pausing;
  arm(index, std::min(now_ + pause, lookup.deadline));
}

// After one more throttle; `pause` goes for the first of them.
void LookupEngine::retry_throttled(uint32_t index, Duration pause) {
  const unsigned before = lookups_[index].throttles++;
  if (before < throttles_elsewhere) return retry(index, pause);
  retry(index, later_pause * (1 << std::min(before - throttles_elsewhere, 5u)), Elsewhere::later);
}

// Who said no may have got too much at that very moment, which is known a little later. Once.
bool LookupEngine::gets_tries_back(Lookup& lookup) {
  if (lookup.got_tries_back) return false;
  for (uint32_t a = lookup.attempts; a != no_index; a = attempts_[a].next) {
    const Attempt& attempt = attempts_[a];
    if (!attempt.reported || !pool_.may_throttle(attempt.upstream, attempt.result)) continue;
    if (!pool_.overrun_lately(attempt.upstream, now_)) continue;
    lookup.got_tries_back = true;
    lookup.tries = lookup.servfails = 0;
    return true;
  }
  return false;
}

// The same where that may be found out within a moment. Should it be the name's fault after all, its evidence
// does not wait.
bool LookupEngine::awaits_verdict(uint32_t index) {
  Lookup& lookup = lookups_[index];
  if (lookup.verdict != Verdict::none || lookup.got_tries_back) return false;
  for (uint32_t a = lookup.attempts; a != no_index; a = attempts_[a].next) {
    const Attempt& attempt = attempts_[a];
    if (!attempt.reported || !pool_.may_throttle(attempt.upstream, attempt.result)) continue;
    if (!pool_.throttles_unusually(attempt.upstream)) continue;
    excuse(lookup);
    lookup.verdict = Verdict::awaited;
    lookup.state = Lookup::State::pausing;
    arm(index, std::min(now_ + verdict_pause, lookup.deadline));
    return true;
  }
  return false;
}

void LookupEngine::on_answer(uint32_t index, uint32_t a) {
  Lookup& lookup = lookups_[index];
  const Attempt attempt = attempts_[a];
  counters_.latency.add(std::chrono::duration_cast<std::chrono::microseconds>(now_ - attempt.sent_at));
  closed_ports_[attempt.upstream] = false;
  if (lookup.without_edns && !attempt.edns && attempt.upstream == lookup.plain_upstream) {
    plain_upstreams_[attempt.upstream] = true;
  }
  lookup.last_upstream = attempt.upstream;
  if (attempt.tcp) note_truncation(lookup, attempt);
  Name target;
  ChainEnd end;
  if (message_.rcode() == Rcode::NOERROR && options_.query.recursion_desired) {
    end = follow_cnames(message_, lookup.type, target);
  }
  bool open = end.kind == ChainEnd::Kind::open;
  if (end.kind != ChainEnd::Kind::loop) {
    store(lookup, attempt.upstream, open ? CacheKind::open_chain : CacheKind::complete);
  }
  close_attempts(index, &attempt);
  if (end.kind == ChainEnd::Kind::loop) {
    return fail_with(index, {Failure::cname_loop, "cname_loop",
                             "the CNAME chain returns to itself or has more than 16 links"});
  }
  if (open) return follow_chain(index, target, end.links);
  deliver_message(index, &attempt, attempt.upstream);
}

// What an empty TC of that upstream stood for, now that message_ came over TCP.
void LookupEngine::note_truncation(const Lookup& lookup, const Attempt& answered) {
  for (uint32_t a = lookup.attempts; a != no_index; a = attempts_[a].next) {
    const Attempt& attempt = attempts_[a];
    if (attempt.upstream != answered.upstream || attempt.result != AttemptResult::truncated_empty) continue;
    return pool_.note_truncation(answered.upstream, message_.octets.size() > udp_octets_least);
  }
}

// Keeps what the response in message_ gave and asks for the name where it ends.
void LookupEngine::follow_chain(uint32_t index, const Name& target, unsigned links) {
  Lookup& lookup = lookups_[index];
  if (!lookup.chain) lookup.chain = std::make_unique<Chain>();
  Chain& chain = *lookup.chain;
  chain.links += links;
  if (chain.links > cname_links_max) {
    return fail_with(index, {Failure::cname_loop, "cname_loop",
                             "the CNAME chain returns to itself or has more than 16 links"});
  }
  chain.keep(message_, std::span(message_.records).first(message_.answer_count));
  chain.current = target;
  start_afresh(lookup);
  ask(index);
}

// Keeps the response in message_ for the name that was asked: without authority and additional
// records unless they are wanted in rows, so that entries stay small.
void LookupEngine::store(const Lookup& lookup, UpstreamIndex upstream, uint8_t kind) {
  if (options_.cache_octets == 0 || static_cast<uint16_t>(message_.rcode()) > 15) return;
  uint32_t ttl_s = response_ttl_s(message_, lookup.type, kind == CacheKind::open_chain);
  if (ttl_s == 0) return;
  Octets name = lookup.asked_name();
  uint64_t hash = lookup.chain ? question_hash(name, lookup.type) : lookup.hash;
  put_message(cache_, {hash, name, lookup.type}, message_,
              options_.keep_all_sections ? KeptRecords::all : KeptRecords::answers, upstream, kind, ttl_s,
              real_now());
}

void LookupEngine::answer_from_cached(uint32_t index, const CacheValue& value) {
  Lookup& lookup = lookups_[index];
  if (!load_message(value, message_)) return start_or_enqueue(index);
  lookup.last_upstream = value.upstream;
  lookup.has_upstream = true;
  if (CacheKind::is_failure(value.kind)) {
    lookup.last_rcode = message_.rcode();
    lookup.has_last_rcode = message_.rcode() != Rcode::NOERROR;
    Failed failed = failure_of(lookup);
    failed.failure = CacheKind::failure_of(value.kind);
    deliver_failure(index, failed, !lookup.from_network);
    return destroy(index);
  }
  if (value.kind == CacheKind::open_chain) {
    Name target;
    ChainEnd end = follow_cnames(message_, lookup.type, target);
    if (end.kind == ChainEnd::Kind::open) return follow_chain(index, target, end.links);
  }
  deliver_message(index, nullptr, value.upstream);
}

void LookupEngine::keep_errors(Lookup& lookup) const {
  if (message_.extended_errors.empty()) return;
  lookup.kept_errors = std::make_unique<KeptErrors>();
  for (const ExtendedError& error : message_.extended_errors) {
    lookup.kept_errors->errors.emplace_back(error.info_code, std::string(error.extra_text));
  }
}

}  // namespace dnswarm
