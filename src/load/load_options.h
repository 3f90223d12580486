// LoadOptions, checked and made into what workers need.
#ifndef DNSWARM_LOAD_LOAD_OPTIONS_H_
#define DNSWARM_LOAD_LOAD_OPTIONS_H_

#include <string>

#include "dnswarm/load.h"
#include "load/load_worker.h"

namespace dnswarm {

// Empty, or one sentence that names the option, the value and the rule.
std::string check_load_options(const LoadOptions& options);

// What all workers of a step share; `rate` 0: closed loop. The options must have passed the check.
LoadWorkerConfig load_worker_config(const LoadOptions& options, double rate);

}  // namespace dnswarm

#endif  // DNSWARM_LOAD_LOAD_OPTIONS_H_
