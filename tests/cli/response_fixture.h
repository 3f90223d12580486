// A Response put together by hand, records in real wire format included.
#ifndef DNSWARM_TESTS_CLI_RESPONSE_FIXTURE_H_
#define DNSWARM_TESTS_CLI_RESPONSE_FIXTURE_H_

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "cli/row_format.h"
#include "dnswarm/response.h"

namespace dnswarm::cli {

// "www.example.com" in wire format; no escapes.
inline std::string wire(std::string_view name) {
  std::string result;
  while (!name.empty()) {
    const size_t dot = std::min(name.find('.'), name.size());
    result += static_cast<char>(dot);
    result += name.substr(0, dot);
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
  return result + '\0';
}

inline std::string u16(unsigned number) {
  return {static_cast<char>(number >> 8), static_cast<char>(number & 255)};
}

class ResponseFixture {
 public:
  ResponseFixture(std::string name, std::string qname, RRType type = RRType::A)
      : name_(std::move(name)), qname_(std::move(qname)), message_(12, '\0') {
    message_ += wire(qname_);
    r.type = type;
    r.rrclass = RRClass::IN;
    r.rcode = Rcode::NOERROR;
    r.header_flags = 0x8180;  // QR RD RA
    r.id = 4711;
    r.message_octets = 77;
    r.upstream = {"192.0.2.53:53"};
    r.rtt = std::chrono::microseconds(1234);
    r.attempts = 1;
    using namespace std::chrono;
    r.received_at = system_clock::time_point(seconds(1795305600) + microseconds(42));
  }

  // An owner of "@" is a compression pointer to the question.
  ResponseFixture& add(Section section, std::string_view owner, RRType type, uint32_t ttl,
                       const std::string& rdata, RRClass rrclass = RRClass::IN) {
    Record record;
    record.owner_offset = static_cast<uint16_t>(message_.size());
    message_ += owner == "@" ? std::string("\xC0\x0C") : wire(owner);
    record.owner_is_qname = owner == "@";
    record.rdata_offset = static_cast<uint16_t>(message_.size());
    message_ += rdata;
    record.rdata_octets = static_cast<uint16_t>(rdata.size());
    record.type = type;
    record.rrclass = rrclass;
    record.section = section;
    record.ttl = ttl;
    records_.push_back(record);
    return *this;
  }
  ResponseFixture& answer(std::string_view owner, RRType type, uint32_t ttl,
                          const std::string& rdata) {
    return add(Section::answer, owner, type, ttl, rdata);
  }

  ResponseFixture& fail(Failure failure, std::string_view code, std::string_view text) {
    r.failure = failure;
    r.error_code = code;
    r.error_text = text;
    r.rtt = {};
    return *this;
  }

  const Response& response() {
    r.name = name_;
    r.qname = qname_;
    for (Record& record : records_) {
      record.message = reinterpret_cast<const uint8_t*>(message_.data());
      record.message_octets = static_cast<uint16_t>(message_.size());
    }
    r.records = records_;
    return r;
  }

  Response r;

 private:
  std::string name_, qname_, message_;
  std::vector<Record> records_;
};

inline std::string row(RowFormat& format, ResponseFixture& fixture) {
  RowBuffer out;
  format.append(fixture.response(), out);
  return std::string(out.text());
}

inline std::string row(std::string_view format, ResponseFixture& fixture,
                       bool all_sections = false) {
  std::string error;
  auto style = row_style_from_text(format, &error);
  if (!style) return error;
  style->all_sections = all_sections;
  return row(*make_row_format(*style), fixture);
}

inline const std::string ipv4("\xC0\x00\x02\x01", 4);  // 192.0.2.1

}  // namespace dnswarm::cli

#endif  // DNSWARM_TESTS_CLI_RESPONSE_FIXTURE_H_
