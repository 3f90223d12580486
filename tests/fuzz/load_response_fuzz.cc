// Any octets -> what the load source makes of a response. The resolver's parser, which is written for another
// purpose, must see the same question in it.
#include <algorithm>

#include "base/check.h"
#include "dns/message_parser.h"
#include "load/load_response.h"

namespace dnswarm {
namespace {

void check(Octets octets) {
  const LoadResponse response = read_load_response(octets);
  Message message;
  const ParseError error = parse_question(octets, message);
  const bool has_question = error == ParseError::none && message.qname_octets != 0;
  constexpr uint16_t kind_bits = HeaderFlags::qr | HeaderFlags::opcode_mask;
  const bool is_response =
      octets.size() >= header_octets && (message.header.flags & kind_bits) == HeaderFlags::qr;
  CHECK((response.kind == LoadResponse::Kind::question) == (has_question && is_response));
  if (!is_response) CHECK(response.kind == LoadResponse::Kind::malformed);
  if (octets.size() >= header_octets) {
    CHECK(response.id == message.header.id && response.flags == message.header.flags);
  }
  if (response.kind != LoadResponse::Kind::question) {
    CHECK(response.question.empty());
    return;
  }
  CHECK(response.question.data() == octets.data() + header_octets);
  CHECK(response.question.size() == message.qname_octets + size_t{4});
  QuestionRoom room;
  const Octets lower = lower_question(response.question, room);
  CHECK(lower.size() == response.question.size());
  const size_t name = message.qname_octets;
  CHECK(names_equal(lower.first(name), response.question.first(name)));
  CHECK(std::none_of(lower.begin(), lower.begin() + static_cast<std::ptrdiff_t>(name),
                     [](uint8_t octet) { return octet >= 'A' && octet <= 'Z'; }));
  CHECK(std::equal(lower.end() - 4, lower.end(), response.question.end() - 4));
}

}  // namespace
}  // namespace dnswarm

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size <= 65535) dnswarm::check({data, size});
  return 0;
}
