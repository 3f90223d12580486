// Adds one worker's Stats to the run's.
#ifndef DNSWARM_RESOLVER_STATS_MERGE_H_
#define DNSWARM_RESOLVER_STATS_MERGE_H_

#include "dnswarm/resolver.h"

namespace dnswarm {

// Counters add up; of an upstream's RTTs the smallest known one is kept (each worker learns its own).
void merge(Stats& into, const Stats& from);

}  // namespace dnswarm

#endif  // DNSWARM_RESOLVER_STATS_MERGE_H_
