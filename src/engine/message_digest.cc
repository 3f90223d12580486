#include "engine/message_digest.h"

#include <algorithm>
#include <string>

#include "base/hash.h"
#include "dns/name.h"

namespace dnswarm {

uint32_t digest_of(Rcode rcode, std::span<const Record> records) {
  uint64_t sum = static_cast<uint64_t>(rcode);
  std::string text;
  for (const Record& record : records) {
    text.clear();
    record.append_data_text(text);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return static_cast<char>(ascii_lower(static_cast<uint8_t>(c))); });
    sum += hash_octets({reinterpret_cast<const uint8_t*>(text.data()), text.size()},
                       static_cast<uint16_t>(record.type), 0);
  }
  return static_cast<uint32_t>(sum ^ sum >> 32);
}

}  // namespace dnswarm
