#include "engine/response_match.h"

#include <algorithm>
#include <array>

#include "dns/mixed_case.h"
#include "dns/name.h"

namespace dnswarm {

namespace {

bool is_failure_rcode(Rcode rcode) { return rcode != Rcode::NOERROR && rcode != Rcode::NXDOMAIN; }

// The QNAME as it was sent.
class SentName {
 public:
  explicit SentName(const SentQuestion& sent) : octets_(sent.qname) {
    if (sent.case_bits == 0) return;
    mix_case(sent.qname, sent.case_bits, room_.data());
    octets_ = {room_.data(), sent.qname.size()};
  }
  SentName(const SentName&) = delete;
  SentName& operator=(const SentName&) = delete;
  Octets octets() const { return octets_; }

 private:
  std::array<uint8_t, name_octets_max> room_;
  Octets octets_;
};

}  // namespace

Match match_response(std::span<uint8_t> octets, const SentQuestion& sent, Message& message,
                     MismatchStats& counters) {
  bool as_sent = parse_question_of(octets, SentName(sent).octets(), sent.qtype, sent.qclass, message);
  if (!as_sent && parse_question(octets, message) != ParseError::none) {
    ++counters.malformed;
    return Match::no;
  }
  if ((message.header.flags & (HeaderFlags::qr | HeaderFlags::opcode_mask)) != HeaderFlags::qr) {
    ++counters.not_a_response;
    return Match::no;
  }
  if (as_sent && sent.case_bits == 0) return Match::yes;
  if (message.qname_octets == 0) {
    // A bare header and nothing else: everything that follows would be unchecked.
    if (is_failure_rcode(message.rcode()) && octets.size() == header_octets) return Match::yes;
    ++counters.wrong_question;
    return Match::no;
  }
  if (!as_sent && (message.qtype != sent.qtype || message.qclass != sent.qclass ||
                   !names_equal(message.qname(), sent.qname))) {
    ++counters.wrong_question;
    return Match::no;
  }
  std::copy(sent.qname.begin(), sent.qname.end(), octets.begin() + header_octets);
  return as_sent || sent.case_bits == 0 ? Match::yes : Match::other_case;
}

void restore_owners(std::span<uint8_t> octets, const SentQuestion& sent, const Message& message) {
  if (sent.case_bits == 0) return;
  for (const Record& record : std::span(message.records).first(message.answer_count)) {
    // Nearly all point to the QNAME, or are other names.
    if (record.owner_is_qname || octets[record.owner_offset] != sent.qname[0]) continue;
    if (octets.size() - record.owner_offset < sent.qname.size()) continue;
    const SentName name(sent);
    const auto owner = octets.subspan(record.owner_offset, sent.qname.size());
    if (!std::equal(owner.begin(), owner.end(), name.octets().begin())) continue;
    std::copy(sent.qname.begin(), sent.qname.end(), owner.begin());
  }
}

}  // namespace dnswarm
