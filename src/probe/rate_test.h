// What rate a resolver bears: so many queries in one second, evenly spaced, for a name that it has in its
// cache; what it answered is what it bears, at least. Several are tested at once, as far as the whole rate
// allows.
#ifndef DNSWARM_PROBE_RATE_TEST_H_
#define DNSWARM_PROBE_RATE_TEST_H_

#include <atomic>
#include <vector>

#include "probe/prober.h"

namespace dnswarm {

struct RateTested {
  const Address* server = nullptr;  // must outlive the test
  unsigned sent = 0, answered = 0;  // NOERROR and NXDOMAIN only: REFUSED and SERVFAIL may be a throttle
};

class RateTest final : private ProbeSink {
 public:
  // `qname` must outlive this.
  RateTest(unsigned per_second, Octets qname, RRType type)
      : per_second_(per_second), qname_(qname), type_(type) {}

  // Fills in the counts; an error's sentence, or empty.
  std::string run(std::vector<RateTested>& servers, ProberOptions options,
                  const std::atomic<bool>& cancelled);
  uint64_t queries() const { return queries_; }

 private:
  void on_end(const Probe& probe, const ProbeEnd& end) override;
  void run_some(Prober& prober, size_t first, size_t last, const std::atomic<bool>& cancelled);

  const unsigned per_second_;
  const Octets qname_;
  const RRType type_;
  std::vector<RateTested>* servers_ = nullptr;
  size_t ended_ = 0;
  uint64_t queries_ = 0;
};

}  // namespace dnswarm

#endif  // DNSWARM_PROBE_RATE_TEST_H_
