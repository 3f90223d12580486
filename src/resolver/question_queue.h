// Questions on their way from the submitting thread to one worker: batches of some 40 KiB in a
// bounded queue. The submitter fills a batch without a lock and pushes it whole.
#ifndef DNSWARM_RESOLVER_QUESTION_QUEUE_H_
#define DNSWARM_RESOLVER_QUESTION_QUEUE_H_

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "engine/question.h"

namespace dnswarm {

class QuestionBatch {
 public:
  QuestionBatch() : room_(new Room) {}
  void append(const Question& question);  // only where it is not full
  bool full() const { return count_ == questions_max || size_ >= octets_full; }
  bool empty() const { return count_ == 0; }
  // Reads the next question as a view into the batch; false at the end.
  bool next(Question& question);
  // The hashes of the next questions, `most` at most.
  std::span<const uint64_t> next_hashes(size_t most) const {
    return {room_->hashes.data() + next_, std::min(most, count_ - next_)};
  }
  void clear() { count_ = next_ = size_ = at_ = 0; }

 private:
  struct Head {
    uint64_t tag;
    uint16_t token_octets;
    uint16_t type;
    uint8_t qname_octets;
    bool absolute;
    bool valid;
  };
  struct Reason {
    std::string_view code, text;
  };
  static size_t name_octets(const Head& head) { return head.valid ? head.qname_octets : sizeof(Reason); }
  static constexpr size_t questions_max = 768;
  static constexpr size_t octets_full = size_t{24} << 10;  // as many of 32 octets
  // The last question may begin one octet before: a name, a token of at most 1,024 octets.
  static constexpr size_t room_octets = octets_full + 2048;
  // Unset: written before read. The hashes stand apart because they are wanted ahead.
  struct Room {
    std::array<uint64_t, questions_max> hashes;
    std::array<Head, questions_max> heads;
    // Of each question its name, or the Reason where it is invalid, and its token.
    std::array<uint8_t, room_octets> octets;
  };
  std::unique_ptr<Room> room_;
  size_t count_ = 0, next_ = 0;  // questions
  size_t size_ = 0, at_ = 0;     // octets
};

class QuestionQueue {
 public:
  // Blocks where `batches_max` wait, until half of them are taken: so the two threads take turns less often
  // where they share a core. Returns true where the queue was empty: the worker may sleep.
  bool push(std::unique_ptr<QuestionBatch> batch);
  // Null where nothing waits.
  std::unique_ptr<QuestionBatch> try_pop();
  // An empty batch to fill, one that was used before if there is one.
  std::unique_ptr<QuestionBatch> fresh();
  void recycle(std::unique_ptr<QuestionBatch> batch);
  void finish();  // no more pushes
  bool finished() const;  // finish() was called and nothing waits

  static constexpr size_t batches_max = 8;

 private:
  mutable std::mutex mutex_;
  std::condition_variable not_full_;
  std::deque<std::unique_ptr<QuestionBatch>> batches_;
  std::vector<std::unique_ptr<QuestionBatch>> spare_;
  bool finished_ = false;
};

}  // namespace dnswarm

#endif  // DNSWARM_RESOLVER_QUESTION_QUEUE_H_
