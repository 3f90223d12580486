#include "faults.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace dnswarm::sim {
namespace {

using std::chrono::duration_cast;

std::optional<double> number_from_text(std::string_view text) {
  double number = 0;
  const auto [at, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || at != text.data() + text.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

// "5%" -> 0.05
std::optional<double> percent_from_text(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  const auto number = number_from_text(text.substr(0, text.size() - 1));
  if (!number || *number < 0 || *number > 100) return std::nullopt;
  return *number / 100;
}

std::string_view take(std::string_view& text, char separator) {
  const std::string_view item = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), item.size() + 1));
  return item;
}

// "5-30ms": both ends have a unit, or the last one's.
bool range_from_text(std::string_view text, char separator, Duration& a, Duration& b) {
  const size_t at = text.find(separator);
  if (at == std::string_view::npos) return false;
  const auto last = time_from_text(text.substr(at + 1));
  std::string first(text.substr(0, at));
  if (!first.empty() && first.back() >= '0' && first.back() <= '9') {
    const size_t unit = text.find_last_of("0123456789.");
    first += text.substr(unit + 1);
  }
  const auto lower = time_from_text(first);
  if (!last || !lower) return false;
  a = *lower;
  b = *last;
  return true;
}

bool part_from_text(std::string_view text, Delay::Part& part) {
  part.shape = Delay::Shape::fixed;
  part.b = Duration{0};
  if (text.starts_with("uniform:")) {
    part.shape = Delay::Shape::uniform;
    return range_from_text(text.substr(8), '-', part.a, part.b) && part.a <= part.b;
  }
  if (text.starts_with("normal:")) {
    part.shape = Delay::Shape::normal;
    return range_from_text(text.substr(7), '/', part.a, part.b);
  }
  if (text.starts_with("fixed:")) text.remove_prefix(6);
  const auto time = time_from_text(text);
  if (!time) return false;
  part.a = *time;
  return true;
}

struct PercentFault {
  std::string_view name;
  double FaultSpec::* member;
  bool may_be_bare;  // without "=PCT" it means always
};
constexpr PercentFault percent_faults[] = {
    {"loss", &FaultSpec::loss, false},
    {"loss-response", &FaultSpec::loss_response, false},
    {"dup", &FaultSpec::dup, false},
    {"reorder", &FaultSpec::reorder, false},
    {"refused", &FaultSpec::refused, true},
    {"servfail", &FaultSpec::servfail, true},
    {"wrong-id", &FaultSpec::wrong_id, true},
    {"wrong-source", &FaultSpec::wrong_source, true},
    {"wrong-question", &FaultSpec::wrong_question, true},
    {"garbage", &FaultSpec::garbage, true},
    {"cut", &FaultSpec::cut, true},
    {"lower-question", &FaultSpec::lower_question, true},
    {"tcp-close", &FaultSpec::tcp_close, true},
    {"lies", &FaultSpec::lies, true},
    {"rewrites", &FaultSpec::rewrites, true},
    {"hides", &FaultSpec::hides, true},
};
struct BareFault {
  std::string_view name;
  bool FaultSpec::* member;
};
constexpr BareFault bare_faults[] = {
    {"dead", &FaultSpec::dead},
    {"closed", &FaultSpec::closed},
    {"only", &FaultSpec::only},
    {"tcp-dead", &FaultSpec::tcp_dead},
    {"formerr-on-edns", &FaultSpec::formerr_on_edns},
    {"no-edns", &FaultSpec::no_edns},
    {"no-dnssec", &FaultSpec::no_dnssec},
};

// "2000/s" or "2000".
std::optional<unsigned> rate_from_text(std::string_view rate) {
  unsigned number = 0;
  const auto [at, problem] = std::from_chars(rate.data(), rate.data() + rate.size(), number);
  // A cap keeps as many time stamps as it lets pass: 10 million are 80 MB.
  if (problem != std::errc{} || number < 1 || number > 10'000'000) return std::nullopt;
  const std::string_view unit(at, static_cast<size_t>(rate.data() + rate.size() - at));
  if (!unit.empty() && unit != "/s") return std::nullopt;
  return number;
}

