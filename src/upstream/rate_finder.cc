// How the rate that an upstream bears is found, in words.
//
// Many resolvers answer so many queries a second and no more: beyond that they say nothing, or REFUSED,
// SERVFAIL, or TC with nothing in it. Which of these are about the name and which about the rate no single
// response tells; but what is about the rate goes away when the rate falls, and what is about the name is
// said by every upstream.
//
// Nothing is done until there is a sign of a cap: no pace, no bound but the window's. What is sent is counted
// by the time it was sent (epochs of 17 ms), and looked at when it is ripe: when nearly all of it that will
// be answered has been, by the round-trip times. Only first queries for a name are evidence, for names that
// failed before are likely to fail again; and those that no upstream has an answer to are excused. Some share
// goes unanswered for loss and silent names: that is learnt as usual.
//
// Blocked. Where nothing of what was sent lately is answered, though it is ripe, or so many responses in a
// row are throttles that it is no accident (16 at least, for 8 domains), only 50 queries a second go out,
// until one is answered. That goes for 1.2 s at most (caps are counted by the second): who answers nothing
// for longer is no matter of rates.
//
// Capped. Where clearly more than usual goes unanswered the rate becomes what was answered in the last
// second, less 3 %, and nothing is judged for a second: so long an upstream may count what was sent before.
// Only where half is lost even so does it get less for the rest of that second, a single time: what it takes
// in a second may have been sent already. From there it grows with each good sample: by a tenth below the
// ceiling (the rate that was borne when too much was sent), then by 2 %, 4 %, ... 15 %: a small excess costs
// little, and a cap that was lifted, or never was one, is found out within seconds. (Faster growth
// overshoots: a cap counted by the second bears a second's worth at once, and what is lost beyond it waits
// for its timeout.) Where little had been answered when it was blocked that is no sign of what it bears: the
// rate begins with that, but not below what blocked upstreams get unless it was paced before, grows by half
// with each good sample until one is not, and what is lost at it acquits nobody.
//
// Retries. Where next to nothing but names that failed before is asked, for a cap holds up all that is in
// flight, retries are evidence, too: of a cap, where two fifths are lost.
//
// Local drops. What our own sockets had no room for is missing as well; less helps there, too, so the same is
// done, but under its own name, and nobody is blocked for it.
//
// Acquitted. Where at a rate that is lower by a sixth more than half as much is lost as before, it was not
// the rate: that share is the usual one, and there is no pace any more.
#include "upstream/rate_finder.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace dnswarm {
namespace {

constexpr double probes_per_second = 50;
constexpr double rate_min = 4;
constexpr double little_a_second = 200;  // answers before it was blocked: no sign of what it bears
constexpr double growth_first = 0.02;
constexpr double growth_most = 0.15;
constexpr double growth_of_unknown = 0.5;
constexpr double margin = 0.97;
constexpr uint32_t sample_min = 32;      // queries
constexpr uint32_t slow_sample_min = 8;  // where more take longer than:
constexpr Duration slow_sample = std::chrono::seconds(1);
constexpr uint32_t block_least = 16;  // throttles, or ripe queries
constexpr int block_domains = 8;
constexpr double by_accident = 1e-6;
constexpr Duration block_longest = std::chrono::milliseconds(1200);
constexpr Duration settling = std::chrono::seconds(1);
constexpr Duration caution = std::chrono::seconds(10);
constexpr Duration burst = std::chrono::milliseconds(10);
constexpr Duration ripe_longest = std::chrono::milliseconds(500);
constexpr double cap_bad = 0.25;  // where no cap was found yet: less than that is no sign of one
constexpr double clearly_bad = 0.5;
constexpr double retries_lost = 0.4;  // where hardly anything else is sent: more is too much
constexpr double telling_lost = 0.2;  // of so much it is seen whether it goes away
constexpr double few_throttles = 0.05;
constexpr double share_gain = 1.0 / 32;
constexpr double negligible = 1e-3;

// What of `n` may go unanswered, where `share` usually does: three deviations more, and two for luck.
double allowed(double n, double share) { return n * share + 3 * std::sqrt(n * share + 1) + 2; }

Duration interval_of(double rate) { return Duration(static_cast<int64_t>(1e9 / rate)); }

}  // namespace

