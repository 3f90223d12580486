// Bounded big-endian cursors over octets, with a sticky error: a read or write past the end yields
// zero or nothing and clears ok(), so a caller tests once at the end.
#ifndef DNSWARM_BASE_OCTETS_H_
#define DNSWARM_BASE_OCTETS_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace dnswarm {

using Octets = std::span<const uint8_t>;

// Big-endian, unchecked.
inline uint16_t load_u16(const uint8_t* at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }
inline uint32_t load_u32(const uint8_t* at) { return uint32_t{load_u16(at)} << 16 | load_u16(at + 2); }

class OctetReader {
 public:
  explicit OctetReader(Octets octets) : begin_(octets.data()), size_(octets.size()) {}

  bool ok() const { return ok_; }
  size_t offset() const { return at_; }
  size_t left() const { return size_ - at_; }

  uint8_t u8() { return take(1) ? begin_[at_ - 1] : uint8_t{0}; }
  uint16_t u16() { return take(2) ? load_u16(begin_ + at_ - 2) : uint16_t{0}; }
  uint32_t u32() { return take(4) ? load_u32(begin_ + at_ - 4) : uint32_t{0}; }
  Octets octets(size_t n) { return take(n) ? Octets{begin_ + at_ - n, n} : Octets{}; }
  void skip(size_t n) { take(n); }
  void fail() { ok_ = false; }
  void seek(size_t offset) {
    if (offset > size_) {
      ok_ = false;
    } else {
      at_ = offset;
    }
  }

 private:
  bool take(size_t n) {
    if (!ok_ || n > size_ - at_) return ok_ = false;
    at_ += n;
    return true;
  }

  const uint8_t* begin_;
  size_t size_;
  size_t at_ = 0;
  bool ok_ = true;
};

class OctetWriter {
 public:
  explicit OctetWriter(std::span<uint8_t> room) : begin_(room.data()), size_(room.size()) {}

  bool ok() const { return ok_; }
  size_t offset() const { return at_; }
  Octets written() const { return {begin_, at_}; }

  void u8(uint8_t value) {
    if (take(1)) begin_[at_ - 1] = value;
  }
  void u16(uint16_t value) {
    if (!take(2)) return;
    begin_[at_ - 2] = static_cast<uint8_t>(value >> 8);
    begin_[at_ - 1] = static_cast<uint8_t>(value);
  }
  void u32(uint32_t value) {
    u16(static_cast<uint16_t>(value >> 16));
    u16(static_cast<uint16_t>(value));
  }
  void octets(Octets from) {
    if (!from.empty() && take(from.size())) {
      std::memcpy(begin_ + at_ - from.size(), from.data(), from.size());
    }
  }
  // Overwrites two octets that were written before: lengths and counts known only later.
  void patch_u16(size_t offset, uint16_t value) {
    if (offset + 2 > at_) {
      ok_ = false;
      return;
    }
    begin_[offset] = static_cast<uint8_t>(value >> 8);
    begin_[offset + 1] = static_cast<uint8_t>(value);
  }

 private:
  bool take(size_t n) {
    if (!ok_ || n > size_ - at_) return ok_ = false;
    at_ += n;
    return true;
  }

  uint8_t* begin_;
  size_t size_;
  size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace dnswarm

#endif  // DNSWARM_BASE_OCTETS_H_
