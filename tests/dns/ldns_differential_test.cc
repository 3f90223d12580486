// ldns as oracle: whole messages in wire format, both libraries' text of every record.
#include <gtest/gtest.h>
#include <ldns/ldns.h>

#include <random>

#include "dns/message_parser.h"
#include "dns/response_builder.h"
#include "rdata_samples.h"
#include "wire_text.h"

namespace dnswarm {
namespace {

// The RDATA texts of all records of the answer section; nothing where ldns refuses the message.
std::optional<std::vector<std::string>> ldns_texts(Octets octets) {
  ldns_pkt* packet = nullptr;
  if (ldns_wire2pkt(&packet, octets.data(), octets.size()) != LDNS_STATUS_OK) return std::nullopt;
  std::vector<std::string> texts;
  const ldns_rr_list* const records = ldns_pkt_answer(packet);
  for (size_t i = 0; i < ldns_rr_list_rr_count(records); ++i) {
    char* const line = ldns_rr2str(ldns_rr_list_rr(records, i));
    if (line == nullptr) {
      texts.emplace_back("(no text)");
      continue;
    }
    std::string text(line);
    free(line);
    // Owner, TTL, class, type, each behind a tab; the data; a newline, perhaps a comment.
    size_t at = 0;
    for (int field = 0; field < 4 && at != text.npos; ++field) at = text.find('\t', at) + 1;
    text = text.substr(at, text.find('\n') - at);
    texts.push_back(text);
  }
  ldns_pkt_free(packet);
  return texts;
}

std::optional<std::vector<std::string>> our_texts(Octets octets) {
  Message message;
  if (parse_question(octets, message) != ParseError::none) return std::nullopt;
  if (parse_records(message) != ParseError::none) return std::nullopt;
  std::vector<std::string> texts;
  for (const Record& record : message.records) {
    if (record.section != Section::answer) continue;
    std::string& text = texts.emplace_back();
    append_rdata_text(record.type, record.rrclass, octets, record.rdata_offset, record.rdata_octets,
                      text, true);
  }
  return texts;
}

Bytes response_with(RRType type, const Bytes& rdata) {
  Bytes room(rdata.size() + 64);
  const Bytes qname = name_bytes("a.example");
  ResponseBuilder builder(room, 1, 0x8180, qname, type, RRClass::IN);
  builder.record(Section::answer, qname, type, 300, rdata);
  CHECK(builder.ok());
  const Octets octets = builder.finish();
  return {octets.begin(), octets.end()};
}

TEST(LdnsDifferential, samples_read_alike) {
  for (const RdataSample& sample : rdata_samples) {
    const Bytes response = response_with(sample.type, bytes_of_hex(sample.hex));
    const auto ours = our_texts(response);
    const auto theirs = ldns_texts(response);
    ASSERT_TRUE(ours.has_value()) << sample.text;
    if (!theirs) { printf("REFUSED %s %s\n", to_text(sample.type).c_str(), sample.text); continue; }
    if ((*ours)[0] != (*theirs)[0]) printf("%s\n   %s\n   %s\n", to_text(sample.type).c_str(), (*ours)[0].c_str(), (*theirs)[0].c_str());
  }
}

}  // namespace
}  // namespace dnswarm
