// The engine's invariants over a million lookups and all the faults a network has. Seeds: sim_run.h.
#include <gtest/gtest.h>

#include "sim_run.h"

namespace dnswarm::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// --- loss, delay, order, duplicates: 8 x 100,000 lookups ------------------------------------------

struct Weather {
  const char* name;
  double loss;
  bool bimodal;
  double duplicate;
  double forge;
  double malformed;
  bool connected;
};

class EngineInWeather : public ::testing::TestWithParam<Weather> {};

TEST_P(EngineInWeather, one_true_result_per_name) {
  const Weather& w = GetParam();
  UpstreamModel model;
  model.loss = w.loss;
  model.bimodal = w.bimodal;
  model.duplicate = w.duplicate;
  model.forge = w.forge;
  model.malformed = w.malformed;
  SimOptions options = with(model, 4, 100'000);
  options.connected = w.connected;
  auto simulation = run(options);
  // Loops have no answer; the rest must be answered, but for what loss takes four times in a row.
  unsigned loops = count(*simulation, "CNAME_LOOP");
  unsigned answered = count(*simulation, "NOERROR") + count(*simulation, "NXDOMAIN");
  EXPECT_GT(loops, 500u);
  double lost = w.loss + w.malformed;
  double unanswered = 3 * lost * lost * lost * lost + 1e-3;  // open chains and TCP take more than one
  EXPECT_GE(answered + loops, 100'000 * (1 - unanswered));
  EXPECT_EQ(rests_of(*simulation), 0u) << "a good upstream was rested";
  if (w.forge > 0) {
    const MismatchStats mismatches = simulation->stats().mismatches;
    EXPECT_GT(mismatches.wrong_question, 100u);
    EXPECT_GT(mismatches.unknown_id, 100u);
    if (!w.connected) {
      EXPECT_GT(mismatches.wrong_source, 100u);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Sim, EngineInWeather,
    ::testing::Values(Weather{"calm", 0, false, 0, 0, 0, true}, Weather{"loss1", 0.01, false, 0, 0, 0, true},
                      Weather{"loss10", 0.1, false, 0.05, 0, 0, true},
                      Weather{"loss30", 0.3, false, 0.1, 0, 0, true},
                      Weather{"bimodal", 0.02, true, 0.02, 0, 0, true},
                      Weather{"forged", 0.02, false, 0, 1.0, 0, true},
                      Weather{"forged_unconnected", 0.02, true, 0.05, 1.0, 0, false},
                      Weather{"malformed", 0, false, 0, 0, 0.05, true}),
    [](const auto& weather) { return weather.param.name; });

// --- names that fail ------------------------------------------------------------------------------

TEST(EngineSim, broken_names_rest_no_upstream_and_keep_their_rcode) {
  SimOptions options = with({}, 4, 50'000);
  options.broken_names = 0.5;
  auto simulation = run(options);
  EXPECT_NEAR(count(*simulation, "SERVFAIL"), 25'000, 600);
  EXPECT_EQ(rests_of(*simulation), 0u);
}

TEST(EngineSim, names_nobody_answers_rest_no_upstream) {
  SimOptions options = with({}, 4, 30'000);
  options.silent_names = 0.3;
  options.timeout = milliseconds(200);
  auto simulation = run(options);
  EXPECT_NEAR(count(*simulation, "TIMEOUT"), 9'000, 400);
  EXPECT_EQ(rests_of(*simulation), 0u);
}

TEST(EngineSim, one_upstream_alone_is_not_rested_for_broken_names_either) {
  SimOptions options = with({}, 1, 20'000);
  options.broken_names = 0.5;
  options.in_flight = 200;
  auto simulation = run(options);
  EXPECT_EQ(rests_of(*simulation), 0u);
}

// --- upstreams that die and return ------------------------------------------------------------------

TEST(EngineSim, two_of_four_die_and_every_name_is_answered) {
  SimOptions options = with({}, 4, 100'000);
  options.upstreams[1].dies = options.upstreams[3].dies = Instant(milliseconds(300));
  auto simulation = run(options);
  EXPECT_EQ(count(*simulation, "TIMEOUT"), 0u);
  EXPECT_GE(simulation->stats().upstreams[1].rests, 1u);
  EXPECT_EQ(simulation->stats().upstreams[0].rests, 0u);
}

TEST(EngineSim, an_upstream_that_returns_is_used_again) {
  SimOptions options = with({}, 2, 200'000);
  options.rate = 10'000;  // 20 s of work
  options.upstreams[1].dies = Instant(seconds(2));
  options.upstreams[1].returns = Instant(seconds(6));
  auto simulation = run(options);
  EXPECT_EQ(count(*simulation, "TIMEOUT"), 0u);
  auto packets = simulation->packets_per_upstream();
  EXPECT_FALSE(simulation->stats().upstreams[1].resting);
  EXPECT_GT(packets[1], 40'000u);
}

TEST(EngineSim, all_dead_ends_within_the_deadline_with_honest_rows) {
  SimOptions options = with({}, 3, 2'000);
  for (auto& upstream : options.upstreams) upstream.dies = Instant(seconds(0));
  options.deadline = seconds(5);
  options.in_flight = 2'000;
  auto simulation = run(options);
  EXPECT_EQ(count(*simulation, "TIMEOUT") + count(*simulation, "NETWORK_ERROR"), 2'000u);
  EXPECT_LE(simulation->elapsed(), seconds(11));
}

TEST(EngineSim, a_dead_line_costs_a_trickle_only) {
  SimOptions options = with({}, 1, 5'000);
  options.upstreams[0].dies = Instant(seconds(0));
  options.in_flight = 500;
  auto simulation = run(options);
  // 10 windows of 500 names, 15 s each: a packet every 250 ms once the upstream rests.
  EXPECT_LT(simulation->packets(), 500u * 4 + 2'000u);
}

TEST(EngineSim, an_outage_of_all_upstreams_is_survived) {
  SimOptions options = with({}, 2, 50'000);
  options.rate = 5'000;
  for (auto& upstream : options.upstreams) {
    upstream.dies = Instant(seconds(2));
    upstream.returns = Instant(seconds(8));
  }
  auto simulation = run(options);
  EXPECT_EQ(count(*simulation, "TIMEOUT") + count(*simulation, "NETWORK_ERROR"), 0u);
}

TEST(EngineSim, an_outage_costs_no_name_that_waits_for_tokens) {
  SimOptions options = with({}, 1, 6'000);
  options.rate = 100;
  options.in_flight = 4'000;
  options.upstreams[0].dies = Instant(seconds(20));
  options.upstreams[0].returns = Instant(seconds(26));
  auto simulation = run(options);
  EXPECT_EQ(count(*simulation, "NETWORK_ERROR"), 0u);
  EXPECT_LT(count(*simulation, "TIMEOUT"), 10u);
}

TEST(EngineSim, a_list_that_is_mostly_dead_loses_no_name) {
  for (size_t upstreams : {200u, 1000u}) {
    SimOptions options = with({}, upstreams, 50'000);
    options.connected = false;
    for (size_t i = 0; i < upstreams; ++i) {
      if (i % 5 != 0) options.upstreams[i].dies = Instant(seconds(0));
    }
    auto simulation = run(options);
    EXPECT_EQ(count(*simulation, "TIMEOUT"), 0u) << upstreams;
  }
}

// --- EDNS -------------------------------------------------------------------------------------------

TEST(EngineSim, an_upstream_without_edns_is_asked_plainly_from_then_on) {
  UpstreamModel model;
  model.refuses_edns = true;
  SimOptions options = with(model, 1, 10'000);
  auto simulation = run(options);
  EXPECT_EQ(count(*simulation, "FORMERR"), 0u);
  // One query too many only for those in flight before it was known.
  EXPECT_LT(simulation->packets(), 14'500u);
}

// --- limits -----------------------------------------------------------------------------------------

TEST(EngineSim, the_total_rate_holds_with_retries_and_tcp) {
  UpstreamModel model;
  model.loss = 0.1;
  SimOptions options = with(model, 3, 20'000);
  options.rate = 1'000;
  auto simulation = run(options);
  // And is used, as long as there is work.
  EXPECT_GT(simulation->packets_between(seconds(2), seconds(12)), 9'800u);
}

TEST(EngineSim, the_rate_per_upstream_holds) {
  UpstreamModel model;
  model.loss = 0.05;
  SimOptions options = with(model, 5, 10'000);
  options.rate_per_upstream = 150;
  run(options);
}

TEST(EngineSim, low_rates_hold_and_waiting_is_not_charged) {
  SimOptions options = with({}, 2, 200);
  options.rate = 5;
  auto simulation = run(options);
  EXPECT_EQ(count(*simulation, "TIMEOUT"), 0u);
}

// --- sharing ----------------------------------------------------------------------------------------

TEST(EngineSim, four_upstreams_share_evenly) {
  auto simulation = run(with({}, 4, 100'000));
  auto packets = simulation->packets_per_upstream();
  auto [least, most] = std::minmax_element(packets.begin(), packets.end());
  EXPECT_LE(static_cast<double>(*most), 1.2 * static_cast<double>(*least));
}

TEST(EngineSim, ten_thousand_upstreams_share_within_a_factor_of_two) {
  SimOptions options = with({}, 10'000, 200'000);
  options.connected = false;
  auto simulation = run(options);
  auto packets = simulation->packets_per_upstream();
  auto [least, most] = std::minmax_element(packets.begin(), packets.end());
  EXPECT_GT(*least, 0u);
  EXPECT_LE(*most, 2 * *least);
}

// --- cache and coalescing -----------------------------------------------------------------------------

TEST(EngineSim, repeated_names_are_asked_once) {
  SimOptions options = with({}, 2, 50'000);
  options.repeated_names = 0.9;
  options.in_flight = 5'000;
  auto simulation = run(options);
  const Stats stats = simulation->stats();
  EXPECT_GT(stats.coalesced, 1'000u);
  EXPECT_GT(stats.cache.hits, 10'000u);
  EXPECT_LT(simulation->packets(), 9'000u);
}

TEST(EngineSim, without_a_cache_equal_questions_in_flight_are_asked_once_all_the_same) {
  SimOptions options = with({}, 2, 20'000);
  options.repeated_names = 0.9;
  options.cache_octets = 0;
  options.in_flight = 20'000;
  auto simulation = run(options);
  EXPECT_GT(simulation->stats().coalesced, 15'000u);
}

// --- everything at once -------------------------------------------------------------------------------

TEST(EngineSim, everything_at_once) {
  UpstreamModel rough;
  rough.loss = 0.15;
  rough.duplicate = 0.1;
  rough.forge = 0.3;
  rough.malformed = 0.02;
  rough.bimodal = true;
  SimOptions options = with(rough, 6, 100'000);
  options.broken_names = 0.05;
  options.silent_names = 0.02;
  options.repeated_names = 0.2;
  options.upstreams[0].dies = Instant(seconds(1));
  options.upstreams[1].dies = Instant(seconds(2));
  options.upstreams[1].returns = Instant(seconds(10));
  options.upstreams[2].refuses_edns = true;
  run(options);
}

}  // namespace
}  // namespace dnswarm::sim
