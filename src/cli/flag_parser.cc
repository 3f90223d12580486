#include "cli/flag_parser.h"

#include <memory>

#include "cli/help_text.h"

namespace dnswarm::cli {
namespace {

// Usage and FILE stand in our own words.
class Formatter : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App*, std::string) const override { return {}; }
  std::string make_positionals(const CLI::App*) const override { return {}; }
};

}  // namespace

FlagParser::FlagParser(const CommandWords& words) : words_(words), app_{std::string(words.start)} {
  app_.set_help_flag();
  const auto formatter = std::make_shared<Formatter>();
  formatter->column_width(32);
  app_.formatter(formatter);
  app_.footer(std::string(words.end));
}

bool FlagParser::parse(int argc, const char* const* argv, const std::function<void()>& settle,
                       std::string* text, int* exit_code) {
  for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "-h" && !words_.brief.empty()) *text = words_.brief;
    else if (argument == "-h" || argument == "--help") *text = app_.help();
    else if (argument == "--version") *text = version_text();
    if (!text->empty()) return false;
  }
  try {
    app_.parse(argc, argv);
    settle();
  } catch (const CLI::ParseError& error) {
    *exit_code = 2;
    const std::string name(words_.name);
    *text = name + ": " + error.what() + "\nTry '" + name + " --help'.\n";
    return false;
  }
  return true;
}

}  // namespace dnswarm::cli
