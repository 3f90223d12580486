// --ordered: rows wait here for their turn.
//
// The reader announces each line before it submits it, so that every row has its place; workers
// hand in finished rows in any order, and all that are next in turn leave at once. Bounded in rows
// and octets: where it is full the reader waits, workers never do. The row all wait for has been
// submitted by then, so a full window always drains.
#ifndef DNSWARM_CLI_ORDERED_WINDOW_H_
#define DNSWARM_CLI_ORDERED_WINDOW_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/row_buffer.h"
#include "dnswarm/types.h"

namespace dnswarm::cli {

class OrderedWindow {
 public:
  // Rows: many times what is in flight by default, so that one slow name does not stop the others.
  static constexpr size_t rows_max_default = size_t{1} << 17;
  static constexpr size_t octets_max_default = size_t{64} << 20;

  // Takes rows in their order; called under the window's lock, one call at a time. May block.
  using Emit = std::function<void(std::string_view row, const DoneRow& done)>;

  explicit OrderedWindow(Emit emit, size_t rows_max = rows_max_default,
                         size_t octets_max = octets_max_default);
  // Rows before this one were written by an earlier run. Before anything else.
  void start_at(uint64_t row) { next_in_ = next_out_ = row; }

  // Reader: true if a line of that many rows fits now. If not: flush what was submitted, then wait.
  bool has_room(size_t rows);
  void wait_for_room(size_t rows);
  // Reader: the rows tag, tag + 1, ... come next, one for each type.
  void announce(uint64_t tag, std::span<const RRType> types);

  // Worker: the row of that tag and type is there (empty where the format leaves it out). `status` goes to
  // Emit with it.
  void put(uint64_t tag, RRType type, std::string_view row, uint8_t status = 0);

  // No row will be written any more: nobody waits from now on.
  void abandon();

  size_t rows_held();

 private:
  struct Slot {
    std::string row;
    RRType type{};
    uint8_t status = 0;
    bool finished = false;
  };

  Slot& slot(uint64_t row_number) { return slots_[row_number % slots_.size()]; }
  bool fits(size_t rows) const;
  void emit_in_turn();

  const Emit emit_;
  const size_t octets_max_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::vector<Slot> slots_;
  uint64_t next_out_ = 0;  // row numbers [next_out_, next_in_) are under way or held
  uint64_t next_in_ = 0;
  size_t octets_ = 0;  // held
  bool abandoned_ = false;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_ORDERED_WINDOW_H_
