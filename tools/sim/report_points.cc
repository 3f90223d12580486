// What the runs show, in sentences whose every number was measured.
#include "cli/formatted_text.h"
#include "report.h"

namespace dnswarm::sim {
namespace {

using cli::count_text;
using cli::print;

size_t index(Level level) { return static_cast<size_t>(level); }

// "2.6 s"; "never" where the share was not reached.
std::string reached_text(const Spread& spread, double share) {
  const std::optional<Duration> time = spread.reached(share);
  if (!time) return "never";
  std::string text;
  print(text, "%.1f s", seconds(*time));
  return text;
}

// That got the old address after they had got the new one.
size_t clients_set_back(const Spread& spread) {
  size_t count = 0;
  for (size_t i = 0; i < spread.first_new.size(); ++i) {
    count += spread.first_new[i] && spread.last_old[i] > *spread.first_new[i];
  }
  return count;
}

Point root_point(const Story& story) {
  const StoryResult& main = story.main;
  const StoryOptions& o = main.options;
  Point point{"Why the root sees so few queries", {}, {}};
  print(point.text,
        "Of 1,000 questions of clients, %.1f reach a resolver. For these a domain's server is asked %.1f\n"
        "times, a TLD's %.2f times, the root's %.2f times.\n",
        main.per_thousand(Level::resolver), main.per_thousand(Level::domain), main.per_thousand(Level::tld),
        main.per_thousand(Level::root));
  print(point.text,
        "A resolver asks the root once for each TLD in the TTL of its NS records (%u s), whatever is asked\n"
        "below it, and for the root's own servers: %s queries for %zu TLDs in %.4g h.\n",
        o.name_server_ttl, count_text(main.at(Level::root)).c_str(), main.tlds, o.hours);
  return point;
}

Point ttl_point(const Story& story) {
  Point point{"What a low TTL costs", {}, {}};
  point.text =
      "The same questions with other TTLs. The last columns: how long after a change of a name for which "
      "all\n"
      "ask again and again half of the clients know, and all.\n";
  print(point.table, "%8s %14s %12s %12s %11s %10s %10s\n", "TTL", "domain queries", "client hits",
        "resolv. hits", "mean wait", "half know", "all know");
  print(point.table, "%8s %14s\n", "", "of 1,000");
  for (const TtlRow& row : story.by_ttl) {
    print(point.table, "%6u s %14.1f %10.1f %% %10.1f %% %8.1f ms %10s %10s\n", row.run.ttl,
          row.run.per_thousand[index(Level::domain)], row.run.client_hit_percent,
          row.run.resolver_hit_percent, row.run.mean_wait_ms, reached_text(row.spread, 0.5).c_str(),
          reached_text(row.spread, 1).c_str());
  }
  return point;
}

Point policy_point(const Story& story) {
  Point point{"What round robin does to load", {}, {}};
  point.text =
      "Round robin shares the load evenly, but each resolver has to learn each name by itself. By hash of "
      "the\n"
      "name one of them does, and all questions for a popular name are its load.\n";
  print(point.table, "%-11s %-12s %12s %14s %11s %14s\n", "resolvers", "policy", "resolv. hits",
        "domain queries", "mean wait", "busiest gets");
  print(point.table, "%-11s %-12s %12s %14s\n", "", "", "", "of 1,000");
  for (const StoryRow& row : story.by_policy) {
    print(point.table, "%-11u %-12s %10.1f %% %14.1f %8.1f ms %12.1f %%\n", row.resolvers,
          row.resolvers == 1 ? "-" : std::string(to_text(row.policy)).c_str(), row.resolver_hit_percent,
          row.per_thousand[index(Level::domain)], row.mean_wait_ms, 100 * row.busiest_share);
  }
  return point;
}

Point spread_point(const Story& story) {
  const Spread& spread = story.spread;
  Point point{"How a changed record propagates", {}, {}};
  print(point.text, "All clients ask for %s every %.3g s; %u changes of its address, TTL %u s.\n",
        spread.name.c_str(), seconds(story.main.options.probe_interval()), spread_rounds,
        story.main.options.ttl);
  point.text +=
      "A client learns of a change when it asks after the last cache on its way has let go of the old "
      "address.\n"
      "TTLs count down on the way (in whole seconds): all caches together keep it for one TTL, not each of "
      "them.\n";
  if (const size_t back = clients_set_back(spread); back > 0) {
    print(point.text,
          "%.1f %% of the clients got the old address once more after the new one, from a cache that still "
          "had it.\n",
          100 * static_cast<double>(back) / static_cast<double>(spread.first_new.size()));
  }
  for (const double share : {0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0}) {
    print(point.table, "%5.0f %% of clients know after %10s\n", 100 * share,
          reached_text(spread, share).c_str());
  }
  return point;
}

}  // namespace

double seconds(Duration time) { return std::chrono::duration<double>(time).count(); }

std::string clock_text(Duration time) {
  const long long ms = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  std::string text;
  print(text, "%02lld:%02lld:%02lld.%03lld", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000);
  return text;
}

std::string story_text(const StoryResult& result, bool live) {
  const StoryOptions& o = result.options;
  std::string text;
  print(text, "%s clients ask for %s names of %s domains, %s questions in %.4g %s (seed %llu)\n",
        count_text(o.clients).c_str(), count_text(result.names).c_str(), count_text(o.domains).c_str(),
        count_text(result.questions()).c_str(), live ? seconds(o.length()) : o.hours,
        live ? "s, on sockets" : "h of virtual time", static_cast<unsigned long long>(o.seed));
  print(text, "%s -> ", o.levels >= 2 ? "clients with caches" : "clients without caches");
  if (o.levels >= 3) print(text, "%u forwarders -> ", o.forwarders);
  print(text, "%u resolvers (%s)", o.resolvers, std::string(to_text(o.policy)).c_str());
  std::array<unsigned, 3> count{};
  for (const ServerResult& server : result.servers) ++count[static_cast<size_t>(server.role)];
  print(text, " -> %u root, %u TLD, %u domain servers\nTTL %u s, of name servers %u s; Zipf %.3g\n", count[0],
        count[1], count[2], o.ttl, o.name_server_ttl, o.zipf);
  return text;
}

std::vector<Point> points_of(const Story& story) {
  return {root_point(story), ttl_point(story), policy_point(story), spread_point(story)};
}

}  // namespace dnswarm::sim
