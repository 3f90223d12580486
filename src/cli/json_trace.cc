#include "cli/json_trace.h"

#include "cli/json_text.h"

namespace dnswarm::cli {
namespace {

void append_servers(RowBuffer& out, const std::vector<TraceServer>& servers) {
  out.append(R"(,"servers":[)");
  std::string_view before = R"({"name":)";
  for (const TraceServer& server : servers) {
    out.append(before);
    append_json_string(out, server.name);
    out.append(R"(,"glue":[)");
    for (const std::string& address : server.addresses) {
      if (&address != &server.addresses.front()) out.append(',');
      append_json_string(out, address);
    }
    out.append("]}");
    before = R"(,{"name":)";
  }
  out.append(']');
}

void append_step(RowBuffer& out, const TraceStep& step) {
  out.append(R"({"name":)");
  append_json_string(out, step.qname);
  out.append(R"(,"type":")");
  out.append(to_text(step.type));
  out.append(R"(","depth":)");
  out.append_number(step.depth);
  out.append(R"(,"zone":)");
  append_json_string(out, step.zone);
  out.append(step.cached ? R"(,"cached":true)" : R"(,"cached":false)");
  if (!step.address.empty()) {
    out.append(R"(,"server":{"name":)");
    append_json_string(out, step.server);
    out.append(R"(,"address":)");
    append_json_string(out, step.address);
    out.append(step.protocol == Protocol::udp ? R"(},"proto":"udp")" : R"(},"proto":"tcp")");
  }
  out.append(R"(,"at_us":)");
  out.append_number(static_cast<uint64_t>(step.at.count()));
  if (step.rtt) {
    out.append(R"(,"rtt_us":)");
    out.append_number(static_cast<uint64_t>(step.rtt->count()));
  }
  if (step.rcode) {
    out.append(R"(,"rcode":")");
    out.append(to_text(*step.rcode));
    out.append('"');
  }
  out.append(R"(,"outcome":")");
  out.append(outcome_text(step.outcome));
  out.append('"');
  if (!step.target.empty()) {
    out.append(R"(,"target":)");
    append_json_string(out, step.target);
  }
  if (!step.code.empty()) {
    out.append(R"(,"code":)");
    append_json_string(out, step.code);
  }
  if (!step.servers.empty()) append_servers(out, step.servers);
  out.append('}');
}

}  // namespace

void append_json_trace(RowBuffer& out, std::span<const TraceStep> trace) {
  out.append('[');
  for (const TraceStep& step : trace) {
    if (&step != &trace.front()) out.append(',');
    append_step(out, step);
  }
  out.append(']');
}

}  // namespace dnswarm::cli
