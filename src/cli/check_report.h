// The result of `dnswarm check-resolvers` as text.
#ifndef DNSWARM_CLI_CHECK_REPORT_H_
#define DNSWARM_CLI_CHECK_REPORT_H_

#include <string>

#include "dnswarm/resolver_check.h"

namespace dnswarm::cli {

std::string check_list(const ResolverCheckReport& report);  // the good ones, best first
// All, the good ones first.
std::string check_table(const ResolverCheckReport& report);
std::string check_json(const ResolverCheckReport& report);

// "checked 200 resolvers: 61 good, 139 not: silent 80, lies 59; 2,345 queries; 3.2 s". Each counts by its
// gravest fault.
std::string check_end_line(const ResolverCheckReport& report);
int check_exit_code(const ResolverCheckReport& report);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_CHECK_REPORT_H_
