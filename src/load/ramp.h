// Which rates a ramp tries: evenly spaced ones from low to high until one fails, then halfway between the
// highest that passed and the lowest that failed, four times or until they are within 2 %. What
// passing means is the caller's business.
#ifndef DNSWARM_LOAD_RAMP_H_
#define DNSWARM_LOAD_RAMP_H_

#include <optional>

namespace dnswarm {

class Ramp {
 public:
  // 0 < from <= to, steps >= 2.
  Ramp(double from, double to, unsigned steps) : from_(from), to_(to), steps_(steps) {}

  // The rate to try now; nothing where the ramp is over.
  std::optional<double> next() const;
  // How the rate of next() went.
  void took(bool passed);

 private:
  static constexpr unsigned halvings_max = 4;
  static constexpr double close_enough = 0.02;

  double from_, to_;
  unsigned steps_;
  unsigned step_ = 0;
  unsigned halvings_ = 0;
  double passed_ = 0;  // highest that did
  double failed_ = 0;  // lowest that did, or 0
};

}  // namespace dnswarm

#endif  // DNSWARM_LOAD_RAMP_H_
