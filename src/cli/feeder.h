// Reads the input and submits its questions: the only thread that does.
//
// Every accepted line gets consecutive row numbers, one per type; the first is the questions' tag.
// After a stop nothing is submitted: what was read, and of a regular file the rest too, is counted.
#ifndef DNSWARM_CLI_FEEDER_H_
#define DNSWARM_CLI_FEEDER_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "cli/input_file.h"
#include "cli/input_position.h"
#include "cli/line_splitter.h"
#include "cli/stop.h"
#include "dnswarm/shard.h"
#include "dnswarm/types.h"

namespace dnswarm::cli {

// Where questions go: the resolver, or a test.
class QuestionSink {
 public:
  virtual ~QuestionSink() = default;
  virtual void submit(std::string_view name, std::span<const RRType> types, uint64_t tag) = 0;
  virtual void submit_invalid(std::string_view name, std::span<const RRType> types, uint64_t tag,
                              LineError error) = 0;
  virtual void flush() = 0;

  // For jobs that can be resumed, where wants_positions() is true: octets that were read, before their lines;
  // an accepted line, and what comes behind it, before it is submitted; the end of the input.
  virtual bool wants_positions() const { return false; }
  virtual void take_octets(std::string_view octets) { (void)octets; }
  virtual void begin_line(const InputPosition& at, const InputPosition& after) { (void)at, (void)after; }
  virtual void end_input(const InputPosition& end) { (void)end; }
};

class Feeder {
 public:
  // Lines whose name belongs to another shard are passed over. The input given to run() is at `position`, and
  // what came before it is counted.
  Feeder(QuestionSink& sink, const Stop& stop, std::vector<RRType> default_types, Shard shard = {},
         const InputPosition& position = {})
      : sink_(sink),
        stop_(stop),
        default_types_(std::move(default_types)),
        shard_(shard),
        wants_positions_(sink.wants_positions()),
        splitter_(position.offset),
        lines_read_(position.lines_read),
        lines_accepted_(position.lines),
        rows_accepted_(position.rows) {}

  // To the end of the input, or to the stop. False: reading failed (input.error_number()).
  [[nodiscard]] bool run(InputFile& input);

  // From any thread.
  uint64_t octets_read() const { return octets_read_.load(std::memory_order_relaxed); }
  uint64_t lines_accepted() const { return lines_accepted_.load(std::memory_order_relaxed); }
  uint64_t rows_accepted() const { return rows_accepted_.load(std::memory_order_relaxed); }
  bool at_end() const { return at_end_.load(std::memory_order_relaxed); }
  // After run(): lines that were there but were not started, and whether that is all of them.
  uint64_t lines_not_started() const { return lines_not_started_; }
  bool count_is_complete() const { return count_is_complete_; }

  // How long counting the rest of a file may hold up the end: some 10 GB.
  static constexpr std::chrono::seconds count_time_max{5};

 private:
  void take_line(std::string_view line, bool cut);
  void tell_position(size_t rows);
  void count_rest(InputFile& input);

  QuestionSink& sink_;
  const Stop& stop_;
  const std::vector<RRType> default_types_;
  const Shard shard_;
  const bool wants_positions_;
  LineSplitter splitter_;
  std::vector<RRType> line_types_;
  uint64_t lines_read_;
  // Written by the feeder alone, read by others.
  std::atomic<uint64_t> octets_read_{0};  // by this run
  std::atomic<uint64_t> lines_accepted_;
  std::atomic<uint64_t> rows_accepted_;
  std::atomic<bool> at_end_{false};
  uint64_t lines_not_started_ = 0;
  bool count_is_complete_ = true;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_FEEDER_H_
