// Where the walk begins: the root's name servers and their addresses. Hints need not be right, only good
// enough to reach one server that is: the root's NS set is then asked for (priming, RFC 8109), and that is
// what counts.
#ifndef DNSWARM_ITERATIVE_ROOT_HINTS_H_
#define DNSWARM_ITERATIVE_ROOT_HINTS_H_

#include <optional>
#include <string>
#include <string_view>

#include "iterative/delegation.h"

namespace dnswarm {

// The 13 servers of IANA's root hints as of 2024-04-18.
Delegation compiled_root_hints();

// Reads a hints file as IANA, Debian's dns-root-data and BIND have it: master file format (RFC 1035 section
// 5) with NS records of the root and A and AAAA records, one a line; comments, TTLs and the class IN are
// fine, directives and parentheses are not. Records of other types and addresses of other names are ignored.
// Nothing, with *error set
// ("line 7: ..."), where a line does not parse or no root server with an address is left.
std::optional<Delegation> root_hints_from_text(std::string_view text, std::string* error);

}  // namespace dnswarm

#endif  // DNSWARM_ITERATIVE_ROOT_HINTS_H_
