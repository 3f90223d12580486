#include "cli/row_sink.h"

namespace dnswarm::cli {

RowSink::RowSink(Output& output, const RowStyle& style, OrderedWindow* window, bool resumable)
    : output_(output),
      style_(style),
      window_(window),
      resumable_(resumable),
      workers_(Limits::workers_max) {}

void RowSink::append_header() {
  output_.append(0, [this](RowBuffer& out) { make_row_format(style_)->append_header(out); });
  output_.flush(0);  // or another worker's rows might be written before
}

void RowSink::on_response(unsigned worker_number, const Response& response) {
  Worker& worker = workers_[worker_number];
  if (worker.format == nullptr) [[unlikely]] worker.format = make_row_format(style_);
  if (resumable_ && response.failure == Failure::cancelled) {
    if (window_ != nullptr) window_->abandon();  // what comes after this row stays open too
    return;
  }
  const uint8_t status = Tally::status_of(response);
  worker.tally.add(status);
  if (window_ == nullptr) {
    output_.append_and_hold(worker_number, [&](RowBuffer& out) {
      worker.format->append(response, out);
      if (resumable_) out.add_done({response.tag, status});
    });
    return;
  }
  worker.row.clear();
  worker.format->append(response, worker.row);
  window_->put(response.tag, response.type, worker.row.text(), status);
}

void RowSink::on_wait(unsigned worker_number, size_t in_flight) {
  if (window_ == nullptr) output_.let_go(worker_number);
  if (in_flight == 0) output_.flush(window_ == nullptr ? worker_number : 0);
}

Tally RowSink::tally() const {
  Tally sum;
  for (const Worker& worker : workers_) sum.merge(worker.tally);
  return sum;
}

}  // namespace dnswarm::cli
