// -r: whom to ask, as a list or as the name of a file with one upstream a line.
#ifndef DNSWARM_CLI_RESOLVER_LIST_H_
#define DNSWARM_CLI_RESOLVER_LIST_H_

#include <string>
#include <string_view>
#include <vector>

namespace dnswarm::cli {

struct ResolverList {
  std::vector<std::string> upstreams;
  std::vector<std::string> warnings;  // about lines of a file that were skipped
  std::string error;                  // not empty: unusable
};

// Where a file of that name exists it is read: one address a line, '#' starts a comment, blank
// lines are fine. Public lists are dirty, so a bad line is skipped and reported (the first five,
// then their number), and only a file without any address is an error. Else `text` is a list
// separated by commas, in which everything must be an address.
ResolverList resolver_list_from_text(const std::string& text);

// The same for a file's contents; `file_name` is for messages.
ResolverList resolver_list_from_lines(std::string_view contents, const std::string& file_name);

// "192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:5353"; IPv6 with %scope.
bool is_upstream_address(std::string_view text);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_RESOLVER_LIST_H_
