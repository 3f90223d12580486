#include "cli/ordered_window.h"

#include <utility>

namespace dnswarm::cli {

OrderedWindow::OrderedWindow(Emit emit, size_t rows_max, size_t octets_max)
    : emit_(std::move(emit)), octets_max_(octets_max), slots_(rows_max) {}

bool OrderedWindow::fits(size_t rows) const {
  if (abandoned_ || next_in_ == next_out_) return true;
  return next_in_ - next_out_ + rows <= slots_.size() && octets_ < octets_max_;
}

bool OrderedWindow::has_room(size_t rows) {
  const std::lock_guard lock(mutex_);
  return fits(rows);
}

void OrderedWindow::wait_for_room(size_t rows) {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] { return fits(rows); });
}

void OrderedWindow::announce(uint64_t tag, std::span<const RRType> types) {
  const std::lock_guard lock(mutex_);
  if (abandoned_) return;
  for (const RRType type : types) {
    Slot& next = slot(tag++);
    next.type = type;
    next.finished = false;
  }
  next_in_ = tag;
}

void OrderedWindow::put(uint64_t tag, RRType type, std::string_view row, uint8_t status) {
  const std::lock_guard lock(mutex_);
  if (abandoned_) return;
  // A line's types are all different, and its rows stand together from `tag` on.
  uint64_t number = tag;
  while (number < next_in_ && slot(number).type != type) ++number;
  if (number >= next_in_ || number < next_out_) return;  // not announced: not ours
  Slot& place = slot(number);
  place.row.assign(row);
  place.status = status;
  place.finished = true;
  octets_ += row.size();
  if (number == next_out_) emit_in_turn();
}

void OrderedWindow::emit_in_turn() {
  while (next_out_ < next_in_ && slot(next_out_).finished) {
    Slot& next = slot(next_out_);
    octets_ -= next.row.size();
    emit_(next.row, {next_out_++, next.status});
    next.row = std::string();  // 131,072 kept rows would add up
    next.finished = false;
  }
  room_.notify_one();
}

void OrderedWindow::abandon() {
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
  room_.notify_all();
}

size_t OrderedWindow::rows_held() {
  const std::lock_guard lock(mutex_);
  return static_cast<size_t>(next_in_ - next_out_);
}

}  // namespace dnswarm::cli
