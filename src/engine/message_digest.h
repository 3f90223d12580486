// A number for what a message says, to see whether two of them say the same.
#ifndef DNSWARM_ENGINE_MESSAGE_DIGEST_H_
#define DNSWARM_ENGINE_MESSAGE_DIGEST_H_

#include <cstdint>
#include <span>

#include "dns/message_parser.h"

namespace dnswarm {

// Of an RCODE and records: their types and data, in whatever order and case. TTLs run, so they are not in it;
// nor are owners, which are the question's or follow from the data.
uint32_t digest_of(Rcode rcode, std::span<const Record> records);

}  // namespace dnswarm

#endif  // DNSWARM_ENGINE_MESSAGE_DIGEST_H_
