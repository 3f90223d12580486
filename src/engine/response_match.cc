#include "engine/response_match.h"

#include <algorithm>
#include <array>
#include <functional>

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

// The first labels of the name at `at` become those of `wanted`, as far as they are the `same` as those of
// `seen`, which is `wanted` in some case.
template <typename Same>
void respell(std::span<uint8_t> octets, size_t at, const uint8_t* seen, const uint8_t* wanted, Same same) {
  while (*seen != 0) {
    const size_t size = *seen + size_t{1};
    if (octets.size() - at < size || !std::equal(seen, seen + size, octets.data() + at, same)) return;
    std::copy_n(wanted, size, octets.data() + at);
    at += size, seen += size, wanted += size;
  }
}

// The labels that are the first ones of the QNAME as it was sent.
void restore_labels(std::span<uint8_t> octets, size_t at, const SentQuestion& sent) {
  if (octets[at] != sent.qname[0]) return;  // nearly all are other names, or begin with a pointer
  respell(octets, at, SentName(sent).octets().data(), sent.qname.data(), std::equal_to<>());
}

// The first labels of a CNAME that is made from a DNAME are its owner's (RFC 6672 section 3.1), but in the
// case of whatever question the upstream made it for first.
void take_owners_case(std::span<uint8_t> octets, const Record& cname) {
  std::array<uint8_t, name_octets_max> owner;
  size_t end = 0;
  if (expand_name(octets, cname.owner_offset, owner, &end) == 0) return;
  respell(octets, cname.rdata_offset, owner.data(), owner.data(),
          [](uint8_t a, uint8_t b) { return ascii_lower(a) == ascii_lower(b); });
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

bool read_question_of_response(std::span<uint8_t> octets, Message& message) {
  return parse_question(octets, message) == ParseError::none && message.qname_octets != 0 &&
         (message.header.flags & HeaderFlags::qr) != 0;
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
