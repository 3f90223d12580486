#include "load/load_options.h"

#include <algorithm>

#include "base/range_text.h"
#include "dns/query_builder.h"

namespace dnswarm {
namespace {

// An open loop's answers come at its rate. For the number of sockets: what comes while a worker does not
// run for a moment must fit into their buffers.
constexpr double absence_expected_s = 0.01;

double ms(std::chrono::milliseconds duration) { return static_cast<double>(duration.count()); }

std::string check_rates(const LoadOptions& o) {
  const auto check = [](const char* field, double rate) {
    return range_error(field, rate, Limits::rate_min, Limits::rate_max, " queries/s");
  };
  if (o.mode == LoadMode::open) return check("rate", o.rate);
  if (o.mode != LoadMode::ramp) return {};
  if (std::string error = check("ramp_from", o.ramp_from); !error.empty()) return error;
  if (std::string error = check("ramp_to", o.ramp_to); !error.empty()) return error;
  if (o.ramp_from >= o.ramp_to) {
    return "ramp_from is " + number_text(o.ramp_from) + ", must be below ramp_to, " + number_text(o.ramp_to);
  }
  if (o.queries != 0)
    return "queries is " + std::to_string(o.queries) +
           ", must be 0 with a ramp, whose steps last for duration";
  return range_error("ramp_steps", o.ramp_steps, 2, LoadLimits::ramp_steps_max, "");
}

Duration step_duration(const LoadOptions& o) {
  if (o.duration.count() > 0 || o.queries > 0) return o.duration;
  if (o.mode == LoadMode::ramp) return LoadLimits::ramp_step_default;
  return LoadLimits::duration_default;
}

}  // namespace

std::string check_load_options(const LoadOptions& o) {
  if (!Address::from_text(o.server, 53))
    return "server \"" + o.server + "\" is not ip, ip:port or [ipv6]:port";
  if (!o.source_address.empty()) {
    const auto source = Address::from_text(o.source_address, 1);
    if (!source) return "source address \"" + o.source_address + "\" is not an IP address";
    if (source->family() != Address::from_text(o.server, 53)->family()) {
      return "source address " + o.source_address + " and server " + o.server +
             " are of different IP versions";
    }
  }
  if (std::string error = check_rates(o); !error.empty()) return error;
  const double duration_max = ms(LoadLimits::duration_max);
  std::string errors[] = {
      range_error("in_flight", o.in_flight, 0, LoadLimits::in_flight_max, " queries"),
      range_error("workers", o.workers, 1, Limits::workers_max, ""),
      range_error("sockets", o.sockets, 0, LoadLimits::sockets_max, ""),
      range_error("timeout", ms(o.timeout), 1, LoadLimits::timeout_ms_max, " ms"),
      range_error("duration", ms(o.duration), 0, duration_max, " ms"),
      range_error("loss_percent_max", o.loss_percent_max, 0, 100, " percent"),
      range_error("udp_payload_octets", o.udp_payload_octets, Limits::udp_payload_octets_min,
                  Limits::udp_payload_octets_max, " octets"),
  };
  for (std::string& error : errors) {
    if (!error.empty()) return error;
  }
  return client_subnet_error(o.client_subnet);
}

LoadWorkerConfig load_worker_config(const LoadOptions& o, double rate) {
  LoadWorkerConfig config;
  config.flows.server = *Address::from_text(o.server, 53);
  if (!o.source_address.empty()) {
    config.flows.source = *Address::from_text(o.source_address, 1);
    config.flows.source.set_port(0);
  }
  config.flows.tcp = o.tcp;
  config.flows.in_flight = o.in_flight != 0            ? o.in_flight
                           : o.mode == LoadMode::closed ? LoadLimits::in_flight_closed
                                                        : LoadLimits::in_flight_open;
  config.flows.in_flight_expected = config.flows.in_flight;
  if (rate > 0) {
    const double expected = std::min<double>(rate * absence_expected_s, config.flows.in_flight);
    config.flows.in_flight_expected = static_cast<unsigned>(expected) + 1;
  }
  config.workers = std::min(o.workers, config.flows.in_flight);
  config.flows.sockets = o.sockets;
  config.flows.io = o.io;
  config.flows.loop = loop_options_of(o.io_features);
  config.query = query_options_of(o);
  config.rate = rate;
  config.duration = step_duration(o);
  config.queries = o.queries;
  config.timeout = o.timeout;
  config.seed = o.seed;
  config.busy_poll = o.busy_poll;
  return config;
}

}  // namespace dnswarm
