#include "resolver/question_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>

#include "dns/name.h"

namespace dnswarm {
namespace {

Question question_of(const Name& name, uint64_t tag) {
  Question question;
  question.tag = tag;
  question.hash = tag * 31;
  question.type = RRType::AAAA;
  question.qname = name.wire();
  return question;
}

TEST(QuestionBatch, gives_back_what_was_put_in) {
  Name name;
  ASSERT_EQ(name.assign_text("www.example.com"), NameError::none);
  QuestionBatch batch;
  Question plain = question_of(name, 1);
  Question spelled = question_of(name, 2);
  spelled.token = "WWW.Example.com";
  Question invalid;
  invalid.tag = 3;
  invalid.token = "bad..name";
  invalid.error_code = "empty_label";
  invalid.error_text = "two dots in a row";
  for (const Question& q : {plain, spelled, invalid}) batch.append(q);
  Question out;
  ASSERT_TRUE(batch.next(out));
  EXPECT_EQ(out.tag, 1u);
  EXPECT_EQ(out.hash, 31u);
  EXPECT_EQ(out.type, RRType::AAAA);
  EXPECT_TRUE(std::equal(out.qname.begin(), out.qname.end(), name.wire().begin(), name.wire().end()));
  EXPECT_TRUE(out.token.empty());
  EXPECT_TRUE(out.valid());
  ASSERT_TRUE(batch.next(out));
  EXPECT_EQ(out.token, "WWW.Example.com");
  ASSERT_TRUE(batch.next(out));
  EXPECT_FALSE(out.valid());
  EXPECT_EQ(out.error_code, "empty_label");
  EXPECT_TRUE(out.qname.empty());
  EXPECT_EQ(out.error_text, "two dots in a row");
  EXPECT_EQ(out.token, "bad..name");
  EXPECT_FALSE(batch.next(out));
}

TEST(QuestionQueue, a_full_queue_blocks_the_submitter_until_there_is_room) {
  QuestionQueue queue;
  for (size_t i = 0; i < QuestionQueue::batches_max; ++i) queue.push(queue.fresh());
  std::atomic<bool> pushed{false};
  std::thread submitter([&] {
    queue.push(std::make_unique<QuestionBatch>());
    pushed = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(pushed);
  // One place is not enough: it goes on when half of them are free.
  queue.recycle(queue.try_pop());
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(pushed);
  for (size_t i = 1; i < QuestionQueue::batches_max / 2; ++i) queue.recycle(queue.try_pop());
  submitter.join();
  EXPECT_TRUE(pushed);
}

TEST(QuestionQueue, is_finished_only_when_it_is_empty_too) {
  QuestionQueue queue;
  queue.push(queue.fresh());
  queue.finish();
  EXPECT_FALSE(queue.finished());
  EXPECT_NE(queue.try_pop(), nullptr);
  EXPECT_TRUE(queue.finished());
  EXPECT_EQ(queue.try_pop(), nullptr);
}

TEST(QuestionQueue, nothing_gets_lost_between_threads) {
  Name name;
  ASSERT_EQ(name.assign_text("www.example.com"), NameError::none);
  QuestionQueue queue;
  constexpr uint64_t questions = 100'000;
  std::thread submitter([&] {
    auto batch = queue.fresh();
    for (uint64_t i = 0; i < questions; ++i) {
      batch->append(question_of(name, i));
      if (batch->full()) {
        queue.push(std::move(batch));
        batch = queue.fresh();
      }
    }
    queue.push(std::move(batch));
    queue.finish();
  });
  uint64_t expected = 0;
  while (!queue.finished()) {
    auto batch = queue.try_pop();
    if (!batch) continue;
    Question question;
    while (batch->next(question)) ASSERT_EQ(question.tag, expected++);
    queue.recycle(std::move(batch));
  }
  submitter.join();
  EXPECT_EQ(expected, questions);
}

}  // namespace
}  // namespace dnswarm
