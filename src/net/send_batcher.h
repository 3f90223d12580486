// Collects one turn's datagrams into batches of equal size to one destination, contiguous in memory,
// as segmented sends want them. One batch is open per size; the sender chooses the destination of
// a size in runs, so batches fill up.
#ifndef DNSWARM_NET_SEND_BATCHER_H_
#define DNSWARM_NET_SEND_BATCHER_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "net/loop.h"

namespace dnswarm {

class SendBatcher {
 public:
  // `segments_max` datagrams a batch at most; `octets_max` each.
  SendBatcher(uint16_t segments_max, size_t octets_max)
      : segments_max_(segments_max), open_(octets_max + 1, no_batch) {}

  // Room for one datagram; fill it before the next call.
  uint8_t* add(SocketIndex socket, const Address* destination, size_t octets) {
    uint32_t& open = open_[octets];
    if (open != no_batch) {
      SendBatch& batch = batches_[open];
      if (batch.socket == socket && batch.destination == destination &&
          batch.segments < segments_max_) {
        return const_cast<uint8_t*>(batch.octets) + octets * batch.segments++;
      }
    }
    open = static_cast<uint32_t>(batches_.size());
    uint8_t* room = allocate(octets * segments_max_);
    batches_.push_back({socket, destination, room, static_cast<uint16_t>(octets), 1});
    return room;
  }

  bool empty() const { return batches_.empty(); }
  // Queues everything with the loop. The memory stays in use until clear(), to be called after turn().
  void send(Loop& loop) {
    for (const SendBatch& batch : batches_) {
      loop.send(batch);
      open_[batch.segment_octets] = no_batch;
    }
    batches_.clear();
  }
  void clear() { block_ = used_ = 0; }

 private:
  static constexpr uint32_t no_batch = UINT32_MAX;
  static constexpr size_t block_octets = size_t{128} << 10;

  uint8_t* allocate(size_t octets) {
    if (used_ + octets > block_octets || blocks_.empty()) {
      if (!blocks_.empty()) ++block_;
      if (block_ >= blocks_.size()) {
        blocks_.push_back(std::make_unique_for_overwrite<uint8_t[]>(block_octets));
        block_ = blocks_.size() - 1;
      }
      used_ = 0;
    }
    uint8_t* room = blocks_[block_].get() + used_;
    used_ += octets;
    return room;
  }

  uint16_t segments_max_;
  std::vector<uint32_t> open_;  // by datagram size: index into batches_
  std::vector<SendBatch> batches_;
  std::vector<std::unique_ptr<uint8_t[]>> blocks_;
  size_t block_ = 0;
  size_t used_ = 0;
};

}  // namespace dnswarm

#endif  // DNSWARM_NET_SEND_BATCHER_H_
