// Holds a mutex while it lives, where more than one thread is there to need it: a lock and its release are
// two atomic operations, some 15 ns, and a walk down the hierarchy would take a dozen of them.
#ifndef DNSWARM_BASE_OPTIONAL_LOCK_H_
#define DNSWARM_BASE_OPTIONAL_LOCK_H_

#include <mutex>

namespace dnswarm {

class OptionalLock {
 public:
  OptionalLock(std::mutex& mutex, bool needed) : mutex_(needed ? &mutex : nullptr) {
    if (mutex_ != nullptr) mutex_->lock();
  }
  ~OptionalLock() {
    if (mutex_ != nullptr) mutex_->unlock();
  }
  OptionalLock(const OptionalLock&) = delete;
  OptionalLock& operator=(const OptionalLock&) = delete;

 private:
  std::mutex* const mutex_;
};

}  // namespace dnswarm

#endif  // DNSWARM_BASE_OPTIONAL_LOCK_H_
