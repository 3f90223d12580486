#include "cli/check_flags.h"

#include <gtest/gtest.h>

namespace dnswarm::cli {
namespace {

using Texts = std::vector<std::string>;

CheckFlagsResult parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "check-resolvers");
  return check_flags_from_arguments(static_cast<int>(arguments.size()), arguments.data());
}

CheckFlags good(std::vector<const char*> arguments) {
  CheckFlagsResult result = parse(std::move(arguments));
  EXPECT_TRUE(result.flags.has_value()) << result.text;
  return result.flags.value_or(CheckFlags());
}

TEST(CheckFlags, defaults) {
  const CheckFlags flags = good({});
  EXPECT_EQ(flags.input, "-");
  EXPECT_EQ(flags.options.trusted, default_trusted());
  EXPECT_EQ(flags.options.known.size(), 5u);
  EXPECT_EQ(flags.options.rate_test, 0u);
  EXPECT_EQ(flags.format, CheckFormat::list);
}

TEST(CheckFlags, trusted_ones_are_a_list_or_none) {
  EXPECT_EQ(good({"--trusted", "::1,192.0.2.1:53"}).options.trusted, (Texts{"::1", "192.0.2.1:53"}));
  EXPECT_TRUE(good({"--trusted", "none"}).options.trusted.empty());
}

TEST(CheckFlags, known_names_take_the_place_of_the_defaults) {
  const CheckFlags flags = good({"--known", "a.example", "--known", "b.example,MX=10 m.example"});
  ASSERT_EQ(flags.options.known.size(), 2u);
  EXPECT_EQ(flags.options.known[1].name, "b.example");
  EXPECT_EQ(flags.options.known[1].type, RRType::MX);
  EXPECT_EQ(flags.options.known[1].data, Texts{"10 m.example"});
}

TEST(CheckFlags, known_name) {
  std::string rule;
  EXPECT_EQ(known_name_from_text("a.example", &rule)->type, RRType::A);
  EXPECT_EQ(known_name_from_text("a.example=192.0.2.1+192.0.2.2", &rule)->data,
            (Texts{"192.0.2.1", "192.0.2.2"}));
  EXPECT_EQ(known_name_from_text("a.example,TXT=\"a=b\"", &rule)->data, Texts{"\"a=b\""});
  for (const char* bad : {"", ",A", "a.example,", "a.example,NOSUCH", "a.example,A,AAAA",
                          "a.example=", "=192.0.2.1", "a.example=192.0.2.1+"}) {
    EXPECT_FALSE(known_name_from_text(bad, &rule)) << bad;
    EXPECT_FALSE(rule.empty());
  }
}

TEST(CheckFlags, demands) {
  const ResolverCheckOptions options = good({"--require", "edns,0x20", "--max-latency", "80.5"}).options;
  EXPECT_TRUE(options.require_edns && options.require_0x20);
  EXPECT_FALSE(options.require_tcp || options.require_dnssec);
  EXPECT_EQ(options.latency_ms_max, 80.5);
}

TEST(CheckFlags, what_does_not_fit_is_refused_by_name) {
  const std::pair<std::vector<const char*>, const char*> wrong[] = {
      {{"--require", "tls"}, "tls"},
      {{"--trusted", "dns.google"}, "dns.google"},
      {{"--attempts", "0"}, "0"},
      {{"--max-loss", "101"}, "101"},
      {{"--known", "a,b,c"}, "a,b,c"},
      {{"--format", "xml"}, "xml"},
      {{"--rate-test", "99999"}, "99999"},
      {{"-r", "::1", "file"}, "--resolvers"},
      {{"--rate", "-1"}, "-1"}};
  for (const auto& [arguments, word] : wrong) {
    const CheckFlagsResult result = parse(arguments);
    EXPECT_FALSE(result.flags) << arguments[1];
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_NE(result.text.find(word), std::string::npos) << result.text;
  }
}

}  // namespace
}  // namespace dnswarm::cli
