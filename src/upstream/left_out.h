// Upstreams that must not be asked any more: told by one thread, learnt by every worker.
//
// Threads: any. What workers do each turn is one atomic load.
#ifndef DNSWARM_UPSTREAM_LEFT_OUT_H_
#define DNSWARM_UPSTREAM_LEFT_OUT_H_

#include <atomic>
#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

namespace dnswarm {

class LeftOut {
 public:
  // Returns how many there are then, those that were there twice included.
  size_t add(std::span<const size_t> upstreams) {
    const std::lock_guard lock(mutex_);
    upstreams_.insert(upstreams_.end(), upstreams.begin(), upstreams.end());
    size_.store(upstreams_.size(), std::memory_order_release);
    return upstreams_.size();
  }
  size_t size() const { return size_.load(std::memory_order_acquire); }
  // Those from number `first` on.
  std::vector<size_t> since(size_t first) const {
    const std::lock_guard lock(mutex_);
    return {upstreams_.begin() + static_cast<std::ptrdiff_t>(first), upstreams_.end()};
  }

 private:
  mutable std::mutex mutex_;
  std::vector<size_t> upstreams_;
  std::atomic<size_t> size_{0};
};

}  // namespace dnswarm

#endif  // DNSWARM_UPSTREAM_LEFT_OUT_H_
