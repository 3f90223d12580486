#include "dnswarm/response.h"

#include "dns/name.h"
#include "dns/rdata_text.h"
#include "dns/text_encoding.h"

namespace dnswarm {

uint16_t Record::name_place(uint16_t offset) const {
  const uint8_t* at = message + offset;
  return static_cast<uint16_t>(*at > label_octets_max ? pointer_target(at) : offset);
}

void Record::append_owner_text(std::string& out) const {
  append_name_text_at({message, message_octets}, owner_offset, out);
}

void Record::append_data_text(std::string& out) const {
  if (rrclass == RRClass::IN && type == RRType::A && rdata_octets == 4) [[likely]] {
    return append_ipv4(message + rdata_offset, out);
  }
  if (type == RRType::CNAME) return append_name_text_at({message, message_octets}, rdata_offset, out);
  append_rdata_text(type, rrclass, {message, message_octets}, rdata_offset, rdata_octets, out);
}

std::span<const Record> Response::answers() const {
  size_t n = 0;
  while (n < records.size() && records[n].section == Section::answer) ++n;
  return records.first(n);
}

std::string_view status_text(Failure failure) {
  switch (failure) {
    case Failure::none: return "NOERROR";
    case Failure::timeout: return "TIMEOUT";
    case Failure::network_error: return "NETWORK_ERROR";
    case Failure::invalid_name: return "INVALID_NAME";
    case Failure::invalid_response: return "INVALID_RESPONSE";
    case Failure::cname_loop: return "CNAME_LOOP";
    case Failure::budget: return "BUDGET";
    case Failure::cancelled: return "CANCELLED";
  }
  return "UNKNOWN";
}

std::string_view status_text(const Response& response) {
  return response.failure == Failure::none ? to_text(response.rcode)
                                           : status_text(response.failure);
}

}  // namespace dnswarm
