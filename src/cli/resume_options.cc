#include "cli/resume_options.h"

#include <algorithm>

#include "cli/checksum.h"

namespace dnswarm::cli {
namespace {

std::string yes_or_no(bool value) { return value ? "yes" : "no"; }

template <typename Texts>
std::string joined(const Texts& texts) {
  std::string result;
  for (const std::string& text : texts) result += (result.empty() ? "" : ",") + text;
  return result;
}

// A state is written several times a second: ten thousand resolvers are one number in it.
std::string resolvers(const std::vector<std::string>& upstreams) {
  constexpr size_t octets_max = 200;
  const std::string text = joined(upstreams);
  if (text.empty()) return "the system's";
  if (text.size() <= octets_max) return text;
  return std::to_string(upstreams.size()) + " with checksum " + checksum_text(text);
}

std::string types(const std::vector<RRType>& types) {
  std::vector<std::string> texts;
  for (const RRType type : types) texts.push_back(to_text(type));
  return joined(texts);
}

void add_whom(const Options& options, RowOptions& result) {
  result.insert(result.end(), {{"--resolvers", resolvers(options.upstreams)},
                               {"--resolv-conf", options.resolv_conf_path},
                               {"--iterative", yes_or_no(options.iterative)},
                               {"--root-hints", options.root_hints_path},
                               {"--authoritative-port", std::to_string(options.authoritative_port)},
                               {"--ipv4-only", yes_or_no(!options.authoritative_ipv6)},
                               {"--ipv6-only", yes_or_no(!options.authoritative_ipv4)},
                               {"--qname-minimisation", yes_or_no(options.qname_minimisation)},
                               {"--nxdomain-cut", yes_or_no(options.nxdomain_cut)},
                               {"--search", yes_or_no(options.search)},
                               {"--hosts", options.use_hosts_file ? options.hosts_path : "no"}});
}

void add_what(const Flags& flags, RowOptions& result) {
  const Options& options = flags.options;
  result.insert(result.end(), {{"--type", types(flags.types)},
                               {"--class", to_text(options.rrclass)},
                               {"--norecurse", yes_or_no(!options.recursion_desired)},
                               {"--dnssec", yes_or_no(options.dnssec_ok)},
                               {"--cd", yes_or_no(options.checking_disabled)},
                               {"--ad", yes_or_no(options.authentic_data)},
                               {"--nsid", yes_or_no(options.nsid)},
                               {"--ecs", options.client_subnet},
                               {"--bufsize", std::to_string(options.udp_payload_octets)},
                               {"--edns", yes_or_no(options.edns)}});
}

std::string shown(const std::string& value) { return value.empty() ? "not given" : value; }

}  // namespace

RowOptions row_options(const Flags& flags, bool colour) {
  RowOptions result;
  add_whom(flags.options, result);
  add_what(flags, result);
  result.insert(result.end(), {{"--shard", shard_text(flags.shard)},
                               {"--format", flags.format_text},
                               {"--ordered", yes_or_no(flags.ordered)},
                               {"--sections", flags.options.keep_all_sections ? "all" : "answer"},
                               {"--trace", yes_or_no(flags.options.trace)},
                               {"--color", yes_or_no(colour)}});
  return result;
}

std::string difference(const RowOptions& before, const RowOptions& now) {
  for (const auto& [flag, value] : now) {
    const auto same = [&flag = flag](const auto& option) { return option.first == flag; };
    const auto was = std::find_if(before.begin(), before.end(), same);
    const std::string old = was == before.end() ? "" : was->second;
    if (old != value) return flag + " was " + shown(old) + ", and is " + shown(value);
  }
  return {};
}

}  // namespace dnswarm::cli
