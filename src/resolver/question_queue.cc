#include "resolver/question_queue.h"

#include <cstring>

#include "base/check.h"

namespace dnswarm {

void QuestionBatch::append(const Question& question) {
  Head head{};
  head.tag = question.tag;
  head.hash = question.hash;
  head.token_octets = static_cast<uint16_t>(question.token.size());
  head.type = static_cast<uint16_t>(question.type);
  head.qname_octets = static_cast<uint8_t>(question.qname.size());
  head.absolute = question.absolute;
  head.valid = question.valid();
  CHECK(room_octets - size_ >= sizeof head + name_octets(head) + head.token_octets);
  const Reason reason{question.error_code, question.error_text};
  const auto put = [this](const void* from, size_t octets) {
    if (octets > 0) std::memcpy(octets_.get() + size_, from, octets);
    size_ += octets;
  };
  put(&head, sizeof head);
  put(head.valid ? static_cast<const void*>(question.qname.data()) : &reason, name_octets(head));
  put(question.token.data(), head.token_octets);
}

size_t QuestionBatch::next_hashes(std::span<uint64_t> hashes) const {
  size_t n = 0;
  for (size_t at = at_; at < size_ && n < hashes.size(); ++n) {
    Head head;
    std::memcpy(&head, octets_.get() + at, sizeof head);
    hashes[n] = head.hash;
    at += sizeof head + name_octets(head) + head.token_octets;
  }
  return n;
}

bool QuestionBatch::next(Question& question) {
  if (at_ == size_) return false;
  Head head;
  std::memcpy(&head, octets_.get() + at_, sizeof head);
  at_ += sizeof head;
  Reason reason;
  if (!head.valid) std::memcpy(&reason, octets_.get() + at_, sizeof reason);
  question.tag = head.tag;
  question.hash = head.hash;
  question.type = static_cast<RRType>(head.type);
  question.absolute = head.absolute;
  question.error_code = reason.code;
  question.error_text = reason.text;
  question.qname = {octets_.get() + at_, head.qname_octets};
  at_ += name_octets(head);
  question.token = {reinterpret_cast<const char*>(octets_.get()) + at_, head.token_octets};
  at_ += head.token_octets;
  return true;
}

bool QuestionQueue::push(std::unique_ptr<QuestionBatch> batch) {
  std::unique_lock lock(mutex_);
  not_full_.wait(lock, [this] { return batches_.size() < batches_max; });
  bool was_empty = batches_.empty();
  batches_.push_back(std::move(batch));
  return was_empty;
}

std::unique_ptr<QuestionBatch> QuestionQueue::try_pop() {
  std::unique_lock lock(mutex_);
  if (batches_.empty()) return nullptr;
  auto batch = std::move(batches_.front());
  batches_.pop_front();
  bool half_empty = batches_.size() <= batches_max / 2;
  lock.unlock();
  if (half_empty) not_full_.notify_one();
  return batch;
}

std::unique_ptr<QuestionBatch> QuestionQueue::fresh() {
  std::lock_guard lock(mutex_);
  if (spare_.empty()) return std::make_unique<QuestionBatch>();
  auto batch = std::move(spare_.back());
  spare_.pop_back();
  return batch;
}

void QuestionQueue::recycle(std::unique_ptr<QuestionBatch> batch) {
  batch->clear();
  std::lock_guard lock(mutex_);
  if (spare_.size() < batches_max) spare_.push_back(std::move(batch));
}

void QuestionQueue::finish() {
  std::lock_guard lock(mutex_);
  finished_ = true;
}

bool QuestionQueue::finished() const {
  std::lock_guard lock(mutex_);
  return finished_ && batches_.empty();
}

}  // namespace dnswarm
