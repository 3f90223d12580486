#include "resolver/question_queue.h"

#include <cstring>

#include "base/check.h"

namespace dnswarm {

void QuestionBatch::append(const Question& question) {
  Head head{};
  head.tag = question.tag;
  head.hash = question.hash;
  head.error_code = question.error_code.data();
  head.error_text = question.error_text.data();
  head.error_code_octets = static_cast<uint16_t>(question.error_code.size());
  head.error_text_octets = static_cast<uint16_t>(question.error_text.size());
  head.token_octets = static_cast<uint16_t>(question.token.size());
  head.type = static_cast<uint16_t>(question.type);
  head.absolute = question.absolute;
  head.qname_octets = static_cast<uint8_t>(question.qname.size());
  size_t needed = sizeof head + question.qname.size() + question.token.size();
  CHECK(room_octets - size_ >= needed);
  uint8_t* out = octets_.get() + size_;
  size_ += needed;
  std::memcpy(out, &head, sizeof head);
  out += sizeof head;
  if (!question.qname.empty()) std::memcpy(out, question.qname.data(), question.qname.size());
  if (!question.token.empty()) {
    std::memcpy(out + question.qname.size(), question.token.data(), question.token.size());
  }
}

size_t QuestionBatch::next_hashes(std::span<uint64_t> hashes) const {
  size_t n = 0;
  for (size_t at = at_; at < size_ && n < hashes.size(); ++n) {
    Head head;
    std::memcpy(&head, octets_.get() + at, sizeof head);
    hashes[n] = head.hash;
    at += sizeof head + head.qname_octets + head.token_octets;
  }
  return n;
}

bool QuestionBatch::next(Question& question) {
  if (at_ == size_) return false;
  Head head;
  std::memcpy(&head, octets_.get() + at_, sizeof head);
  at_ += sizeof head;
  question.tag = head.tag;
  question.hash = head.hash;
  question.type = static_cast<RRType>(head.type);
  question.absolute = head.absolute;
  question.error_code = {head.error_code, head.error_code_octets};
  question.error_text = {head.error_text, head.error_text_octets};
  question.qname = {octets_.get() + at_, head.qname_octets};
  at_ += head.qname_octets;
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
  lock.unlock();
  not_full_.notify_one();
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
