// How a flag is added, with its check and its words: what the tables of flags (of the main job and of
// `bench`) have in common, and the flags that both have.
#ifndef DNSWARM_CLI_FLAG_ADDER_H_
#define DNSWARM_CLI_FLAG_ADDER_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/flag_values.h"

namespace dnswarm::cli {

// A value in a message: any octets, fit for a terminal, in quotation marks.
std::string in_quotes(std::string_view value);

// Ends parsing with the sentence "FLAG: 'VALUE' RULE".
[[noreturn]] void refuse(const char* flag, std::string_view value, const std::string& rule);

// Whether Options or LoadOptions ask for what only EDNS can say.
template <typename AnyOptions>
bool needs_edns(const AnyOptions& options) {
  return options.dnssec_ok || options.nsid || !options.client_subnet.empty();
}

class FlagAdder {
 public:
  explicit FlagAdder(CLI::App& app) : app_(app) {
    // As shells and scripts expect it: the last one wins.
    app_.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }

 protected:
  using Text = const std::string&;

  CLI::Option* add(const char* names, const char* type_name, std::function<void(Text)> take,
                   const char* words);
  CLI::Option* add_switch(const char* names, bool* target, const char* words, bool value = true);
  void add_number(const char* name, double* target, double min, double max, const char* type_name,
                  const char* words);
  void add_rate(const char* name, double* target, const char* words) {
    add_number(name, target, Limits::rate_min, Limits::rate_max, "QPS", words);
  }
  void add_types(std::vector<RRType>* target);   // -t
  void add_source(std::string* target);          // --source
  void add_hierarchy(Options* options);  // --root-hints ... --qname-minimisation
  void add_fail_on(FailOn* target, const char* words);
  void add_class(RRClass* target);
  void add_client_subnet(std::string* target);
  void add_payload_octets(uint16_t* target, bool* given);
  void add_io_mask(IoFeatureMask* target);

  template <typename T>
  void add_whole(const char* name, T* target, uint64_t min, uint64_t max, const char* type_name,
                 const char* words) {
    add(name, type_name, [=](Text text) {
      std::string rule;
      const auto number = whole_number_from_text(text, min, max, &rule);
      if (!number) refuse(name, text, rule);
      *target = T(*number);
    }, words);
  }

  template <typename T>
  void add_choice(const char* name, T* target, std::vector<std::pair<std::string, T>> choices,
                  const char* words) {
    std::string names;
    for (const auto& choice : choices) names += (names.empty() ? "" : "|") + choice.first;
    add(name, names.c_str(), [=](Text text) {
      for (const auto& [choice, value] : choices) {
        if (choice == text) {
          *target = value;
          return;
        }
      }
      refuse(name, text, "must be one of " + names);
    }, words);
  }

  // The query controls, of Options or LoadOptions. *payload_given: --bufsize was.
  template <typename AnyOptions>
  void add_query_flags(AnyOptions* options, bool* payload_given) {
    add_class(&options->rrclass);
    add_switch("--norecurse", &options->recursion_desired, "RD clear: no recursion asked for", false);
    add_switch("--dnssec", &options->dnssec_ok, "DO set: with DNSSEC records");
    add_switch("--cd", &options->checking_disabled, "CD set: no validation asked for");
    add_switch("--ad", &options->authentic_data, "AD set: whether it validated is asked for");
    add_switch("--nsid", &options->nsid, "ask for the server's identifier (RFC 5001)");
    add_client_subnet(&options->client_subnet);
    add_payload_octets(&options->udp_payload_octets, payload_given);
  }

  template <typename AnyOptions>
  void add_io_flags(AnyOptions* options) {
    add_choice<Io>("--io", &options->io,
                   {{"auto", Io::automatic}, {"uring", Io::uring}, {"mmsg", Io::mmsg}},
                   "how datagrams reach the kernel");
    add_io_mask(&options->io_features);
  }

  CLI::App& app_;
  const char* group_ = "";
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_FLAG_ADDER_H_
