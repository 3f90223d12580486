#include "resolver/cname_chain.h"

#include <array>

#include "resolver/lookup.h"

namespace dnswarm {

namespace {

using Wire = std::array<uint8_t, name_octets_max>;

bool owned_by(const Message& message, const Record& record, Octets name) {
  return names_equal_at(message.octets, record.owner_offset, name);
}

const Record* find_cname(const Message& message, Octets name) {
  for (size_t i = 0; i < message.answer_count; ++i) {
    const Record& record = message.records[i];
    if (record.type == RRType::CNAME && owned_by(message, record, name)) return &record;
  }
  return nullptr;
}

bool has_records(const Message& message, Octets name, RRType type) {
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

ChainEnd follow_cnames(const Message& message, Octets qname, RRType type, Name& target) {
  ChainEnd end;
  if (type == RRType::CNAME || type == RRType::ANY || no_cname(message)) return end;
  Wire wire;
  size_t after;
  Octets at = qname;
  while (!has_records(message, at, type)) {
    const Record* link = find_cname(message, at);
    if (link == nullptr) {
      if (end.links == 0) return end;
      end.kind = ChainEnd::Kind::open;
      target.assign_wire(at);
      return end;
    }
    if (++end.links > cname_links_max) {
      end.kind = ChainEnd::Kind::loop;
      return end;
    }
    size_t size = expand_name(message.octets, link->rdata_offset, wire, &after);
    target.assign_wire({wire.data(), size});
    at = target.wire();
  }
  return end;
}

}  // namespace dnswarm
