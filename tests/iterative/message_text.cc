#include "tests/iterative/message_text.h"

#include <arpa/inet.h>

#include <array>
#include <optional>
#include <sstream>

#include "dns/response_builder.h"

namespace dnswarm::testing {
namespace {

using Rdata = std::vector<uint8_t>;

bool append_name(std::istringstream& words, Rdata& rdata) {
  std::string text;
  Name name;
  if (!(words >> text) || name.assign_text(text) != NameError::none) return false;
  rdata.insert(rdata.end(), name.wire().begin(), name.wire().end());
  return true;
}

bool append_number(std::istringstream& words, size_t octets, Rdata& rdata) {
  uint32_t number;
  if (!(words >> number)) return false;
  for (size_t i = octets; i-- > 0;) rdata.push_back(static_cast<uint8_t>(number >> 8 * i));
  return true;
}

bool append_address(std::istringstream& words, int family, Rdata& rdata) {
  std::string text;
  std::array<uint8_t, 16> octets;
  if (!(words >> text) || inet_pton(family, text.c_str(), octets.data()) != 1) return false;
  rdata.insert(rdata.end(), octets.begin(), octets.begin() + (family == AF_INET ? 4 : 16));
  return true;
}

bool append_hex_digits(std::istringstream& words, Rdata& rdata) {
  std::string hex;
  if (!(words >> hex) || hex.size() % 2 != 0 || hex.find_first_not_of("0123456789abcdefABCDEF") != hex.npos)
    return false;
  for (size_t i = 0; i < hex.size(); i += 2) {
    rdata.push_back(static_cast<uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  }
  return true;
}

bool append_hex(std::istringstream& words, Rdata& rdata) {
  std::string mark;
  return words >> mark && mark == "\\#" && append_hex_digits(words, rdata);
}

bool append_text(std::istringstream& words, Rdata& rdata) {
  std::string text;
  std::getline(words >> std::ws, text);
  if (text.size() < 2 || text.size() > 257 || text.front() != '"' || text.back() != '"') return false;
  rdata.push_back(static_cast<uint8_t>(text.size() - 2));
  rdata.insert(rdata.end(), text.begin() + 1, text.end() - 1);
  return true;
}

bool read_rdata(RRType type, std::istringstream& words, Rdata& rdata) {
  switch (type) {
    case RRType::A: return append_address(words, AF_INET, rdata);
    case RRType::AAAA: return append_address(words, AF_INET6, rdata);
    case RRType::NS:
    case RRType::CNAME:
    case RRType::DNAME:
    case RRType::PTR: return append_name(words, rdata);
    case RRType::MX: return append_number(words, 2, rdata) && append_name(words, rdata);
    case RRType::TXT: return append_text(words, rdata);
    case RRType::DS:
      return append_number(words, 2, rdata) && append_number(words, 1, rdata) &&
             append_number(words, 1, rdata) && append_hex_digits(words, rdata);
    case RRType::SOA: {
      bool ok = append_name(words, rdata) && append_name(words, rdata);
      for (int i = 0; i < 5; ++i) ok = ok && append_number(words, 4, rdata);
      return ok;
    }
    default: return append_hex(words, rdata);
  }
}

struct RecordText {
  Section section{};
  Name owner;
  uint32_t ttl = 0;
  RRType type{};
  Rdata rdata;
};

class Reader {
 public:
  // What is wrong with the line, or empty.
  std::string read_line(const std::string& line) {
    std::istringstream words(
        line.substr(0, line.find('#', line.find("\\#") == line.npos ? 0 : line.find("\\#") + 2)));
    std::string item;
    if (!(words >> item)) return {};
    if (item == "flags") return read_flags(words);
    if (item == "rcode") return read_rcode(words);
    if (item == "question") return read_question(words);
    if (item == "answer") return read_record(Section::answer, words);
    if (item == "authority") return read_record(Section::authority, words);
    if (item == "additional") return read_record(Section::additional, words);
    return "unknown item " + item;
  }

  void build(MessageText& out) const {
    std::array<uint8_t, 16'384> room;
    ResponseBuilder builder(room, 1, flags_, out.qname.wire(), out.qtype, RRClass::IN);
    for (const RecordText& record : records_) {
      builder.record(record.section, record.owner.wire(), record.type, record.ttl, record.rdata);
    }
    const Octets octets = builder.finish();
    out.octets.assign(octets.begin(), octets.end());
  }

  Name qname;
  RRType qtype{};

 private:
  std::string read_flags(std::istringstream& words) {
    for (std::string flag; words >> flag;) {
      if (flag == "aa")
        flags_ |= HeaderFlags::aa;
      else if (flag == "tc")
        flags_ |= HeaderFlags::tc;
      else if (flag == "ra")
        flags_ |= HeaderFlags::ra;
      else
        return "unknown flag " + flag;
    }
    return {};
  }
  std::string read_rcode(std::istringstream& words) {
    std::string text;
    words >> text;
    for (uint16_t rcode = 0; rcode < 16; ++rcode) {
      if (to_text(static_cast<Rcode>(rcode)) != text) continue;
      flags_ |= rcode;
      return {};
    }
    return "unknown RCODE " + text;
  }
  std::string read_question(std::istringstream& words) {
    std::string name, type;
    if (!(words >> name >> type) || qname.assign_text(name) != NameError::none) return "no question";
    const auto known = rrtype_from_text(type);
    if (!known) return "unknown type " + type;
    qtype = *known;
    return {};
  }
  std::string read_record(Section section, std::istringstream& words) {
    RecordText record{.section = section};
    std::string owner, type;
    if (!(words >> owner >> record.ttl >> type)) return "a record is: OWNER TTL TYPE DATA";
    if (record.owner.assign_text(owner) != NameError::none) return owner + " is no name";
    const auto known = rrtype_from_text(type);
    if (!known) return "unknown type " + type;
    record.type = *known;
    if (!read_rdata(record.type, words, record.rdata)) return "no data for " + type;
    records_.push_back(std::move(record));
    return {};
  }

  uint16_t flags_ = HeaderFlags::qr;
  std::vector<RecordText> records_;
};

}  // namespace

MessageText message_from_text(std::string_view text) {
  MessageText out;
  Reader reader;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::string error = reader.read_line(line);
    if (error.empty()) continue;
    out.error = "line " + std::to_string(number) + ": " + error;
    return out;
  }
  out.qname = reader.qname;
  out.qtype = reader.qtype;
  reader.build(out);
  return out;
}

}  // namespace dnswarm::testing