bool cap_from_text(std::string_view text, FaultSpec& spec) {
  const auto rate = rate_from_text(take(text, ':'));
  if (!rate) return false;
  spec.cap = *rate;
  if (text.empty() || text == "drop") return spec.cap_action = CapAction::drop, true;
  if (text == "refused") return spec.cap_action = CapAction::refused, true;
  if (text == "servfail") return spec.cap_action = CapAction::servfail, true;
  if (text == "tc") return spec.cap_action = CapAction::tc, true;
  return false;
}

bool cap_then_from_text(std::string_view text, FaultSpec& spec) {
  const auto rate = rate_from_text(take(text, '@'));
  spec.cap_changes_at = time_from_text(text);
  spec.cap_then = rate.value_or(0);
  return rate && spec.cap_changes_at;
}

// Faults with a value of their own kind. Nothing where `name` is none of them.
std::optional<bool> set_valued(std::string_view name, std::string_view value, FaultSpec& spec,
                               std::string* error) {
  if (name == "delay") {
    const auto delay = Delay::from_text(value, error);
    if (!delay) return false;
    spec.delay = *delay;
    return true;
  }
  if (name == "cap") {
    if (cap_from_text(value, spec)) return true;
    *error = "'cap=" + std::string(value) +
             "' is not cap=N/s[:drop|refused|servfail|tc] with N of 1 to 10000000";
    return false;
  }
  if (name == "cap-then") {
    if (cap_then_from_text(value, spec)) return true;
    *error = "'cap-then=" + std::string(value) + "' is not cap-then=N/s@TIME with N of 1 to 10000000";
    return false;
  }
  if (name == "tcp-answers" || name == "lies-after") {
    unsigned& count = name == "tcp-answers" ? spec.tcp_answers : spec.lies_after;
    const auto [at, problem] = std::from_chars(value.data(), value.data() + value.size(), count);
    if (problem == std::errc{} && at == value.data() + value.size() && count > 0) return true;
    *error = "'" + std::string(name) + "=" + std::string(value) + "' has no number, 1 or more";
    return false;
  }
  if (name == "dies-at" || name == "returns-at" || name == "lies-at") {
    (name == "dies-at" ? spec.dies_at : name == "returns-at" ? spec.returns_at : spec.lies_at) =
        time_from_text(value);
    if (time_from_text(value)) return true;
    *error = "'" + std::string(name) + "=" + std::string(value) + "' has no time like 10s or 500ms";
    return false;
  }
  if (name == "lame") {
    spec.lame = value == "referral" ? Lame::referral : Lame::refused;
    if (value.empty() || value == "refused" || value == "referral") return true;
    *error = "'lame=" + std::string(value) + "' is not lame=refused or lame=referral";
    return false;
  }
  return std::nullopt;
}

bool set_fault(std::string_view item, FaultSpec& spec, std::string* error) {
  const size_t equals = item.find('=');
  const bool is_bare = equals == std::string_view::npos;
  const std::string_view name = item.substr(0, equals);
  const std::string_view value = is_bare ? std::string_view{} : item.substr(equals + 1);
  if (const auto done = set_valued(name, value, spec, error)) return *done;
  for (const BareFault& fault : bare_faults) {
    if (name == fault.name && is_bare) return spec.*fault.member = true;
  }
  for (const PercentFault& fault : percent_faults) {
    if (name != fault.name) continue;
    const auto share = is_bare && fault.may_be_bare ? 1.0 : percent_from_text(value);
    if (!share) {
      *error = "'" + std::string(item) + "' has no percentage like 5% (0% to 100%)";
      return false;
    }
    spec.*fault.member = *share;
    return true;
  }
  *error = "'" + std::string(item) + "' is no fault that this simulator knows";
  return false;
}

}  // namespace

