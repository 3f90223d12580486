// What a response should say, before it is octets: an RCODE and records. The rule and the zone make
// it, the response writer turns it into a message, --check compares a result row with it.
#ifndef DNSWARM_SIM_ANSWER_H_
#define DNSWARM_SIM_ANSWER_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/octets.h"
#include "dnswarm/response.h"

namespace dnswarm::sim {

class Answer {
 public:
  struct AnswerRecord {
    uint32_t ttl;  // seconds
    uint32_t owner_at;
    uint32_t rdata_at;
    uint16_t rdata_octets;
    uint8_t owner_octets;
    Section section;
    RRType type;
  };

  Rcode rcode = Rcode::NOERROR;
  bool truncated_over_udp = false;    // over UDP the response is TC without records, over TCP whole
  bool authoritative = false;         // AA
  std::chrono::milliseconds wait{0};  // to be held back that long
  uint32_t rotation = 0;              // in: how far RRsets are to be rotated, where the source does

  // Room is kept, so that a reused Answer does not allocate.
  void clear() {
    rcode = Rcode::NOERROR;
    truncated_over_udp = authoritative = false;
    wait = std::chrono::milliseconds{0};
    octets_.clear();
    records_.clear();
  }

  const std::vector<AnswerRecord>& records() const { return records_; }
  Octets owner(const AnswerRecord& r) const {
    return {octets_.data() + r.owner_at, r.owner_octets};
  }
  Octets rdata(const AnswerRecord& r) const {
    return {octets_.data() + r.rdata_at, r.rdata_octets};
  }

  // A record is begun with its owner, its RDATA (names uncompressed) appended, and then ended.
  void begin(Section section, Octets owner, RRType type, uint32_t ttl) {
    AnswerRecord record{};
    record.ttl = ttl;
    record.section = section;
    record.type = type;
    record.owner_at = static_cast<uint32_t>(octets_.size());
    record.owner_octets = static_cast<uint8_t>(owner.size());
    add(owner);
    record.rdata_at = static_cast<uint32_t>(octets_.size());
    records_.push_back(record);
  }
  void end() {
    AnswerRecord& record = records_.back();
    record.rdata_octets = static_cast<uint16_t>(octets_.size() - record.rdata_at);
  }
  // The last record lives no longer than that.
  void limit_last_ttl(uint32_t ttl) { records_.back().ttl = std::min(records_.back().ttl, ttl); }
  void record(Section section, Octets owner, RRType type, uint32_t ttl, Octets rdata) {
    begin(section, owner, type, ttl);
    add(rdata);
    end();
  }

  void add(Octets octets) { octets_.insert(octets_.end(), octets.begin(), octets.end()); }
  void u8(unsigned value) { octets_.push_back(static_cast<uint8_t>(value)); }
  void u16(unsigned value) { u8(value >> 8), u8(value & 0xff); }
  void u32(uint64_t value) { u16(value >> 16 & 0xffff), u16(value & 0xffff); }
  void u64(uint64_t value) { u32(value >> 32), u32(value); }
  void text(const char* begin, size_t size) {
    add({reinterpret_cast<const uint8_t*>(begin), size});
  }

 private:
  std::vector<uint8_t> octets_;
  std::vector<AnswerRecord> records_;
};

// Where answers come from. Called by several threads at once.
class AnswerSource {
 public:
  virtual ~AnswerSource() = default;
  // `qname` is a valid uncompressed name in lower case. Fills a cleared `answer`.
  virtual void answer(Octets qname, RRType qtype, RRClass qclass, Answer& answer) const = 0;
};

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_ANSWER_H_
