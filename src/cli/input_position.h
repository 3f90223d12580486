// A place in the input where a line begins, and what came before it.
#ifndef DNSWARM_CLI_INPUT_POSITION_H_
#define DNSWARM_CLI_INPUT_POSITION_H_

#include <cstdint>

namespace dnswarm::cli {

struct InputPosition {
  uint64_t offset = 0;      // octets from the start of the input
  uint64_t lines_read = 0;  // lines of the file, blank ones and comments included
  uint64_t lines = 0;       // accepted ones
  uint64_t rows = 0;        // theirs: one for each type

  bool operator==(const InputPosition&) const = default;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_INPUT_POSITION_H_
