// What iterative mode needs before the workers start: its options checked, the root's hints read.
#ifndef DNSWARM_RESOLVER_ITERATIVE_SETUP_H_
#define DNSWARM_RESOLVER_ITERATIVE_SETUP_H_

#include <memory>
#include <string>

#include "dnswarm/options.h"
#include "iterative/iterative_engine.h"
#include "net/address.h"

namespace dnswarm {

struct IterativeSetup {
  std::string error;  // one sentence; empty: all is well
  std::unique_ptr<Hierarchy> hierarchy;
  IterativeOptions engine;  // flows_v4 and flows_v6: whether that family is used at all
};

IterativeSetup set_up_iterative(const Options& options, const Address& source);

}  // namespace dnswarm

#endif  // DNSWARM_RESOLVER_ITERATIVE_SETUP_H_
