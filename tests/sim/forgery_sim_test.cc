// A forger who knows which names are asked when, at which upstream and from which port, and races every
// answer. What he does not see is the query: its ID, and the case of its letters.
#include "sim_run.h"

namespace dnswarm::sim {
namespace {

unsigned answered(const Simulation& simulation) {
  return count(simulation, "NOERROR") + count(simulation, "NXDOMAIN") + count(simulation, "CNAME_LOOP");
}

// A guess at the ID is right once in 65,536 times, one at the case once in 512 times or more.
TEST(ForgerySim, guesses_at_every_query_are_never_believed_lose_no_name_and_do_not_push_the_load_onto_tcp) {
  for (const unsigned guesses : {1u, 10u}) {
    UpstreamModel model;
    model.guesses = guesses;
    SimOptions options = with(model, 4, 20'000);
    options.plain = true;
    auto simulation = run(options);
    EXPECT_EQ(answered(*simulation), 20'000u);
    const Stats stats = simulation->stats();
    EXPECT_GT(stats.mismatches.near_miss, 20'000u);
    EXPECT_LE(stats.mismatches.to_tcp, stats.queries_udp / 16 + 32);
    EXPECT_LE(stats.queries_tcp, stats.queries_udp / 16 + 64);
    EXPECT_LE(stats.queries_udp, 4 * 20'000u);
  }
}

TEST(ForgerySim, odd_names_and_loss_do_not_help_the_forger) {
  UpstreamModel model;
  model.guesses = 3;
  model.forge = 1;
  model.loss = 0.05;
  model.duplicate = 0.1;
  for (const bool connected : {true, false}) {
    SimOptions options = with(model, 4, 20'000);
    options.connected = connected;
    auto simulation = run(options);
    EXPECT_GE(answered(*simulation), 19'900u);
  }
}

// The ID is no secret: the letters alone keep him out, and what he achieves is a query more.
TEST(ForgerySim, right_in_all_but_the_case_is_not_believed_either_and_proves_nothing_about_the_upstream) {
  UpstreamModel model;
  model.forge_case = 0.05;
  SimOptions options = with(model, 4, 20'000);
  options.suffix = ".a-name-with-so-many-letters.example";  // that nobody guesses their case
  options.plain = true;
  auto simulation = run(options);
  EXPECT_EQ(answered(*simulation), 20'000u);
  EXPECT_GT(simulation->stats().mismatches.other_case, 900u);
  for (const UpstreamStats& upstream : simulation->stats().upstreams) EXPECT_TRUE(upstream.keeps_case);
}

TEST(ForgerySim, an_upstream_that_lowers_the_case_is_found_out_by_tcp_within_its_first_answers) {
  UpstreamModel honest, lowers;
  lowers.lowers_case = true;
  SimOptions options;
  options.upstreams = {honest, lowers, honest};
  options.names = 20'000;
  options.plain = true;
  auto simulation = run(options);
  EXPECT_EQ(answered(*simulation), 20'000u);
  const Stats stats = simulation->stats();
  EXPECT_TRUE(stats.upstreams[0].keeps_case);
  EXPECT_FALSE(stats.upstreams[1].keeps_case);
  EXPECT_LE(stats.mismatches.other_case, 1'000u);
  EXPECT_GT(stats.upstreams[1].responses, 5'000u);
  EXPECT_EQ(rests_of(*simulation), 0u);
}

TEST(ForgerySim, where_it_has_no_tcp_the_others_answer) {
  UpstreamModel honest, lowers;
  lowers.lowers_case = lowers.tcp_dead = true;
  SimOptions options;
  options.upstreams = {honest, lowers};
  options.names = 20'000;
  options.plain = true;
  auto simulation = run(options);
  EXPECT_EQ(answered(*simulation), 20'000u);
  EXPECT_TRUE(simulation->stats().upstreams[1].keeps_case);
}

}  // namespace
}  // namespace dnswarm::sim
