// What one resolver is, from what was seen of it and the standards.
#ifndef DNSWARM_PROBE_JUDGE_H_
#define DNSWARM_PROBE_JUDGE_H_

#include "dnswarm/resolver_check.h"
#include "probe/standard.h"

namespace dnswarm {

// What a good one must be, beside honest: the limits of ResolverCheckOptions.
struct Demands {
  bool edns = false, tcp = false, dnssec = false, letter_case = false;
  double loss_percent_max = 30;
  double latency_ms_max = 0;  // 0: any
  double score_min = 0;
};

Demands demands_of(const ResolverCheckOptions& options);

// `finished`: it was asked all that it should be.
ResolverFinding judge(const Evidence& evidence, const std::vector<Standard>& standards, size_t target,
                      bool finished, const Demands& demands);

}  // namespace dnswarm

#endif  // DNSWARM_PROBE_JUDGE_H_
