#include "faulty_upstream.h"

#include <cstring>

#include "dns/name.h"

namespace dnswarm::sim {
namespace {

constexpr Duration reorder_max = std::chrono::milliseconds{20};

// The first letter of the name becomes another one; the root's question gets another type.
void change_question(uint8_t* response, size_t size) {
  if (size <= header_octets + 4) return;
  uint8_t* name = response + header_octets;
  if (name[0] == 0) {
    name[2] ^= 1;
  } else {
    name[1] = ascii_lower(name[1]) == 'q' ? 'z' : 'q';
  }
}

void lower_question(uint8_t* response, size_t size) {
  for (size_t at = header_octets; at < size && response[at] != 0;) {
    const size_t label = response[at];
    for (size_t i = 1; i <= label && at + i < size; ++i)
      response[at + i] = ascii_lower(response[at + i]);
    at += label + 1;
  }
}

}  // namespace

void count_response(const ResponseNote& note, UpstreamCounts& counts) {
  ++counts.responses;
  ++counts.by_rcode[std::min<size_t>(static_cast<size_t>(note.rcode), 23)];
  counts.truncated += note.truncated;
}

// Cap, lame, refused, servfail, formerr-on-edns. 0 where the true answer is to be given, or where
// `dropped`.
size_t FaultyUpstream::write_instead(Upstream& upstream, Octets octets, Instant now, Duration since_start,
                                     ResponseNote& note, UpstreamCounts& counts, bool& dropped) {
  const FaultSpec& spec = upstream.faults;
  bool over_cap = false;
  if (spec.cap > 0) {
    const std::lock_guard lock(upstream.shared.mutex);
    over_cap = !upstream.shared.cap.pass(spec.cap_at(since_start), now);
  }
  QueryView query;
  const bool is_query = parse_query(octets, query) == QueryError::none;
  const auto with_rcode = [&](Rcode rcode, Fault fault) {
    counts.add(fault);
    note.rcode = rcode;
    return writer_.write_rcode(query, rcode, false, room_.data());
  };
  if (over_cap) {
    dropped = spec.cap_action == CapAction::drop || !is_query;
    if (dropped) return counts.add(Fault::capped), size_t{0};
    if (spec.cap_action == CapAction::refused) return with_rcode(Rcode::REFUSED, Fault::capped);
    if (spec.cap_action == CapAction::servfail) return with_rcode(Rcode::SERVFAIL, Fault::capped);
    counts.add(Fault::capped);
    note.truncated = true;
    return writer_.write_rcode(query, Rcode::NOERROR, true, room_.data());
  }
  if (!is_query) return 0;
  if (spec.lame == Lame::refused) return with_rcode(Rcode::REFUSED, Fault::lame);
  if (spec.lame == Lame::referral) {
    counts.add(Fault::lame);
    return writer_.write_upward_referral(query, room_.data());
  }
  if (dice_.with(spec.refused)) return with_rcode(Rcode::REFUSED, Fault::refused);
  if (dice_.with(spec.servfail)) return with_rcode(Rcode::SERVFAIL, Fault::servfail);
  if (spec.formerr_on_edns && query.edns) {
    query.edns = false;  // a server that does not know OPT does not send one
    return with_rcode(Rcode::FORMERR, Fault::formerr);
  }
  return 0;
}

// In the place of the true answer, which is in room_. 0 where it stays.
size_t FaultyUpstream::write_lie(Upstream& upstream, Octets octets, Duration since_start,
                                 ResponseNote& note, UpstreamCounts& counts) {
  const FaultSpec& spec = upstream.faults;
  QueryView query;
  if (!spec.lies_now(since_start, ++upstream.queries)) return 0;
  if (note.truncated || parse_query(octets, query) != QueryError::none) return 0;
  const bool exists = note.rcode == Rcode::NOERROR && load_header(room_.data()).ancount > 0;
  const bool denied = note.rcode == Rcode::NXDOMAIN;
  size_t size = 0;
  if (dice_.with(exists ? spec.rewrites : denied ? spec.lies : 0)) {
    size = writer_.write_false_address(query, room_.data());
  }
  if (size == 0 && denied && dice_.with(spec.hides)) {
    size = writer_.write_rcode(query, Rcode::NOERROR, false, room_.data());
  }
  if (size == 0) return 0;
  note.rcode = Rcode::NOERROR;
  counts.add(Fault::lied);
  return size;
}

// OPT, where there is one, follows the question at once: so all clients send it.
Octets FaultyUpstream::without_edns(const FaultSpec& spec, Octets octets) {
  QueryView query;
  const bool is_query = parse_query(octets, query) == QueryError::none && query.edns;
  if (!is_query || octets.size() > plain_.size() || (!spec.no_edns && !spec.no_dnssec)) return octets;
  std::memcpy(plain_.data(), octets.data(), octets.size());
  if (spec.no_edns) {
    plain_[10] = plain_[11] = 0;  // ARCOUNT
    return {plain_.data(), query.question_end()};
  }
  plain_[query.question_end() + 7] &= 0x7f;  // DO
  return {plain_.data(), octets.size()};
}

// Random octets; half of them begin like the response.
size_t FaultyUpstream::make_garbage() {
  const size_t size = 1 + dice_.below(200);
  for (size_t i = 0; i < size; ++i) forged_[i] = static_cast<uint8_t>(dice_.next());
  if (dice_.with(0.5)) std::memcpy(forged_.data(), room_.data(), std::min<size_t>(size, 4));
  return size;
}

bool FaultyUpstream::emit_forged(const FaultSpec& spec, size_t size, Duration delay,
                                 UpstreamCounts& counts, ResponseSink& sink) {
  bool any = false;
  const auto emit = [&](Fault fault, size_t octets, bool other_port = false) {
    counts.add(fault);
    sink.emit({forged_.data(), octets}, delay, other_port);
    any = true;
  };
  const auto copy = [&] { std::memcpy(forged_.data(), room_.data(), size); };
  if (dice_.with(spec.wrong_id)) {
    copy();
    const uint64_t change = 1 + dice_.below(0xffff);
    forged_[0] ^= static_cast<uint8_t>(change >> 8);
    forged_[1] ^= static_cast<uint8_t>(change);
    emit(Fault::wrong_id, size);
  }
  if (dice_.with(spec.wrong_question)) {
    copy();
    change_question(forged_.data(), size);
    emit(Fault::wrong_question, size);
  }
  if (dice_.with(spec.wrong_source)) {
    copy();
    emit(Fault::wrong_source, size, true);
  }
  if (dice_.with(spec.garbage)) emit(Fault::garbage, make_garbage());
  if (dice_.with(spec.cut)) {
    copy();
    emit(Fault::cut, 1 + dice_.below(size - 1));
  }
  return any;
}

void FaultyUpstream::respond(Upstream& upstream, Octets query, Transport transport, Instant now,
                             Duration since_start, UpstreamCounts& counts, ResponseSink& sink) {
  const FaultSpec& spec = upstream.faults;
  if (spec.dead_at(since_start) || (transport == Transport::tcp && spec.tcp_dead)) {
    return counts.add(Fault::dead);
  }
  if (dice_.with(spec.loss)) return counts.add(Fault::lost);
  ResponseNote note;
  bool dropped = false;
  query = without_edns(spec, query);
  size_t size = write_instead(upstream, query, now, since_start, note, counts, dropped);
  if (dropped) return;
  if (size == 0) {
    size = writer_.write(query, transport, upstream.text, room_.data(), note);
    const size_t lie = size == 0 ? 0 : write_lie(upstream, query, since_start, note, counts);
    if (lie != 0) size = lie;
  }
  if (size == 0) {
    ++counts.ignored;
    return;
  }
  if (dice_.with(spec.loss_response)) return counts.add(Fault::lost_response);
  Duration delay = note.wait;
  if (!spec.delay.none()) delay += spec.delay.sample(dice_);
  if (dice_.with(spec.reorder)) {
    counts.add(Fault::reordered);
    delay +=
        Duration{static_cast<int64_t>(dice_.below(static_cast<uint64_t>(reorder_max.count())))};
  }
  if (delay > Duration{0}) counts.add(Fault::delayed);
  if (dice_.with(spec.lower_question)) {
    counts.add(Fault::lower_question);
    lower_question(room_.data(), size);
  }
  const bool forged = emit_forged(spec, size, delay, counts, sink);
  if (forged && spec.only) return;
  count_response(note, counts);
  sink.emit({room_.data(), size}, delay, false);
  if (dice_.with(spec.dup)) {
    counts.add(Fault::duplicated);
    sink.emit({room_.data(), size}, delay, false);
  }
}

bool FaultyUpstream::closes_tcp(const Upstream& upstream, UpstreamCounts& counts) {
  if (!dice_.with(upstream.faults.tcp_close)) return false;
  counts.add(Fault::tcp_closed);
  return true;
}

}  // namespace dnswarm::sim
