// A question as 64 bits, so that nothing else of a query must be kept until its response comes. Keyed
// by a random number for each run: no peer can make up a question that is taken for another.
#ifndef DNSWARM_LOAD_QUESTION_HASH_H_
#define DNSWARM_LOAD_QUESTION_HASH_H_

#include <cstdint>
#include <cstring>

#include "base/octets.h"

namespace dnswarm {

class QuestionHash {
 public:
  explicit QuestionHash(uint64_t key) : key_(key) {}

  // Of QNAME, QTYPE and QCLASS as they stand in a message, which has at least 8 octets less than
  // a header and a question: `question` may be of any size from 5 on.
  uint64_t operator()(Octets question) const {
    uint64_t state = key_ ^ question.size();
    size_t at = 0;
    for (; at + 8 <= question.size(); at += 8) state = mix(state ^ load(question.data() + at, 8));
    if (at < question.size()) state = mix(state ^ load(question.data() + at, question.size() - at));
    return mix(state ^ key_);
  }

 private:
  static uint64_t load(const uint8_t* from, size_t octets) {
    uint64_t word = 0;
    std::memcpy(&word, from, octets);
    return word;
  }
  // The 128-bit product's halves, folded; the constant is 2^64 over the golden ratio, odd. The upper
  // bits come back in, or a zero would stay one.
  static uint64_t mix(uint64_t word) {
    const unsigned __int128 product = static_cast<unsigned __int128>(word ^ 0xbf58476d1ce4e5b9u) *
                                      0x9e3779b97f4a7c15u;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }

  uint64_t key_;
};

}  // namespace dnswarm

#endif  // DNSWARM_LOAD_QUESTION_HASH_H_
