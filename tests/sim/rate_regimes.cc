#include "rate_regimes.h"

#include <algorithm>

#include "base/random.h"

namespace dnswarm::sim {
namespace {

using std::chrono::milliseconds;

constexpr const char* over_cap_texts[] = {"dropped", "REFUSED", "SERVFAIL", "TC without records"};
constexpr unsigned upstreams_few = 4;
constexpr unsigned upstreams_many = 100;
constexpr uint32_t cap_least = 50, cap_most = 5000;

Duration seconds(double count) { return Duration(static_cast<int64_t>(count * 1e9)); }

// The seed and the part are the same for all regimes.
class Regimes {
 public:
  Regimes(uint64_t seed, double part) : seed_(seed), part_(part) {}

  std::vector<Regime> all() {
    for (const OverCap over_cap : {OverCap::dropped, OverCap::refused, OverCap::servfail, OverCap::truncated})
      add_capped(over_cap);
    add_changing("Caps that halve", 1000);
    add_changing("Caps that double", 4000);
    add_hundred();
    add_lossy("No cap, nothing lost, 5-6 ms", 0, milliseconds(5), 400);
    add_lossy("No cap, 5 % lost, 80-96 ms", 0.05, milliseconds(80), 4000);
    add_bimodal();
    add_dying("Two of four dead from the start", 0);
    add_dying("Two of four die", 0.5);
    return std::move(regimes_);
  }

 private:
  unsigned part_of(double count) const { return static_cast<unsigned>(std::max(1.0, count * part_)); }

  static UpstreamModel model() {
    UpstreamModel model;
    model.delay_min = milliseconds(5);
    model.delay_max = milliseconds(30);
    return model;
  }

  Regime& add(std::string title, std::vector<UpstreamModel> upstreams, double names) {
    Regime regime;
    regime.title = std::move(title);
    regime.options.seed = seed_;
    regime.options.upstreams = std::move(upstreams);
    regime.options.names = static_cast<unsigned>(names);
    regime.options.domains = 5000;
    regime.options.plain = true;
    regime.options.in_flight = part_of(4000);
    regimes_.push_back(std::move(regime));
    return regimes_.back();
  }

  void add_capped(OverCap over_cap) {
    UpstreamModel upstream = model();
    upstream.cap = part_of(2000);
    upstream.over_cap = over_cap;
    Regime& regime = add(
        "Four caps of 2,000/s, beyond them: " + std::string(over_cap_texts[static_cast<size_t>(over_cap)]),
        std::vector(upstreams_few, upstream), part_of(30'000));
    regime.ideal_seconds = regime.options.names / (upstreams_few * static_cast<double>(upstream.cap));
    regime.slower_wanted = 1.25;
    regime.queries_wanted = 1.2;
  }

  // Each of the four has its own way to say that it is too much.
  void add_changing(const std::string& title, unsigned later) {
    constexpr double changes = 5, ends = 10;
    std::vector<UpstreamModel> upstreams(upstreams_few, model());
    for (size_t i = 0; i < upstreams.size(); ++i) {
      upstreams[i].over_cap = static_cast<OverCap>(i);
      upstreams[i].cap = part_of(2000);
      upstreams[i].cap_later = part_of(later);
      upstreams[i].cap_changes = Instant(seconds(changes));
    }
    Regime& regime =
        add(title + ", from 2,000/s to " + std::to_string(later) + "/s", upstreams,
            upstreams_few * (changes * upstreams[0].cap + (ends - changes) * upstreams[0].cap_later));
    regime.ideal_seconds = ends;
    regime.event = seconds(changes);
    regime.event_text = "the caps change";
    // Followed within 3 s: the fourth is what counts.
    regime.measured = TimeSpan{seconds(changes + 3), seconds(changes + 4)};
    regime.used_wanted = 0.9;
  }

  void add_hundred() {
    Random random(seed_);
    std::vector<UpstreamModel> upstreams(upstreams_many, model());
    double total = 0;
    for (size_t i = 0; i < upstreams.size(); ++i) {
      upstreams[i].over_cap = static_cast<OverCap>(i % 4);
      upstreams[i].cap = part_of(cap_least + random.below(cap_most - cap_least + 1));
      total += upstreams[i].cap;
    }
    constexpr double ends = 15;
    Regime& regime = add("A hundred caps from 50 to 5,000/s", std::move(upstreams), total * ends);
    regime.options.in_flight = part_of(20'000);
    regime.options.domains = 20'000;
    regime.ideal_seconds = ends;
    regime.measured = TimeSpan{seconds(10), seconds(14)};
    regime.used_wanted = 0.9;
  }

  void add_lossy(const std::string& title, double loss, Duration delay, unsigned in_flight) {
    UpstreamModel upstream = model();
    upstream.loss = loss;
    upstream.delay_min = delay;
    upstream.delay_max = delay + delay / 5;
    add(title, std::vector(upstreams_few, upstream), part_of(200'000)).options.in_flight = part_of(in_flight);
  }

  void add_bimodal() {
    UpstreamModel upstream = model();
    upstream.bimodal = true;
    add("No cap, 90 % after 5 ms, 9 % after 300 ms, 1 % after 2 s", std::vector(upstreams_few, upstream),
        part_of(200'000));
  }

  void add_dying(const std::string& title, double dies) {
    std::vector<UpstreamModel> upstreams(upstreams_few, model());
    Regime& regime = add(title, upstreams, part_of(200'000));
    // So that the two live ones alone take seconds: a timeout is one.
    regime.options.in_flight = part_of(1000);
    regime.live_only = regime.options;
    regime.live_only->upstreams.resize(upstreams_few / 2);
    for (size_t i = upstreams_few / 2; i < upstreams_few; ++i)
      regime.options.upstreams[i].dies = Instant(seconds(dies));
    regime.slower_wanted = 1.5;
    if (dies > 0) regime.event = seconds(dies), regime.event_text = "two die";
  }

  uint64_t seed_;
  double part_;
  std::vector<Regime> regimes_;
};

}  // namespace

std::vector<Regime> rate_regimes(uint64_t seed, double part) { return Regimes(seed, part).all(); }

unsigned cap_at(const UpstreamModel& model, Duration since_start) {
  return since_start < model.cap_changes.time_since_epoch() ? model.cap : model.cap_later;
}

}  // namespace dnswarm::sim
