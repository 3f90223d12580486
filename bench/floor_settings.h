// The flags of dnswarm-bench-floor; floor.cc says what they mean.
#ifndef DNSWARM_BENCH_FLOOR_SETTINGS_H_
#define DNSWARM_BENCH_FLOOR_SETTINGS_H_

#include <string>
#include <vector>

#include "net/address.h"

namespace dnswarm::bench {

struct FloorSettings {
  std::vector<Address> servers;
  std::string names;  // the file
  unsigned in_flight = 4'000, sockets = 8, segments = 32;
  bool unconnected = false;
};

[[noreturn]] void fail(const std::string& what);
FloorSettings settings_from_arguments(int argc, char** argv);

}  // namespace dnswarm::bench

#endif  // DNSWARM_BENCH_FLOOR_SETTINGS_H_
