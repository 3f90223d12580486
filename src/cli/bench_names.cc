#include "cli/bench_names.h"

#include <cstring>

#include "cli/flag_adder.h"
#include "cli/input_file.h"
#include "cli/input_line.h"
#include "cli/line_splitter.h"

namespace dnswarm::cli {
namespace {

constexpr uint64_t lines_reported_max = 5;
constexpr size_t shown_octets_max = 80;

class NamesReader {
 public:
  NamesReader(const BenchFlags& flags, BenchNames& out)
      : file_name_(flags.input == "-" ? "stdin" : flags.input), default_types_(flags.types), out_(out) {}

  void read(InputFile& input) {
    const auto on_line = [this](std::string_view line, bool cut) { take_line(line, cut); };
    std::string_view chunk;
    InputFile::Outcome outcome;
    while ((outcome = input.read(-1, &chunk)) == InputFile::Outcome::octets) splitter_.feed(chunk, on_line);
    splitter_.finish(on_line);
    if (outcome == InputFile::Outcome::failed) {
      out_.error = "cannot read " + file_name_ + ": " + std::strerror(input.error_number());
      out_.exit_code = 1;
      return;
    }
    if (out_.bad_lines > lines_reported_max) {
      out_.warnings.push_back(file_name_ + ": " + std::to_string(out_.bad_lines) + " of " +
                              std::to_string(out_.lines) + " lines left out");
    }
    if (out_.names.size() == 0) {
      out_.error = file_name_ + " holds no name that can be asked for";
      out_.exit_code = 2;
    }
  }

 private:
  // Comments and blank lines are counted for the line's number only.
  void take_line(std::string_view line, bool cut) {
    ++line_number_;
    const InputLine parsed = cut ? parse_cut_line(line) : parse_input_line(line, line_types_);
    if (parsed.kind == InputLine::Kind::skipped) return;
    ++out_.lines;
    if (parsed.kind == InputLine::Kind::invalid) return report(parsed.name, parsed.error.text);
    for (const RRType type : line_types_.empty() ? default_types_ : line_types_) {
      const LoadNames::Fault fault = out_.names.add(parsed.name, type);
      if (!fault.code.empty()) return report(parsed.name, fault.text);
    }
  }

  void report(std::string_view name, std::string_view rule) {
    if (++out_.bad_lines > lines_reported_max) return;
    out_.warnings.push_back(file_name_ + ":" + std::to_string(line_number_) + ": " +
                            in_quotes(name.substr(0, shown_octets_max)) + " left out: " + std::string(rule));
  }

  const std::string file_name_;
  const std::vector<RRType>& default_types_;
  BenchNames& out_;
  LineSplitter splitter_;
  std::vector<RRType> line_types_;
  uint64_t line_number_ = 0;
};

}  // namespace

BenchNames read_bench_names(const BenchFlags& flags) {
  BenchNames out;
  if (!flags.pattern.empty()) {
    const std::string rule = out.names.set_pattern(flags.pattern, flags.types);
    if (!rule.empty()) {
      out.error = "pattern " + in_quotes(flags.pattern) + ": " + rule;
      out.exit_code = 2;
    }
    return out;
  }
  const auto input = InputFile::open(flags.input, &out.error);
  if (input == nullptr) {
    out.exit_code = 2;
    return out;
  }
  NamesReader(flags, out).read(*input);
  return out;
}

}  // namespace dnswarm::cli
