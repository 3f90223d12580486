// A line for stderr, of the main job.
#ifndef DNSWARM_CLI_COMPLAIN_H_
#define DNSWARM_CLI_COMPLAIN_H_

#include <cstdio>
#include <string>

namespace dnswarm::cli {

inline void complain(const std::string& message) {
  std::fputs(("dnswarm: " + message + "\n").c_str(), stderr);
}

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_COMPLAIN_H_
