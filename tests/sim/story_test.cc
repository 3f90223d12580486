// Runs of stories: what must add up, what caches may hold for how long, and what depends on what.
#include <gtest/gtest.h>

#include <functional>
#include <numeric>
#include <set>

#include "story_run.h"

namespace dnswarm::sim {
namespace {

using std::chrono::milliseconds;

StoryOptions small() {
  StoryOptions options;
  options.domains = 30;
  options.clients = 10;
  options.hours = 0.5;
  return options;
}
StoryResult run(const StoryOptions& options) {
  std::string error;
  std::optional<StoryResult> result = run_story(options, &error);
  EXPECT_TRUE(result) << error;
  return result ? std::move(*result) : StoryResult();
}
std::string error_of(const StoryOptions& options) {
  std::string error;
  EXPECT_FALSE(run_story(options, &error));
  return error;
}
// Options that differ in levels, policy and number of resolvers.
void for_each_shape(const std::function<void(const StoryOptions&)>& body) {
  for (const unsigned levels : {1u, 2u, 3u}) {
    for (const Policy policy : {Policy::round_robin, Policy::hash, Policy::random}) {
      for (const uint32_t resolvers : {1u, 3u}) {
        StoryOptions options = small();
        options.levels = levels;
        options.policy = policy;
        options.resolvers = resolvers;
        SCOPED_TRACE(std::to_string(levels) + " levels, " + std::to_string(resolvers) + " resolvers, " +
                     std::string(to_text(policy)));
        body(options);
      }
    }
  }
}

TEST(VirtualTime, passes_in_order_of_time_and_then_of_saying) {
  VirtualTime time;
  std::string order;
  time.after(milliseconds(2), [&] { order += 'c'; });
  time.after(milliseconds(1), [&] {
    order += 'a';
    time.at(VirtualTime::start, [&] { order += std::to_string(time.passed().count()); });  // gone by: now
  });
  time.after(milliseconds(1), [&] { order += 'b'; });
  time.run();
  EXPECT_EQ(order, "ab1000000c");
}

TEST(Story, adds_up) {
  for_each_shape([](const StoryOptions& options) {
    const StoryResult result = run(options);
    EXPECT_GT(result.questions(), 1000u);
    EXPECT_EQ(result.failed, 0u);
    std::array<HitCount, levels_all> caches;
    for (const CacheResult& cache : result.caches) {
      caches[static_cast<size_t>(cache.level)].merge(cache.all);
      HitCount parts;
      for (const HitCount& part : cache.parts) parts.merge(part);
      EXPECT_EQ(parts.questions, cache.all.questions);
      EXPECT_EQ(parts.hits, cache.all.hits);
      EXPECT_LE(cache.all.hits, cache.all.questions);
    }
    const auto& [clients, forwarders, resolvers, r, t, d] = caches;
    // What a level of caches does not have goes to the next one, all of it.
    EXPECT_EQ(clients.questions, options.levels >= 2 ? result.questions() : 0);
    const uint64_t from_clients = options.levels >= 2 ? clients.misses() : result.questions();
    EXPECT_EQ(result.at(Level::forwarder), options.levels >= 3 ? from_clients : 0);
    EXPECT_EQ(forwarders.questions, result.at(Level::forwarder));
    EXPECT_EQ(result.at(Level::resolver), options.levels >= 3 ? forwarders.misses() : from_clients);
    EXPECT_EQ(resolvers.questions, result.at(Level::resolver));
    EXPECT_GE(result.at(Level::domain), resolvers.misses() / 2);  // equal ones under way are asked once
    std::array<uint64_t, levels_all> servers{};
    for (const ServerResult& server : result.servers) {
      servers[static_cast<size_t>(level_of(server.role))] += server.queries;
    }
    for (size_t i = 0; i < levels_all; ++i) {
      const auto& parts = result.queries_parts[i];
      EXPECT_EQ(std::accumulate(parts.begin(), parts.end(), uint64_t{0}), result.queries[i]);
      EXPECT_EQ(servers[i], i >= static_cast<size_t>(Level::root) ? result.queries[i] : 0);
    }
  });
}

TEST(Story, is_the_same_with_the_same_seed_and_another_with_another) {
  const auto counts = [](uint64_t seed) {
    StoryOptions options = small();
    options.levels = 3;
    options.policy = Policy::random;
    options.seed = seed;
    const StoryResult result = run(options);
    std::vector<uint64_t> all(result.queries.begin(), result.queries.end());
    for (const CacheResult& cache : result.caches) all.push_back(cache.all.hits);
    for (const ServerResult& server : result.servers) all.push_back(server.queries);
    all.push_back(static_cast<uint64_t>(result.waited.count()));
    return all;
  };
  EXPECT_EQ(counts(1), counts(1));
  EXPECT_NE(counts(1), counts(2));
}

TEST(Story, asks_the_same_questions_whatever_the_caches_are) {
  std::set<uint64_t> questions;
  for_each_shape([&](const StoryOptions& options) { questions.insert(run(options).questions()); });
  EXPECT_EQ(questions.size(), 1u);
}

TEST(Story, a_cold_question_takes_the_way_to_the_root_and_down) {
  StoryOptions options = small();
  options.conversation = true;
  options.delays = {milliseconds(3), milliseconds(50), milliseconds(20), milliseconds(10)};
  const StoryResult result = run(options);
  const Episode* first = nullptr;
  for (const Conversation& conversation : result.conversations) {
    const Episode& episode = conversation.episodes.at(0);
    if (first == nullptr || episode.exchanges[0].at < first->exchanges[0].at) first = &episode;
  }
  ASSERT_NE(first, nullptr);
  std::string texts;
  for (const Exchange& exchange : first->exchanges) texts += exchange.text + '\n';
  EXPECT_NE(texts.find(" asks resolver 1: miss\n"), std::string::npos) << texts;
  EXPECT_NE(texts.find(" for . NS: answer, after 100 ms\n"), std::string::npos) << texts;  // priming
  EXPECT_NE(texts.find(", after 100 ms\nresolver 1 asks tld "), std::string::npos) << texts;
  EXPECT_NE(texts.find(": answer, after 20 ms\nclient "), std::string::npos) << texts;
  // From the resolver's getting it to the client's having the answer.
  EXPECT_EQ(first->exchanges.back().at - first->exchanges[0].at, milliseconds(100 + 100 + 40 + 20 + 3))
      << texts;
}

TEST(Story, tells_each_kind_of_episode_once_and_the_change) {
  StoryOptions options = small();
  options.conversation = true;
  options.conversation_names = 1;
  options.levels = 3;
  options.hours = 3;  // NS records expire
  const StoryResult result = run(options);
  ASSERT_EQ(result.conversations.size(), 1u);
  EXPECT_EQ(result.conversations[0].rank, 1u);
  const auto& episodes = result.conversations[0].episodes;
  std::string lasts;
  unsigned roots = 0, from_forwarders = 0;
  for (const Episode& episode : episodes) {
    for (const auto& [at, text] : episode.exchanges) {
      roots += text.find("asks root") != std::string::npos;
      from_forwarders +=
          text.rfind("forwarder ", 0) == 0 && text.find(" asks resolver ") != std::string::npos;
      EXPECT_FALSE(text.rfind("client ", 0) == 0 && text.find(" asks resolver ") != std::string::npos)
          << text;
    }
    lasts += episode.exchanges.back().text + '\n';
  }
  EXPECT_GE(from_forwarders, 3u);
  EXPECT_GE(roots, 1u);
  EXPECT_LE(roots, 4u);  // priming, and after the change as well
  EXPECT_GE(episodes.size(), 5u);
  EXPECT_LE(episodes.size(), 8u);
  EXPECT_NE(lasts.find("has it in its own cache: 10."), std::string::npos) << lasts;
  EXPECT_NE(lasts.find("gets 192.0.2.1, TTL "), std::string::npos) << lasts;
  EXPECT_EQ(lasts.find("192.0.2.1"), lasts.rfind("192.0.2.1")) << lasts;
}

TEST(Story, a_change_reaches_every_client_when_its_caches_let_go_and_not_before) {
  for_each_shape([](StoryOptions options) {
    options.ttl = 40;
    options.rate = 0;
    options.change_at = std::chrono::seconds(100);
    options.probe_round = 1;
    const Spread spread = run(options).spread;
    ASSERT_EQ(spread.first_new.size(), options.clients);
    // Each cache counts whole seconds, and a client asks once a second.
    const Duration kept = std::chrono::seconds(options.ttl + options.levels);
    bool any_old_after = false;
    for (uint32_t client = 0; client < options.clients; ++client) {
      ASSERT_TRUE(spread.first_new[client]);
      any_old_after = any_old_after || spread.last_old[client] > std::chrono::seconds(1);
      EXPECT_GE(*spread.first_new[client], Duration(0));
      EXPECT_LE(*spread.first_new[client], kept + std::chrono::seconds(1));
      EXPECT_LT(spread.last_old[client], kept);
      if (options.levels == 1) continue;
      EXPECT_GE(*spread.first_new[client],
                std::min(spread.held_until[client], kept) - std::chrono::seconds(1));
    }
    EXPECT_TRUE(any_old_after);
    EXPECT_EQ(spread.points.back().share, 1);
    ASSERT_TRUE(spread.reached(1));
    EXPECT_LE(spread.reached(0.5), spread.reached(1));
    EXPECT_LE(*spread.reached(1), kept + std::chrono::seconds(1));
  });
}

TEST(Story, without_ttl_a_change_is_known_at_once) {
  StoryOptions options = small();
  options.ttl = 0;
  options.rate = 0;
  options.change_at = std::chrono::seconds(100);
  options.probe_round = 1;
  const StoryResult result = run(options);
  EXPECT_EQ(result.hits(Level::client).hits, 0u);
  EXPECT_LE(*result.spread.reached(1), std::chrono::seconds(2));
}

TEST(Story, a_lower_ttl_costs_queries_and_time) {
  double more = 0, less_hits = 101;
  Duration longer{};
  for (const uint32_t ttl : {3600u, 300u, 60u, 5u}) {
    StoryOptions options = small();
    options.ttl = ttl;
    const StoryResult result = run(options);
    EXPECT_GT(result.per_thousand(Level::domain), more) << ttl;
    EXPECT_LT(result.hits(Level::client).hit_percent(), less_hits) << ttl;
    EXPECT_GT(result.waited, longer) << ttl;
    more = result.per_thousand(Level::domain);
    less_hits = result.hits(Level::client).hit_percent();
    longer = result.waited;
  }
}

TEST(Story, round_robin_shares_load_and_loses_hits) {
  const auto result_of = [](Policy policy, uint32_t resolvers) {
    StoryOptions options = small();
    options.policy = policy;
    options.resolvers = resolvers;
    return run(options);
  };
  const auto hits = [](const StoryResult& result) { return result.hits(Level::resolver).hit_percent(); };
  const StoryResult alone = result_of(Policy::round_robin, 1), even = result_of(Policy::round_robin, 4);
  const StoryResult by_name = result_of(Policy::hash, 4);
  EXPECT_LT(hits(even), hits(result_of(Policy::round_robin, 2)));
  EXPECT_LT(hits(result_of(Policy::round_robin, 2)), hits(alone));
  EXPECT_LT(hits(even) + 5, hits(by_name));
  EXPECT_NEAR(hits(by_name), hits(alone), 3);
  uint64_t least = UINT64_MAX, most = 0, least_by_name = UINT64_MAX, most_by_name = 0;
  for (size_t i = 0; i < even.caches.size(); ++i) {
    if (even.caches[i].level != Level::resolver) continue;
    least = std::min(least, even.caches[i].all.questions),
    most = std::max(most, even.caches[i].all.questions);
    least_by_name = std::min(least_by_name, by_name.caches[i].all.questions);
    most_by_name = std::max(most_by_name, by_name.caches[i].all.questions);
  }
  EXPECT_LE(most - least, 1u);
  EXPECT_GT(most_by_name - least_by_name, 10u);
}

TEST(Story, the_root_is_asked_once_for_each_tld_and_ttl) {
  StoryOptions options = small();
  options.resolvers = 3;
  options.hours = 2;
  const StoryResult result = run(options);
  EXPECT_GT(result.at(Level::root), 3u);
  // Priming, and each TLD, in each of at most three TTLs that begin in two hours.
  EXPECT_LE(result.at(Level::root), 3u * 3 * (result.tlds + 1));
  options.name_server_ttl = 60;
  EXPECT_GT(run(options).at(Level::root), 5 * result.at(Level::root));
}

TEST(Story, levels_of_caches_take_load_from_resolvers) {
  StoryOptions options = small();
  options.levels = 1;
  const uint64_t alone = run(options).at(Level::resolver);
  options.levels = 2;
  const uint64_t with_clients = run(options).at(Level::resolver);
  options.levels = 3;
  EXPECT_LT(run(options).at(Level::resolver), with_clients);
  EXPECT_LT(with_clients, alone);
}

TEST(Story, may_have_no_question_at_all) {
  StoryOptions options = small();
  for (const double rate : {0.0, 1e-9, 1e-300}) {
    options.rate = rate;
    EXPECT_EQ(run(options).questions(), 0u) << rate;
  }
}

TEST(Story, rejects_what_is_out_of_range) {
  const std::pair<void (*)(StoryOptions&), const char*> wrong[] = {
      {[](StoryOptions& o) { o.domains = 0; }, "--domains: 0 is not 1 to 100000"},
      {[](StoryOptions& o) { o.ttl = 86401; }, "--ttl: 86401 is not 0 to 86400"},
      {[](StoryOptions& o) { o.clients = 0; }, "--clients: 0 is not 1 to 10000"},
      {[](StoryOptions& o) { o.rate = NAN; }, "--rate: nan is not 0 to 1000"},
      {[](StoryOptions& o) { o.levels = 4; }, "--levels: 4 is not 1 to 3"},
      {[](StoryOptions& o) { o.resolvers = 65; }, "--resolvers: 65 is not 1 to 64"},
      {[](StoryOptions& o) { o.delays.tld = std::chrono::minutes(1); }, "--delays: 60000 is not 0 to 10000"},
      {[](StoryOptions& o) { o.rate = 1000, o.hours = 10000; },
       "--clients, --rate and --hours: these are 360000000000 questions, over the 10000000 of a story"},
      {[](StoryOptions& o) { o.change_at = std::chrono::hours(1); },
       "--change: that is after the end of the story (--hours)"}};
  for (const auto& [change, error] : wrong) {
    StoryOptions options = small();
    change(options);
    EXPECT_EQ(error_of(options), error);
  }
  StoryOptions options = small();
  options.changed_name = "no.such.name";
  EXPECT_EQ(error_of(options).rfind("--change: no.such.name is none of the names that clients ask for", 0),
            0u);
  options.changed_name = "a..b";
  EXPECT_EQ(error_of(options), "--change: a..b: " + std::string(sentence_text(NameError::empty_label)));
}

}  // namespace
}  // namespace dnswarm::sim
