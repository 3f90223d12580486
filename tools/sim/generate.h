// --generate: names to try a resolver on.
#ifndef DNSWARM_SIM_GENERATE_H_
#define DNSWARM_SIM_GENERATE_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace dnswarm::sim {

// Writes `count` names, a line each, to standard output; all different, and the same for the same
// arguments. Returns the exit code.
int generate_names(uint64_t count, uint64_t seed, std::string_view kind);
// The same, appended to a string.
void append_names(uint64_t count, uint64_t seed, std::string_view kind, std::string& out);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_GENERATE_H_
