// ldns as oracle: whole messages in wire format, both libraries' text of every record.
#include <gtest/gtest.h>
#include <ldns/ldns.h>

#include <algorithm>
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

// --- known differences of ldns 1.8 -----------------------------------------------------------------

// Types ldns writes generically, as service names, or in a form that predates their RFC; SvcParams,
// which it quotes only where it must.
bool ldns_writes_otherwise(RRType type) {
  switch (type) {
    case RRType::AVC:
    case RRType::NINFO:
    case RRType::AMTRELAY:
    case RRType::NSAP_PTR:
    case RRType::RKEY:
    case RRType::TA:
    case RRType::RESINFO:
    case RRType::WALLET:
    case RRType::EID:
    case RRType::WKS:
    case RRType::SVCB:
    case RRType::HTTPS: return true;
    default: return false;
  }
}

// What the RDATA alone makes different.
bool ldns_writes_otherwise(RRType type, const std::string& our_text, const std::string& ldns_text) {
  if (our_text.find("WALLET") != our_text.npos) return true;  // type 262 reads as TXT in ldns 1.8.4
  switch (type) {
    case RRType::IPSECKEY:  // none without a key, nor of unknown gateways
      return ldns_text == "(no text)" || our_text.starts_with("\\#");
    case RRType::CAA: return our_text.ends_with(" \"\"");  // an empty value becomes nothing
    case RRType::APL:  // IPv6 is not shortened, unknown families become words
      return our_text.find("2:") != our_text.npos || our_text.starts_with("\\#");
    case RRType::LOC:  // the equator is in the south; other versions are bare hex
      return our_text.find("0 0 0.000 ") != our_text.npos || our_text.starts_with("\\#");
    case RRType::SIG:
    case RRType::RRSIG:  // seconds are relative to today's date there, the range ends in 68 years
      return our_text.find(" 209") != our_text.npos || our_text.find(" 210") != our_text.npos;
    default: return false;
  }
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words(1);
  for (char c : text) {
    if (c != ' ') {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

void drop_leading_zeros(std::string& word, char separator) {
  for (size_t at = 0; at < word.size();) {
    while (at + 1 < word.size() && word[at] == '0' && word[at + 1] != separator &&
           word[at + 1] != '.') {
      word.erase(at, 1);
    }
    at = std::min(word.find(separator, at), word.size() - 1) + 1;
  }
}

bool has_type_mnemonics(RRType type) {
  return type == RRType::NSEC || type == RRType::NSEC3 || type == RRType::CSYNC ||
         type == RRType::SIG || type == RRType::RRSIG;
}

// Text with the differences of style gone, applied to both sides.
std::string normalized(RRType type, std::string text) {
  // ldns appends a comment to keys, escapes fewer characters and no tab, writes digests and generic
  // RDATA in lower case, and does not know the mnemonics of all types.
  if (const size_t comment = text.find(" ;{"); comment != text.npos) text.resize(comment);
  for (size_t at = 0; at + 1 < text.size(); ++at) {
    if (text[at] != '\\') continue;
    if (text.compare(at, 4, "\\009") == 0) {
      text.replace(at, 4, "\t");
    } else if (std::string_view("\"@$").find(text[at + 1]) != std::string_view::npos) {
      text.erase(at, 1);
    } else {
      ++at;
    }
  }
  std::string line;
  size_t words = 0;
  for (std::string& word : words_of(text)) {
    const bool is_hex = word.find_first_not_of("0123456789abcdefABCDEF") == word.npos;
    if (is_hex || type == RRType::NSEC3) {
      for (char& c : word) c = static_cast<char>(ascii_lower(static_cast<uint8_t>(c)));
    }
    if (const auto named = rrtype_from_text(word); named && has_type_mnemonics(type)) {
      word = "TYPE" + std::to_string(static_cast<unsigned>(*named));
    }
    if (type == RRType::LOC) {
      if (word.ends_with(".00m")) word.replace(word.size() - 4, 4, "m");
      drop_leading_zeros(word, ' ');
    }
    if (type == RRType::NID || type == RRType::L64) drop_leading_zeros(word, ':');
    // The algorithm of a certificate is a number there: leave the third word out.
    if (type == RRType::CERT && ++words == 3) continue;
    line += word + ' ';
  }
  return line;
}

// --- the comparison --------------------------------------------------------------------------------

TEST(LdnsDifferential, samples_read_alike) {
  size_t compared = 0;
  for (const RdataSample& sample : rdata_samples) {
    const Bytes response = response_with(sample.type, bytes_of_hex(sample.hex));
    const auto ours = our_texts(response);
    const auto theirs = ldns_texts(response);
    ASSERT_TRUE(ours.has_value() && ours->size() == 1) << sample.text;
    ASSERT_TRUE(theirs.has_value() && theirs->size() == 1) << sample.text;
    if (ldns_writes_otherwise(sample.type)) continue;
    if (ldns_writes_otherwise(sample.type, ours->front(), theirs->front())) continue;
    EXPECT_EQ(normalized(sample.type, ours->front()), normalized(sample.type, theirs->front()))
        << to_text(sample.type);
    ++compared;
  }
  EXPECT_GT(compared, 60u);
}

// Samples with a few octets changed: where both libraries take the message, both read the same.
TEST(LdnsDifferential, mutated_samples_read_alike) {
  std::mt19937 random(3);
  const auto below = [&random](size_t bound) { return static_cast<size_t>(random()) % bound; };
  size_t compared = 0;
  for (int round = 0; round < 60000; ++round) {
    const RdataSample& sample = rdata_samples[below(std::size(rdata_samples))];
    if (ldns_writes_otherwise(sample.type)) continue;
    Bytes rdata = bytes_of_hex(sample.hex);
    for (size_t changes = 1 + below(3); changes > 0; --changes) {
      rdata[below(rdata.size())] = static_cast<uint8_t>(random());
    }
    const Bytes response = response_with(sample.type, rdata);
    const auto ours = our_texts(response);
    const auto theirs = ldns_texts(response);
    // We are the stricter side: what we take, ldns takes.
    EXPECT_TRUE(theirs || !ours) << to_text(sample.type) << ' ' << hex_of(rdata);
    if (!ours || !theirs) continue;
    ASSERT_EQ(ours->size(), theirs->size());
    if (ldns_writes_otherwise(sample.type, ours->front(), theirs->front())) continue;
    EXPECT_EQ(normalized(sample.type, ours->front()), normalized(sample.type, theirs->front()))
        << to_text(sample.type) << ' ' << hex_of(rdata);
    ++compared;
  }
  EXPECT_GT(compared, 10000u);
}

}  // namespace
}  // namespace dnswarm
