#include "resolver/question_queue.h"

#include <cstring>

#include "base/check.h"

namespace dnswarm {

void QuestionBatch::append(const Question& question) {
  const bool valid = question.valid();
  const Head head{question.tag,
                  static_cast<uint16_t>(question.token.size()),
                  static_cast<uint16_t>(question.type),
                  static_cast<uint8_t>(question.qname.size()),
                  question.absolute,
                  valid};
  CHECK(count_ < questions_max && room_octets - size_ >= name_octets(head) + head.token_octets);
  room_->hashes[count_] = question.hash;
  room_->heads[count_++] = head;
  const auto put = [this](const void* from, size_t octets) {
    if (octets > 0) std::memcpy(room_->octets.data() + size_, from, octets);
    size_ += octets;
  };
  const Reason reason{question.error_code, question.error_text};
  put(valid ? static_cast<const void*>(question.qname.data()) : &reason, name_octets(head));
  put(question.token.data(), head.token_octets);
}

bool QuestionBatch::next(Question& question) {
  if (next_ == count_) return false;
  const Head& head = room_->heads[next_];
  const uint8_t* const octets = room_->octets.data();
  Reason reason;
  if (!head.valid) std::memcpy(&reason, octets + at_, sizeof reason);
  question.tag = head.tag;
  question.hash = room_->hashes[next_++];
  question.type = static_cast<RRType>(head.type);
  question.absolute = head.absolute;
  question.error_code = reason.code;
  question.error_text = reason.text;
  question.qname = {octets + at_, head.qname_octets};
  at_ += name_octets(head);
  question.token = {reinterpret_cast<const char*>(octets) + at_, head.token_octets};
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
