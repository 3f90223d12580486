#include "engine/answer_chain.h"

#include <algorithm>
#include <utility>

namespace dnswarm {

void AnswerChain::keep(const Message& message, std::span<const Record> records) {
  auto copy = std::make_unique<uint8_t[]>(message.octets.size());
  std::copy(message.octets.begin(), message.octets.end(), copy.get());
  for (Record record : records) {
    record.message = copy.get();
    if (!messages_.empty()) record.owner_is_qname = false;  // it is a target
    answers_.push_back(record);
  }
  messages_.push_back(std::move(copy));
}

void AnswerChain::join(std::span<const Record> last, std::vector<Record>& out) const {
  out = answers_;
  for (Record record : last) {
    record.owner_is_qname = false;
    out.push_back(record);
  }
}

}  // namespace dnswarm
