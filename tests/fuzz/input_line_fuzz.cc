// Input lines: whatever the octets and wherever the chunks end, the same lines come out, within
// their bounds, and every row about them is valid JSON-escaped text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "cli/input_line.h"
#include "cli/json_text.h"
#include "cli/line_splitter.h"
#include "cli/resolver_list.h"

namespace {

using namespace dnswarm;
using namespace dnswarm::cli;

void require(bool holds) {
  if (!holds) std::abort();
}

// What the lines of `input` amount to, cut into chunks of the given size.
std::vector<std::string> accepted_lines(std::string_view input, size_t chunk_octets) {
  std::vector<std::string> accepted;
  std::vector<RRType> types;
  LineSplitter splitter;
  const auto on_line = [&](std::string_view line, bool cut) {
    require(line.size() <= line_octets_max);
    const InputLine parsed = cut ? parse_cut_line(line) : parse_input_line(line, types);
    if (parsed.kind == InputLine::Kind::skipped) return;
    std::string text(parsed.name);
    text += '\n';
    if (parsed.kind == InputLine::Kind::question) {
      require(types.size() <= line_types_max && !parsed.name.empty());
      for (const RRType type : types) append_text(type, text += ' ');
    } else {
      require(!parsed.error.code.empty() && !parsed.error.text.empty());
      text += parsed.error.code;
    }
    RowBuffer out;
    append_json_string(out, parsed.name);
    for (const char c : out.text()) require(static_cast<uint8_t>(c) >= 0x20);
    accepted.push_back(std::move(text));
  };
  for (size_t at = 0; at < input.size(); at += chunk_octets) {
    splitter.feed(input.substr(at, chunk_octets), on_line);
  }
  splitter.finish(on_line);
  return accepted;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  if (size == 0) return 0;
  const size_t chunk_octets = size_t{octets[0]} + 1;
  const std::string_view input(reinterpret_cast<const char*>(octets) + 1, size - 1);
  const auto whole = accepted_lines(input, input.size() + 1);
  require(whole == accepted_lines(input, chunk_octets));
  const ResolverList list = resolver_list_from_lines(input, "list");
  require(list.upstreams.empty() == !list.error.empty());
  require(list.warnings.size() <= 6);
  return 0;
}
