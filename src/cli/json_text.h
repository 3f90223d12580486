// Any octets as the inside of a JSON string (RFC 8259 section 7).
#ifndef DNSWARM_CLI_JSON_TEXT_H_
#define DNSWARM_CLI_JSON_TEXT_H_

#include <string_view>

#include "cli/row_buffer.h"

namespace dnswarm::cli {

// Quotation marks, backslashes and control characters are escaped, well-formed UTF-8 (RFC 3629) is
// copied. Octets that are not UTF-8 become \DDD, the escape of DNS presentation format (RFC 4343
// section 2.1), so the output is valid JSON whatever the input was.
void append_json(RowBuffer& out, std::string_view octets);
// The same into room for json_octets_max(octets) characters at `to`. Returns their end.
char* put_json(char* to, std::string_view octets);
constexpr size_t json_octets_max(std::string_view octets) { return octets.size() * 6; }  // \u00HH

// The same, with the quotation marks around it.
void append_json_string(RowBuffer& out, std::string_view octets);

// As text for people and for csv: octets that are not UTF-8, control characters and DEL become
// \DDD, all else is copied.
void append_printable(RowBuffer& out, std::string_view octets);

// The octets of the well-formed UTF-8 sequence `text` starts with; 0 if it is none.
size_t utf8_sequence_octets(std::string_view text);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_JSON_TEXT_H_
