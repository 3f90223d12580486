#include "net/send_batcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace dnswarm {
namespace {

// Remembers what was sent, and looks at the octets only when its turn comes, as the kernel does.
class RecordingLoop : public Loop {
 public:
  SocketIndex add_socket(int, bool) override { return 0; }
  void remove_socket(SocketIndex) override {}
  void send(const SendBatch& batch) override { queued.push_back(batch); }
  void watch(uint32_t, int, short) override {}
  void unwatch(uint32_t) override {}
  bool turn(Duration, unsigned, LoopHandler&, unsigned) override { return true; }
  void wake() override {}
  std::string describe() const override { return {}; }
  uint64_t drops(SocketIndex) const override { return 0; }
  void take() {
    for (const SendBatch& batch : queued) {
      for (uint16_t i = 0; i < batch.segments; ++i) {
        const auto* at = reinterpret_cast<const char*>(batch.octets) + size_t{i} * batch.segment_octets;
        datagrams.emplace_back(at, batch.segment_octets);
      }
      sizes.push_back(batch.segments);
    }
    queued.clear();
  }
  std::vector<SendBatch> queued;
  std::vector<std::string> datagrams;
  std::vector<uint16_t> sizes;
};

void add(SendBatcher& batcher, SocketIndex socket, const std::string& text, uint16_t run = 32) {
  std::memcpy(batcher.add(socket, nullptr, text.size(), run), text.data(), text.size());
}

TEST(SendBatcher, equal_sizes_to_one_socket_share_a_batch) {
  SendBatcher batcher(100);
  RecordingLoop loop;
  for (const char* text : {"aaa", "bbb", "cccc", "ddd"}) add(batcher, 1, text);
  batcher.send(loop);
  loop.take();
  EXPECT_EQ(loop.sizes, (std::vector<uint16_t>{3, 1}));
  EXPECT_EQ(loop.datagrams, (std::vector<std::string>{"aaa", "bbb", "ddd", "cccc"}));
}

TEST(SendBatcher, another_socket_or_a_full_batch_starts_a_new_one) {
  SendBatcher batcher(100);
  RecordingLoop loop;
  add(batcher, 1, "a", 2);
  add(batcher, 1, "b", 1);
  add(batcher, 1, "c", 2);
  add(batcher, 2, "d", 2);
  batcher.send(loop);
  loop.take();
  EXPECT_EQ(loop.sizes, (std::vector<uint16_t>{2, 1, 1}));
}

TEST(SendBatcher, one_that_is_alone_does_not_end_the_run_of_others) {
  SendBatcher batcher(100);
  RecordingLoop loop;
  add(batcher, 1, "a", 32);
  add(batcher, 2, "x", 1);
  add(batcher, 1, "b", 31);
  batcher.send(loop);
  loop.take();
  EXPECT_EQ(loop.sizes, (std::vector<uint16_t>{2, 1}));
  EXPECT_EQ(loop.datagrams, (std::vector<std::string>{"a", "b", "x"}));
}

TEST(SendBatcher, what_handlers_add_during_a_turn_does_not_touch_what_is_being_sent) {
  SendBatcher batcher(100);
  RecordingLoop loop;
  add(batcher, 1, "first");
  batcher.send(loop);
  add(batcher, 1, "retry");  // a handler, during the turn that sends "first"
  loop.take();
  add(batcher, 1, "later");  // the next turn's own
  batcher.send(loop);
  loop.take();
  EXPECT_EQ(loop.datagrams, (std::vector<std::string>{"first", "retry", "later"}));
}

TEST(SendBatcher, more_than_a_block_of_datagrams_is_kept_whole) {
  SendBatcher batcher(300);
  RecordingLoop loop;
  for (int round = 0; round < 3; ++round) {
    for (unsigned i = 0; i < 3000; ++i) add(batcher, i % 7, std::to_string(1'000'000 + i));
    batcher.send(loop);
    loop.take();
    ASSERT_EQ(loop.datagrams.size(), 3000u);
    std::sort(loop.datagrams.begin(), loop.datagrams.end());
    for (unsigned i = 0; i < 3000; ++i) ASSERT_EQ(loop.datagrams[i], std::to_string(1'000'000 + i));
    loop.datagrams.clear();
  }
}

}  // namespace
}  // namespace dnswarm
