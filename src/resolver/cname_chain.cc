#include "resolver/cname_chain.h"

#include "base/check.h"
#include "dns/header.h"
#include "resolver/lookup.h"

namespace dnswarm {

namespace {

// Names are known by their offset into the message.
bool owned_by(const Message& message, const Record& record, size_t name) {
  return names_equal_at(message.octets, record.owner_offset, name);
}

const Record* find_cname(const Message& message, size_t name) {
  for (size_t i = 0; i < message.answer_count; ++i) {
    const Record& record = message.records[i];
    if (record.type == RRType::CNAME && owned_by(message, record, name)) return &record;
  }
  return nullptr;
}

bool has_records(const Message& message, size_t name, RRType type) {
  for (size_t i = 0; i < message.answer_count; ++i) {
    const Record& record = message.records[i];
    if (record.type == type && owned_by(message, record, name)) return true;
  }
  return false;
}

bool no_cname(const Message& message) {
  for (size_t i = 0; i < message.answer_count; ++i) {
    if (message.records[i].type == RRType::CNAME) return false;
  }
  return true;
}

}  // namespace

ChainEnd follow_cnames(const Message& message, RRType type, Name& target) {
  ChainEnd end;
  if (type == RRType::CNAME || type == RRType::ANY || no_cname(message)) return end;
  CHECK(message.qname_octets != 0);
  size_t name = header_octets;  // the QNAME
  while (!has_records(message, name, type)) {
    const Record* link = find_cname(message, name);
    if (link == nullptr) {
      if (end.links == 0) return end;
      end.kind = ChainEnd::Kind::open;
      target = name_at(message.octets, name);
      return end;
    }
    if (++end.links > cname_links_max) {
      end.kind = ChainEnd::Kind::loop;
      return end;
    }
    name = link->rdata_offset;
  }
  return end;
}

}  // namespace dnswarm
