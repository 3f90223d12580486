#include "load/client_limits.h"

#include <gtest/gtest.h>

namespace dnswarm {
namespace {

std::string codes(const LoadResult& result, const ClientSigns& signs = {}) {
  std::string out;
  for (const LoadClientLimit& limit : find_client_limits(result, signs)) {
    EXPECT_NE(limit.text, "");
    out += (out.empty() ? "" : " ") + std::string(limit.code);
  }
  return out;
}

LoadResult quiet(double rate) {
  LoadResult result;
  result.rate_wanted = rate;
  result.counts.sent = result.counts.answered = 10'000;
  result.core_busy = 0.5;
  return result;
}

TEST(ClientLimits, none_are_found_in_a_quiet_run) {
  EXPECT_EQ(codes(quiet(0)), "");
  EXPECT_EQ(codes(quiet(1000)), "");
}

TEST(ClientLimits, a_busy_core_limits_a_closed_loop_unless_it_polls) {
  LoadResult result = quiet(0);
  result.core_busy = 0.97;
  EXPECT_EQ(codes(result), "core_busy");
  EXPECT_EQ(codes(result, {.busy_poll = true}), "");
  result.rate_wanted = 1000;
  EXPECT_EQ(codes(result), "");
}

TEST(ClientLimits, a_shared_core_is_one) {
  LoadResult result = quiet(0);
  result.core_waiting = 0.2;
  EXPECT_EQ(codes(result), "core_shared");
}

TEST(ClientLimits, late_and_left_out_sends_are_one) {
  LoadResult late = quiet(1000), left_out = quiet(1000), hardly = quiet(1000);
  late.lateness.quantile_us[4] = 1500;
  left_out.counts.not_sent = 100;
  hardly.counts.not_sent = 1;
  EXPECT_EQ(codes(late), "sends_late");
  EXPECT_EQ(codes(left_out), "sends_late");
  EXPECT_EQ(codes(hardly), "");
}

TEST(ClientLimits, a_full_table_explains_late_sends_and_is_not_our_falling_behind) {
  LoadResult result = quiet(1000);
  result.lateness.quantile_us[4] = 1500;
  const ClientSigns signs{.in_flight_was_full = true, .in_flight = 100};
  EXPECT_EQ(codes(result, signs), "in_flight_full");
  EXPECT_FALSE(client_fell_behind(find_client_limits(result, signs)));
  EXPECT_TRUE(client_fell_behind(find_client_limits(result, {})));
}

TEST(ClientLimits, local_drops_and_full_send_buffers_are) {
  LoadResult result = quiet(0);
  result.counts.socket_drops = 1;
  EXPECT_EQ(codes(result, {.send_buffer_full = 2}), "socket_drops send_buffer");
}

}  // namespace
}  // namespace dnswarm
