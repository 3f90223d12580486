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
#include <string_view>

namespace dnswarm::cli {

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
  // Once more what stands at `at`.
  void repeat(size_t at, size_t octets) {
    char* to = room(octets + 1);
    std::memcpy(to, data_.get() + at, octets);
    size_ += octets;
  }
  // At most 15 octets of a text in a field of 16: copied whole, which is one move.
  void append_field(const char (&field)[16], size_t octets) {
    std::memcpy(room(sizeof field), field, sizeof field);
    size_ += octets;
  }
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
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_ROW_BUFFER_H_
