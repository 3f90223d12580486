// Ends of walks: rows for lines, addresses for the walks that wait for them.
#include <algorithm>

#include "cache/ttl_policy.h"
#include "engine/delivery.h"
#include "iterative/iterative_engine.h"

namespace dnswarm {
namespace {

constexpr size_t failed_max = 50'000;

}  // namespace

// With what response_ means: an answer, NODATA or NXDOMAIN. `query` is null where it was cached.
void IterativeEngine::finish(uint32_t index, const Query* query) {
  Walk& walk = walks_[index];
  if (response_.meaning == Meaning::broken || response_.meaning == Meaning::lame) return fail(index);
  Response response;
  response.rcode = response_.meaning == Meaning::nxdomain ? Rcode::NXDOMAIN : Rcode::NOERROR;
  response.header_flags = message_.header.flags;
  response.id = message_.header.id;
  response.edns = message_.edns.present;
  response.nsid = message_.edns.nsid;
  response.extended_errors = message_.extended_errors;
  response.records = response_.answers;
  if (walk.chain) {
    walk.chain->join(response_.answers, joined_);
    response.records = joined_;
  }
  response.attempts = walk.sent;
  response.cached = !walk.from_network;
  if (query != nullptr) {
    const Peer& peer = peers_[query->peer];
    response.upstream.text = peer.text;
    zone_text_.clear();
    append_name_text(walk.cut.zone(), zone_text_);
    server_name_text_.clear();
    append_server_name(walk, peer.address, server_name_text_);
    response.authoritative = {zone_text_, server_name_text_};
    response.protocol = query->tcp ? Protocol::tcp : Protocol::udp;
    response.rtt = std::chrono::duration_cast<std::chrono::microseconds>(now_ - query->sent_at);
    response.message_octets = static_cast<uint16_t>(std::min<size_t>(message_.octets.size(), UINT16_MAX));
  }
  deliver(index, response);
  end(index);
}

// The name of the cut's server with that address.
void IterativeEngine::append_server_name(const Walk& walk, Address address, std::string& out) const {
  address.set_port(0);
  const auto has_it = [&](std::span<const Address> addresses) {
    return std::find(addresses.begin(), addresses.end(), address) != addresses.end();
  };
  for (size_t i = 0; i < walk.cut.servers(); ++i) {
    if (has_it(walk.cut.addresses(i))) return append_name_text(walk.cut.server_name(i), out);
  }
  for (const NameServer& server : walk.learnt) {
    if (has_it(server.addresses)) return append_name_text(wire_of(server.name), out);
  }
}

// Why a walk has no answer: the last RCODE where there was one, else what was wrong with what came, else
// silence.
IterativeEngine::End IterativeEngine::end_of(const Walk& walk) const {
  if (walk.has_last_rcode) return {Failure::none, {}, {}};
  if (!walk.last_code.empty()) {
    return {Failure::invalid_response, walk.last_code, "no server of the zone gave a usable response"};
  }
  if (walk.out_of_budget) {
    return {Failure::budget, "address_lookups",
            "16 name servers' addresses, or 5 levels of them, were looked up"};
  }
  if (walk.is_cut_off() && walk.sent == 0)
    return {Failure::network_error, "send_failed", "no route to any server of the zone"};
  if (!walk.tried.empty()) return {Failure::timeout, "no_response", "no server of the zone answered in time"};
  if (walk.lookup_timed_out)
    return {Failure::timeout, "no_response", "no server that knows a name server's address answered in time"};
  return {Failure::invalid_response, "no_server_address", "no name server of the zone has an address to ask"};
}

void IterativeEngine::fail(uint32_t index) { fail_with(index, end_of(walks_[index])); }

void IterativeEngine::fail_with(uint32_t index, const End& reason) {
  Walk& walk = walks_[index];
  Response response;
  response.failure = reason.failure;
  response.error_code = reason.code;
  response.error_text = reason.text;
  if (reason.failure == Failure::none) response.rcode = walk.last_rcode;
  response.has_last_rcode = walk.has_last_rcode;
  response.last_rcode = walk.last_rcode;
  response.attempts = walk.sent;
  response.cached = walk.failed_before;
  response_.clear();  // nothing that dependents could use
  // Those that waited for what it would learn try for themselves, all at once, not one after the other.
  note_no_cut(walk, std::chrono::seconds(failure_ttl_s));
  walk.failure = reason.failure;
  remember_failure(walk, reason);
  deliver(index, response);
  end(index);
}

// RFC 9520: what failed is not tried again at once, for the same question.
void IterativeEngine::remember_failure(const Walk& walk, const End& reason) {
  if (walk.failed_before || reason.failure == Failure::cancelled || options_.cache_octets == 0) return;
  if ((walk.out_of_budget || walk.out_of_time) && !walk.is_line)
    return;  // others may have what its line lacked
  if (failed_.size() >= failed_max) failed_.clear();
  FailedQuestion& failed = failed_[question_key(walk.question.wire(), walk.type)];
  failed.end = reason;
  failed.rcode = walk.has_last_rcode ? std::optional(walk.last_rcode) : std::nullopt;
  failed.until = real_now() + std::chrono::seconds(failure_ttl_s);
}

bool IterativeEngine::take_failure(uint32_t index) {
  Walk& walk = walks_[index];
  if (failed_.empty() || walk.from_network || walk.chain) return false;
  const auto found = failed_.find(question_key(walk.question.wire(), walk.type));
  if (found == failed_.end() || real_now() >= found->second.until) return false;
  const FailedQuestion& failed = found->second;
  walk.has_last_rcode = failed.rcode.has_value();
  walk.last_rcode = failed.rcode.value_or(Rcode());
  walk.failed_before = true;
  fail_with(index, End(failed.end));
  return true;
}

void IterativeEngine::deliver(uint32_t index, Response& response) {
  const Walk& walk = walks_[index];
  response.type = walk.type;
  if (const Trace* trace = budget_of(walk).trace.get()) response.trace = trace->steps;
  if (walk.is_line) hand_over(response, walk.question.wire(), walk.token, walk.tag);
  for (uint32_t f = walk.followers; f != no_walk; f = walks_[f].next_follower) {
    hand_over(response, walks_[f].question.wire(), walks_[f].token, walks_[f].tag);
  }
}

void IterativeEngine::deliver_invalid(const Question& question) {
  Response response = invalid_name_response(question);
  hand_over(response, {}, question.token, question.tag);
}

void IterativeEngine::hand_over(Response& response, Octets name, std::string_view token, uint64_t tag) {
  set_names(name, token, qname_text_, response);
  response.tag = tag;
  response.rrclass = RRClass::IN;
  response.received_at = wall_;
  count(response, counters_);
  sink_.on_response(response);
}

void IterativeEngine::end(uint32_t index) {
  tell_dependents(index);
  release(index);
}

}  // namespace dnswarm
