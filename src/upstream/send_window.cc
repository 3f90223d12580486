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

uint32_t epoch_number(Instant at) { return static_cast<uint32_t>(at.time_since_epoch() / epoch_length); }

bool is_lump(uint16_t sent, uint16_t part) { return sent >= lump_queries_min && part * 3 > sent; }

}  // namespace

SendWindow::SendWindow(unsigned limit) : limit_(static_cast<float>(limit)) { restart(); }

void SendWindow::restart() { queries_ = std::min(queries_first, limit_); }

void SendWindow::on_sent(Instant now) {
  uint32_t number = epoch_number(now);
  if (epoch_.number != number) begin_epoch(number);
  if (epoch_.sent < UINT16_MAX) ++epoch_.sent;
}

void SendWindow::on_answer(Instant now) {
  bool careful = history_ && (now < history_->held_until ||
                              (overrun_lately(now) && queries_ >= history_->safe_queries));
  queries_ = std::min(queries_ + (careful ? cautious_growth : 1.0f), limit_);
}

void SendWindow::on_silence(Instant sent_at, Instant now) {
  // What was sent while the window is held is about names: it is not shrunk for it.
  bool held = history_ && now < history_->held_until;
  if (!held || sent_at < history_->held_since) {
    queries_ = std::max(queries_ - 1, std::min(queries_min, limit_));
  }
  Epoch* epoch = epoch_of(sent_at, now);
  if (epoch == nullptr || !is_lump(epoch->sent, ++epoch->silent)) return;
  History& history = remembered();
  if (!held) history.held_since = now;
  history.held_until = now + hold_length;
}

void SendWindow::on_loss(Instant sent_at, Instant now) {
  Epoch* epoch = epoch_of(sent_at, now);
  if (epoch == nullptr || !is_lump(epoch->sent, ++epoch->lost)) return;
  History& history = remembered();
  history.safe_queries = overrun_lately(now) ? std::min(history.safe_queries, queries_) : queries_;
  history.cautious_until = now + caution;
}

// One that was sent too little for a lump is forgotten.
void SendWindow::begin_epoch(uint32_t number) {
  if (epoch_.sent >= lump_queries_min) {
    History& history = remembered();
    history.crowded[epoch_.number % history.crowded.size()] = epoch_;
  }
  epoch_ = {number, 0, 0, 0};
}

// The stretch of time that `at` belongs to; null where it is too long ago, or was sent too little.
SendWindow::Epoch* SendWindow::epoch_of(Instant at, Instant now) {
  uint32_t number = epoch_number(at);
  if (epoch_.number == number) return &epoch_;
  if (!history_ || now - at > epoch_length * (history_->crowded.size() - 1)) return nullptr;
  Epoch& epoch = history_->crowded[number % history_->crowded.size()];
  return epoch.number == number ? &epoch : nullptr;
}

SendWindow::History& SendWindow::remembered() {
  if (!history_) history_ = std::make_unique<History>();
  return *history_;
}

}  // namespace dnswarm