std::string_view to_text(HeldBack reason) {
  switch (reason) {
    case HeldBack::no: return "no";
    case HeldBack::capped: return "capped";
    case HeldBack::local_drops: return "local drops";
    case HeldBack::blocked: return "blocked";
  }
  return "no";
}

void RateFinder::begin_track(Instant now) {
  track_ = std::make_unique<Track>();
  track_->began = track_->last_answer = track_->last_good_sent = now;
  track_->judged = track_->looked_at = epoch_number(now);
}

// --- counting --------------------------------------------------------------------------------------

void RateFinder::note_sent(bool first, Instant now) {
  if (!track_) begin_track(now);
  Track& t = *track_;
  Epoch& epoch = epoch_at(epoch_number(now));
  ++epoch.sent;
  epoch.firsts += first;
  if (t.held_back == HeldBack::no) return;
  const double rate = t.held_back == HeldBack::blocked ? probes_per_second : t.rate;
  t.send_at = std::max(t.send_at, now - burst) + interval_of(rate);
}

void RateFinder::note_good_among_throttles(Instant sent_at, bool first) {
  Track& t = *track_;
  if (first) t.throttled -= t.throttled * share_gain;
  if (t.throttled < negligible) t.throttled = 0;
  if (sent_at <= t.last_good_sent) return;
  t.last_good_sent = sent_at;
  t.usual_throttled = t.throttled;
  t.throttles = 0;
  t.throttled_domains = 0;
}

void RateFinder::on_throttle(Instant sent_at, uint64_t domain, Instant now) {
  if (!track_) begin_track(now);
  Track& t = *track_;
  t.throttled += (1 - t.throttled) * share_gain;
  if (Epoch* epoch = find_epoch(epoch_number(sent_at))) ++epoch->throttled;
  if (sent_at > t.last_good_sent) {
    ++t.throttles;
    t.throttled_domains |= uint64_t{1} << (domain >> 32 & 63);
    const bool many = t.throttles >= block_min() && std::popcount(t.throttled_domains) >= block_domains;
    if (many && t.held_back != HeldBack::blocked) block(now);
  }
}

void RateFinder::excuse(Instant sent_at) {
  if (!track_) return;
  if (Epoch* epoch = find_epoch(epoch_number(sent_at))) ++epoch->excused;
}

RateFinder::Sample RateFinder::sample(uint32_t first, uint32_t end) {
  Sample sample;
  first = std::max(first, end - std::min<uint32_t>(end, epochs));
  for (uint32_t number = first; number < end; ++number) {
    const Epoch* epoch = find_epoch(number);
    if (epoch == nullptr) continue;
    sample.sum.sent += epoch->sent;
    sample.sum.answered += epoch->answered;
    sample.sum.firsts += epoch->firsts;
    sample.sum.firsts_answered += epoch->firsts_answered;
    sample.sum.throttled += epoch->throttled;
    sample.sum.excused += epoch->excused;
  }
  sample.seconds = seconds_of(begin_of(end) - begin_of(first));
  return sample;
}

// Answers a second, over the one that ends with `end`, or since the first query where that is less.
double RateFinder::answered_before(Instant end) {
  const Instant begin = std::max(end - std::chrono::seconds(1), track_->began);
  uint32_t arrived = 0;
  for (uint32_t number = epoch_number(begin); number <= epoch_number(end); ++number) {
    if (const Epoch* epoch = find_epoch(number)) arrived += epoch->arrived;
  }
  return arrived / std::max(seconds_of(end - begin), 0.01);
}

// --- judging ---------------------------------------------------------------------------------------

