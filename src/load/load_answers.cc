// The half of LoadWorker that takes what comes. A response came at the moment it is taken, which is read
// anew for every eighth: the work for eight is less than 2 us.
#include <cerrno>
#include <cstring>

#include "dns/header.h"
#include "load/load_worker.h"

namespace dnswarm {
namespace {

constexpr unsigned answers_per_clock = 8;
constexpr size_t question_octets_min = 5;  // the root, QTYPE and QCLASS

// Octets of the first question, which starts behind the header; 0 where it is cut off or compressed.
size_t question_octets(Octets message) {
  size_t at = header_octets;
  while (at < message.size() && message[at] != 0) {
    if (message[at] > label_octets_max) return 0;
    at += message[at] + size_t{1};
  }
  at += question_octets_min;
  return at <= message.size() && at - header_octets <= name_octets_max + 4 ? at - header_octets : 0;
}

// The same question with its name in lower case, as all names are asked.
size_t lower_question(Octets question, uint8_t* out) {
  const size_t name = question.size() - 4;
  for (size_t i = 0; i < name; ++i) out[i] = ascii_lower(question[i]);  // lengths are below 'A'
  std::memcpy(out + name, question.data() + name, 4);
  return question.size();
}

}  // namespace

void LoadWorker::on_message(unsigned flow, Octets message) {
  if (answers_since_clock_++ % answers_per_clock == 0) refresh_clock();
  LoadCounts& counts = result_.counts;
  counts.octets_received += message.size();
  if (message.size() < header_octets) {
    ++counts.malformed;
    return;
  }
  const uint16_t flags = load_u16(message.data() + 2);
  if ((flags & (HeaderFlags::qr | HeaderFlags::opcode_mask)) != HeaderFlags::qr) {
    ++counts.malformed;
    return;
  }
  const uint16_t id = load_u16(message.data());
  InFlightTable& table = tables_[flow];
  const uint16_t questions = load_u16(message.data() + 4);
  InFlightTable::Found found;
  if (questions == 0 && message.size() == header_octets && (flags & HeaderFlags::rcode_mask) != 0) {
    found = table.take(id);  // a bare header that refuses the query: its ID is all there is
  } else if (questions == 1) {
    const size_t octets = question_octets(message);
    if (octets == 0) {
      ++counts.malformed;
      return;
    }
    const Octets question = message.subspan(header_octets, octets);
    found = table.take(id, asked_hash(question));
    if (found.match == InFlightTable::Match::unmatched) {
      uint8_t lower[name_octets_max + 4];
      found = table.take(id, asked_hash({lower, lower_question(question, lower)}));
    }
  }
  switch (found.match) {
    case InFlightTable::Match::answered: return take_answer(found, flags);
    case InFlightTable::Match::late: ++counts.late; return;
    case InFlightTable::Match::duplicate: ++counts.duplicate; return;
    case InFlightTable::Match::unmatched: ++counts.unmatched; return;
  }
}

void LoadWorker::take_answer(const InFlightTable::Found& found, uint16_t flags) {
  --open_;
  LoadCounts& counts = result_.counts;
  if (now_ - found.sent > config_.timeout) {  // before expire() got to it
    ++counts.timed_out;
    ++counts.late;
    ++second_counts_.lost;
    return;
  }
  ++counts.answered;
  ++second_counts_.answered;
  ++counts.by_rcode[flags & HeaderFlags::rcode_mask];
  if ((flags & HeaderFlags::tc) != 0) ++counts.truncated;
  second_latency_.add(now_ - found.due);
  if (pace_) result_.from_send.add(now_ - found.sent);
}

void LoadWorker::on_not_sent(unsigned flow, Octets query, int error) {
  if (query.size() < header_octets || !tables_[flow].fail(load_u16(query.data()))) return;
  --result_.counts.sent;
  if (second_counts_.sent > 0) --second_counts_.sent;  // it may have left in the second before
  ++result_.counts.send_errors;
  if (error == EAGAIN || error == ENOBUFS || error == ENOMEM) ++result_.send_buffer_full;
}

void LoadWorker::on_connect(unsigned, bool again) {
  ++result_.counts.connects;
  if (again) ++result_.counts.reconnects;
}

void LoadWorker::on_connection_lost(unsigned flow) {
  if (flow >= tables_.size()) return;  // while it opens
  open_ -= tables_[flow].open();
  const unsigned lost = tables_[flow].abandon();
  result_.counts.connection_lost += lost;
  second_counts_.lost += lost;
}

}  // namespace dnswarm
