#include "probe/rate_test.h"

#include <algorithm>

namespace dnswarm {
namespace {

constexpr double rate_default = 5000;  // over all that are tested at once, where there is no limit

}  // namespace

std::string RateTest::run(std::vector<RateTested>& servers, ProberOptions options,
                          const std::atomic<bool>& cancelled) {
  servers_ = &servers;
  const double rate = options.rate > 0 ? options.rate : rate_default;
  const auto at_once = static_cast<size_t>(std::max(1.0, rate / per_second_));
  options.in_flight = 30'000;
  Prober prober(options, *this);
  if (std::string error = prober.open(); !error.empty()) return error;
  for (size_t first = 0; first < servers.size() && !cancelled.load(); first += at_once) {
    run_some(prober, first, std::min(first + at_once, servers.size()), cancelled);
  }
  queries_ = prober.queries();
  return {};
}

// Query number k to each of them leaves k / per_second after the start.
void RateTest::run_some(Prober& prober, size_t first, size_t last, const std::atomic<bool>& cancelled) {
  const Instant start = monotonic_now();
  const size_t count = (last - first) * per_second_;
  size_t asked = 0;
  ended_ = 0;
  while (ended_ < count && !cancelled.load(std::memory_order_relaxed)) {
    const Instant now = monotonic_now();
    const auto due_at = [&](size_t k) {
      return start + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(
                         static_cast<double>(k / (last - first)) / per_second_));
    };
    while (asked < count && due_at(asked) <= now && prober.can_ask(now)) {
      RateTested& server = (*servers_)[first + asked % (last - first)];
      Probe probe;
      probe.server = server.server;
      probe.qname = qname_;
      probe.type = type_;
      probe.tag = first + asked++ % (last - first);
      ++server.sent;
      prober.ask(probe, now);
    }
    Instant until = now + std::chrono::milliseconds(50);
    if (asked < count && prober.has_room())
      until = std::min(until, std::max(due_at(asked), prober.next_chance(now)));
    prober.turn(until);
  }
}

void RateTest::on_end(const Probe& probe, const ProbeEnd& end) {
  ++ended_;
  if (end.how != ProbeEnd::How::answered || end.message->truncated()) return;
  const Rcode rcode = end.message->rcode();
  (*servers_)[probe.tag].answered += rcode == Rcode::NOERROR || rcode == Rcode::NXDOMAIN;
}

}  // namespace dnswarm