// Once an epoch: is there anything ripe to be judged?
void RateFinder::look(Duration ripe, Instant local_drops, Instant now) {
  Track& t = *track_;
  t.looked_at = epoch_number(now);
  if (t.held_back == HeldBack::blocked) {
    if (now - t.held_back_at >= block_longest) acquit(1, now);  // until more is known
    return;
  }
  if (t.pause == Pause::on && is_settled(now)) {
    t.pause = Pause::over;
    t.held_back_at = now;
    return pace(t.ceiling * margin, now);
  }
  ripe = std::min(ripe, ripe_longest);
  if (is_silent(epoch_number(now - ripe), local_drops)) return block(now);
  // Excuses take the time that others need for an answer.
  const uint32_t ripe_end = epoch_number(now - ripe * (t.throttled > few_throttles ? 3 : 1));
  const uint32_t settled_from = epoch_number(t.held_back_at + settling) + 1;
  const uint32_t first = ripe_end > settled_from ? std::max(t.judged, settled_from) : t.judged;
  if (ripe_end <= first) return;
  Sample ripe_sample = sample(first, ripe_end);
  ripe_sample.local_drops = epoch_number(local_drops) >= first;
  const bool is_slow = begin_of(ripe_end) - begin_of(first) >= slow_sample;
  // Whether a lower rate helps any query tells.
  const bool any_tells = t.tried_lost > 0 || (is_slow && lacks_firsts(ripe_sample));
  const uint32_t telling = any_tells ? ripe_sample.sum.sent : ripe_sample.sum.firsts;
  if (telling < (is_slow ? slow_sample_min : sample_min)) return;
  const bool settled = first >= settled_from;
  if (!settled && !is_telling(ripe_sample)) return;
  t.judged = ripe_end;
  judge(ripe_sample, now);
}

// Nothing at all came for what was sent after the last answered query, though it is ripe and nothing was
// dropped here.
bool RateFinder::is_silent(uint32_t ripe_end, Instant local_drops) {
  const uint32_t after_good = std::max(track_->judged, epoch_number(track_->last_good_sent) + 1);
  if (ripe_end <= after_good || epoch_number(local_drops) >= after_good) return false;
  const Epoch sum = sample(after_good, ripe_end).sum;
  return sum.firsts > sum.throttled && sum.firsts - sum.throttled >= block_min();
}

bool RateFinder::is_settled(Instant now) const { return now >= track_->held_back_at + settling; }

void RateFinder::judge(const Sample& sample, Instant now) {
  Track& t = *track_;
  const bool slower = sample.sum.sent < 0.85 * t.tried_rate * sample.seconds;
  const bool waited = is_settled(now) || t.pause == Pause::over;
  if (waited && t.tried_lost >= telling_lost && slower && sample.lost() > 0.5 * t.tried_lost) {
    return acquit(sample.lost(), now);
  }
  if (is_usual(sample)) {
    note_usual(sample, now);
    return grow(sample, now);
  }
  if (sample.sum.answered == 0) return block(now);
  const double lately = answered_before(now);
  if (t.rate == 0 || waited) return cap(lately, sample, now);
  t.pause = Pause::on;
  pace(std::min(lately, sample.sum.answered / sample.seconds) * margin, now);
}

// Before it is settled.
bool RateFinder::is_telling(const Sample& sample) const {
  switch (track_->pause) {
    case Pause::none: return sample.bad() >= clearly_bad;
    case Pause::on: return false;
    case Pause::over: return !is_usual(sample);
  }
  return false;
}

// Where a cap holds up all that is in flight there are retries only.
bool RateFinder::lacks_firsts(const Sample& sample) const {
  return track_->rate > 0 && sample.sum.firsts < slow_sample_min;
}

bool RateFinder::is_usual(const Sample& sample) const {
  const Track& t = *track_;
  const double firsts = sample.sum.firsts;
  if (lacks_firsts(sample)) return sample.lost() < retries_lost;
  if (t.rate > 0) return sample.bad() * firsts <= allowed(firsts, t.usual_bad);
  return sample.bad() * firsts <= allowed(firsts, std::max(t.usual_bad, cap_bad)) ||
         sample.unanswered() * firsts <= allowed(firsts, t.usual_unanswered);
}

