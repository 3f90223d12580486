// The window, in words.
//
// It starts at 256, grows by one with each answer (so it doubles each round trip) up to the user's
// limit, and shrinks by one with each query that got nothing: what was lost in an overrun queue does
// not free room for a burst of retries that would overrun it again. Random loss below one half
// leaves it open. It stays at 64 at least (or the user's limit), so that names nobody answers cannot
// close it.
//
// Random loss does not come in lumps. Where more than a third of the queries of one 64 ms got
// nothing, the window is held for 2 s as that lump left it: it was either an overrun queue or names
// that nobody answers, and the retries will tell. If a third of them are answered later, it was the
// queue: the window that was left is what this upstream can take, and beyond it growth is by a
// hundredth only, until there was no such lump for 10 s.
#include "upstream/send_window.h"

#include <algorithm>

namespace dnswarm {

namespace {

constexpr float queries_first = 256;
constexpr float queries_min = 64;
constexpr float cautious_growth = 0.01f;
constexpr Duration epoch_length = std::chrono::milliseconds(64);
constexpr uint16_t lump_queries_min = 64;
constexpr Duration hold_length = std::chrono::seconds(2);
constexpr Duration caution = std::chrono::seconds(10);

}  // namespace

SendWindow::SendWindow(unsigned limit) : limit_(static_cast<float>(limit)) { restart(); }

void SendWindow::restart() { queries_ = std::min(queries_first, limit_); }

void SendWindow::on_sent(Instant now) {
  Epoch* epoch = epoch_of(now, now);
  if (epoch->sent < UINT16_MAX) ++epoch->sent;
}

void SendWindow::on_answer(Instant now) {
  bool careful = now < held_until_ || (overrun_lately(now) && queries_ >= safe_queries_);
  queries_ = std::min(queries_ + (careful ? cautious_growth : 1.0f), limit_);
}

void SendWindow::on_silence(Instant sent_at, Instant now) {
  // What was sent while the window is held is about names: it is not shrunk for it.
  bool held = now < held_until_;
  if (!held || sent_at < held_since_) queries_ = std::max(queries_ - 1, std::min(queries_min, limit_));
  Epoch* epoch = epoch_of(sent_at, now);
  if (epoch == nullptr || !is_lump(*epoch, ++epoch->silent)) return;
  if (!held) held_since_ = now;
  held_until_ = now + hold_length;
}

void SendWindow::on_loss(Instant sent_at, Instant now) {
  Epoch* epoch = epoch_of(sent_at, now);
  if (epoch == nullptr || !is_lump(*epoch, ++epoch->lost)) return;
  safe_queries_ = overrun_lately(now) ? std::min(safe_queries_, queries_) : queries_;
  cautious_until_ = now + caution;
}

// The stretch of time that `at` belongs to; null where it is too long ago.
SendWindow::Epoch* SendWindow::epoch_of(Instant at, Instant now) {
  if (now - at > epoch_length * (epochs_.size() - 1)) return nullptr;
  auto number = static_cast<uint32_t>(at.time_since_epoch() / epoch_length);
  Epoch& epoch = epochs_[number % epochs_.size()];
  if (epoch.number != number) epoch = {number, 0, 0, 0};
  return &epoch;
}

bool SendWindow::is_lump(const Epoch& epoch, uint16_t part) {
  return epoch.sent >= lump_queries_min && part * 3 > epoch.sent;
}

}  // namespace dnswarm
