#include "story_counts.h"

#include <algorithm>

namespace dnswarm::sim {

std::string node_text(Level level, uint32_t node) {
  return std::string(to_text(level)) + ' ' + std::to_string(node + 1);
}

StoryCounts::StoryCounts(const StoryOptions& options, const World& world) {
  result.options = options;
  const auto add = [&](Level level, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) result.caches.push_back({level, node_text(level, i), {}, {}});
  };
  add(Level::client, options.levels >= 2 ? options.clients : 0);
  add(Level::forwarder, options.levels >= 3 ? options.forwarders : 0);
  add(Level::resolver, options.resolvers);
  const std::vector<std::string> texts = server_texts(world);
  for (ServerIndex i = 0; i < world.server_count(); ++i) {
    result.servers.push_back({world.role(i), texts[i], world.address(i, 53).host_text(), 0});
  }
}

size_t StoryCounts::cache_of(Level level, uint32_t node) const {
  if (level == Level::client) return node;
  const size_t after_clients = (result.options.levels >= 2 ? result.options.clients : 0) + size_t{node};
  if (level == Level::forwarder) return after_clients;
  return after_clients + (result.options.levels >= 3 ? result.options.forwarders : 0);
}

size_t StoryCounts::part(Duration passed) const {
  return std::min(static_cast<size_t>(passed / result.part_length()), parts_all - 1);
}

void StoryCounts::arrives(Level level, Duration passed) {
  ++result.queries[static_cast<size_t>(level)];
  ++result.queries_parts[static_cast<size_t>(level)][part(passed)];
}

void StoryCounts::cache(Level level, uint32_t node, bool hit, Duration passed) {
  CacheResult& counts = result.caches[cache_of(level, node)];
  counts.all.add(hit);
  counts.parts[part(passed)].add(hit);
}

}  // namespace dnswarm::sim
