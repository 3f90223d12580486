// The half of LoadWorker that takes what comes. A response came at the moment it is taken, which is read
// anew for every eighth: the work for eight is less than 2 us.

#include "base/send_error.h"
#include "dns/header.h"
#include "load/load_response.h"
#include "load/load_worker.h"

namespace dnswarm {
namespace {

constexpr unsigned answers_per_clock = 8;
}  // namespace

void LoadWorker::on_message(unsigned flow, Octets message) {
  if (answers_since_clock_++ % answers_per_clock == 0) refresh_clock();
  LoadCounts& counts = result_.counts;
  counts.octets_received += message.size();
  const LoadResponse response = read_load_response(message);
  InFlightTable& table = tables_[flow];
  InFlightTable::Found found;
  switch (response.kind) {
    case LoadResponse::Kind::malformed: ++counts.malformed; return;
    case LoadResponse::Kind::bare_header: found = table.take(response.id); break;
    case LoadResponse::Kind::question:
      found = table.take(response.id, asked_hash(response.question));
      if (found.match == InFlightTable::Match::unmatched) {
        QuestionRoom lower;
        found = table.take(response.id, asked_hash(lower_question(response.question, lower)));
      }
      break;
    case LoadResponse::Kind::other: break;
  }
  switch (found.match) {
    case InFlightTable::Match::answered: return take_answer(found, response.flags);
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
  if (is_congestion(error)) ++result_.send_buffer_full;
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
