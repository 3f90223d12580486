// The report for people.
#include <algorithm>

#include "cli/formatted_text.h"
#include "report.h"

namespace dnswarm::sim {
namespace {

using cli::count_text;
using cli::print;

constexpr size_t columns = 6;  // of the hit rates over time
static_assert(parts_all % columns == 0);

void append_conversations(const StoryResult& result, std::string& out) {
  if (result.conversations.empty()) return;
  out += "The conversation\n";
  for (const Conversation& conversation : result.conversations) {
    print(out, "\n  %s, number %zu in popularity\n", conversation.name.c_str(), conversation.rank);
    for (const Episode& episode : conversation.episodes) {
      out += '\n';
      for (const Exchange& exchange : episode.exchanges) {
        out += "    " + clock_text(exchange.at) + "  " + exchange.text + '\n';
      }
    }
  }
}

void append_levels(const StoryResult& result, std::string& out) {
  print(out, "\nQueries by level\n\n  %-12s %12s %9s %12s\n", "arrive at", "queries", "share", "of 1,000");
  uint64_t all = 0;
  for (const uint64_t queries : result.queries) all += queries;
  for (size_t i = 0; i < levels_all; ++i) {
    const auto level = static_cast<Level>(i);
    if (level == Level::forwarder && result.options.levels < 3) continue;
    print(out, "  %-12s %12s %7.2f %% %12.2f\n", std::string(to_text(level)).c_str(),
          count_text(result.at(level)).c_str(), cli::percent(result.at(level), all),
          result.per_thousand(level));
  }
  if (result.failed > 0) print(out, "  %s questions got no address\n", count_text(result.failed).c_str());
}

// Those of a role one by one; where there are many, the ones between the most and the least asked together.
void append_servers(const StoryResult& result, std::string& out) {
  constexpr size_t shown_max = 8;
  print(out, "\nQueries by server\n\n  %-12s %-15s %12s\n", "server", "address", "queries");
  for (const ServerRole role : {ServerRole::root, ServerRole::tld, ServerRole::domain}) {
    std::vector<const ServerResult*> servers;
    for (const ServerResult& server : result.servers) {
      if (server.role == role) servers.push_back(&server);
    }
    if (servers.size() > shown_max) {
      std::stable_sort(servers.begin(), servers.end(),
                       [](auto* a, auto* b) { return a->queries > b->queries; });
    }
    for (size_t i = 0; i < servers.size(); ++i) {
      if (servers.size() > shown_max && i == 3) {
        const size_t between = servers.size() - 4;
        uint64_t sum = 0;
        for (; i < servers.size() - 1; ++i) sum += servers[i]->queries;
        print(out, "  %-28s %12s\n", (std::to_string(between) + " others together").c_str(),
              count_text(sum).c_str());
      }
      print(out, "  %-12s %-15s %12s\n", servers[i]->name.c_str(), servers[i]->address.c_str(),
            count_text(servers[i]->queries).c_str());
    }
  }
}

struct CacheRow {
  std::string name;
  HitCount all;
  std::array<HitCount, columns> over_time;
  void merge(const CacheResult& cache) {
    all.merge(cache.all);
    for (size_t part = 0; part < parts_all; ++part) {
      over_time[part / (parts_all / columns)].merge(cache.parts[part]);
    }
  }
};

// Of clients, the sum and the extremes: there are many.
std::vector<CacheRow> cache_rows(const StoryResult& result) {
  std::vector<CacheRow> rows, clients;
  for (const CacheResult& cache : result.caches) {
    auto& list = cache.level == Level::client ? clients : rows;
    list.push_back({cache.name, {}, {}});
    list.back().merge(cache);
  }
  if (clients.empty()) return rows;
  CacheRow all{"all clients", {}, {}};
  for (const CacheResult& cache : result.caches) {
    if (cache.level == Level::client) all.merge(cache);
  }
  const auto [least, most] = std::minmax_element(clients.begin(), clients.end(), [](auto& a, auto& b) {
    return a.all.hit_percent() < b.all.hit_percent();
  });
  rows.insert(rows.begin(), {all, *least, *most});
  return rows;
}

// "00:40:00"; of the first minute "2.5 s".
std::string column_text(Duration time) {
  if (time >= std::chrono::minutes(1)) return clock_text(time).substr(0, 8);
  std::string text;
  print(text, "%.1f s", seconds(time));
  return text;
}

void append_caches(const StoryResult& result, std::string& out) {
  const Duration column = result.options.length() / columns;
  print(out, "\nCaches: hits in percent, in all and in each sixth of the time, up to that time\n\n");
  print(out, "  %-14s %9s %9s %9s %8s", "cache", "questions", "hits", "misses", "in all");
  for (size_t i = 1; i <= columns; ++i) {
    print(out, " %8s", column_text(column * static_cast<int>(i)).c_str());
  }
  out += '\n';
  for (const CacheRow& row : cache_rows(result)) {
    print(out, "  %-14s %9s %9s %9s %8.1f", row.name.c_str(), count_text(row.all.questions).c_str(),
          count_text(row.all.hits).c_str(), count_text(row.all.misses()).c_str(), row.all.hit_percent());
    for (const HitCount& part : row.over_time) print(out, " %8.1f", part.hit_percent());
    out += '\n';
  }
}

void append_indented(const std::string& lines, std::string& out) {
  for (size_t at = 0; at < lines.size();) {
    const size_t end = lines.find('\n', at) + 1;
    out += "  " + lines.substr(at, end - at);
    at = end;
  }
}

}  // namespace

std::string live_text(const StoryResult& result) {
  std::string out = story_text(result, true);
  append_levels(result, out);
  append_servers(result, out);
  append_caches(result, out);
  return out;
}

std::string report_text(const Story& story) {
  std::string out = story_text(story.main) + '\n';
  append_conversations(story.main, out);
  append_levels(story.main, out);
  append_servers(story.main, out);
  append_caches(story.main, out);
  for (const Point& point : points_of(story)) {
    out += '\n' + point.heading + "\n\n";
    append_indented(point.text, out);
    if (!point.table.empty()) out += '\n';
    append_indented(point.table, out);
  }
  return out;
}

}  // namespace dnswarm::sim
