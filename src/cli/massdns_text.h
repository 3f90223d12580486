// Names and RDATA as massdns writes them: \xHH for octets that do not print, a dot after every
// name, types and classes it has no word for as numbers. Read off its output and its format strings
// (massdns of July 2025); no code of it is here.
#ifndef DNSWARM_CLI_MASSDNS_TEXT_H_
#define DNSWARM_CLI_MASSDNS_TEXT_H_

#include <string_view>

#include "cli/row_buffer.h"
#include "dnswarm/response.h"

namespace dnswarm::cli::massdns {

// Octets outside a name: printable ASCII as it is, the backslash and all others as \xHH.
void append_readable(RowBuffer& out, std::span<const uint8_t> octets);

// A name in presentation format (escapes \. and \DDD) with or without its last dot.
void append_name(RowBuffer& out, std::string_view presentation);

// The name at `offset` of the record's message, compression pointers followed. Ends early where the
// name is malformed, which the parser has ruled out. Returns the offset behind it.
size_t append_wire_name(RowBuffer& out, const Record& record, size_t offset);

void append_type(RowBuffer& out, RRType type);
void append_class(RowBuffer& out, RRClass rrclass);

// TXT: each string in quotation marks and followed by a blank, or bare and joined.
enum class TxtStyle : uint8_t { quoted, joined };
void append_data(RowBuffer& out, const Record& record, TxtStyle txt_style);

}  // namespace dnswarm::cli::massdns

#endif  // DNSWARM_CLI_MASSDNS_TEXT_H_
