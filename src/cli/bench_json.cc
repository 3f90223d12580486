// The result for programs: JSON with everything, CSV with the series.
#include <cstdio>

#include "cli/bench_report.h"
#include "cli/help_text.h"
#include "cli/json_document.h"
#include "cli/row_format.h"

namespace dnswarm::cli {
namespace {

// Behind "p": 0.5 -> "50", 0.999 -> "999", as the field says it.
constexpr const char* quantile_names[] = {"p50_us", "p75_us",  "p90_us",  "p95_us",
                                          "p99_us", "p999_us", "p9999_us"};
static_assert(std::size(quantile_names) == LoadLatency::quantiles.size());

const char* mode_text(LoadMode mode) {
  switch (mode) {
    case LoadMode::closed: return "closed";
    case LoadMode::open: return "open";
    case LoadMode::ramp: return "ramp";
  }
  return "";
}

const char* verdict_code(LoadReport::RampVerdict verdict) {
  switch (verdict) {
    case LoadReport::RampVerdict::none: return "stopped";
    case LoadReport::RampVerdict::server: return "server";
    case LoadReport::RampVerdict::client: return "client";
    case LoadReport::RampVerdict::not_reached: return "not_reached";
  }
  return "";
}

Json config(const BenchFlags& flags, const BenchFacts& facts) {
  const LoadOptions& o = flags.options;
  Json types = Json::array();
  for (const RRType type : flags.types) types.push_back(to_text(type));
  Json json = {{"server", o.server},
               {"source", o.source_address},
               {"protocol", o.tcp ? "tcp" : "udp"},
               {"mode", mode_text(o.mode)},
               {"in_flight", o.in_flight},
               {"rate", o.rate},
               {"ramp_from", o.ramp_from},
               {"ramp_to", o.ramp_to},
               {"ramp_steps", o.mode == LoadMode::ramp ? o.ramp_steps : 0},
               {"loss_percent_max", o.loss_percent_max},
               {"duration_ms", o.duration.count()},
               {"queries", o.queries},
               {"timeout_ms", o.timeout.count()},
               {"workers", o.workers},
               {"sockets", o.sockets},
               {"busy_poll", o.busy_poll},
               {"names", flags.pattern.empty() ? flags.input : flags.pattern},
               {"questions", facts.names},
               {"bad_lines", facts.bad_lines},
               {"types", types},
               {"class", to_text(o.rrclass)},
               {"recursion_desired", o.recursion_desired},
               {"authentic_data", o.authentic_data},
               {"checking_disabled", o.checking_disabled},
               {"edns", o.edns},
               {"dnssec_ok", o.dnssec_ok},
               {"nsid", o.nsid},
               {"client_subnet", o.client_subnet},
               {"udp_payload_octets", o.udp_payload_octets}};
  if (o.seed) json["seed"] = *o.seed;
  return json;
}

Json counts(const LoadCounts& c) {
  Json rcodes = Json::object();
  for (uint16_t rcode = 0; rcode < 16; ++rcode) {
    if (c.by_rcode[rcode] > 0) rcodes[std::string(to_text(static_cast<Rcode>(rcode)))] = c.by_rcode[rcode];
  }
  return {{"sent", c.sent},
          {"answered", c.answered},
          {"answered_while_sending", c.answered_while_sending},
          {"lost", c.lost()},
          {"timed_out", c.timed_out},
          {"connection_lost", c.connection_lost},
          {"unfinished", c.unfinished},
          {"send_errors", c.send_errors},
          {"not_sent", c.not_sent},
          {"late", c.late},
          {"duplicate", c.duplicate},
          {"unmatched", c.unmatched},
          {"malformed", c.malformed},
          {"truncated", c.truncated},
          {"octets_sent", c.octets_sent},
          {"octets_received", c.octets_received},
          {"icmp_errors", c.icmp_errors},
          {"connects", c.connects},
          {"reconnects", c.reconnects},
          {"socket_drops", c.socket_drops},
          {"rcodes", rcodes}};
}

Json latency(const LoadLatency& latency) {
  Json json = {{"count", latency.count},
               {"min_us", latency.min_us},
               {"mean_us", latency.mean_us},
               {"stddev_us", latency.stddev_us}};
  for (size_t i = 0; i < std::size(quantile_names); ++i) json[quantile_names[i]] = latency.quantile_us[i];
  json["max_us"] = latency.max_us;
  return json;
}

Json series(const std::vector<LoadSecond>& seconds) {
  Json json = Json::array();
  for (const LoadSecond& second : seconds) {
    json.push_back({{"second", second.second},
                    {"sent", second.sent},
                    {"answered", second.answered},
                    {"lost", second.lost},
                    {"p50_us", second.p50_us},
                    {"p99_us", second.p99_us}});
  }
  return json;
}

Json result_object(const LoadResult& result, LoadMode mode) {
  const bool open_loop = mode != LoadMode::closed;
  Json json;
  if (open_loop) json["rate_wanted"] = result.rate_wanted;
  json["seconds"] = result.seconds;
  json["seconds_in_all"] = result.seconds_in_all;
  json["send_rate"] = result.send_rate();
  json["answer_rate"] = result.answer_rate();
  json["loss_percent"] = result.loss_percent();
  json["cpu_seconds"] = result.cpu_seconds;
  json["answers_per_cpu_second"] =
      result.cpu_seconds > 0 ? static_cast<double>(result.counts.answered) / result.cpu_seconds : 0.0;
  json["core_busy"] = result.core_busy;
  json["core_waiting"] = result.core_waiting;
  json["counts"] = counts(result.counts);
  json["latency"] = latency(result.latency);
  if (open_loop) json["latency_from_send"] = latency(result.from_send);
  if (open_loop) json["lateness"] = latency(result.lateness);
  json["client_is_limit"] = !result.client_limits.empty();
  json["client_limits"] = Json::array();
  for (const LoadClientLimit& limit : result.client_limits) {
    json["client_limits"].push_back({{"code", std::string(limit.code)}, {"text", limit.text}});
  }
  if (mode == LoadMode::ramp) json["passed"] = result.passed;
  json["series"] = series(result.series);
  return json;
}

void add_fields(std::string& out, std::initializer_list<double> values) {
  for (const double value : values) {
    char text[40];
    std::snprintf(text, sizeof text, ",%.3f", value);
    out += text;
  }
}

std::string ramp_csv(const LoadReport& report) {
  std::string out = "rate,send_rate,answer_rate,loss_percent,mean_us,";
  for (const char* name : quantile_names) out += std::string(name) + ",";
  out += "max_us,passed,limits\r\n";
  for (const LoadResult& step : report.results) {
    std::string line;
    add_fields(line, {step.rate_wanted, step.send_rate(), step.answer_rate(), step.loss_percent(),
                      step.latency.mean_us});
    for (const double us : step.latency.quantile_us) add_fields(line, {us});
    add_fields(line, {step.latency.max_us});
    line += step.passed ? ",true," : ",false,";
    const char* before = "";
    for (const LoadClientLimit& limit : step.client_limits) {
      line += before + std::string(limit.code);
      before = " ";
    }
    out += line.substr(1) + "\r\n";
  }
  return out;
}

}  // namespace

std::string bench_json(const BenchFlags& flags, const LoadReport& report, const BenchFacts& facts) {
  const LoadMode mode = flags.options.mode;
  Json json;
  json["version"] = version_number;
  json["started_at"] = timestamp_text(facts.started_at);
  json["exit_code"] = facts.exit_code;
  json["stopped"] = report.cancelled;
  json["io"] = facts.io;
  json["config"] = config(flags, facts);
  if (mode == LoadMode::ramp) {
    Json steps = Json::array();
    for (const LoadResult& step : report.results) steps.push_back(result_object(step, mode));
    json["ramp"] = {{"best_rate", nullptr}, {"limit", verdict_code(report.ramp_verdict)}};
    if (report.best) json["ramp"]["best_rate"] = report.results[*report.best].rate_wanted;
    json["steps"] = steps;
  } else if (!report.results.empty()) {
    json["result"] = result_object(report.results.front(), mode);
  }
  return document_text(json, 2);
}

std::string bench_csv(const LoadReport& report, LoadMode mode) {
  if (mode == LoadMode::ramp) return ramp_csv(report);
  std::string out = "second,sent,answered,lost,p50_us,p99_us\r\n";
  for (const LoadResult& result : report.results) {
    for (const LoadSecond& second : result.series) {
      out += std::to_string(second.second) + "," + std::to_string(second.sent) + "," +
             std::to_string(second.answered) + "," + std::to_string(second.lost);
      add_fields(out, {second.p50_us, second.p99_us});
      out += "\r\n";
    }
  }
  return out;
}

}  // namespace dnswarm::cli
