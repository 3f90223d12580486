#include "probe/check_options.h"

#include "absl/container/flat_hash_map.h"
#include "base/range_text.h"

namespace dnswarm {
namespace {

constexpr uint16_t dns_port = 53;
constexpr double resolvers_max = 1'000'000;
constexpr double names_max = 50;
constexpr double in_flight_max = 30'000;
constexpr double rate_test_max = 10'000;

double ms(std::chrono::milliseconds duration) { return static_cast<double>(duration.count()); }
double count(size_t number) { return static_cast<double>(number); }

}  // namespace

std::vector<KnownName> default_known_names() {
  return {{"one.one.one.one", RRType::A, {}},
          {"dns.google", RRType::A, {}},
          {"dns.quad9.net", RRType::A, {}},
          {"a.root-servers.net", RRType::A, {}},
          {"k.root-servers.net", RRType::A, {}}};
}

std::vector<std::string> default_absent_zones() {
  return {"com", "net", "org", "google.com", "facebook.com"};
}

std::vector<std::string> default_trusted() { return {"1.1.1.1", "8.8.8.8", "9.9.9.9"}; }

std::string check_options_error(const ResolverCheckOptions& o) {
  const auto rate_error = [](const char* field, double rate) {
    return range_error(field, rate, Limits::rate_min, Limits::rate_max, " packets/s");
  };
  std::string errors[] = {
      range_error("resolvers", count(o.resolvers.size()), 1, resolvers_max, " addresses"),
      range_error("known", count(o.known.size()), 1, names_max, " names"),
      range_error("absent_zones", count(o.absent_zones.size()), 1, names_max, " zones"),
      range_error("timeout", ms(o.timeout), Limits::timeout_ms_min, Limits::timeout_ms_max, " ms"),
      range_error("attempts", o.attempts, 1, Limits::attempts_max, ""),
      range_error("in_flight", o.in_flight, 1, in_flight_max, " queries"),
      o.rate == 0 ? "" : rate_error("rate", o.rate),
      rate_error("rate_per_resolver", o.rate_per_resolver),
      range_error("loss_percent_max", o.loss_percent_max, 0, 100, " percent"),
      range_error("score_min", o.score_min, 0, 100, ""),
      range_error("rate_test", o.rate_test, 0, rate_test_max, " queries/s"),
  };
  for (std::string& error : errors) {
    if (!error.empty()) return std::move(error);
  }
  return {};
}

Address source_of(const std::string& text, std::string* error) {
  if (text.empty()) return {};
  auto address = Address::from_text(text, 1);
  if (!address) {
    *error = "source address \"" + text + "\" is not an IP address";
    return {};
  }
  address->set_port(0);
  return *address;
}

std::vector<CheckTarget> list_targets(const std::vector<std::string>& listed,
                                      const std::vector<std::string>& trusted, const Address& source,
                                      std::string* error) {
  std::vector<CheckTarget> targets;
  absl::flat_hash_map<Address, size_t> places;
  const auto add = [&](const std::string& text) -> CheckTarget* {
    const auto address = Address::from_text(text, dns_port);
    if (!address) {
      if (error->empty()) *error = "\"" + text + "\" is not an address: ip, ip:port or [v6]:port";
      return nullptr;
    }
    const auto [found, is_new] = places.emplace(*address, targets.size());
    if (is_new) targets.push_back({text, *address, false, false});
    if (source.family() != AF_UNSPEC && source.family() != address->family() && error->empty())
      *error = text + " and the source address " + source.host_text() + " are of different IP versions";
    return &targets[found->second];
  };
  for (const std::string& text : listed) {
    if (CheckTarget* target = add(text)) target->listed = true;
  }
  for (const std::string& text : trusted) {
    if (CheckTarget* target = add(text)) target->trusted = true;
  }
  return targets;
}

}  // namespace dnswarm
