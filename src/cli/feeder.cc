#include "cli/feeder.h"

namespace dnswarm::cli {

bool Feeder::run(InputFile& input) {
  const auto on_line = [this](std::string_view line, bool cut) { take_line(line, cut); };
  std::string_view chunk;
  while (true) {
    switch (input.read(stop_.fd(), &chunk)) {
      case InputFile::Outcome::octets:
        octets_read_.fetch_add(chunk.size(), std::memory_order_relaxed);
        if (wants_positions_) sink_.take_octets(chunk);
        splitter_.feed(chunk, on_line);
        sink_.flush();
        if (!stop_.requested()) break;
        [[fallthrough]];
      case InputFile::Outcome::stopped: count_rest(input); return true;
      case InputFile::Outcome::end:
        splitter_.finish(on_line);
        sink_.flush();
        if (!stop_.requested()) {
          sink_.end_input({splitter_.line_start(), lines_read_, lines_accepted(), rows_accepted()});
        }
        at_end_.store(true, std::memory_order_relaxed);
        return true;
      case InputFile::Outcome::failed:
        // What can be read again is not taken for a whole line.
        if (!wants_positions_) splitter_.finish(on_line);
        sink_.flush();
        count_is_complete_ = false;
        return false;
    }
  }
}

void Feeder::take_line(std::string_view line, bool cut) {
  if (!stop_.requested()) ++lines_read_;
  const InputLine parsed = cut ? parse_cut_line(line) : parse_input_line(line, line_types_);
  if (parsed.kind == InputLine::Kind::skipped || !shard_.owns(parsed.name)) return;
  if (stop_.requested()) {
    ++lines_not_started_;
    return;
  }
  const bool own_types = parsed.kind == InputLine::Kind::question && !line_types_.empty();
  const std::span<const RRType> types = own_types ? line_types_ : default_types_;
  if (wants_positions_) tell_position(types.size());
  const uint64_t tag = rows_accepted();
  lines_accepted_.store(lines_accepted() + 1, std::memory_order_relaxed);
  rows_accepted_.store(tag + types.size(), std::memory_order_relaxed);
  if (parsed.kind == InputLine::Kind::question) {
    sink_.submit(parsed.name, types, tag);
  } else {
    sink_.submit_invalid(parsed.name, types, tag, parsed.error);
  }
}

// Before the line is counted.
void Feeder::tell_position(size_t rows) {
  const InputPosition at{splitter_.line_start(), lines_read_ - 1, lines_accepted(), rows_accepted()};
  sink_.begin_line(at, {splitter_.line_end(), lines_read_, at.lines + 1, at.rows + rows});
}

void Feeder::count_rest(InputFile& input) {
  const auto on_line = [this](std::string_view line, bool cut) { take_line(line, cut); };
  const auto until = std::chrono::steady_clock::now() + count_time_max;
  count_is_complete_ = false;
  const bool can_be_told = stop_.reason() != Stop::Reason::output_failed;
  if (!can_be_told || !input.is_regular()) return splitter_.finish(on_line);
  std::string_view chunk;
  while (std::chrono::steady_clock::now() < until) {
    if (input.read(-1, &chunk) != InputFile::Outcome::octets) {
      splitter_.finish(on_line);
      count_is_complete_ = true;
      return;
    }
    splitter_.feed(chunk, on_line);
  }
}

}  // namespace dnswarm::cli