std::optional<Duration> time_from_text(std::string_view text) {
  const size_t digits = text.find_first_not_of("0123456789.");
  if (digits == 0 || digits == std::string_view::npos) return std::nullopt;
  const auto number = number_from_text(text.substr(0, digits));
  const std::string_view unit = text.substr(digits);
  const double scale = unit == "us" ? 1e3 : unit == "ms" ? 1e6 : unit == "s" ? 1e9 : 0;
  if (!number || scale == 0 || *number * scale > 86'400e9) return std::nullopt;
  return Duration{static_cast<int64_t>(*number * scale)};
}

std::optional<Delay> Delay::from_text(std::string_view text, std::string* error) {
  const std::string whole(text);
  if (text == "bimodal") text = "90%:5ms+9%:300ms+1%:2s";
  Delay delay;
  double sum = 0;
  const bool is_list = text.find('%') != std::string_view::npos;
  do {
    std::string_view item = take(text, '+');
    Part part{1, Shape::fixed, {}, {}};
    if (is_list) {
      const auto share = percent_from_text(take(item, ':'));
      part.share = share.value_or(-1);
    }
    if (part.share < 0 || !part_from_text(item, part) || (!is_list && !text.empty())) {
      *error = "'delay=" + whole +
               "' is not a delay such as 5ms, uniform:5-30ms, normal:20ms/5ms, " +
               "bimodal or 90%:5ms+10%:1s";
      return std::nullopt;
    }
    sum += part.share;
    delay.parts_.push_back(part);
  } while (!text.empty());
  if (std::abs(sum - 1) > 1e-6) {
    *error = "the shares of 'delay=" + whole + "' do not add up to 100 %";
    return std::nullopt;
  }
  return delay;
}

Duration Delay::sample(Dice& dice) const {
  if (parts_.empty()) return Duration{0};
  double left = dice.fraction();
  size_t i = 0;
  while (i + 1 < parts_.size() && left >= parts_[i].share) left -= parts_[i++].share;
  const Part& part = parts_[i];
  if (part.shape == Shape::fixed) return part.a;
  if (part.shape == Shape::uniform) {
    return part.a + Duration{static_cast<int64_t>(dice.fraction() *
                                                  static_cast<double>((part.b - part.a).count()))};
  }
  // Twelve dice less six: the normal distribution near enough, and bounded.
  double normal = -6;
  for (int throw_number = 0; throw_number < 12; ++throw_number) normal += dice.fraction();
  const double time =
      static_cast<double>(part.a.count()) + normal * static_cast<double>(part.b.count());
  return Duration{static_cast<int64_t>(std::max(0.0, time))};
}

bool FaultSpec::any() const {
  for (const PercentFault& fault : percent_faults) {
    if (this->*fault.member > 0) return true;
  }
  for (const BareFault& fault : bare_faults) {
    if (this->*fault.member) return true;
  }
  return !delay.none() || dies_at || returns_at || lies_at || cap > 0 || tcp_answers > 0 || lame != Lame::no;
}

bool FaultSpec::dead_at(Duration since_start) const {
  if (dead) return true;
  const bool died = dies_at && since_start >= *dies_at;
  if (!returns_at) return died;
  const bool returned = since_start >= *returns_at;
  if (!dies_at) return !returned;
  return *dies_at <= *returns_at ? died && !returned : died || !returned;
}

bool FaultSpec::add_text(std::string_view text, std::string* error) {
  const std::string whole(text);
  do {
    if (!set_fault(take(text, ','), *this, error)) return false;
  } while (!text.empty());
  if (whole.ends_with(',')) {
    *error = "'" + whole + "' ends in a comma";
    return false;
  }
  if (cap_changes_at && cap == 0) {
    *error = "'" + whole + "' has cap-then without cap";
    return false;
  }
  return true;
}

std::optional<FaultFlag> split_fault_flag(std::string_view flag) {
  const size_t colon = flag.substr(0, flag.find_first_of("=,")).rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == flag.size())
    return std::nullopt;
  return FaultFlag{flag.substr(0, colon), flag.substr(colon + 1)};
}

}  // namespace dnswarm::sim
