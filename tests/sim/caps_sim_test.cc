// The rate that upstreams bear, found by the engine over whole runs; and what looks like a cap and is none.
#include <gtest/gtest.h>

#include "sim_run.h"

namespace dnswarm::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

SimOptions capped(unsigned cap, OverCap over_cap, unsigned names) {
  UpstreamModel model;
  model.cap = cap;
  model.over_cap = over_cap;
  model.delay_min = milliseconds(5);
  model.delay_max = milliseconds(30);
  SimOptions options = with(model, 4, names);
  options.in_flight = 4000;
  options.domains = 5000;
  options.plain = true;
  return options;
}

class EngineUnderCaps : public ::testing::TestWithParam<OverCap> {};

TEST_P(EngineUnderCaps, the_capacity_is_used_and_no_name_lost) {
  auto simulation = run(capped(2000, GetParam(), 30'000));
  EXPECT_EQ(count(*simulation, "NOERROR") + count(*simulation, "NXDOMAIN"), 30'000u);
  EXPECT_LE(seconds_of(simulation->elapsed()), 1.25 * 30'000 / 8'000);
  EXPECT_LE(simulation->packets(), 30'000 * 6 / 5);
}

// Chains, and names whose answers come over TCP alone, which the caps count too.
TEST_P(EngineUnderCaps, odd_names_are_answered_as_well) {
  SimOptions options = capped(2000, GetParam(), 30'000);
  options.plain = false;
  auto simulation = run(options);
  EXPECT_EQ(count(*simulation, "NOERROR") + count(*simulation, "NXDOMAIN") + count(*simulation, "CNAME_LOOP"),
            30'000u);
  EXPECT_LE(simulation->packets(), 30'000 * 14 / 10);
}

// Far fewer a second than names are in flight, for longer than any deadline.
TEST_P(EngineUnderCaps, low_ones_are_waited_for_and_no_name_is_lost) {
  if (GetParam() == OverCap::truncated) GTEST_SKIP() << "TC comes over TCP, too, here: some names end so";
  for (const unsigned upstreams : {1u, 2u, 4u, 8u}) {
    SimOptions options = capped(60 / upstreams, GetParam(), 3'000);
    options.upstreams.assign(upstreams, options.upstreams[0]);
    for (options.seed = 1; options.seed <= 4; ++options.seed) {
      auto simulation = run(options);
      EXPECT_EQ(count(*simulation, "NOERROR") + count(*simulation, "NXDOMAIN"), 3'000u) << upstreams;
      EXPECT_LE(simulation->packets(), 3 * options.names) << upstreams;
    }
  }
}

TEST_P(EngineUnderCaps, caps_that_change_are_followed_within_three_seconds) {
  for (const unsigned later : {1000u, 4000u}) {
    SimOptions options = capped(2000, GetParam(), 4 * 5 * (2000 + later));
    for (UpstreamModel& model : options.upstreams) {
      model.cap_later = later;
      model.cap_changes = Instant(seconds(5));
    }
    for (options.seed = 1; options.seed <= 4; ++options.seed) {
      auto simulation = run(options);
      const uint64_t passed = simulation->passed_between(seconds(8), seconds(9));
      EXPECT_GE(passed, 4 * later * 95 / 100) << later;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sim, EngineUnderCaps,
                         ::testing::Values(OverCap::dropped, OverCap::refused, OverCap::servfail,
                                           OverCap::truncated));

// Each with another sign, so that what one does not take comes to the others.
TEST(EngineSim, upstreams_whose_caps_halve_each_in_its_own_way_are_used) {
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    SimOptions options = capped(2000, OverCap::dropped, 4 * (5 * 2000 + 5 * 1000));
    options.seed = seed;
    for (unsigned i = 0; i < 4; ++i) {
      options.upstreams[i].over_cap = static_cast<OverCap>(i);
      options.upstreams[i].cap_later = 1000;
      options.upstreams[i].cap_changes = Instant(seconds(5));
    }
    auto simulation = run(options);
    EXPECT_GE(simulation->passed_between(seconds(8), seconds(9)), 4 * 950u) << seed;
  }
}

// What was lost beyond a cap is open until it times out: that must not keep upstreams from what they bear.
TEST(EngineSim, caps_of_far_upstreams_are_used_as_well) {
  SimOptions options = capped(2000, OverCap::dropped, 4 * 11 * 2000);
  for (UpstreamModel& model : options.upstreams) {
    model.delay_min = milliseconds(150);
    model.delay_max = milliseconds(225);
  }
  options.in_flight = 8000;
  auto simulation = run(options);
  EXPECT_GE(simulation->passed_between(seconds(4), seconds(10)), 4 * 6 * 1950u);
}

TEST(EngineSim, a_hundred_upstreams_with_caps_of_their_own_are_used) {
  SimOptions options = capped(0, OverCap::dropped, 450'000);
  options.upstreams.assign(100, options.upstreams[0]);
  double capacity = 0;
  for (size_t i = 0; i < options.upstreams.size(); ++i) {
    options.upstreams[i].cap = static_cast<unsigned>(50 + i * 9);  // 50-941
    options.upstreams[i].over_cap = static_cast<OverCap>(i % 4);
    capacity += options.upstreams[i].cap;
  }
  for (options.seed = 1; options.seed <= 4; ++options.seed) {
    auto simulation = run(options);
    EXPECT_GE(static_cast<double>(simulation->passed_between(seconds(4), seconds(8))), 0.95 * 4 * capacity);
    EXPECT_EQ(count(*simulation, "NOERROR") + count(*simulation, "NXDOMAIN"), options.names) << options.seed;
  }
}

// Answers that are too large for UDP: an empty TC, and then TCP, which has room for 128 at a time.
TEST(EngineSim, answers_too_large_for_udp_are_no_sign_of_a_cap) {
  SimOptions options = capped(0, OverCap::dropped, 40'000);
  for (const double share : {0.6, 1.0}) {
    options.large_names = share;
    auto simulation = run(options);
    const double round_trips = share * options.names / (4 * 128);
    EXPECT_LE(seconds_of(simulation->elapsed()), 1.5 * round_trips * seconds_of(milliseconds(30)) + 0.1);
    EXPECT_LE(simulation->packets(), 40'000 * (1 + share) * 1.05);
    EXPECT_EQ(count(*simulation, "NOERROR") + count(*simulation, "NXDOMAIN"), options.names);
    for (const UpstreamStats& upstream : simulation->stats().upstreams) EXPECT_EQ(upstream.held_back, "no");
  }
}

// A CPU quota: what came while we had no processor was not late, and is not missing before it was looked at.
TEST(EngineSim, moments_without_a_processor_are_no_sign_of_a_cap) {
  SimOptions options = capped(0, OverCap::dropped, 100'000);
  for (UpstreamModel& model : options.upstreams) model.delay_min = model.delay_max = milliseconds(20);
  options.in_flight = 1000;
  options.stops_from = seconds(1);
  for (const int stopped_ms : {10, 40, 80}) {
    options.stopped = milliseconds(stopped_ms);
    auto simulation = run(options);
    EXPECT_EQ(simulation->packets(), options.names) << stopped_ms;
    for (const UpstreamStats& upstream : simulation->stats().upstreams) {
      EXPECT_EQ(upstream.found_rate, 0) << stopped_ms;
      EXPECT_EQ(upstream.held_back, "no") << stopped_ms;
    }
  }
}

// What is lost at our own sockets is no fault of the upstreams', though they get less for it.
TEST(EngineSim, receive_buffers_that_are_too_small_lose_no_name_and_are_told_apart) {
  SimOptions options = capped(0, OverCap::dropped, 100'000);
  options.stopped = milliseconds(20);
  options.room_while_stopped = 200;
  auto simulation = run(options);
  EXPECT_EQ(count(*simulation, "NOERROR") + count(*simulation, "NXDOMAIN"), options.names);
  for (const UpstreamStats& upstream : simulation->stats().upstreams) {
    EXPECT_EQ(upstream.held_back, "local drops");
    EXPECT_EQ(upstream.rests, 0u);
  }
}

// Lists of dead domains: what every upstream says of a name is no sign that it is asked too much.
TEST(EngineSim, names_that_fail_everywhere_slow_nobody_down) {
  SimOptions options = capped(0, OverCap::dropped, 50'000);
  auto plain = run(options);
  options.broken_names = 0.5;
  auto broken = run(options);
  const double queries = static_cast<double>(broken->packets()) / static_cast<double>(plain->packets());
  EXPECT_LE(seconds_of(broken->elapsed()), 1.3 * queries * seconds_of(plain->elapsed()) + 0.4);
}

}  // namespace
}  // namespace dnswarm::sim
