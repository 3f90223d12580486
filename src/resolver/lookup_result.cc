// Responses for the outside: from a message, from the cache, from the hosts file, or the reason why
// there is none. A lookup's response goes to it and to all equal questions that waited for it.
#include <algorithm>
#include <cstring>

#include "cache/cached_message.h"
#include "cache/ttl_policy.h"
#include "dns/name.h"
#include "dns/response_builder.h"
#include "engine/delivery.h"
#include "resolver/cache_kind.h"
#include "resolver/lookup_engine.h"

namespace dnswarm {

// Hands one response over under one name.
void LookupEngine::hand_over(Response& response, Octets qname, std::string_view token, uint64_t tag) {
  set_names(qname, token, qname_text_, response);
  response.tag = tag;
  response.rrclass = options_.query.rrclass;
  response.received_at = wall_;
  count(response, counters_);
  sink_.on_response(response);
}

void LookupEngine::deliver(uint32_t index, Response& response) {
  const Lookup& lookup = lookups_[index];
  response.type = lookup.type;
  hand_over(response, lookup.qname(), lookup.token, lookup.tag);
  for (uint32_t w = lookup.waiters; w != no_index; w = lookups_[w].next_waiter) {
    const Lookup& waiter = lookups_[w];
    hand_over(response, waiter.qname(), waiter.token, waiter.tag);
  }
}

void LookupEngine::fill_from_message(Response& response) const {
  response.rcode = message_.rcode();
  response.header_flags = message_.header.flags;
  response.id = message_.header.id;
  response.edns = message_.edns.present;
  response.nsid = message_.edns.nsid;
  response.extended_errors = message_.extended_errors;
  response.records = message_.records;
  if (!options_.keep_all_sections) response.records = response.records.first(message_.answer_count);
}

// The end of a lookup that has its answer in message_. `attempt` is null where it was cached.
void LookupEngine::deliver_message(uint32_t index, const Attempt* attempt, UpstreamIndex upstream) {
  Lookup& lookup = lookups_[index];
  bool negative = message_.rcode() == Rcode::NXDOMAIN || message_.answer_count == 0;
  if (negative && next_search_candidate(index)) return ask(index);
  Response response;
  fill_from_message(response);
  if (lookup.chain) {
    lookup.chain->join(response.records, joined_);
    response.records = joined_;
  }
  response.upstream.text = options_.upstream_texts[upstream];
  response.attempts = lookup.queries;
  response.cached = !lookup.from_network;
  if (attempt != nullptr) {
    response.protocol = attempt->tcp ? Protocol::tcp : Protocol::udp;
    response.rtt = std::chrono::duration_cast<std::chrono::microseconds>(now_ - attempt->sent_at);
    response.message_octets = static_cast<uint16_t>(std::min<size_t>(message_.octets.size(), UINT16_MAX));
  }
  deliver(index, response);
  destroy(index);
}

void LookupEngine::deliver_cached(const Question& question, const CacheValue& value) {
  Response response;
  response.type = question.type;
  response.cached = true;
  response.upstream.text = options_.upstream_texts[value.upstream];
  if (load_message(value, message_)) fill_from_message(response);
  if (CacheKind::is_failure(value.kind)) {
    LookupCourse kept;  // the same words as when it failed first
    kept.sent = 1;
    kept.has_last_rcode = message_.rcode() != Rcode::NOERROR;
    kept.last_rcode = message_.rcode();
    kept.last_upstream = value.upstream;
    Failed failed = failure_of(kept);
    response.failure = CacheKind::failure_of(value.kind);
    response.has_last_rcode = kept.has_last_rcode;
    response.last_rcode = kept.last_rcode;
    if (response.failure != Failure::none) {
      response.error_code = failed.failure == response.failure ? failed.code : "cached_failure";
      response.error_text = failed.failure == response.failure ? failed.text : "it failed a moment ago";
    }
    response.header_flags = 0;
    response.records = {};
  }
  hand_over(response, question.qname, question.token, question.tag);
}

void LookupEngine::deliver_invalid(const Question& question) {
  Response response = invalid_name_response(question);
  hand_over(response, {}, question.token, question.tag);
}

// Why a lookup has no definitive answer: the last RCODE if there was one, else what came, else
// whether anything was sent at all.
LookupEngine::Failed LookupEngine::failure_of(const LookupCourse& lookup) const {
  if (lookup.has_last_rcode) return {Failure::none, {}, {}};
  if (lookup.unusable != Unusable::no) {
    const UnusableText why = text_of(lookup.unusable);
    return {Failure::invalid_response, why.code, why.text};
  }
  if (lookup.packets >= packets_max) {
    return {Failure::budget, "packets", "16 packets were spent on this name"};
  }
  if (lookup.sent > 0 && closed_ports_[lookup.last_upstream]) {
    return {Failure::timeout, "port_closed", "its host says that nobody listens on the upstream's port"};
  }
  if (lookup.sent > 0) return {Failure::timeout, "no_response", "no valid response came in time"};
  if (lookup.last_error != 0) {
    return {Failure::network_error, "send_failed", std::string_view(std::strerror(lookup.last_error))};
  }
  return {Failure::network_error, "upstreams_down", "no upstream answers, so nothing was sent"};
}

void LookupEngine::deliver_failure(uint32_t index, const Failed& failed, bool cached) {
  const Lookup& lookup = lookups_[index];
  Response response;
  response.failure = failed.failure;
  response.error_code = failed.code;
  response.error_text = failed.text;
  if (failed.failure == Failure::none) response.rcode = lookup.last_rcode;
  response.has_last_rcode = lookup.has_last_rcode;
  response.last_rcode = lookup.last_rcode;
  if (lookup.has_upstream) response.upstream.text = options_.upstream_texts[lookup.last_upstream];
  response.attempts = lookup.queries;
  response.cached = cached;
  std::vector<ExtendedError> errors;
  if (lookup.kept_errors) {
    for (const auto& [code, text] : lookup.kept_errors->errors) errors.push_back({code, text});
  }
  response.extended_errors = errors;
  deliver(index, response);
}

void LookupEngine::fail(uint32_t index) { fail_with(index, failure_of(lookups_[index])); }

void LookupEngine::fail_with(uint32_t index, const Failed& failed) {
  close_attempts(index, nullptr);
  cache_failure(lookups_[index], failed);
  deliver_failure(index, failed, false);
  destroy(index);
}

// RFC 9520: failures are kept briefly, so that a name that is in the list a hundred times does not
// wait a hundred times. What says nothing about the name (our own end, no route) is not kept.
void LookupEngine::cache_failure(const Lookup& lookup, const Failed& failed) {
  if (options_.cache_octets == 0 || !lookup.from_network || lookup.search) return;
  if (failed.failure == Failure::cancelled || failed.failure == Failure::network_error) return;
  if (failed.failure == Failure::none && static_cast<uint16_t>(lookup.last_rcode) > 15) return;
  std::array<uint8_t, query_octets_max> room;
  size_t size = builder_.build(lookup.qname(), lookup.type, 0, false, room.data());
  room[2] |= 0x80;
  room[3] = static_cast<uint8_t>(lookup.last_rcode) & 0x0f;
  CacheValue value{{room.data(), size}, lookup.last_upstream, CacheKind::of(failed.failure)};
  cache_.put({lookup.hash, lookup.qname(), lookup.type}, value, failure_ttl_s, real_now());
}

bool LookupEngine::deliver_from_hosts(const Question& question) {
  auto found = options_.hosts->find(question.qname, question.type);
  if (found.empty()) return false;
  constexpr size_t room_octets = 4096;  // of a name's addresses; more of them are left out
  std::array<uint8_t, room_octets> room;
  ResponseBuilder builder(room, 0, HeaderFlags::qr | HeaderFlags::aa, question.qname, question.type,
                          options_.query.rrclass);
  size_t left = room_octets - header_octets - 2 * question.qname.size() - 64;
  for (const std::string& rdata : found) {
    if (rdata.size() + 16 > left) break;
    left -= rdata.size() + 16;
    builder.record(Section::answer, question.qname, question.type, HostsTable::ttl_s,
                   {reinterpret_cast<const uint8_t*>(rdata.data()), rdata.size()});
  }
  Octets octets = builder.finish();
  if (parse_question(octets, message_) != ParseError::none ||
      parse_records(message_) != ParseError::none) {
    return false;
  }
  ++counters_.hosts_hits;
  Response response;
  response.type = question.type;
  fill_from_message(response);
  response.upstream.text = options_.hosts->path();
  hand_over(response, question.qname, question.token, question.tag);
  return true;
}

}  // namespace dnswarm
