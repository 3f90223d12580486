// What may be forged, and what follows.
//
// Near miss: a response to a question that waits for its answer, from where and to where that is due, but
// with an ID that was never used for it. Somebody guesses, and may guess right next. So no UDP response to
// what is out there is taken any more: the lookup goes over TCP. One forged packet a query must not push all
// load onto TCP, so no more than a sixteenth of all queries go there for such a reason (32 may do so at
// once); the others are asked again over UDP, from another port and with another ID and case: three times at
// most, then the lookup waits for its answer and near misses are merely counted.
//
// Doubted: all is right but the case of the letters (0x20), or our cookie is missing from an upstream that
// sent it before. TCP is asked, within the same share; beyond it another upstream, or this one again after a
// pause, as after a malformed response. An upstream of which TCP confirmed three such answers, with none
// between them that was as it should be, is no longer expected to keep that habit (habit.h).
#include <algorithm>
#include <span>
#include <utility>

#include "dns/name.h"
#include "engine/message_digest.h"
#include "resolver/lookup_engine.h"

namespace dnswarm {

namespace {

constexpr uint8_t suspects_max = 3;  // times that a lookup is asked anew because of near misses
constexpr Duration doubted_pause = std::chrono::milliseconds(100);

}  // namespace

QuerySecrets LookupEngine::draw_secrets(UpstreamIndex upstream, bool edns) {
  const Defences& defences = defences_[upstream];
  QuerySecrets secrets;
  if (defences.keeps_case.kept()) secrets.case_bits = random_.u32();
  if (edns) secrets.cookie = defences.cookies.cookie();
  return secrets;
}

// A lookup that asks for that now; rather one whose own question it is.
uint32_t LookupEngine::find_asking(Octets name, RRType type) const {
  const uint32_t tag = asked_tag(question_hash(name, type));
  const auto asks = [&](uint32_t i) {
    return lookups_[i].type == type && std::ranges::equal(lookups_[i].asked_name(), name);
  };
  const uint32_t leader = asked_.find(tag, asks);
  return leader != ProbeTable::none ? leader : detours_.find(tag, asks);
}

// `octets` are no response to the query with their ID, if there is one. Are they about another one?
void LookupEngine::look_for_near_miss(FlowIndex flow, const Address* source, std::span<uint8_t> octets) {
  if (flow >= options_.flows.total || !read_question_of_response(octets, message_)) return;
  Name name;
  name.assign_wire(message_.qname());
  const uint32_t index = find_asking(name.wire(), message_.qtype);
  if (index == ProbeTable::none || !is_near_miss(lookups_[index], flow, message_.header.id, source)) return;
  ++counters_.mismatches.near_miss;
  on_near_miss(index, flow);
}

// An attempt's ID outlives it until the lookup ends: what comes late or twice is no near miss.
bool LookupEngine::is_near_miss(const Lookup& lookup, FlowIndex flow, uint16_t id,
                                const Address* source) const {
  bool awaited = false;
  for (uint32_t a = lookup.attempts; a != no_index; a = attempts_[a].next) {
    const Attempt& attempt = attempts_[a];
    if (attempt.tcp || attempt.flow != flow) continue;
    if (attempt.id == id) return false;
    awaited |= attempt.open && (source == nullptr || *source == options_.upstreams[attempt.upstream]);
  }
  return awaited;
}

void LookupEngine::on_near_miss(uint32_t index, FlowIndex flow) {
  Lookup& lookup = lookups_[index];
  if (lookup.suspects >= suspects_max) return;
  if (lookup.packets + 2u > packets_max) return;  // it could not be asked anew
  ++lookup.suspects;
  uint32_t guessed = lookup.attempts;
  while (attempts_[guessed].flow != flow) guessed = attempts_[guessed].next;
  const UpstreamIndex upstream = attempts_[guessed].upstream;
  withdraw(index);
  if (!needs_next(lookup)) return;  // it goes on already, or over TCP
  lookup.last_upstream = upstream;
  if (may_move_to_tcp(upstream)) {
    lookup.over_tcp = true;
  } else {
    lookup.same_upstream = true;
    if (lookup.tries > 0) --lookup.tries;
    ++counters_.mismatches.to_fresh_port;
  }
  start_or_enqueue(index);
}

// No UDP response to what is out there is taken any more. That says nothing about the upstreams.
void LookupEngine::withdraw(uint32_t index) {
  for (uint32_t a = lookups_[index].attempts; a != no_index; a = attempts_[a].next) {
    Attempt& attempt = attempts_[a];
    if (attempt.tcp) continue;
    shut(attempt);
    if (attempt.reported) continue;
    pool_.withdraw(attempt.upstream, attempt.next == no_index, attempt.sent_at);
    --flow_open_[attempt.flow];
    attempt.reported = true;
    attempt.result = AttemptResult::doubted;
  }
}

bool LookupEngine::may_move_to_tcp(UpstreamIndex upstream) {
  if (!tcp_share_.any_left() || tcp_health_[upstream].resting(now_)) return false;
  tcp_share_.take();
  ++counters_.mismatches.to_tcp;
  return true;
}

// RFC 7873 section 5.3: a response with somebody else's cookie is discarded.
bool LookupEngine::cookie_fits(const Attempt& attempt) const {
  const Octets cookie = message_.edns.cookie;
  return !attempt.with_cookie || cookie.empty() || defences_[attempt.upstream].cookies.is_ours(cookie);
}

Doubt LookupEngine::doubt_about(const Attempt& attempt, bool other_case) const {
  const Defences& upstream = defences_[attempt.upstream];
  if (other_case && upstream.keeps_case.kept()) return Doubt::letters;
  const bool cookie_due = attempt.with_cookie && upstream.cookies.expected() && upstream.keeps_cookie.kept();
  return cookie_due && message_.edns.cookie.empty() ? Doubt::cookie : Doubt::none;
}

// An answer that was not doubted: what it had.
void LookupEngine::note_habits(const Attempt& attempt, bool other_case) {
  Defences& upstream = defences_[attempt.upstream];
  if (attempt.case_bits != 0 && !other_case) upstream.keeps_case.on_shown();
  if (!message_.edns.cookie.empty()) upstream.keeps_cookie.on_shown();
}

void LookupEngine::on_doubted(uint32_t index, uint32_t a) {
  Lookup& lookup = lookups_[index];
  const UpstreamIndex upstream = attempts_[a].upstream;
  MismatchStats& counters = counters_.mismatches;
  ++(lookup.doubt == Doubt::letters ? counters.other_case : counters.missing_cookie);
  lookup.unusable = lookup.doubt == Doubt::letters ? Unusable::other_case : Unusable::missing_cookie;
  if (!needs_next(lookup)) return;
  if (!may_move_to_tcp(upstream)) return retry(index, doubted_pause);
  lookup.doubted_digest = answer_digest();
  lookup.doubted_upstream = lookup.last_upstream = upstream;
  lookup.over_tcp = true;
  start_or_enqueue(index);
}

// An answer over TCP: does it say what the doubted one said?
void LookupEngine::settle_doubt(Lookup& lookup, const Attempt& attempt, AttemptResult result) {
  const Doubt doubt = std::exchange(lookup.doubt, Doubt::none);
  if (doubt == Doubt::none || result != AttemptResult::answered) return;
  if (attempt.upstream != lookup.doubted_upstream || answer_digest() != lookup.doubted_digest) return;
  Defences& upstream = defences_[attempt.upstream];
  (doubt == Doubt::letters ? upstream.keeps_case : upstream.keeps_cookie).on_confirmed();
}

uint32_t LookupEngine::answer_digest() const {
  return digest_of(message_.rcode(), std::span(message_.records).first(message_.answer_count));
}

}  // namespace dnswarm
