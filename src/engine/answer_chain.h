// The answers of a CNAME chain that takes several responses: what each gave, kept until the end is found.
#ifndef DNSWARM_ENGINE_ANSWER_CHAIN_H_
#define DNSWARM_ENGINE_ANSWER_CHAIN_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dns/message_parser.h"

namespace dnswarm {

class AnswerChain {
 public:
  // Keeps these records of the message, in a copy of it: the received one is gone with the turn.
  void keep(const Message& message, std::span<const Record> records);
  // What was kept, then `last`, which are records of the chain's target. Views into both.
  void join(std::span<const Record> last, std::vector<Record>& out) const;

 private:
  std::vector<std::unique_ptr<uint8_t[]>> messages_;  // what answers_ points into
  std::vector<Record> answers_;
};

}  // namespace dnswarm

#endif  // DNSWARM_ENGINE_ANSWER_CHAIN_H_
