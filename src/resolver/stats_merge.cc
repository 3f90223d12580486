#include "resolver/stats_merge.h"

#include <algorithm>
#include <iterator>

namespace dnswarm {

namespace {

template <size_t N>
void add(uint64_t (&into)[N], const uint64_t (&from)[N]) {
  for (size_t i = 0; i < N; ++i) into[i] += from[i];
}

void merge(MismatchStats& into, const MismatchStats& from) {
  into.unknown_id += from.unknown_id;
  into.wrong_source += from.wrong_source;
  into.wrong_question += from.wrong_question;
  into.not_a_response += from.not_a_response;
  into.malformed += from.malformed;
  into.near_miss += from.near_miss;
  into.wrong_cookie += from.wrong_cookie;
  into.other_case += from.other_case;
  into.missing_cookie += from.missing_cookie;
  into.to_tcp += from.to_tcp;
  into.to_fresh_port += from.to_fresh_port;
}

void merge(CacheStats& into, const CacheStats& from) {
  into.hits += from.hits;
  into.misses += from.misses;
  into.insertions += from.insertions;
  into.evictions += from.evictions;
  into.declined += from.declined;
  into.expired += from.expired;
  into.entries += from.entries;
  into.octets += from.octets;
  into.octets_max += from.octets_max;
}

void merge(UpstreamStats& into, const UpstreamStats& from) {
  into.queries += from.queries;
  into.responses += from.responses;
  into.timeouts += from.timeouts;
  into.servfail += from.servfail;
  into.refused += from.refused;
  into.truncated += from.truncated;
  into.network_errors += from.network_errors;
  into.rests += from.rests;
  into.resting |= from.resting;
  into.found_rate += from.found_rate;
  into.keeps_case &= from.keeps_case;
  into.cookies |= from.cookies;
  if (into.held_back == "no" || from.held_back == "blocked") into.held_back = from.held_back;
  if (into.rtt.count() == 0 || (from.rtt.count() != 0 && from.rtt < into.rtt)) into.rtt = from.rtt;
}

}  // namespace

void merge(Stats& into, const Stats& from) {
  into.finished += from.finished;
  into.in_flight += from.in_flight;
  into.definitive += from.definitive;
  add(into.by_rcode, from.by_rcode);
  add(into.by_failure, from.by_failure);
  into.queries_udp += from.queries_udp;
  into.queries_tcp += from.queries_tcp;
  into.tcp_connects += from.tcp_connects;
  into.retries += from.retries;
  into.coalesced += from.coalesced;
  into.hosts_hits += from.hosts_hits;
  into.kernel_drops += from.kernel_drops;
  merge(into.mismatches, from.mismatches);
  merge(into.cache, from.cache);
  into.latency.merge(from.latency);
  into.upstreams.resize(std::max(into.upstreams.size(), from.upstreams.size()));
  for (size_t i = 0; i < from.upstreams.size(); ++i) merge(into.upstreams[i], from.upstreams[i]);
}

}  // namespace dnswarm
