// Any octets -> parser. What it accepts must keep its promises: names expand, texts are printable,
// views lie inside the message, and the message built anew from the records reads the same.
#include <cstdlib>

#include "base/check.h"
#include "dns/message_parser.h"
#include "dns/name.h"
#include "dns/rdata_text.h"
#include "dns/response_builder.h"

namespace dnswarm {
namespace {

void check_printable(const std::string& text) {
  for (char c : text) CHECK(c >= 32 && c <= 126);
}

std::string rdata_text(const Record& record, Octets octets) {
  std::string text;
  append_rdata_text(record.type, record.rrclass, octets, record.rdata_offset, record.rdata_octets,
                    text);
  return text;
}

void check_inside(Octets whole, const void* part, size_t size) {
  if (size == 0) return;
  const auto* begin = static_cast<const uint8_t*>(part);
  CHECK(begin >= whole.data() && begin + size <= whole.data() + whole.size());
}

void check_record(const Record& record, Octets octets) {
  CHECK(record.message == octets.data() && record.message_octets == octets.size());
  CHECK(record.type != RRType::OPT);
  CHECK(size_t{record.rdata_offset} + record.rdata_octets <= octets.size());
  std::array<uint8_t, name_octets_max> wire;
  size_t end = 0;
  const size_t size = expand_name(octets, record.owner_offset, wire, &end);
  CHECK(size >= 1 && wire[size - 1] == 0);
  CHECK(skip_name(octets, record.owner_offset) == end);
  CHECK(end + 10 == record.rdata_offset);
  CHECK(rdata_is_valid(record.type, record.rrclass, octets, record.rdata_offset,
                       record.rdata_octets));
  std::string owner;
  append_name_text({wire.data(), size}, owner);
  check_printable(owner);
  Name expected, read;
  expected.assign_wire({wire.data(), size});
  CHECK(read.assign_text(owner) == NameError::none);
  CHECK(names_equal(read.wire(), expected.wire()));
  check_printable(rdata_text(record, octets));
}

// Whether there is no compression pointer in it: behind octets that are no name none leads anywhere.
bool stands_alone(const Record& record) {
  const Octets rdata = record.rdata();
  std::vector<uint8_t> moved(rdata.size(), 0xff);
  moved.insert(moved.end(), rdata.begin(), rdata.end());
  return rdata_is_valid(record.type, record.rrclass, rdata, 0, rdata.size()) &&
         rdata_is_valid(record.type, record.rrclass, moved, rdata.size(), rdata.size());
}

// Records whose RDATA stands alone survive being written and read again.
void check_rebuilt(const Message& message) {
  static std::array<uint8_t, 65535> room;
  ResponseBuilder builder(room, message.header.id, HeaderFlags::qr, message.qname(), message.qtype,
                          message.qclass);
  std::vector<const Record*> kept;
  for (const Record& record : message.records) {
    const Octets rdata = record.rdata();
    if (!stands_alone(record)) continue;
    std::array<uint8_t, name_octets_max> owner;
    size_t end = 0;
    const size_t size = expand_name(message.octets, record.owner_offset, owner, &end);
    builder.record(record.section, {owner.data(), size}, record.type, record.ttl, rdata,
                   record.rrclass);
    if (!builder.ok()) return;
    kept.push_back(&record);
  }
  Message again;
  CHECK(parse_question(builder.finish(), again) == ParseError::none);
  CHECK(parse_records(again) == ParseError::none);
  CHECK(names_equal(again.qname(), message.qname()));
  CHECK(again.records.size() == kept.size());
  for (size_t i = 0; i < kept.size(); ++i) {
    const Record& a = *kept[i];
    const Record& b = again.records[i];
    CHECK(a.type == b.type && a.rrclass == b.rrclass && a.ttl == b.ttl && a.section == b.section);
    const Octets rdata = a.rdata();
    std::string expected;
    append_rdata_text(a.type, a.rrclass, rdata, 0, rdata.size(), expected);
    CHECK(rdata_text(b, again.octets) == expected);
  }
}

// Once accepted, octets are read without the checks to the same records.
void check_read_again(const Message& message) {
  static Message again;
  CHECK(parse_question(message.octets, again) == ParseError::none);
  CHECK(parse_checked_records(again) == ParseError::none);
  CHECK(again.records.size() == message.records.size() && again.answer_count == message.answer_count);
  CHECK(again.edns.present == message.edns.present && again.rcode() == message.rcode());
  for (size_t i = 0; i < message.records.size(); ++i) {
    const Record& a = message.records[i];
    const Record& b = again.records[i];
    CHECK(a.owner_offset == b.owner_offset && a.rdata_offset == b.rdata_offset);
    CHECK(a.rdata_octets == b.rdata_octets && a.type == b.type && a.section == b.section && a.ttl == b.ttl);
  }
}

void check_message(const Message& message) {
  size_t answers = 0;
  Section last = Section::answer;
  for (const Record& record : message.records) {
    check_record(record, message.octets);
    CHECK(record.section >= last);
    last = record.section;
    answers += record.section == Section::answer;
  }
  CHECK(answers == message.answer_count);
  check_inside(message.octets, message.edns.nsid.data(), message.edns.nsid.size());
  for (const ExtendedError& error : message.extended_errors) {
    check_inside(message.octets, error.extra_text.data(), error.extra_text.size());
  }
  check_rebuilt(message);
  if (!message.truncated()) check_read_again(message);  // what breaks off is never kept
}

}  // namespace
}  // namespace dnswarm

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace dnswarm;
  if (size > 65535) return 0;
  // A copy of exactly this size, so that the sanitizer sees a read past the end.
  const std::vector<uint8_t> octets(data, data + size);
  static Message message;  // reused, as the worker does
  if (parse_question(octets, message) != ParseError::none) return 0;
  if (message.qname_octets != 0) {
    std::string text;
    append_name_text(message.qname(), text);
    check_printable(text);
    CHECK(skip_name(octets, header_octets) == header_octets + message.qname_octets);
    // The quick way says the same.
    Message quick;
    CHECK(parse_question_of(octets, message.qname(), message.qtype, message.qclass, quick));
    CHECK(quick.qname_octets == message.qname_octets && quick.header.flags == message.header.flags);
  }
  if (parse_records(message) == ParseError::none) check_message(message);
  return 0;
}
