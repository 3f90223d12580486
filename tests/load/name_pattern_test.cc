#include "load/name_pattern.h"

#include <gtest/gtest.h>

#include <set>

#include "dns/name.h"

namespace dnswarm {
namespace {

std::string written(std::string_view pattern, uint64_t number, uint64_t seed = 1) {
  NamePattern parsed;
  EXPECT_EQ(parsed.parse(pattern), "");
  Random random(seed);
  std::string out;
  parsed.write(number, random, out);
  return out;
}

TEST(NamePattern, counts) {
  EXPECT_EQ(written("host-{n}.example.com", 0), "host-0.example.com");
  EXPECT_EQ(written("host-{n}.example.com", 1234567), "host-1234567.example.com");
  EXPECT_EQ(written("{n:6}.{n}.test", 42), "000042.42.test");
  EXPECT_EQ(written("{n:2}.test", 1000), "1000.test");
}

TEST(NamePattern, starts_again_after_a_million_millions) {
  EXPECT_EQ(written("{n}.test", 1'000'000'000'007), "7.test");
}

TEST(NamePattern, draws_numbers_below_the_bound) {
  NamePattern pattern;
  ASSERT_EQ(pattern.parse("{r:3}"), "");
  Random random(4);
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    std::string out;
    pattern.write(0, random, out);
    seen.insert(out);
  }
  EXPECT_EQ(seen, (std::set<std::string>{"0", "1", "2"}));
}

TEST(NamePattern, draws_letters_and_digits_and_the_same_ones_from_the_same_seed) {
  const std::string one = written("{x:20}.test", 0, 1);
  EXPECT_EQ(one.size(), 25u);
  EXPECT_EQ(one.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789."), one.npos);
  EXPECT_EQ(one, written("{x:20}.test", 5, 1));
  EXPECT_NE(one, written("{x:20}.test", 0, 2));
}

TEST(NamePattern, may_hold_no_field_at_all) { EXPECT_EQ(written("www.example.com", 3), "www.example.com"); }

TEST(NamePattern, refuses_what_it_does_not_know) {
  for (const char* bad : {"{", "{n", "a{}.test", "{m}.test", "{n:}.test", "{n:0}.test", "{n:13}.test",
                          "{n:x}.test", "{n:-1}.test", "{r}.test", "{r:0}.test", "{r:1000000000001}.test",
                          "{x}.test", "{x:64}.test", "{x:99999999999999999999}.test", "{n }.test"}) {
    NamePattern pattern;
    EXPECT_NE(pattern.parse(bad), "") << bad;
  }
}

TEST(NamePattern, refuses_what_gives_no_legal_name) {
  for (const std::string& bad :
       {std::string(), std::string("a..{n}"), std::string(".{n}"), "x" + std::string(60, 'a') + "{n}.test",
        std::string("a b{n}.test"), std::string("\\{n}.test"), std::string("\xc3\xbc{n}.test"),
        std::string("a\x01{n}"), std::string("{x:63}.{x:63}.{x:63}.{x:63}")}) {
    NamePattern pattern;
    EXPECT_NE(pattern.parse(bad), "") << bad;
  }
}

// Whatever the fields hold: all of it must be legal once the pattern was taken.
TEST(NamePattern, every_name_of_a_pattern_is_legal) {
  Random random(1);
  for (const char* text :
       {"{n}{r:1000000000000}{x:10}.a.b", "10.0.{r:256}.{r:256}", "_{n}._tcp.{x:1}", "{n}."}) {
    NamePattern pattern;
    ASSERT_EQ(pattern.parse(text), "");
    for (uint64_t number = 0; number < 1'000'000'000'000; number = number * 3 + 1) {
      std::string out;
      pattern.write(number, random, out);
      Name name;
      EXPECT_EQ(name.assign_text(out), NameError::none) << out;
    }
  }
}

}  // namespace
}  // namespace dnswarm
