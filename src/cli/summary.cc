#include "cli/summary.h"

#include <cmath>

#include "cli/help_text.h"
#include "cli/json_document.h"

namespace dnswarm::cli {
namespace {

Json statuses(const Tally& tally) {
  Json json = Json::object();
  for (const auto& [status, rows] : tally.statuses()) json[std::string(status)] = rows;
  return json;
}

Json config(const Flags& flags, unsigned workers) {
  const Options& options = flags.options;
  Json types = Json::array();
  for (const RRType type : flags.types) types.push_back(to_text(type));
  return {{"input", flags.input},
          {"output", flags.output},
          {"format", flags.format_text},
          {"ordered", flags.ordered},
          {"shard", flags.shard.is_all() ? Json(nullptr) : Json(shard_text(flags.shard))},
          {"types", types},
          {"class", to_text(options.rrclass)},
          {"workers", workers},
          {"in_flight", options.in_flight},
          {"rate", options.rate},
          {"rate_per_upstream", options.rate_per_upstream},
          {"timeout_ms", options.timeout.count()},
          {"attempts", options.attempts},
          {"deadline_ms", options.deadline.count()},
          {"recursion_desired", options.recursion_desired},
          {"authentic_data", options.authentic_data},
          {"checking_disabled", options.checking_disabled},
          {"edns", options.edns},
          {"dnssec_ok", options.dnssec_ok},
          {"nsid", options.nsid},
          {"client_subnet", options.client_subnet},
          {"mixed_case", options.mixed_case},
          {"cookies", options.cookies},
          {"udp_payload_octets", options.udp_payload_octets},
          {"source", options.source_address},
          {"cache_octets", options.cache_octets},
          {"sections", options.keep_all_sections ? "all" : "answer"},
          {"hosts", options.use_hosts_file},
          {"iterative", options.iterative},
          {"search", options.search},
          {"fail_on", flags.fail_on.text}};
}

Json queries(const Stats& stats) {
  return {{"udp", stats.queries_udp},         {"tcp", stats.queries_tcp},
          {"tcp_connects", stats.tcp_connects}, {"retries", stats.retries},
          {"coalesced", stats.coalesced},     {"hosts_hits", stats.hosts_hits},
          {"kernel_drops", stats.kernel_drops}};
}

Json cache(const CacheStats& cache) {
  return {{"hits", cache.hits},           {"misses", cache.misses},
          {"insertions", cache.insertions}, {"evictions", cache.evictions}, {"declined", cache.declined},
          {"expired", cache.expired},     {"entries", cache.entries},
          {"octets", cache.octets},       {"octets_max", cache.octets_max}};
}

Json mismatches(const MismatchStats& mismatches) {
  return {{"unknown_id", mismatches.unknown_id},
          {"wrong_source", mismatches.wrong_source},
          {"wrong_question", mismatches.wrong_question},
          {"not_a_response", mismatches.not_a_response},
          {"malformed", mismatches.malformed},
          {"near_miss", mismatches.near_miss},
          {"wrong_cookie", mismatches.wrong_cookie},
          {"other_case", mismatches.other_case},
          {"missing_cookie", mismatches.missing_cookie},
          {"suspects", mismatches.suspects()},
          {"to_tcp", mismatches.to_tcp},
          {"to_fresh_port", mismatches.to_fresh_port}};
}

Json latency(const LatencyHistogram& histogram) {
  return {{"count", histogram.total()},
          {"p50_us", histogram.quantile(0.5).count()},
          {"p90_us", histogram.quantile(0.9).count()},
          {"p99_us", histogram.quantile(0.99).count()},
          {"p999_us", histogram.quantile(0.999).count()},
          {"max_us", histogram.quantile(1.0).count()}};
}

Json upstreams(const Stats& stats) {
  Json json = Json::array();
  for (const UpstreamStats& upstream : stats.upstreams) {
    json.push_back({{"address", upstream.address},
                    {"queries", upstream.queries},
                    {"responses", upstream.responses},
                    {"timeouts", upstream.timeouts},
                    {"servfail", upstream.servfail},
                    {"refused", upstream.refused},
                    {"truncated", upstream.truncated},
                    {"network_errors", upstream.network_errors},
                    {"rests", upstream.rests},
                    {"resting", upstream.resting},
                    {"rtt_us", upstream.rtt.count()},
                    {"found_rate", std::round(upstream.found_rate)},
                    {"held_back", upstream.held_back},
                    {"keeps_case", upstream.keeps_case},
                    {"cookies", upstream.cookies}});
  }
  return json;
}

Json validation(const Flags& flags, const Outcome& outcome) {
  if (!flags.validate_resolvers) return nullptr;
  Json left_out = Json::array();
  for (const LeftOutUpstream& upstream : outcome.left_out) {
    left_out.push_back({{"address", upstream.address},
                        {"at", timestamp_text(upstream.at)},
                        {"when", upstream.at_start ? "start" : "run"},
                        {"code", upstream.code},
                        {"text", upstream.text}});
  }
  return {{"queries", outcome.validation_queries}, {"left_out", left_out}};
}

void put_counts(Json& json, const Outcome& outcome) {
  json["accepted"] = outcome.rows_accepted;
  json["rows"] = outcome.tally.rows;
  json["lines"] = outcome.lines_accepted;
  json["not_started"] = outcome.lines_not_started;
  json["not_started_is_complete"] = outcome.not_started_is_complete;
  if (outcome.resumable) {
    json["rows_of_earlier_runs"] = outcome.before.rows;
    json["open"] = outcome.rows_open();
  }
  json["statuses"] = statuses(outcome.tally);
  json["definitive"] = outcome.tally.definitive();
  json["seconds"] = outcome.seconds;
  json["names_per_second"] =
      outcome.seconds > 0 ? static_cast<double>(outcome.rows_of_this_run()) / outcome.seconds : 0.0;
}

}  // namespace

std::string summary_json(const Flags& flags, const Outcome& outcome, const RunFacts& facts) {
  Json json;
  json["version"] = version_number;
  json["started_at"] = timestamp_text(facts.started_at);
  json["exit_code"] = facts.exit_code;
  put_counts(json, outcome);
  json["queries"] = queries(outcome.stats);
  json["cache"] = cache(outcome.stats.cache);
  json["mismatches"] = mismatches(outcome.stats.mismatches);
  json["latency"] = latency(outcome.stats.latency);
  json["upstreams"] = upstreams(outcome.stats);
  json["validation"] = validation(flags, outcome);
  json["io"] = facts.io;
  json["config"] = config(flags, facts.workers);
  return document_text(json, 2);
}

std::string end_json(const Outcome& outcome, int exit_code) {
  Json json;
  json["event"] = "end";
  json["exit_code"] = exit_code;
  put_counts(json, outcome);
  json["queries"] = queries(outcome.stats);
  json["cache"] = cache(outcome.stats.cache);
  return document_text(json, -1);
}

}  // namespace dnswarm::cli
