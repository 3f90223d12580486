#include "cli/done_rows.h"

#include <algorithm>
#include <bit>

namespace dnswarm::cli {

DoneRows::DoneRows(uint64_t low) : first_block_(low / block_rows), low_(low), end_(low) {
  add_range(low - low % block_rows, low);
}

DoneRows::DoneRows(uint64_t first, std::span<const uint64_t> runs)
    : DoneRows(runs.empty() ? first : first + runs[0]) {
  uint64_t row = low_;
  for (size_t i = 1; i < runs.size(); ++i) {
    if (i % 2 == 0) add_range(row, row + runs[i]);
    row += runs[i];
  }
}

// Whole blocks at once: runs may be long.
void DoneRows::add_range(uint64_t begin, uint64_t end) {
  end_ = std::max(end_, end);
  while (begin < end) {
    if (begin % block_rows == 0 && end - begin >= block_rows) {
      block_of(begin) = {0, nullptr};
      begin += block_rows;
    } else {
      set(begin++);
    }
  }
}

DoneRows::Block& DoneRows::block_of(uint64_t row) {
  const uint64_t index = row / block_rows - first_block_;
  while (blocks_.size() <= index) blocks_.emplace_back();
  return blocks_[index];
}

bool DoneRows::set(uint64_t row) {
  Block& block = block_of(row);
  if (block.open == 0) return false;
  if (block.bits == nullptr) block.bits = std::make_unique<Bits>(Bits{});
  uint64_t& word = (*block.bits)[row % block_rows / 64];
  const uint64_t bit = uint64_t{1} << row % 64;
  if ((word & bit) != 0) return false;
  word |= bit;
  if (--block.open == 0) block.bits.reset();
  return true;
}

bool DoneRows::add(uint64_t row) {
  if (row < low_ || !set(row)) return false;
  end_ = std::max(end_, row + 1);
  if (row == low_) advance_low();
  return true;
}

bool DoneRows::contains(uint64_t row) const {
  if (row < low_) return true;
  const uint64_t index = row / block_rows - first_block_;
  if (index >= blocks_.size()) return false;
  const Block& block = blocks_[index];
  if (block.bits == nullptr) return block.open == 0;
  return ((*block.bits)[row % block_rows / 64] >> row % 64 & 1) != 0;
}

void DoneRows::advance_low() {
  low_ += run_at(low_, true);
  while (!blocks_.empty() && first_block_ < low_ / block_rows) {
    blocks_.pop_front();
    ++first_block_;
  }
  if (blocks_.empty()) first_block_ = low_ / block_rows;
}

uint64_t DoneRows::run_at(uint64_t row, bool done) const {
  const uint64_t start = row;
  while (row < end_) {
    const Block& block = blocks_[row / block_rows - first_block_];
    if (block.bits == nullptr) {
      if ((block.open == 0) != done) break;
      row += block_rows - row % block_rows;
      continue;
    }
    uint64_t word = (*block.bits)[row % block_rows / 64];
    if (!done) word = ~word;
    const auto like = std::min(64 - row % 64, static_cast<uint64_t>(std::countr_one(word >> row % 64)));
    row += like;
    if (row % 64 != 0 || like == 0) break;
  }
  return std::min(row, end_) - start;
}

std::vector<uint64_t> DoneRows::runs_from(uint64_t first) const {
  std::vector<uint64_t> runs;
  if (first >= end_) return runs;
  runs.push_back(low_ - first);
  bool done = false;
  for (uint64_t row = low_; row < end_; done = !done) {
    runs.push_back(run_at(row, done));
    row += runs.back();
  }
  return runs;
}

}  // namespace dnswarm::cli
