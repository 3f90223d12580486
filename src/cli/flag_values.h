// Values of flags from text. Where a value does not fit, *rule receives the rule it breaks, to
// stand behind the flag and the value in one sentence.
#ifndef DNSWARM_CLI_FLAG_VALUES_H_
#define DNSWARM_CLI_FLAG_VALUES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/flags.h"

namespace dnswarm::cli {

// Digits only, within the range; nothing else on either side.
std::optional<uint64_t> whole_number_from_text(std::string_view text, uint64_t min, uint64_t max,
                                               std::string* rule);
// Decimal, with or without a fraction.
std::optional<double> number_from_text(std::string_view text, double min, double max,
                                       std::string* rule);
// "none", "any", or a share in percent, with or without the sign.
std::optional<FailOn> fail_on_from_text(std::string_view text, std::string* rule);
// "i/n" with 1 <= i <= n.
std::optional<Shard> shard_from_text(std::string_view text, std::string* rule);
// "no-min-wait,no-gso,no-defer-taskrun" or a part of it.
std::optional<IoFeatureMask> io_mask_from_text(std::string_view text, std::string* rule);

bool is_ip_address(std::string_view text);
// "192.0.2.0/24", "2001:db8::/56".
bool is_network(std::string_view text);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_FLAG_VALUES_H_
