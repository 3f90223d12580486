// What holds of the iterative engine whatever the network and the servers do (iterative_sim_checks.cc), over
// hundreds of thousands of look-ups. A failure prints how to run it alone; DNSWARM_SIM_SEED=n runs everything
// with that seed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "iterative_sim_network.h"

namespace dnswarm::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

uint64_t base_seed() {
  const char* text = std::getenv("DNSWARM_SIM_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 20261122;
}

std::string how_to_repeat() {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  return " (DNSWARM_SIM_SEED=" + std::to_string(base_seed()) + " --gtest_filter=" + test->test_suite_name() +
         "." + test->name() + ")";
}

std::unique_ptr<IterativeSimulation> run(IterativeSimOptions options, bool ask_caches = true) {
  options.seed += base_seed() * 1000;
  auto simulation = std::make_unique<IterativeSimulation>(options);
  simulation->run();
  std::cout << simulation->summary() << "\n";
  if (ask_caches && options.cancelled_after == Duration(0)) simulation->ask_caches();
  for (const std::string& violation : simulation->violations()) ADD_FAILURE() << violation << how_to_repeat();
  return simulation;
}

IterativeSimOptions with(unsigned lines, ServerFaults faults = {}, Weather weather = {}) {
  IterativeSimOptions options;
  options.lines = lines;
  options.faults = faults;
  options.weather = weather;
  options.zones.domains = 1000;
  options.zones.glueless = 20;
  return options;
}

constexpr ServerFaults hostile_tenth = {.hostile = 0.1};
constexpr ServerFaults all_faults = {.hostile = 0.1,
                                     .dead = 0.1,
                                     .returning = 0.1,
                                     .lame = 0.2,
                                     .refuses_edns = 0.2,
                                     .truncating = 0.1,
                                     .tcp_refused = 0.2,
                                     .tcp_silent = 0.2};

// --- the engine in all its ways, in an honest world and in a hostile one -------------------------------

struct Way {
  const char* name;
  void (*choose)(IterativeSimOptions& options);
};

class IterativeSimWays : public ::testing::TestWithParam<Way> {
 protected:
  IterativeSimOptions chosen(IterativeSimOptions options) const {
    GetParam().choose(options);
    return options;
  }
};

TEST_P(IterativeSimWays, find_all_there_is_in_an_honest_world) {
  EXPECT_EQ(run(chosen(with(8'000)))->unanswered(), 0u) << how_to_repeat();
}

TEST_P(IterativeSimWays, find_all_that_is_honest_among_hostile_servers) {
  EXPECT_EQ(run(chosen(with(8'000, hostile_tenth)))->unanswered(), 0u) << how_to_repeat();
}

TEST_P(IterativeSimWays, find_all_that_has_a_server_without_fault) {
  EXPECT_EQ(run(chosen(with(4'000, all_faults)))->unanswered(), 0u) << how_to_repeat();
}

TEST_P(IterativeSimWays, are_not_misled_in_bad_weather) {
  auto simulation =
      run(chosen(with(4'000, all_faults,
                      {.loss = 0.15, .duplicate = 0.1, .forge = 0.5, .malformed = 0.02, .bimodal = true})));
  EXPECT_LT(simulation->unanswered(), 250u) << how_to_repeat();
}

INSTANTIATE_TEST_SUITE_P(
    All, IterativeSimWays,
    ::testing::Values(
        Way{"plain", [](IterativeSimOptions&) {}},
        Way{"without_cache", [](IterativeSimOptions& o) { o.engine.cache_octets = 0; }},
        Way{"with_a_small_cache", [](IterativeSimOptions& o) { o.engine.cache_octets = 1 << 14; }},
        Way{"minimising", [](IterativeSimOptions& o) { o.engine.qname_minimisation = true; }},
        Way{"cutting", [](IterativeSimOptions& o) { o.engine.nxdomain_cut = true; }},
        Way{"minimising_and_cutting",
            [](IterativeSimOptions& o) { o.engine.qname_minimisation = o.engine.nxdomain_cut = true; }},
        Way{"priming", [](IterativeSimOptions& o) { o.primed = false; }},
        Way{"two_workers", [](IterativeSimOptions& o) { o.workers = 2; }},
        Way{"two_workers_priming",
            [](IterativeSimOptions& o) {
              o.workers = 2, o.primed = false, o.engine.qname_minimisation = true;
            }},
        Way{"with_5_at_each_server", [](IterativeSimOptions& o) { o.engine.in_flight_per_server = 5; }},
        Way{"traced", [](IterativeSimOptions& o) { o.engine.trace = true; }},
        Way{"with_ttls_of_1_s", [](IterativeSimOptions& o) { o.zones.ttl = o.zones.name_server_ttl = 1; }},
        Way{"without_ttls", [](IterativeSimOptions& o) { o.zones.ttl = o.zones.name_server_ttl = 0; }},
        Way{"few_at_once", [](IterativeSimOptions& o) { o.engine.in_flight = 20, o.engine.flows_v4 = 1; }}),
    [](const auto& way) { return way.param.name; });

// --- weather ------------------------------------------------------------------------------------------

struct NamedWeather {
  const char* name;
  Weather weather;
  double unanswered;  // at most, of 10,000
};

class IterativeSimWeather : public ::testing::TestWithParam<NamedWeather> {};

TEST_P(IterativeSimWeather, costs_few_answers_and_no_truth) {
  auto simulation = run(with(10'000, hostile_tenth, GetParam().weather));
  EXPECT_LE(simulation->unanswered(), GetParam().unanswered) << how_to_repeat();
  if (GetParam().weather.forge == 0) return;
  EXPECT_GT(simulation->datagrams_forged(), 5'000u);
  const MismatchStats mismatches = simulation->stats().mismatches;
  EXPECT_GT(mismatches.wrong_source, 1'000u);
  EXPECT_GT(mismatches.wrong_question, 1'000u);
  EXPECT_GT(mismatches.unknown_id, 1'000u);
}

INSTANTIATE_TEST_SUITE_P(All, IterativeSimWeather,
                         ::testing::Values(NamedWeather{"loss1", {.loss = 0.01}, 0},
                                           NamedWeather{"loss10", {.loss = 0.1, .duplicate = 0.05}, 5},
                                           NamedWeather{"loss30", {.loss = 0.3, .duplicate = 0.1}, 100},
                                           NamedWeather{"bimodal", {.loss = 0.02, .bimodal = true}, 5},
                                           NamedWeather{"forged", {.forge = 1}, 0},
                                           NamedWeather{"forged_late", {.forge = 1, .bimodal = true}, 5},
                                           NamedWeather{"unsent", {.unsent = 0.1}, 100},
                                           NamedWeather{"malformed", {.malformed = 0.05}, 100}),
                         [](const auto& weather) { return weather.param.name; });

// --- the case of questions (0x20) ------------------------------------------------------------------------

TEST(IterativeSim, servers_that_do_not_keep_the_case_are_believed_once_tcp_confirmed_them) {
  for (const double share : {0.3, 1.0}) {
    auto simulation = run(with(8'000, {.lowering_case = share}));
    EXPECT_EQ(simulation->unanswered(), 0u) << how_to_repeat();
    EXPECT_GT(simulation->stats().mismatches.other_case, 100u);
    // All servers, three times, and what is open then.
    EXPECT_LT(simulation->stats().queries_tcp, 1'500u) << how_to_repeat();
  }
}

TEST(IterativeSim, where_tcp_cannot_confirm_it_any_case_is_taken) {
  auto simulation = run(with(4'000, {.tcp_silent = 1, .lowering_case = 0.5}));
  EXPECT_EQ(simulation->unanswered(), 0u) << how_to_repeat();
}

TEST(IterativeSim, forgers_who_know_all_but_the_case_are_not_believed) {
  auto simulation = run(with(8'000, hostile_tenth, {.forge_case = 0.5}));
  EXPECT_EQ(simulation->unanswered(), 0u) << how_to_repeat();
  EXPECT_GT(simulation->stats().mismatches.other_case, 1'000u);
}

// A forger who sees the names and ports of all queries and guesses at their IDs.
TEST(IterativeSim, guesses_at_every_query_lose_no_name_and_do_not_push_the_load_onto_tcp) {
  for (const unsigned guesses : {1u, 5u}) {
    auto simulation = run(with(8'000, hostile_tenth, {.guesses = guesses}));
    EXPECT_EQ(simulation->unanswered(), 0u) << how_to_repeat();
    const Stats stats = simulation->stats();
    EXPECT_GT(stats.mismatches.near_miss, 8'000u);
    EXPECT_GT(stats.mismatches.to_fresh_port, 8'000u);
    EXPECT_LE(stats.mismatches.to_tcp, stats.queries_udp / 16 + 32);
    EXPECT_GE(stats.mismatches.to_tcp, stats.queries_udp / 32);
  }
}

// --- limits -------------------------------------------------------------------------------------------

TEST(IterativeSim, no_server_gets_more_than_its_rate) {
  for (const unsigned workers : {1u, 2u}) {
    IterativeSimOptions options = with(4'000, all_faults, {.loss = 0.05});
    options.workers = workers;
    options.rate_per_server = 50;
    options.engine.in_flight = 300;
    auto simulation = run(options);
    EXPECT_GE(simulation->most_in_any_second(), 40u) << "it was never near it";
  }
}

TEST(IterativeSim, a_rate_costs_time_and_no_answers) {
  IterativeSimOptions options = with(4'000, hostile_tenth);
  options.rate_per_server = 200;
  EXPECT_EQ(run(options)->unanswered(), 0u) << how_to_repeat();
}

TEST(IterativeSim, no_server_has_more_open_than_its_limit) {
  IterativeSimOptions options = with(8'000, hostile_tenth);
  options.zones.domain_servers = 10;
  options.engine.in_flight_per_server = 7;
  auto simulation = run(options);
  EXPECT_EQ(simulation->most_open(), 7u) << how_to_repeat();
  EXPECT_EQ(simulation->unanswered(), 0u) << how_to_repeat();
}

TEST(IterativeSim, no_hostile_name_costs_more_than_its_budget) {
  for (const bool minimising : {false, true}) {
    IterativeSimOptions options = with(1'500, {.hostile = 1});
    options.zones.domains = 200;
    options.engine.in_flight = 1;  // so that each line's packets can be counted
    options.engine.cache_octets = 0;
    options.engine.qname_minimisation = minimising;
    options.engine.trace = true;
    auto simulation = run(options);
    EXPECT_GT(simulation->count("BUDGET"), 50u) << how_to_repeat();
  }
}

TEST(IterativeSim, hostile_names_at_once_share_no_budget) {
  IterativeSimOptions options = with(3'000, {.hostile = 1});
  options.zones.domains = 200;
  options.engine.trace = true;
  run(options);
}

// --- cost ---------------------------------------------------------------------------------------------

TEST(IterativeSim, an_honest_name_costs_one_query_and_its_zones) {
  for (const bool primed : {true, false}) {
    IterativeSimOptions options = with(20'000);
    options.primed = primed;
    auto simulation = run(options, false);
    std::cout << simulation->packets() << " packets of " << simulation->queries_allowed() << " allowed\n";
    EXPECT_LE(simulation->packets(), simulation->queries_allowed()) << how_to_repeat();
  }
}

TEST(IterativeSim, names_below_a_cut_without_a_ttl_do_not_queue_up) {
  IterativeSimOptions options = with(8'000);
  options.zones.name_server_ttl = 0;
  EXPECT_LT(run(options, false)->elapsed(), seconds(2)) << how_to_repeat();
}

TEST(IterativeSim, lame_servers_are_asked_once_for_each_zone) {
  IterativeSimOptions options = with(4'000, {.lame = 0.3});
  options.zones.domains = 40;
  options.zones.domain_servers = 40;
  options.engine.cache_octets = 0;
  options.zones.glueless = 0;
  options.engine.in_flight = 20;
  auto simulation = run(options, false);
  EXPECT_EQ(simulation->unanswered(), 0u) << how_to_repeat();
  EXPECT_GT(simulation->queries_to_lame(), 5u) << "there was none";
  EXPECT_LT(simulation->queries_to_lame(), 100u) << how_to_repeat();
}

// --- ends ---------------------------------------------------------------------------------------------

TEST(IterativeSim, a_run_that_is_stopped_leaves_nothing) {
  for (const int after_ms : {1, 20, 50, 100, 200, 400, 1000}) {
    for (const unsigned workers : {1u, 2u}) {
      IterativeSimOptions options = with(3'000, all_faults, {.loss = 0.1});
      options.workers = workers;
      options.primed = false;
      options.engine.in_flight_per_server = 3;
      options.cancelled_after = milliseconds(after_ms);
      EXPECT_GT(run(options)->count("CANCELLED"), 10u) << how_to_repeat();
    }
  }
}

TEST(IterativeSim, one_seed_is_one_story) {
  IterativeSimOptions options = with(2'000, all_faults, {.loss = 0.1, .forge = 0.2});
  options.zones.domain_servers = 6;
  options.faults.truncating = options.faults.tcp_refused =
      0.6;  // connections that many queries are lost with
  options.workers = 2;
  EXPECT_EQ(run(options)->summary(), run(options)->summary());
}

// --- everything at once, by lot -----------------------------------------------------------------------

class IterativeSimLot : public ::testing::TestWithParam<unsigned> {};

TEST_P(IterativeSimLot, whatever_is_drawn) {
  Random random(base_seed() * 7 + GetParam());
  const auto up_to = [&](double most) { return most * random.below(1001) / 1000; };
  const auto maybe = [&] { return random.below(2) == 0; };
  IterativeSimOptions options = with(2'000);
  options.seed = GetParam();
  options.zones.domains = 20 + random.below(2'000);
  options.zones.glueless = up_to(60);
  options.zones.domain_servers = random.below(100);
  options.zones.domains_per_provider = 1 + random.below(50);
  options.faults = {up_to(0.5), up_to(0.2), up_to(0.2), up_to(0.3),
                    up_to(0.4), up_to(0.3), up_to(0.3), up_to(0.3), up_to(0.3)};
  options.weather = {up_to(0.3), up_to(0.3), up_to(1), up_to(0.1), up_to(0.1), up_to(0.1), maybe()};
  if (maybe()) options.weather = {};
  // Who knows the IDs of all queries wins where servers do not keep the case, or take no TCP.
  if (maybe()) {
    options.weather.forge_case = 0;
  } else {
    ServerFaults& faults = options.faults;
    faults.lowering_case = faults.tcp_refused = faults.tcp_silent = faults.dead = faults.returning = 0;
  }
  options.engine.cache_octets = maybe() ? 0 : 1 << (12 + random.below(10));
  options.engine.in_flight = 1 + random.below(2'000);
  options.engine.in_flight_per_server = 1 + random.below(100);
  options.engine.deadline = milliseconds(1'000 + random.below(20'000));
  options.engine.flows_v4 = static_cast<uint16_t>(1 + random.below(16));
  options.engine.trace = maybe();
  options.engine.qname_minimisation = maybe();
  options.engine.nxdomain_cut = maybe();
  options.workers = 1 + random.below(2);
  options.tcp_connections = 1 + random.below(100);
  options.primed = maybe();
  options.rate_per_server = maybe() ? 0 : 20 + random.below(500);
  options.hostile_lines = up_to(1);
  options.repeated_lines = up_to(0.5);
  run(options);
}

INSTANTIATE_TEST_SUITE_P(All, IterativeSimLot, ::testing::Range(1u, 31u));

}  // namespace
}  // namespace dnswarm::sim
