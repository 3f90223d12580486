#include "cli/trace_text.h"

#include <algorithm>
#include <optional>

#include "cli/formatted_text.h"
#include "cli/zone_mistakes.h"

namespace dnswarm::cli {
namespace {

constexpr size_t zone_width_min = 8, server_width_min = 30;

constexpr int time_width = 10;

// Right-aligned; "-" where there is none.
std::string milliseconds(std::optional<std::chrono::microseconds> time, int width = 0) {
  std::string text;
  if (time)
    print(text, "%*.1f ms", std::max(width - 3, 0), static_cast<double>(time->count()) / 1000);
  else
    print(text, "%*s", width, "-");
  return text;
}

std::string padded(std::string text, size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string count_of(size_t n, const char* what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

std::string servers_words(const std::vector<TraceServer>& servers) {
  const auto with_glue = static_cast<size_t>(std::count_if(
      servers.begin(), servers.end(), [](const TraceServer& server) { return !server.addresses.empty(); }));
  std::string words = count_of(servers.size(), "name server");
  if (with_glue == 0) return words + ", no glue";
  if (with_glue < servers.size()) words += ", " + std::to_string(with_glue) + " with glue";
  return words;
}

// What the walk made of the response, and where it goes on.
std::string outcome_words(const TraceStep& step) {
  const std::string code = step.code.empty() ? "" : ": " + std::string(step.code);
  switch (step.outcome) {
    case TraceOutcome::timeout: return "no response; another try";
    case TraceOutcome::referral:
      return "referral to " + step.target + " (" + servers_words(step.servers) + ")";
    case TraceOutcome::answer: return "answer";
    case TraceOutcome::nodata: return "no records of this type";
    case TraceOutcome::nxdomain: return "no such name";
    case TraceOutcome::alias: return "alias of " + step.target;
    case TraceOutcome::no_cut: return "no zone cut here";
    case TraceOutcome::truncated: return "truncated; again over TCP";
    case TraceOutcome::edns_refused: return "no EDNS there; again without";
    case TraceOutcome::other_case: return "letters in another case than sent; again over TCP";
    case TraceOutcome::near_miss: return "somebody guessed at its ID; asked again";
    case TraceOutcome::lame: return "lame" + code + "; another server";
    case TraceOutcome::broken: return "broken" + code + "; another server";
    case TraceOutcome::refused: return "no answer; another server";
    case TraceOutcome::unreachable: return "could not be sent; another server";
    case TraceOutcome::shared: return "found by another look-up";
  }
  return {};
}

std::string known_words(const TraceStep& step) {
  if (step.outcome == TraceOutcome::shared) return outcome_words(step);
  if (step.outcome == TraceOutcome::referral) return "known: " + servers_words(step.servers);
  return "known: " + outcome_words(step);
}

std::string step_line(const TraceStep& step, size_t zone_width, size_t server_width) {
  std::string line = milliseconds(step.at, time_width) + "  " + padded(step.zone, zone_width) + "  ";
  if (step.cached) return line + known_words(step) + "\n";
  line += padded(step.server + " " + step.address, server_width);
  line += step.protocol == Protocol::udp ? "  udp " : "  tcp ";
  line += milliseconds(step.rtt, time_width) + "  ";
  line += padded(step.rcode ? std::string(to_text(*step.rcode)) : "-", 8);
  return line + "  " + outcome_words(step) + "\n";
}

}  // namespace

std::string walk_text(const Heard& walk) {
  size_t zone_width = zone_width_min, server_width = server_width_min;
  for (const TraceStep& step : walk.trace) {
    zone_width = std::max(zone_width, step.zone.size());
    server_width = std::max(server_width, step.server.size() + 1 + step.address.size());
  }
  std::string text, heading;
  for (const TraceStep& step : walk.trace) {
    const std::string asked =
        std::string(2 * step.depth, ' ') + step.qname + " " + std::string(to_text(step.type)) + "\n";
    if (asked != heading) text += asked;
    heading = asked;
    text += std::string(2 * step.depth, ' ') + step_line(step, zone_width, server_width);
  }
  if (walk.trace.size() == trace_steps_max) text += "... (more steps are not kept)\n";
  return text;
}

std::string result_text(const std::string& name, RRType type, const Heard& walk) {
  std::chrono::microseconds took{0};
  size_t queries = 0;
  for (const TraceStep& step : walk.trace) {
    took = std::max(took, step.at + step.rtt.value_or(std::chrono::microseconds(0)));
    queries += step.cached ? 0 : 1;
  }
  std::string text = name + " " + std::string(to_text(type)) + ": " + walk.status;
  if (!walk.error_code.empty()) text += " (" + walk.error_code + ": " + walk.error_text + ")";
  if (!walk.zone.empty()) text += " from zone " + walk.zone;
  text += ", " + (queries == 1 ? std::string("1 query") : std::to_string(queries) + " queries") + ", " +
          milliseconds(took) + "\n";
  for (const HeardRecord& r : walk.records) {
    text += "  " + r.owner + " " + std::to_string(r.ttl) + " " + std::string(to_text(r.type)) + " " + r.data +
            "\n";
  }
  return text;
}

std::string survey_text(const std::vector<SurveyedZone>& zones) {
  size_t zone_width = zone_width_min, server_width = server_width_min;
  for (const SurveyedZone& zone : zones) {
    zone_width = std::max(zone_width, zone.zone.size());
    for (const SurveyedServer& server : zone.servers)
      server_width = std::max(server_width, server.name.size() + 1 + server.address.size());
  }
  std::string text = "All servers, asked for what the walk asked of their zone:\n";
  for (const SurveyedZone& zone : zones) {
    for (const SurveyedServer& server : zone.servers) {
      const bool answered = server.answer.failure == Failure::none;
      text += "  " + padded(zone.zone, zone_width) + "  " +
              padded(server.name + " " + server.address, server_width) +
              milliseconds(answered ? std::optional(server.answer.rtt) : std::nullopt, time_width) + "  " +
              answer_words(zone, server.answer) + "\n";
    }
    for (const std::string& name : zone.without_address)
      text += "  " + padded(zone.zone, zone_width) + "  " + name + " has no address\n";
  }
  return text;
}

std::string mistakes_text(const std::vector<std::string>& mistakes) {
  if (mistakes.empty()) return "Mistakes: none seen\n";
  std::string text = "Mistakes:\n";
  for (const std::string& mistake : mistakes) text += "  - " + mistake + "\n";
  return text;
}

}  // namespace dnswarm::cli
