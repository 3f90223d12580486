// A job that can be resumed, as it stands: which rows are written, how long the output is with exactly those
// rows, and where their lines are in the input.
//
// One thread reads and says where lines begin; those that write say which rows they wrote; any may take a
// snapshot. Rows are counted when they are written: what is on its way is open.
#ifndef DNSWARM_CLI_JOB_RECORD_H_
#define DNSWARM_CLI_JOB_RECORD_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <string_view>

#include "cli/checkpoint.h"
#include "cli/checksum.h"
#include "cli/done_rows.h"
#include "cli/row_buffer.h"

namespace dnswarm::cli {

class JobRecord {
 public:
  // Goes on from `start`. `read`: the checksum of start.input.read octets. `every_line`: a snapshot's
  // position is that of the first line with an open row, not of one somewhat before it; for rows that come in
  // order.
  JobRecord(const Checkpoint& start, const Checksum& read, bool every_line);

  // Reader: a line with rows [at.rows, after.rows) comes next; before any of them can be written.
  void begin_line(const InputPosition& at, const InputPosition& after);
  // Reader: the input goes on with these octets; before their lines. From the start's position on.
  void take_octets(std::string_view octets);
  // Reader: all of the input was read, up to here.
  void end_input(const InputPosition& end);
  // What was done when this run began. Fixed, from any thread.
  const DoneRows& done_before() const { return done_before_; }

  // Whoever writes: the output has these rows now, and so many octets more.
  void written(size_t octets, std::span<const DoneRow> rows);

  Checkpoint snapshot();
  Tally tally();  // of all rows done

 private:
  void forget_passed_positions();

  const Checkpoint start_;
  const DoneRows done_before_;
  const bool every_line_;
  // Reader's own.
  Checksum checksum_;
  uint64_t octets_at_;              // offset of the next octets
  uint64_t next_position_row_ = 0;  // lines before it need not be remembered
  // Written by the reader for each line, without the lock; together they are right within some lines, and
  // rows is never less than what was submitted.
  std::atomic<uint64_t> consumed_offset_, consumed_lines_read_, consumed_lines_, consumed_rows_;

  std::mutex mutex_;  // of all below
  DoneRows done_;
  Tally tally_;
  uint64_t output_octets_;
  std::deque<InputPosition> positions_;  // never empty; the first is that of an open row or before it
  uint64_t input_read_;
  uint64_t input_checksum_;
  bool input_ended_ = false;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_JOB_RECORD_H_
