#include "engine/response_match.h"

#include <algorithm>
#include <array>
#include <cstring>

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

// Of the name at `at`: the labels that are the first ones of the QNAME as it was sent.
void restore_labels(std::span<uint8_t> octets, size_t at, const SentQuestion& sent) {
  // Nearly all are other names, or begin with a pointer.
  if (octets[at] != sent.qname[0] || sent.qname[0] == 0) return;
  const SentName name(sent);
  for (size_t label = 0; sent.qname[label] != 0;) {
    const size_t size = sent.qname[label] + size_t{1};
    if (octets.size() - at < size) return;
    if (std::memcmp(octets.data() + at, name.octets().data() + label, size) != 0) return;
    std::copy_n(sent.qname.data() + label, size, octets.data() + at);
    at += size;
    label += size;
  }
}

// The first labels of a CNAME that is made from a DNAME are its owner's (RFC 6672 section 3.1), but in the
// case of whatever question the upstream made it for first.
void take_owners_case(std::span<uint8_t> octets, const Record& cname) {
  std::array<uint8_t, name_octets_max> owner;
  size_t end = 0;
  if (expand_name(octets, cname.owner_offset, owner, &end) == 0) return;
  size_t at = cname.rdata_offset;
  for (size_t label = 0; owner[label] != 0;) {
    const size_t size = owner[label] + size_t{1};
    if (octets.size() - at < size) return;
    const auto same = [](uint8_t a, uint8_t b) { return ascii_lower(a) == ascii_lower(b); };
    if (!std::equal(owner.data() + label, owner.data() + label + size, octets.data() + at, same)) return;
    std::copy_n(owner.data() + label, size, octets.data() + at);
    at += size;
    label += size;
  }
}

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

void restore_spelling(std::span<uint8_t> octets, const SentQuestion& sent, const Message& message) {
  const auto answers = std::span(message.records).first(message.answer_count);
  bool has_dname = false;
  for (const Record& record : answers) {
    if (sent.case_bits != 0 && !record.owner_is_qname) restore_labels(octets, record.owner_offset, sent);
    has_dname |= record.type == RRType::DNAME;
  }
  if (!has_dname) return;
  for (const Record& record : answers) {
    if (record.type == RRType::CNAME) take_owners_case(octets, record);
  }
}

}  // namespace dnswarm
