// Characters on their way out: appended at the end, without a check per octet.
//
// One row has a bound (the largest DNS message, every octet escaped), so the room grows at need and
// is given back by reset().
#ifndef DNSWARM_CLI_ROW_BUFFER_H_
#define DNSWARM_CLI_ROW_BUFFER_H_

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/decimal_table.h"

namespace dnswarm::cli {

// A row of a job that can be resumed: its number in the job, and what it counts as (Tally::status_of).
struct DoneRow {
  uint64_t number;
  uint8_t status;
};

class RowBuffer {
 public:
  RowBuffer() = default;
  explicit RowBuffer(size_t octets) { grow(octets); }

  std::string_view text() const { return {data_.get(), size_}; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  size_t capacity() const { return capacity_; }
  void clear() { size_ = 0; }
  void truncate(size_t size) { size_ = size; }
  // Empties it; memory beyond `octets` is given back.
  void reset(size_t octets) {
    size_ = 0;
    done_rows_.clear();
    if (capacity_ <= octets) return;
    data_.reset();
    capacity_ = 0;
    grow(octets);
  }

  // A place for up to `octets` more characters; commit() says where they end.
  char* room(size_t octets) {
    if (capacity_ - size_ < octets) [[unlikely]] grow(size_ + octets);
    return data_.get() + size_;
  }
  void commit(const char* end) { size_ = static_cast<size_t>(end - data_.get()); }

  void append(char c) {
    *room(1) = c;
    ++size_;
  }
  void append(std::string_view text) {
    std::memcpy(room(text.size() + 1), text.data(), text.size());  // + 1: never a null place
    size_ += text.size();
  }
  // The rows in here, for whom that matters: some formats have no text for some rows.
  void add_done(const DoneRow& row) { done_rows_.push_back(row); }
  std::span<const DoneRow> done_rows() const { return done_rows_; }

  void append_number(uint64_t number) {
    char* at = room(20);
    commit(std::to_chars(at, at + 20, number).ptr);
  }
  // At least `digits` of them, with leading zeros.
  void append_padded(uint64_t number, size_t digits) {
    char text[20];
    const size_t length = static_cast<size_t>(std::to_chars(text, text + 20, number).ptr - text);
    for (size_t i = length; i < digits; ++i) append('0');
    append(std::string_view(text, length));
  }

 private:
  void grow(size_t at_least) {
    size_t octets = capacity_ == 0 ? 4096 : capacity_;
    while (octets < at_least) octets *= 2;
    std::unique_ptr<char[]> larger(new char[octets]);  // unset: written before read
    if (size_ > 0) std::memcpy(larger.get(), data_.get(), size_);
    data_ = std::move(larger);
    capacity_ = octets;
  }

  std::unique_ptr<char[]> data_;
  size_t size_ = 0;
  size_t capacity_ = 0;
  std::vector<DoneRow> done_rows_;
};

// A text that stands in row after row: made once, copied in whole moves while what it says is the same.
class Stretch {
 public:
  static constexpr size_t move_octets = 16;

  size_t octets() const { return octets_; }
  const char* data() const { return text_.data(); }
  bool empty() const { return octets_ == 0; }
  void assign(std::string_view text) {
    octets_ = text.size();
    text_.assign(text).append(move_octets, '\0');
  }

 private:
  std::string text_;  // and what the last move may reach beyond it
  size_t octets_ = 0;
};

// Writes into room that was made beforehand, without a check each time; what it wrote belongs to the buffer
// when it is destroyed. While it lives nothing else may be appended.
class RowCursor {
 public:
  static constexpr size_t slack = Stretch::move_octets;  // the last move may reach over the end

  RowCursor(RowBuffer& out, size_t octets_max) : out_(out), at_(out.room(octets_max + slack)) {}
  ~RowCursor() { out_.commit(at_); }
  RowCursor(const RowCursor&) = delete;
  RowCursor& operator=(const RowCursor&) = delete;

  char* at() const { return at_; }
  void set_at(char* at) { at_ = at; }

  template <size_t n>
  void put(const char (&literal)[n]) {
    std::memcpy(at_, literal, n - 1);
    at_ += n - 1;
  }
  // Once more what stands at `from`, in this buffer before this place or in a Stretch.
  void repeat(const char* from, size_t octets) {
    for (size_t i = 0; i < octets; i += slack) std::memcpy(at_ + i, from + i, slack);
    at_ += octets;
  }
  void put(const Stretch& stretch) { repeat(stretch.data(), stretch.octets()); }
  void put(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void put_number(uint64_t number) {
    if (number < decimals_end) {
      put_decimal(decimals[number]);
    } else if (number < uint64_t{decimals_end} * decimals_end) {
      put_decimal(decimals[number / decimals_end]);
      std::memcpy(at_, decimals[number % decimals_end].padded, sizeof Decimal::padded);
      at_ += 3;
    } else {
      at_ = std::to_chars(at_, at_ + 20, number).ptr;
    }
  }
  void put_decimal(const Decimal& decimal) {
    std::memcpy(at_, decimal.text, sizeof decimal.text);
    at_ += decimal.octets;
  }

 private:
  RowBuffer& out_;
  char* at_;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_ROW_BUFFER_H_
