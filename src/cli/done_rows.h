// Which rows of a job are done, by their numbers: all below low(), some above it.
//
// Rows are done nearly in order, with a few stragglers: 4,096 rows in a row that are all open or all done
// need 16 octets, others 512 more. So a lookup that takes minutes while millions of others end costs little.
#ifndef DNSWARM_CLI_DONE_ROWS_H_
#define DNSWARM_CLI_DONE_ROWS_H_

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

namespace dnswarm::cli {

class DoneRows {
 public:
  // All rows below `low` are done, no other.
  explicit DoneRows(uint64_t low = 0);
  DoneRows(uint64_t first, std::span<const uint64_t> runs);  // as runs_from() said

  // False: it was done already.
  bool add(uint64_t row);
  bool contains(uint64_t row) const;
  uint64_t low() const { return low_; }  // the first row that is not done
  uint64_t end() const { return end_; }  // beyond the last one that is

  // How many rows from `first` (at most low()) on are done, then open, done, ... up to end(): an odd number
  // of runs, or none where end() is `first`.
  std::vector<uint64_t> runs_from(uint64_t first) const;

 private:
  static constexpr uint64_t block_rows = 4096;
  using Bits = std::array<uint64_t, block_rows / 64>;
  struct Block {
    uint32_t open = block_rows;
    std::unique_ptr<Bits> bits;  // null where all of them are open or all are done
  };

  Block& block_of(uint64_t row);
  bool set(uint64_t row);
  void add_range(uint64_t begin, uint64_t end);
  void advance_low();  // low_ is done
  // From `row` on, how many rows up to end_ are like it; it must be in a block.
  uint64_t run_at(uint64_t row, bool done) const;

  std::deque<Block> blocks_;  // from the one that has low_ on
  uint64_t first_block_ = 0;  // its number: row / block_rows
  uint64_t low_ = 0;
  uint64_t end_ = 0;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_DONE_ROWS_H_
