#include "cli/checkpointer.h"

#include <poll.h>

#include <algorithm>
#include <chrono>

namespace dnswarm::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds interval_min{250};
constexpr milliseconds interval_max{1000};
constexpr int share = 5;  // a checkpoint may take this part of the time

// From the start of one that took so long to the start of the next.
milliseconds interval_after(steady_clock::duration taken) {
  return std::clamp(std::chrono::ceil<milliseconds>(taken * share), interval_min, interval_max);
}

}  // namespace

Checkpointer::Checkpointer(std::function<int()> checkpoint, std::function<void(int)> on_failure)
    : checkpoint_(std::move(checkpoint)), on_failure_(std::move(on_failure)), thread_([this] { loop(); }) {}

Checkpointer::~Checkpointer() { finish(); }

void Checkpointer::finish() {
  if (!thread_.joinable()) return;
  finished_.request(Stop::Reason::terminated);
  thread_.join();
}

void Checkpointer::loop() {
  auto next = steady_clock::now() + interval_min;
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(next - steady_clock::now());
    pollfd waiting{finished_.fd(), POLLIN, 0};
    poll(&waiting, 1, static_cast<int>(std::max<int64_t>(left.count(), 0)));
    if (finished_.requested()) return;
    const auto start = steady_clock::now();
    if (start < next) continue;
    if (const int error = checkpoint_(); error != 0) return on_failure_(error);
    next = start + interval_after(steady_clock::now() - start);
  }
}

}  // namespace dnswarm::cli
