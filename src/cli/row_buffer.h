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
#include <string_view>
#include <vector>

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

// Writes into room that was made beforehand, without a check each time; what it wrote belongs to the buffer
// when it is destroyed. While it lives nothing else may be appended.
class RowCursor {
 public:
  static constexpr size_t slack = 16;  // texts are copied in whole moves, the last may reach over the end

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
  // A field of 16 octets, of which `octets` are the text.
  void put_field(const char (&field)[16], size_t octets) {
    std::memcpy(at_, field, sizeof field);
    at_ += octets;
  }
  // Once more what this buffer has at `from`, before this place.
  void repeat(const char* from, size_t octets) {
    for (size_t i = 0; i < octets; i += 16) std::memcpy(at_ + i, from + i, 16);
    at_ += octets;
  }
  void put(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void put_number(uint64_t number) {
    if (number < 10) {
      *at_++ = static_cast<char>('0' + number);
    } else {
      at_ = std::to_chars(at_, at_ + 20, number).ptr;
    }
  }

 private:
  RowBuffer& out_;
  char* at_;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_ROW_BUFFER_H_
