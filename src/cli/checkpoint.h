// What a job has done at one moment, and the text of the state file that says so.
//
// The text is two lines. The first is "dnswarm-state 1 " and the checksum (checksum.h, 16 hexadecimal digits)
// of the second; the second is one JSON object:
//
//   finished   whether all is done
//   options    the options that make other rows, by their flags: texts
//   input      regular (else a pipe); start: its offset when the job began; size in octets; read: octets read
//   so
//              far from start on, and their checksum
//   position   where reading goes on: offset from start, lines_read (blank lines and comments included),
//   lines
//              (accepted), rows. All rows before it are done
//   consumed   the same four for all that was read
//   done       from position on: so many rows are done, so many open, so many done, ...
//   statuses   rows done so far by RCODE (0-22, others) and by failure (dnswarm/response.h)
//   output     octets: so long it is, whole rows; tail_checksum: of its last MiB before that
//
// What does not have exactly this form is not trusted.
#ifndef DNSWARM_CLI_CHECKPOINT_H_
#define DNSWARM_CLI_CHECKPOINT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/input_position.h"
#include "cli/tally.h"

namespace dnswarm::cli {

// Flag and value.
using RowOptions = std::vector<std::pair<std::string, std::string>>;

struct InputIdentity {
  bool regular = true;
  uint64_t start = 0;
  uint64_t size = 0;  // the whole file's; 0: a pipe
  uint64_t read = 0;
  std::string checksum;  // of the octets read

  bool operator==(const InputIdentity&) const = default;
};

struct Checkpoint {
  bool finished = false;
  RowOptions options;
  InputIdentity input;
  InputPosition position;
  InputPosition consumed;
  std::vector<uint64_t> done;  // DoneRows::runs_from(position.rows)
  Tally tally;                 // of rows done
  uint64_t output_octets = 0;
  std::string output_tail_checksum;

  static constexpr uint64_t output_tail_octets = uint64_t{1} << 20;
};

std::string to_text(const Checkpoint& checkpoint);
// Nothing, and what is wrong as the end of a sentence about the file in *error, where it is none.
std::optional<Checkpoint> checkpoint_from_text(std::string_view text, std::string* error);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_CHECKPOINT_H_
