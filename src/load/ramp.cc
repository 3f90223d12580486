#include "load/ramp.h"

namespace dnswarm {

std::optional<double> Ramp::next() const {
  if (failed_ == 0) {
    if (step_ == steps_) return std::nullopt;
    return from_ + (to_ - from_) * step_ / (steps_ - 1);
  }
  // Where the very first rate failed, lower ones are not for this ramp to try.
  const bool done = passed_ == 0 || halvings_ == halvings_max || failed_ - passed_ <= close_enough * passed_;
  if (done) return std::nullopt;
  return (passed_ + failed_) / 2;
}

void Ramp::took(bool passed) {
  const std::optional<double> rate = next();
  if (!rate) return;
  if (failed_ == 0) {
    ++step_;
  } else {
    ++halvings_;
  }
  (passed ? passed_ : failed_) = *rate;
}

}  // namespace dnswarm
