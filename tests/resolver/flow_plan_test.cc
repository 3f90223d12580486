#include "resolver/flow_plan.h"

#include <gtest/gtest.h>

namespace dnswarm {
namespace {

FlowPlan plan(size_t v4, unsigned in_flight, size_t per_socket, size_t sockets_max, size_t v6 = 0) {
  return plan_flows({v4, v6, in_flight, per_socket, sockets_max});
}

TEST(FlowPlan, one_upstream_gets_at_least_four_connected_ports) {
  FlowPlan p = plan(1, 4000, 3600, 128);
  EXPECT_TRUE(p.connected);
  EXPECT_EQ(p.per_upstream, 4);
  EXPECT_EQ(p.total, 4u);
}

TEST(FlowPlan, stock_receive_buffers_get_as_many_sockets_as_the_answers_need) {
  FlowPlan p = plan(1, 4000, 184, 128);
  EXPECT_TRUE(p.connected);
  EXPECT_GE(p.total * p.capacity, 4000u);
  EXPECT_EQ(p.capacity, 184u);
}

TEST(FlowPlan, never_more_sockets_than_allowed) {
  for (size_t upstreams : {1u, 4u, 20u, 32u, 33u, 1000u, 10'000u}) {
    for (size_t allowed : {1u, 4u, 16u, 128u}) {
      FlowPlan p = plan(upstreams, 100'000, 184, allowed, upstreams / 2);
      EXPECT_LE(p.total, std::max<size_t>(allowed, 2)) << upstreams << " " << allowed;
      EXPECT_GT(p.total, 0u);
    }
  }
}

TEST(FlowPlan, long_lists_share_unconnected_ports_and_few_flows_each) {
  FlowPlan p = plan(10'000, 4000, 3600, 128);
  EXPECT_FALSE(p.connected);
  EXPECT_EQ(p.per_upstream, 2);
  EXPECT_GE(p.v4, 8);
  EXPECT_EQ(p.v6, 0);
}

TEST(FlowPlan, both_families_get_ports) {
  FlowPlan p = plan(100, 4000, 3600, 128, 100);
  EXPECT_FALSE(p.connected);
  EXPECT_GT(p.v4, 0);
  EXPECT_GT(p.v6, 0);
  EXPECT_EQ(p.total, size_t{p.v4} + p.v6);
}

TEST(Descriptors, are_shared_out_to_the_last_one) {
  for (size_t workers : {1u, 2u, 7u, 64u}) {
    const size_t least = descriptors_needed(workers);
    EXPECT_EQ(workers_that_fit(least), workers);
    EXPECT_EQ(workers_that_fit(least - 1), workers - 1);
    EXPECT_EQ(sockets_per_worker(least, workers), sockets_least);
    EXPECT_LT(sockets_per_worker(least - 1, workers), sockets_least);
  }
  EXPECT_EQ(workers_that_fit(0), 0u);
  EXPECT_EQ(sockets_per_worker(3, 1), 0u);
  EXPECT_GT(sockets_per_worker(1024, 2), 400u);
}

}  // namespace
}  // namespace dnswarm
