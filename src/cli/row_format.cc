#include "cli/row_format.h"

#include <array>
#include <cstring>
#include <ctime>

namespace dnswarm::cli {
namespace {

using std::chrono::duration_cast;

constexpr size_t table_types = 263;  // the mnemonics up to IPN; those above are rare

struct Mnemonic {
  char text[type_octets_max];
  size_t octets;
};

const std::array<Mnemonic, table_types> type_table = [] {
  std::array<Mnemonic, table_types> texts{};
  for (size_t i = 0; i < table_types; ++i) {
    const std::string text = to_text(static_cast<RRType>(i));
    texts[i].octets = text.copy(texts[i].text, sizeof texts[i].text - 1);
  }
  return texts;
}();

// massdns's S: any letter turns the match of the owner name off; sections named by letters replace
// the answer section.
bool apply_simple_letters(std::string_view letters, MassdnsStyle& style) {
  style.match_name = letters.empty();
  bool sections_named = false;
  style.answer = false;
  for (const char letter : letters) {
    switch (letter) {
      case 'n': style.answer = sections_named = true; break;
      case 'u': style.authority = sections_named = true; break;
      case 'd': style.additional = sections_named = true; break;
      case 'm': style.match_name = true; break;
      case 't': style.ttl = true; break;
      case 'l': style.blank_line_per_reply = true; break;
      case 'i': style.indent = true; break;
      case 's': style.blank_line_per_section = true; break;
      case 'r': style.meta = true; [[fallthrough]];
      case 'q': style.question = true; break;
      default: return false;
    }
  }
  if (!sections_named) style.answer = true;
  return true;
}

bool apply_letters(std::string_view letters, MassdnsStyle& style) {
  if (letters.empty()) return false;
  style.output = letters[0];
  letters.remove_prefix(1);
  switch (style.output) {
    case 'S': return apply_simple_letters(letters, style);
    case 'F': return letters.empty();
    case 'L':
      style.without_answers = !letters.empty();
      return letters.find_first_not_of('0') == letters.npos;
    case 'J':
      style.failures = letters.find('e') != letters.npos;
      style.only_answers = letters.find('a') != letters.npos;
      return letters.find_first_not_of("ea") == letters.npos;
    default: return false;
  }
}

}  // namespace

bool RowStyle::needs_all_sections() const {
  return format == Format::massdns &&
         (massdns.output == 'F' || massdns.output == 'J' || massdns.authority ||
          massdns.additional);
}

std::optional<RowStyle> row_style_from_text(std::string_view text, std::string* error) {
  constexpr std::string_view prefix = "massdns-";
  RowStyle style;
  if (text.starts_with(prefix)) {
    style.format = Format::massdns;
    if (apply_letters(text.substr(prefix.size()), style.massdns)) return style;
    *error = "massdns formats are S with any of n u d m t l i s q r, L, L0, F, J with any of e a";
    return std::nullopt;
  }
  if (text == "ndjson") style.format = Format::ndjson;
  else if (text == "text") style.format = Format::text;
  else if (text == "csv") style.format = Format::csv;
  else if (text == "list") style.format = Format::list;
  else {
    *error = "must be ndjson, text, csv, list or massdns-X (X as massdns's -o: S Snl J ...)";
    return std::nullopt;
  }
  return style;
}

std::unique_ptr<RowFormat> make_row_format(const RowStyle& style) {
  switch (style.format) {
    case Format::ndjson: return make_ndjson_format(style.all_sections);
    case Format::text: return make_text_format(style.all_sections, style.colour);
    case Format::csv: return make_csv_format(style.all_sections);
    case Format::list: return make_list_format();
    case Format::massdns: return make_massdns_format(style.massdns);
  }
  return nullptr;
}

std::string_view cut_name(std::string_view name) {
  if (name.size() <= name_octets_max) return name;
  size_t size = name_octets_max;
  // Not inside a UTF-8 sequence: its start is at most three octets back.
  for (int i = 0; i < 3 && (static_cast<uint8_t>(name[size]) & 0xC0) == 0x80; ++i) --size;
  return name.substr(0, size);
}

void append_type(RowBuffer& out, RRType type) {
  out.commit(put_type(out.room(type_octets_max), type));
}

char* put_type(char* to, RRType type) {
  const auto number = static_cast<size_t>(type);
  if (number < table_types) {
    const Mnemonic& mnemonic = type_table[number];
    std::memcpy(to, mnemonic.text, sizeof mnemonic.text);
    return to + mnemonic.octets;
  }
  return to + to_text(type).copy(to, type_octets_max);
}

char* put_ipv4(char* to, std::span<const uint8_t> address) {
  for (size_t i = 0; i < 4; ++i) {
    const Decimal& octet = decimals[address[i]];
    std::memcpy(to, octet.text, sizeof octet.text);
    to += octet.octets;
    *to++ = '.';
  }
  return to - 1;
}

void append_hex(RowBuffer& out, std::span<const uint8_t> octets) {
  for (const uint8_t octet : octets) {
    out.append("0123456789abcdef"[octet >> 4]);
    out.append("0123456789abcdef"[octet & 15]);
  }
}

std::string_view data_text(const Record& record, std::string& scratch) {
  scratch.clear();
  record.append_data_text(scratch);
  return scratch;
}

void TimestampText::set(std::chrono::system_clock::time_point time) {
  time_ = time;
  const auto since_epoch = duration_cast<std::chrono::microseconds>(time.time_since_epoch());
  const auto second = std::chrono::floor<std::chrono::seconds>(since_epoch);
  if (second.count() != second_) {
    second_ = second.count();
    const std::time_t seconds = second.count();
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[64];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.", &utc);
    std::memcpy(text_, text, seconds_octets);
  }
  auto microseconds = static_cast<uint32_t>((since_epoch - second).count());
  for (size_t i = seconds_octets + 6; i-- > seconds_octets; microseconds /= 10) {
    text_[i] = static_cast<char>('0' + microseconds % 10);
  }
  text_[seconds_octets + 6] = 'Z';
}

std::string timestamp_text(std::chrono::system_clock::time_point time) {
  return std::string(TimestampText().text(time));
}

}  // namespace dnswarm::cli
