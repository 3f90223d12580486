// Collects one turn's datagrams into batches of equal size to one destination, contiguous in memory,
// as segmented sends want them. One batch is open per size; the sender chooses the destination of
// a size in runs, so batches fill up.
#ifndef DNSWARM_NET_SEND_BATCHER_H_
#define DNSWARM_NET_SEND_BATCHER_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "net/loop.h"

namespace dnswarm {

class SendBatcher {
 public:
  explicit SendBatcher(size_t octets_max) : open_(octets_max + 1) {}

  // Room for one datagram of at most the constructor's octets; fill it before the next call. `run`:
  // how many of this size to this place may follow each other, this one included, 1 to
  // SendBatch::segments_max; so much room is set aside. One that is alone leaves others' runs whole.
  uint8_t* add(SocketIndex socket, const Address* destination, size_t octets, uint16_t run) {
    Open& open = open_[octets];
    if (open.places > 0) {
      SendBatch& batch = batches_[open.batch];
      if (batch.socket == socket && batch.destination == destination) {
        --open.places;
        return const_cast<uint8_t*>(batch.octets) + octets * batch.segments++;
      }
    }
    if (run > 1) open = {static_cast<uint32_t>(batches_.size()), static_cast<uint16_t>(run - 1)};
    uint8_t* room = allocate(octets * run);
    batches_.push_back({socket, destination, room, static_cast<uint16_t>(octets), 1});
    return room;
  }

  bool empty() const { return batches_.empty(); }

  // Queues everything with the loop, to be called once before each turn(). What is sent stays in
  // memory until the next call: that turn() has returned by then. What is added in between, by
  // handlers, goes into other memory and leaves with the next call.
  void send(Loop& loop) {
    for (const SendBatch& batch : batches_) {
      loop.send(batch);
      open_[batch.segment_octets] = {};
    }
    batches_.clear();
    std::swap(filling_, sent_);
    if (filling_.blocks.size() > blocks_kept) filling_.blocks.resize(blocks_kept);
    filling_.block = filling_.used = 0;
  }

 private:
  static constexpr size_t block_octets = size_t{128} << 10;
  static constexpr size_t blocks_kept = 8;  // an unusual turn's memory does not stay

  struct Open {
    uint32_t batch = 0;   // index into batches_
    uint16_t places = 0;  // left in it; 0: none is open
  };
  struct Arena {
    std::vector<std::unique_ptr<uint8_t[]>> blocks;
    size_t block = 0;
    size_t used = 0;
  };

  uint8_t* allocate(size_t octets) {
    Arena& arena = filling_;
    if (arena.blocks.empty() || arena.used + octets > block_octets) {
      if (!arena.blocks.empty()) ++arena.block;
      if (arena.block >= arena.blocks.size()) {
        arena.blocks.push_back(std::make_unique_for_overwrite<uint8_t[]>(block_octets));
        arena.block = arena.blocks.size() - 1;
      }
      arena.used = 0;
    }
    uint8_t* room = arena.blocks[arena.block].get() + arena.used;
    arena.used += octets;
    return room;
  }

  std::vector<Open> open_;  // by datagram size
  std::vector<SendBatch> batches_;
  Arena filling_;
  Arena sent_;
};

}  // namespace dnswarm

#endif  // DNSWARM_NET_SEND_BATCHER_H_
