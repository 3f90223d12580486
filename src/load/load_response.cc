#include "load/load_response.h"

#include <cstring>

#include "dns/header.h"

namespace dnswarm {
namespace {

constexpr size_t question_octets_min = 5;  // the root, QTYPE and QCLASS

// Octets of the first question, which starts behind the header; 0 where it is cut off or compressed.
size_t question_octets(Octets message) {
  size_t at = header_octets;
  while (at < message.size() && message[at] != 0) {
    if (message[at] > label_octets_max) return 0;
    at += message[at] + size_t{1};
  }
  at += question_octets_min;
  return at <= message.size() && at - header_octets <= name_octets_max + 4 ? at - header_octets : 0;
}

}  // namespace

LoadResponse read_load_response(Octets message) {
  LoadResponse response;
  if (message.size() < header_octets) return response;
  const Header header = load_header(message.data());
  response.id = header.id;
  response.flags = header.flags;
  if ((header.flags & (HeaderFlags::qr | HeaderFlags::opcode_mask)) != HeaderFlags::qr) return response;
  if (header.qdcount == 1) {
    const size_t octets = question_octets(message);
    if (octets == 0) return response;
    response.kind = LoadResponse::Kind::question;
    response.question = message.subspan(header_octets, octets);
    return response;
  }
  const bool refuses = (header.flags & HeaderFlags::rcode_mask) != 0;
  const bool is_bare = header.qdcount == 0 && message.size() == header_octets;
  response.kind = is_bare && refuses ? LoadResponse::Kind::bare_header : LoadResponse::Kind::other;
  return response;
}

Octets lower_question(Octets question, QuestionRoom& out) {
  const size_t name = question.size() - 4;
  for (size_t i = 0; i < name; ++i) out[i] = ascii_lower(question[i]);  // lengths are below 'A'
  std::memcpy(out.data() + name, question.data() + name, 4);
  return {out.data(), question.size()};
}

}  // namespace dnswarm
