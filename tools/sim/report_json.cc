// The report for programs.
#include "cli/json_document.h"
#include "report.h"

namespace dnswarm::sim {
namespace {

using cli::Json;

Json seconds_or_null(const std::optional<Duration>& time) { return time ? Json(seconds(*time)) : Json(); }

Json options_json(const StoryResult& result) {
  const StoryOptions& o = result.options;
  const auto ms = [](Duration delay) { return seconds(delay) * 1000; };
  return {{"domains", o.domains},
          {"names", result.names},
          {"tlds", result.tlds},
          {"ttl_s", o.ttl},
          {"ns_ttl_s", o.name_server_ttl},
          {"clients", o.clients},
          {"rate", o.rate},
          {"zipf", o.zipf},
          {"hours", o.hours},
          {"levels", o.levels},
          {"forwarders", o.levels >= 3 ? o.forwarders : 0},
          {"resolvers", o.resolvers},
          {"policy", to_text(o.policy)},
          {"delays_ms",
           {{"client", ms(o.delays.client)},
            {"root", ms(o.delays.root)},
            {"tld", ms(o.delays.tld)},
            {"domain", ms(o.delays.domain)}}},
          {"change_at_s", seconds(o.changes_at())},
          {"seed", o.seed}};
}

Json conversations_json(const StoryResult& result) {
  Json names = Json::array();
  for (const Conversation& conversation : result.conversations) {
    Json episodes = Json::array();
    for (const Episode& episode : conversation.episodes) {
      Json exchanges = Json::array();
      for (const Exchange& exchange : episode.exchanges) {
        exchanges.push_back({{"at_s", seconds(exchange.at)}, {"text", exchange.text}});
      }
      episodes.push_back(std::move(exchanges));
    }
    names.push_back(
        {{"name", conversation.name}, {"rank", conversation.rank}, {"episodes", std::move(episodes)}});
  }
  return names;
}

Json levels_json(const StoryResult& result) {
  Json levels = Json::array();
  for (size_t i = 0; i < levels_all; ++i) {
    const auto level = static_cast<Level>(i);
    levels.push_back({{"level", to_text(level)},
                      {"queries", result.at(level)},
                      {"per_thousand", result.per_thousand(level)},
                      {"over_time", result.queries_parts[i]}});
  }
  return levels;
}

Json caches_json(const StoryResult& result) {
  Json caches = Json::array();
  for (const CacheResult& cache : result.caches) {
    Json questions = Json::array(), hits = Json::array();
    for (const HitCount& part : cache.parts) questions.push_back(part.questions), hits.push_back(part.hits);
    caches.push_back({{"cache", cache.name},
                      {"level", to_text(cache.level)},
                      {"questions", cache.all.questions},
                      {"hits", cache.all.hits},
                      {"misses", cache.all.misses()},
                      {"hit_percent", cache.all.hit_percent()},
                      {"questions_over_time", std::move(questions)},
                      {"hits_over_time", std::move(hits)}});
  }
  return caches;
}

Json servers_json(const StoryResult& result) {
  Json servers = Json::array();
  for (const ServerResult& server : result.servers) {
    servers.push_back({{"server", server.name},
                       {"role", to_text(server.role)},
                       {"address", server.address},
                       {"queries", server.queries}});
  }
  return servers;
}

Json row_json(const StoryRow& row) {
  Json per_thousand = Json::object();
  for (size_t i = 0; i < levels_all; ++i) {
    per_thousand[std::string(to_text(static_cast<Level>(i)))] = row.per_thousand[i];
  }
  return {{"ttl_s", row.ttl},
          {"policy", to_text(row.policy)},
          {"resolvers", row.resolvers},
          {"questions", row.questions},
          {"per_thousand", std::move(per_thousand)},
          {"client_hit_percent", row.client_hit_percent},
          {"resolver_hit_percent", row.resolver_hit_percent},
          {"mean_wait_ms", row.mean_wait_ms},
          {"busiest_share", row.busiest_share}};
}

Json spread_json(const Spread& spread) {
  Json points = Json::array();
  for (const Spread::Point& point : spread.points) points.push_back({seconds(point.after), point.share});
  return {{"name", spread.name},
          {"rounds", spread_rounds},
          {"half_s", seconds_or_null(spread.reached(0.5))},
          {"all_s", seconds_or_null(spread.reached(1))},
          {"points", std::move(points)}};
}

}  // namespace

std::string report_json(const Story& story) {
  Json by_ttl = Json::array(), by_policy = Json::array();
  for (const TtlRow& row : story.by_ttl) {
    Json json = row_json(row.run);
    json["half_know_s"] = seconds_or_null(row.spread.reached(0.5));
    json["all_know_s"] = seconds_or_null(row.spread.reached(1));
    by_ttl.push_back(std::move(json));
  }
  for (const StoryRow& row : story.by_policy) by_policy.push_back(row_json(row));
  const StoryResult& main = story.main;
  const Json json = {{"options", options_json(main)},
                     {"questions", main.questions()},
                     {"failed", main.failed},
                     {"mean_wait_ms", main.mean_wait_ms()},
                     {"part_s", seconds(main.part_length())},
                     {"levels", levels_json(main)},
                     {"servers", servers_json(main)},
                     {"caches", caches_json(main)},
                     {"conversations", conversations_json(main)},
                     {"by_ttl", std::move(by_ttl)},
                     {"by_policy", std::move(by_policy)},
                     {"spread", spread_json(story.spread)}};
  return cli::document_text(json, 1);
}

}  // namespace dnswarm::sim
