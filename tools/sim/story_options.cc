#include "story_options.h"

#include <algorithm>
#include <cstdio>

namespace dnswarm::sim {
namespace {

// Fine enough for a curve.
constexpr unsigned probes_per_ttl = 60;
constexpr double questions_max = 1e7;  // some minutes of CPU time

// "--rate: 2000 is not 0 to 1000"
std::string out_of_range(const char* flag, double value, double low, double high) {
  if (value >= low && value <= high) return {};  // not a number is neither
  char text[160];
  std::snprintf(text, sizeof text, "%s: %.10g is not %.10g to %.10g", flag, value, low, high);
  return text;
}

double milliseconds(Duration delay) { return std::chrono::duration<double, std::milli>(delay).count(); }

}  // namespace

std::string_view to_text(Policy policy) {
  switch (policy) {
    case Policy::round_robin: return "round-robin";
    case Policy::hash: return "hash";
    case Policy::random: break;
  }
  return "random";
}

Duration StoryOptions::length() const {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::ratio<3600>>(hours));
}

Duration StoryOptions::changes_at() const { return change_at < Duration(0) ? length() / 2 : change_at; }

Duration StoryOptions::probe_interval() const {
  return std::max<Duration>(std::chrono::seconds(1), std::chrono::seconds(ttl) / probes_per_ttl);
}

std::string story_options_error(const StoryOptions& o) {
  const struct {
    const char* flag;
    double value, low, high;
  } ranges[] = {{"--domains", static_cast<double>(o.domains), 1, 100'000},
                {"--ttl", static_cast<double>(o.ttl), 0, 86'400},
                {"--ns-ttl", static_cast<double>(o.name_server_ttl), 0, 86'400},
                {"--clients", static_cast<double>(o.clients), 1, 10'000},
                {"--rate", o.rate, 0, 1000},
                {"--zipf", o.zipf, 0, 3},
                {"--hours", o.hours, 0.0005, 10'000},
                {"--levels", static_cast<double>(o.levels), 1, 3},
                {"--forwarders", static_cast<double>(o.forwarders), 1, 1000},
                {"--resolvers", static_cast<double>(o.resolvers), 1, 64},
                {"--conversation", static_cast<double>(o.conversation_names), 0, 100},
                {"--delays", milliseconds(o.delays.client), 0, 10'000},
                {"--delays", milliseconds(o.delays.root), 0, 10'000},
                {"--delays", milliseconds(o.delays.tld), 0, 10'000},
                {"--delays", milliseconds(o.delays.domain), 0, 10'000}};
  for (const auto& range : ranges) {
    std::string error = out_of_range(range.flag, range.value, range.low, range.high);
    if (!error.empty()) return error;
  }
  const double questions = o.clients * o.rate * o.hours * 3600;
  if (questions > questions_max) {
    char text[160];
    std::snprintf(text, sizeof text,
                  "--clients, --rate and --hours: these are %.0f questions, over the %.0f of a story",
                  questions, questions_max);
    return text;
  }
  if (o.changes_at() > o.length()) return "--change: that is after the end of the story (--hours)";
  return {};
}

}  // namespace dnswarm::sim
