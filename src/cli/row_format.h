// How a response becomes a row. One formatter per worker: it keeps scratch memory and the text of
// the current second, and is not shared between threads.
#ifndef DNSWARM_CLI_ROW_FORMAT_H_
#define DNSWARM_CLI_ROW_FORMAT_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cli/row_buffer.h"
#include "dnswarm/response.h"

namespace dnswarm::cli {

enum class Format : uint8_t { ndjson, text, csv, list, massdns };

// massdns's -o: a letter for the output and letters for its options.
struct MassdnsStyle {
  char output = 'F';  // S simple text, L list, F full text, J ndjson
  bool answer = true;
  bool authority = false;
  bool additional = false;
  bool match_name = true;
  bool ttl = false;
  bool blank_line_per_reply = false;
  bool indent = false;
  bool blank_line_per_section = false;
  bool question = false;
  bool meta = false;
  bool without_answers = false;  // L0
  bool failures = false;         // Je
  bool only_answers = false;     // Ja
};

struct RowStyle {
  Format format = Format::ndjson;
  MassdnsStyle massdns;
  bool all_sections = false;  // authority and additional records too
  bool colour = false;        // text only

  // A formatter that needs the other sections whatever --sections says.
  bool needs_all_sections() const;
};

// "ndjson", "text", "csv", "list", "massdns-" and the letters of massdns's -o. Where it is none of
// them, *error says why.
std::optional<RowStyle> row_style_from_text(std::string_view text, std::string* error);

class RowFormat {
 public:
  virtual ~RowFormat() = default;
  virtual void append_header(RowBuffer& out) { (void)out; }
  virtual void append(const Response& response, RowBuffer& out) = 0;
};

std::unique_ptr<RowFormat> make_row_format(const RowStyle& style);

std::unique_ptr<RowFormat> make_ndjson_format(bool all_sections);
std::unique_ptr<RowFormat> make_csv_format(bool all_sections);
std::unique_ptr<RowFormat> make_text_format(bool all_sections, bool colour);
std::unique_ptr<RowFormat> make_list_format();
std::unique_ptr<RowFormat> make_massdns_format(const MassdnsStyle& style);

// A name is shown up to 1 KiB: the longest legal one, every octet escaped, has 1,004 characters.
constexpr size_t name_octets_max = 1024;
std::string_view cut_name(std::string_view name);

// The mnemonic, without a call to the library for the common types.
void append_type(RowBuffer& out, RRType type);
// The same into room for type_octets_max characters at `to`, and the four octets of an address into room for
// 16. They return their end.
char* put_type(char* to, RRType type);
char* put_ipv4(char* to, std::span<const uint8_t> address);
constexpr size_t type_octets_max = 16;

void append_hex(RowBuffer& out, std::span<const uint8_t> octets);

// The RDATA in presentation format, in `scratch`.
std::string_view data_text(const Record& record, std::string& scratch);

// "aa tc ra ad": what the upstream said. RD and CD only repeat the query, QR is always set.
struct FlagName {
  uint16_t bit;
  std::string_view text;
};
inline constexpr FlagName flag_names[] = {{0x0400, "aa"}, {0x0200, "tc"}, {0x0080, "ra"},
                                          {0x0020, "ad"}};
inline constexpr uint16_t flag_bits = [] {
  uint16_t bits = 0;
  for (const FlagName& flag : flag_names) bits |= flag.bit;
  return bits;
}();

// RFC 3339 with microseconds: "2026-11-22T00:00:00.000000Z".
class TimestampText {
 public:
  void append(RowBuffer& out, std::chrono::system_clock::time_point time) { out.append(text(time)); }
  // Valid until the next call.
  std::string_view text(std::chrono::system_clock::time_point time) {
    if (time != time_) [[unlikely]] set(time);  // responses that came together share their time
    return {text_, sizeof text_};
  }

 private:
  void set(std::chrono::system_clock::time_point time);

  static constexpr size_t seconds_octets = 20;  // "2026-11-22T00:00:00."
  std::chrono::system_clock::time_point time_ = std::chrono::system_clock::time_point::min();
  int64_t second_ = INT64_MIN;  // of time_
  char text_[seconds_octets + 7] = {};
};

std::string timestamp_text(std::chrono::system_clock::time_point time);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_ROW_FORMAT_H_
