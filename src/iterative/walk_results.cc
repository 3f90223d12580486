// Ends of walks: rows for lines, addresses for the walks that wait for them.
#include <algorithm>

#include "cache/ttl_policy.h"
#include "engine/delivery.h"
#include "iterative/iterative_engine.h"

namespace dnswarm {
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
    server_text_ = peers_[query->peer].address.to_text();
    response.upstream.text = server_text_;
    zone_text_.clear();
    append_name_text(wire_of(walk.cut->zone), zone_text_);
    set_server_name(walk, peers_[query->peer].address);
    response.authoritative = {zone_text_, server_name_text_};
    response.protocol = query->tcp ? Protocol::tcp : Protocol::udp;
    response.rtt = std::chrono::duration_cast<std::chrono::microseconds>(now_ - query->sent_at);
    response.message_octets = static_cast<uint16_t>(std::min<size_t>(message_.octets.size(), UINT16_MAX));
  }
  deliver(index, response);
  end(index);
}

// The name of the cut's server with that address.
void IterativeEngine::set_server_name(const Walk& walk, Address address) {
  address.set_port(0);
  server_name_text_.clear();
  for (const std::vector<NameServer>* servers : {&walk.cut->servers, &walk.learnt}) {
    for (const NameServer& server : *servers) {
      const auto& addresses = server.addresses;
      if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) continue;
      return append_name_text(wire_of(server.name), server_name_text_);
    }
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
  if (!walk.tried.empty()) return {Failure::timeout, "no_response", "no server of the zone answered in time"};
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
  response_.clear();  // nothing that dependents could use
  // Those that waited for what it would learn try for themselves, all at once, not one after the other.
  note_no_cut(walk, std::chrono::seconds(failure_ttl_s));
  deliver(index, response);
  end(index);
}

void IterativeEngine::deliver(uint32_t index, Response& response) {
  const Walk& walk = walks_[index];
  response.type = walk.type;
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
  qname_text_.clear();
  if (!name.empty()) append_name_text(name, qname_text_);
  response.qname = qname_text_;
  response.name = token.empty() ? std::string_view(qname_text_) : token;
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
