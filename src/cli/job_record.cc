#include "cli/job_record.h"

#include <algorithm>

namespace dnswarm::cli {
namespace {

// The more positions are remembered, the fewer of the next lines are: a million for 500 million rows, which
// one slow lookup can hold up at most.
constexpr uint64_t positions_per_step = 1024;

}  // namespace

JobRecord::JobRecord(const Checkpoint& start, const Checksum& read, bool every_line)
    : start_(start),
      done_before_(start.position.rows, start.done),
      every_line_(every_line),
      checksum_(read),
      octets_at_(start.position.offset),
      consumed_offset_(start.consumed.offset),
      consumed_lines_read_(start.consumed.lines_read),
      consumed_lines_(start.consumed.lines),
      consumed_rows_(start.consumed.rows),
      done_(start.position.rows, start.done),
      tally_(start.tally),
      output_octets_(start.output_octets),
      positions_{start.position},
      input_read_(start.input.read),
      input_checksum_(read.value()) {}

void JobRecord::begin_line(const InputPosition& at, const InputPosition& after) {
  // What an earlier run had read already is no news.
  if (after.rows >= consumed_rows_.load(std::memory_order_relaxed)) {
    consumed_offset_.store(after.offset, std::memory_order_relaxed);
    consumed_lines_read_.store(after.lines_read, std::memory_order_relaxed);
    consumed_lines_.store(after.lines, std::memory_order_relaxed);
    consumed_rows_.store(after.rows, std::memory_order_relaxed);
  }
  if (at.rows < next_position_row_) return;
  const std::lock_guard lock(mutex_);
  positions_.push_back(at);
  forget_passed_positions();
  next_position_row_ = every_line_ ? 0 : at.rows + 1 + positions_.size() / positions_per_step;
}

void JobRecord::take_octets(std::string_view octets) {
  const uint64_t end = octets_at_ + octets.size();
  const uint64_t known = std::min(std::max(input_read_, octets_at_), end) - octets_at_;
  checksum_.add(octets.substr(known));
  octets_at_ = end;
  const std::lock_guard lock(mutex_);
  if (end <= input_read_) return;
  input_read_ = end;
  input_checksum_ = checksum_.value();
}

void JobRecord::end_input(const InputPosition& end) {
  begin_line(end, end);
  const std::lock_guard lock(mutex_);
  input_ended_ = true;
}

void JobRecord::written(size_t octets, std::span<const DoneRow> rows) {
  const std::lock_guard lock(mutex_);
  output_octets_ += octets;
  for (const DoneRow& row : rows) {
    done_.add(row.number);
    tally_.add(row.status);
  }
}

void JobRecord::forget_passed_positions() {
  while (positions_.size() > 1 && positions_[1].rows <= done_.low()) positions_.pop_front();
}

Checkpoint JobRecord::snapshot() {
  Checkpoint result = start_;
  const std::lock_guard lock(mutex_);
  forget_passed_positions();
  result.position = positions_.front();
  result.done = done_.runs_from(result.position.rows);
  result.tally = tally_;
  result.output_octets = output_octets_;
  result.input.read = input_read_;
  result.input.checksum = hex_text(input_checksum_);
  result.consumed = {
      consumed_offset_.load(std::memory_order_relaxed), consumed_lines_read_.load(std::memory_order_relaxed),
      consumed_lines_.load(std::memory_order_relaxed), consumed_rows_.load(std::memory_order_relaxed)};
  result.finished = input_ended_ && done_.low() == result.consumed.rows;
  return result;
}

Tally JobRecord::tally() {
  const std::lock_guard lock(mutex_);
  return tally_;
}

}  // namespace dnswarm::cli
