// Questions on their way from the submitting thread to one worker: batches of at most 64 KiB in a
// bounded queue. The submitter fills a batch without a lock and pushes it whole.
#ifndef DNSWARM_RESOLVER_QUESTION_QUEUE_H_
#define DNSWARM_RESOLVER_QUESTION_QUEUE_H_

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
  QuestionBatch() : octets_(new uint8_t[room_octets]) {}  // unset: written before read
  void append(const Question& question);  // only where it is not full
  bool full() const { return size_ >= octets_full; }
  bool empty() const { return size_ == 0; }
  // Reads the next question as a view into the batch; false at the end.
  bool next(Question& question);
  // The hashes of the next questions, as many as there are up to the room for them. Returns how many.
  size_t next_hashes(std::span<uint64_t> hashes) const;
  void clear() { size_ = at_ = 0; }

 private:
  // Before the octets of the name and the token; where the input is invalid, of the Reason and the token.
  struct Head {
    uint64_t tag;
    uint64_t hash;
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
  static constexpr size_t octets_full = size_t{32} << 10;  // about 700 questions
  // The last question may begin one octet before: a head, a name, a token of at most 1,024 octets.
  static constexpr size_t room_octets = octets_full + 2048;
  std::unique_ptr<uint8_t[]> octets_;
  size_t size_ = 0;
  size_t at_ = 0;
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
