#include "story_result.h"

namespace dnswarm::sim {

std::string_view to_text(Level level) {
  switch (level) {
    case Level::client: return "client";
    case Level::forwarder: return "forwarder";
    case Level::resolver: return "resolver";
    case Level::root: return "root";
    case Level::tld: return "tld";
    case Level::domain: break;
  }
  return "domain";
}

std::vector<std::string> server_texts(const World& world) {
  std::array<uint32_t, 3> numbers{};
  std::vector<std::string> texts;
  for (ServerIndex i = 0; i < world.server_count(); ++i) {
    const ServerRole role = world.role(i);
    texts.push_back(std::string(to_text(role)) + ' ' + std::to_string(++numbers[static_cast<size_t>(role)]));
  }
  return texts;
}

double HitCount::hit_percent() const {
  return questions == 0 ? 0 : 100.0 * static_cast<double>(hits) / static_cast<double>(questions);
}

// Back from the end: the last time it was below the share, and then the first time it was not.
std::optional<Duration> Spread::reached(double share) const {
  std::optional<Duration> since;
  for (auto point = points.rbegin(); point != points.rend() && point->share >= share; ++point) {
    since = point->after;
  }
  return since;
}

double StoryResult::per_thousand(Level level) const {
  return questions() == 0 ? 0 : 1000.0 * static_cast<double>(at(level)) / static_cast<double>(questions());
}

double StoryResult::mean_wait_ms() const {
  if (questions() == 0) return 0;
  return std::chrono::duration<double, std::milli>(waited).count() / static_cast<double>(questions());
}

HitCount StoryResult::hits(Level level) const {
  HitCount sum;
  for (const CacheResult& cache : caches) {
    if (cache.level == level) sum.merge(cache.all);
  }
  return sum;
}

}  // namespace dnswarm::sim
