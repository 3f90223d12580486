#include "load/question_hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace dnswarm {
namespace {

Octets octets(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

TEST(QuestionHash, each_octet_counts) {
  const QuestionHash hash(42);
  for (size_t size = 5; size < 40; ++size) {
    const std::string question(size, 'q');
    const uint64_t expected = hash(octets(question));
    EXPECT_EQ(hash(octets(std::string(question))), expected);
    for (size_t i = 0; i < size; ++i) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string other = question;
        other[i] = static_cast<char>(other[i] ^ (1 << bit));
        EXPECT_NE(hash(octets(other)), expected) << size << " " << i;
      }
    }
  }
}

TEST(QuestionHash, so_does_the_size) {
  const QuestionHash hash(0);
  std::set<uint64_t> seen;
  for (size_t size = 5; size < 260; ++size) seen.insert(hash(octets(std::string(size, '\0'))));
  EXPECT_EQ(seen.size(), 255u);
}

TEST(QuestionHash, similar_names_do_not_meet) {
  const QuestionHash hash(7);
  std::set<uint64_t> seen;
  for (int i = 0; i < 200'000; ++i) seen.insert(hash(octets("host-" + std::to_string(i) + ".example.com")));
  EXPECT_EQ(seen.size(), 200'000u);
}

TEST(QuestionHash, another_key_gives_other_values) {
  const std::string question = "example";
  EXPECT_NE(QuestionHash(1)(octets(question)), QuestionHash(2)(octets(question)));
}

}  // namespace
}  // namespace dnswarm
