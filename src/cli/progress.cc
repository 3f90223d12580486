#include "cli/progress.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "cli/formatted_text.h"

namespace dnswarm::cli {
namespace {

double rate(const ProgressSample& now, const ProgressSample& before) {
  const double seconds = now.seconds - before.seconds;
  if (seconds <= 0) return 0;
  return static_cast<double>(now.tally.rows - before.tally.rows) / seconds;
}

void append_duration(std::string& out, double seconds) {
  const auto whole = static_cast<uint64_t>(seconds + 0.5);
  const auto hours = static_cast<unsigned long long>(whole / 3600);
  const auto minutes = static_cast<unsigned>(whole / 60 % 60);
  const auto rest = static_cast<unsigned>(whole % 60);
  if (hours > 0) print(out, "%llu:%02u:%02u", hours, minutes, rest);
  else print(out, "%u:%02u", minutes, rest);
}

void append_held_back(std::string& out, const std::vector<ProgressSample::HeldBack>& upstreams) {
  constexpr size_t shown_max = 3;
  for (size_t i = 0; i < std::min(upstreams.size(), shown_max); ++i) {
    out += i == 0 ? "; " : ", ";
    out += upstreams[i].address + " ";
    out += upstreams[i].reason;
    if (upstreams[i].found_rate > 0) print(out, " %.0f/s", upstreams[i].found_rate);
  }
  if (upstreams.size() > shown_max) print(out, " and %zu more", upstreams.size() - shown_max);
}

}  // namespace

ProgressSample ProgressSample::from_stats(const Stats& stats) {
  ProgressSample sample;
  sample.submitted = stats.submitted;
  sample.in_flight = stats.in_flight;
  sample.queries = stats.queries_udp + stats.queries_tcp;
  sample.cache_hits = stats.cache.hits;
  sample.tally = Tally::from_stats(stats);
  sample.suspects = stats.mismatches.suspects();
  for (const UpstreamStats& upstream : stats.upstreams) {
    if (upstream.held_back == "no") continue;
    sample.held_back.push_back({upstream.address, upstream.found_rate, upstream.held_back});
  }
  return sample;
}

std::optional<double> seconds_left(const ProgressSample& now) {
  if (now.octets_expected == 0 || now.submitted == 0 || now.tally.rows == 0) return std::nullopt;
  const double expected = static_cast<double>(now.octets_expected);
  const double read = now.input_ended ? 1.0 : static_cast<double>(now.octets_read) / expected;
  const double finished =
      static_cast<double>(now.tally.rows) / static_cast<double>(now.submitted);
  const double done = std::min(read, 1.0) * std::min(finished, 1.0);
  if (done < 0.001) return std::nullopt;
  return now.seconds * (1 - done) / done;
}

std::string progress_line(const ProgressSample& now, const ProgressSample& before, size_t columns) {
  std::string line;
  print(line, "%llu done, %.0f/s, %llu in flight, %.1f %% answered",
        static_cast<unsigned long long>(now.tally.rows), rate(now, before),
        static_cast<unsigned long long>(now.in_flight),
        percent(now.tally.definitive(), now.tally.rows));
  const auto left = seconds_left(now);
  if (left) {
    line += ", ";
    append_duration(line, *left);
    line += " left";
  }
  const char* separator = ": ";
  for (const auto& [status, rows] : now.tally.statuses()) {
    line += separator;
    line += status;
    print(line, " %.1f %%", percent(rows, now.tally.rows));
    separator = ", ";
  }
  append_held_back(line, now.held_back);
  if (now.suspects > 0) print(line, "; %llu suspect", static_cast<unsigned long long>(now.suspects));
  if (line.size() > columns) line.resize(columns);
  return line;
}

std::string progress_json(const ProgressSample& now, const ProgressSample& before) {
  nlohmann::ordered_json json;
  json["seconds"] = now.seconds;
  json["done"] = now.tally.rows;
  json["rate"] = rate(now, before);
  json["in_flight"] = now.in_flight;
  json["submitted"] = now.submitted;
  json["answered_percent"] = percent(now.tally.definitive(), now.tally.rows);
  json["queries"] = now.queries;
  json["cache_hits"] = now.cache_hits;
  auto& statuses = json["statuses"] = nlohmann::ordered_json::object();
  for (const auto& [status, rows] : now.tally.statuses()) statuses[std::string(status)] = rows;
  json["suspects"] = now.suspects;
  auto& held_back = json["held_back"] = nlohmann::ordered_json::array();
  for (const auto& [address, found_rate, reason] : now.held_back) {
    held_back.push_back({{"address", address}, {"reason", reason}, {"found_rate", std::round(found_rate)}});
  }
  const auto left = seconds_left(now);
  json["eta_seconds"] = left ? nlohmann::ordered_json(*left) : nlohmann::ordered_json(nullptr);
  return json.dump();
}

}  // namespace dnswarm::cli
