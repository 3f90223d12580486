// A zone cut as it is kept: a delegation in one piece of memory, immutable and shared. A hundred thousand of
// them are come upon at random: each piece more would be one more cache miss for each name.
//
// Threads: any. Copies share the memory, which goes with the last of them.
#ifndef DNSWARM_ITERATIVE_CUT_H_
#define DNSWARM_ITERATIVE_CUT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "base/clock.h"
#include "base/octets.h"
#include "iterative/delegation.h"
#include "net/address.h"

namespace dnswarm {

class Cut {
 public:
  Cut() = default;  // none: it may be compared and replaced, and no more
  explicit Cut(const Delegation& delegation);
  Cut(const Cut& other) noexcept : header_(other.header_) {
    if (header_ != nullptr) header_->copies.fetch_add(1, std::memory_order_relaxed);
  }
  Cut(Cut&& other) noexcept : header_(std::exchange(other.header_, nullptr)) {}
  Cut& operator=(Cut other) noexcept {
    std::swap(header_, other.header_);
    return *this;
  }
  ~Cut() {
    if (header_ != nullptr && header_->copies.fetch_sub(1, std::memory_order_acq_rel) == 1) release();
  }

  explicit operator bool() const { return header_ != nullptr; }
  bool operator==(const Cut& other) const { return header_ == other.header_; }  // the same memory

  Octets zone() const { return name(0); }  // lower case, as all names here
  uint32_t ttl_s() const { return header_->ttl_s; }
  Instant learnt() const { return header_->learnt; }

  // Its name servers are 0 to servers() - 1.
  size_t servers() const { return header_->servers; }
  Octets server_name(size_t server) const { return name(server + 1); }
  // Glue, without a port; empty: the server's name is to be resolved.
  std::span<const Address> addresses(size_t server) const {
    const uint32_t begin = ends()[server].addresses;
    return {all_addresses() + begin, ends()[server + 1].addresses - begin};
  }
  std::span<const Address> addresses() const {  // of all of them, in their order
    return {all_addresses(), ends()[servers()].addresses};
  }

  // A mark for the cache that keeps it: whether it was used since this was last asked.
  void note_use() const {
    // A store would take the memory away from other threads.
    if (!header_->used.load(std::memory_order_relaxed)) header_->used.store(true, std::memory_order_relaxed);
  }
  bool take_use() const { return header_->used.exchange(false, std::memory_order_relaxed); }

  size_t octets() const;  // of memory
  const void* memory() const { return header_; }

 private:
  // In memory there follow: an End for each name, the addresses of all servers, the octets of the names.
  struct Header {
    std::atomic<uint32_t> copies;
    uint32_t ttl_s;
    Instant learnt;
    uint32_t servers;
    std::atomic<bool> used;
  };
  // Where a name ends among the octets, and the addresses of its server among those of all. The zone's name,
  // which has none, comes first.
  struct End {
    uint32_t octets;
    uint32_t addresses;
  };

  const End* ends() const { return reinterpret_cast<const End*>(header_ + 1); }
  const Address* all_addresses() const {
    return reinterpret_cast<const Address*>(ends() + servers() + 1);
  }
  const uint8_t* all_names() const {
    return reinterpret_cast<const uint8_t*>(all_addresses() + ends()[servers()].addresses);
  }
  Octets name(size_t i) const {
    const uint32_t begin = i == 0 ? 0 : ends()[i - 1].octets;
    return {all_names() + begin, ends()[i].octets - begin};
  }
  void release() noexcept;

  Header* header_ = nullptr;
};

}  // namespace dnswarm

#endif  // DNSWARM_ITERATIVE_CUT_H_
