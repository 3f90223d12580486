#include "cli/flag_adder.h"

#include "cli/input_line.h"
#include "cli/json_text.h"

namespace dnswarm::cli {

std::string in_quotes(std::string_view value) {
  RowBuffer out;
  append_printable(out, value);
  return "'" + std::string(out.text()) + "'";
}

void refuse(const char* flag, std::string_view value, const std::string& rule) {
  throw CLI::ValidationError(flag, in_quotes(value) + " " + rule);
}

CLI::Option* FlagAdder::add(const char* names, const char* type_name, std::function<void(Text)> take,
                            const char* words) {
  return app_.add_option_function<std::string>(names, std::move(take), words)
      ->type_name(type_name)
      ->group(group_);
}

CLI::Option* FlagAdder::add_switch(const char* names, bool* target, const char* words, bool value) {
  return app_.add_flag_callback(names, [=] { *target = value; }, words)->group(group_);
}

void FlagAdder::add_number(const char* name, double* target, double min, double max, const char* type_name,
                           const char* words) {
  add(name, type_name, [=](Text text) {
    std::string rule;
    const auto number = number_from_text(text, min, max, &rule);
    if (!number) refuse(name, text, rule);
    *target = *number;
  }, words);
}

void FlagAdder::add_types(std::vector<RRType>* target) {
  const auto take = [target](const std::vector<std::string>& texts) {
    target->clear();
    for (const std::string& text : texts) {
      std::string_view word;
      const LineError error = types_from_text(text, *target, &word);
      if (error.code == "too_many_types") refuse("--type", text, "has more than 100 types");
      if (!error.code.empty()) {
        refuse("--type", word, "must be a record type that can be asked for (A, AAAA, TYPE65, ...)");
      }
    }
  };
  app_.add_option_function<std::vector<std::string>>("-t,--type", take,
                                                     "IANA mnemonics or TYPEnnn, with commas; default A")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name("LIST")
      ->group(group_);
}

void FlagAdder::add_hierarchy(Options* options) {
  add("--root-hints", "FILE", [=](Text text) { options->root_hints_path = text; },
      "the root's servers; default: the system's, else built in");
  add_whole("--authoritative-port", &options->authoritative_port, 1, 65535, "N",
            "of all authoritative servers; default 53");
  add_switch("--ipv4-only", &options->authoritative_ipv6, "ask authoritative servers over IPv4 only", false);
  add_switch("--ipv6-only", &options->authoritative_ipv4, "the same over IPv6", false);
  add_switch("--qname-minimisation", &options->qname_minimisation,
             "tell servers no more of a name than needed (RFC 9156)");
}

void FlagAdder::add_source(std::string* target) {
  add("--source", "ADDR", [=](Text text) {
    if (!is_ip_address(text)) refuse("--source", text, "must be an IP address");
    *target = text;
  }, "local address to send from");
}

void FlagAdder::add_fail_on(FailOn* target, const char* words) {
  add("--fail-on", "none|any|PCT", [=](Text text) {
    std::string rule;
    const auto fail_on = fail_on_from_text(text, &rule);
    if (!fail_on) refuse("--fail-on", text, rule);
    *target = *fail_on;
  }, words);
}

void FlagAdder::add_class(RRClass* target) {
  add("--class", "CLASS", [=](Text text) {
    const auto rrclass = rrclass_from_text(text);
    if (!rrclass) refuse("--class", text, "must be IN, CH, HS or CLASSnnn");
    *target = *rrclass;
  }, "IN, CH, HS; default IN");
}

void FlagAdder::add_client_subnet(std::string* target) {
  add("--ecs", "NET", [=](Text text) {
    if (!is_network(text)) refuse("--ecs", text, "must be address/prefix, as 192.0.2.0/24");
    *target = text;
  }, "client subnet (RFC 7871), as 192.0.2.0/24");
}

void FlagAdder::add_payload_octets(uint16_t* target, bool* given) {
  add("--bufsize", "OCTETS", [=](Text text) {
    std::string rule;
    const auto octets =
        whole_number_from_text(text, Limits::udp_payload_octets_min, Limits::udp_payload_octets_max, &rule);
    if (!octets) refuse("--bufsize", text, rule);
    *target = static_cast<uint16_t>(*octets);
    *given = true;
  }, "largest UDP response taken, 512-4096; default 1232");
}

void FlagAdder::add_io_mask(IoFeatureMask* target) {
  add("--io-mask", "LIST", [=](Text text) {
    std::string rule;
    const auto mask = io_mask_from_text(text, &rule);
    if (!mask) refuse("--io-mask", text, rule);
    *target = *mask;
  }, "leave kernel features unused:\nno-min-wait,no-gso,no-defer-taskrun");
}

}  // namespace dnswarm::cli