void RateFinder::note_usual(const Sample& sample, Instant now) {
  Track& t = *track_;
  const double weight = std::min(1.0, sample.sum.firsts / 500.0);
  t.usual_bad += (sample.bad() - t.usual_bad) * weight;
  t.usual_unanswered += (sample.unanswered() - t.usual_unanswered) * weight;
  if (!is_settled(now)) return;
  t.confirmed |= t.tried_lost > 0;
  t.tried_lost = 0;
}

// So many in a row that it is no accident, by what is usual.
uint32_t RateFinder::block_min() const {
  const double usual = std::max(track_->usual_unanswered, track_->usual_throttled);
  if (usual >= 1) return UINT32_MAX;
  const double in_a_row = std::log(by_accident) / std::log(usual);
  return std::max(block_least, static_cast<uint32_t>(std::min(in_a_row, 1e6)));
}

// --- what follows ----------------------------------------------------------------------------------

void RateFinder::grow(const Sample& sample, Instant now) {
  Track& t = *track_;
  if (t.rate == 0 || sample.sum.sent < 0.8 * t.rate * sample.seconds) return;  // it was not tried
  if (t.rate < 0.95 * t.ceiling) return pace(t.rate * 1.1, now);
  const double most = std::max(t.growth, growth_most);
  t.growth = std::clamp(2 * t.growth, growth_first, most);
  pace(t.rate * (1 + t.growth), now);
}

// Of what was sent in `tried`, so much was lost.
void RateFinder::hold_back(HeldBack reason, const Sample& tried, double lost, Instant now) {
  Track& t = *track_;
  t.tried_rate = tried.sum.sent / tried.seconds;
  t.tried_lost = lost;
  t.pause = Pause::none;
  t.growth = 0;
  t.held_back = reason;
  t.held_back_at = now;
  t.overrun_until = now + caution;
}

void RateFinder::cap(double borne, const Sample& sample, Instant now) {
  Track& t = *track_;
  hold_back(sample.local_drops ? HeldBack::local_drops : HeldBack::capped, sample, sample.lost(), now);
  t.ceiling = std::max(borne, rate_min);
  pace(t.ceiling * margin, now);
}

void RateFinder::block(Instant now) {
  Track& t = *track_;
  hold_back(HeldBack::blocked, sample(epoch_number(now - settling / 8), epoch_number(now)), 1, now);
  t.throttles = 0;
  t.throttled_domains = 0;
  t.send_at = now + interval_of(probes_per_second);
}

void RateFinder::unblock(Instant now) {
  Track& t = *track_;
  t.held_back = HeldBack::capped;
  t.held_back_at = now;
  // What came in a second before it stopped; by the second, for caps may be counted by that.
  const double in_a_second =
      answered_before(t.last_answer) * std::min(1.0, seconds_of(t.last_answer - t.began));
  t.ceiling = std::max({in_a_second, answered_before(now), t.rate > 0 ? rate_min : probes_per_second});
  if (t.ceiling < little_a_second) {
    t.growth = growth_of_unknown;
    t.tried_lost = 0;
  }
  pace(t.ceiling * margin, now);
}

void RateFinder::acquit(double usual, Instant now) {
  Track& t = *track_;
  t.usual_bad = t.usual_unanswered = usual;
  t.held_back = HeldBack::no;
  t.confirmed = false;
  t.pause = Pause::none;
  t.rate = t.tried_lost = 0;
  t.send_at = Instant();
  t.judged = epoch_number(now) + 1;
}

void RateFinder::pace(double rate, Instant now) {
  Track& t = *track_;
  t.rate = std::max(rate, rate_min);
  t.judged = epoch_number(now) + 1;  // what is under way was sent at the former rate
  t.send_at = std::min(t.send_at, now + interval_of(t.rate));
}

}  // namespace dnswarm
