#include "cli/checkpoint.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/checksum.h"

namespace dnswarm::cli {
namespace {

Checkpoint sample() {
  Checkpoint checkpoint;
  checkpoint.options = {{"--type", "A,AAAA"}, {"--resolvers", "192.0.2.53"}};
  checkpoint.input = {true, 3, 5000, 4096, hex_text(77)};
  checkpoint.position = {100, 12, 10, 20};
  checkpoint.consumed = {4000, 400, 390, 780};
  checkpoint.done = {5, 2, 100, 1, 1};
  checkpoint.tally.rows = 126;
  checkpoint.tally.by_rcode[0] = 100;
  checkpoint.tally.by_rcode[3] = 20;
  checkpoint.tally.by_failure[1] = 6;
  checkpoint.output_octets = 12345;
  checkpoint.output_tail_checksum = hex_text(99);
  return checkpoint;
}

// A state file with a right checksum, whatever it says.
std::string sealed(const std::string& text) { return "dnswarm-state 1 " + checksum_text(text) + "\n" + text; }

TEST(Checkpoint, comes_back_from_its_text) {
  std::string error = "x";
  const Checkpoint before = sample();
  const auto after = checkpoint_from_text(to_text(before), &error);
  ASSERT_TRUE(after) << error;
  EXPECT_EQ(error, "");
  EXPECT_FALSE(after->finished);
  EXPECT_EQ(after->options, before.options);
  EXPECT_EQ(after->input, before.input);
  EXPECT_EQ(after->position, before.position);
  EXPECT_EQ(after->consumed, before.consumed);
  EXPECT_EQ(after->done, before.done);
  EXPECT_EQ(after->tally.rows, 126u);
  EXPECT_EQ(after->tally.by_rcode[3], 20u);
  EXPECT_EQ(after->tally.by_failure[1], 6u);
  EXPECT_EQ(after->output_octets, before.output_octets);
  EXPECT_EQ(after->output_tail_checksum, before.output_tail_checksum);
}

TEST(Checkpoint, any_changed_bit_is_seen) {
  const std::string text = to_text(sample());
  for (size_t i = 0; i < text.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = text;
      changed[i] = static_cast<char>(changed[i] ^ 1 << bit);
      std::string error;
      ASSERT_FALSE(checkpoint_from_text(changed, &error)) << i << " " << bit;
      ASSERT_NE(error, "");
    }
  }
}

TEST(Checkpoint, any_missing_or_additional_octet_is_seen) {
  const std::string text = to_text(sample());
  std::string error;
  for (size_t i = 0; i < text.size(); ++i) {
    ASSERT_FALSE(checkpoint_from_text(text.substr(0, i), &error)) << i;
    ASSERT_FALSE(checkpoint_from_text(text.substr(0, i) + text.substr(i + 1), &error)) << i;
  }
  for (const char c : {'\0', '\n', ' ', 'x'}) EXPECT_FALSE(checkpoint_from_text(text + c, &error));
  // What power cuts leave: zeros in the place of the end.
  for (size_t i = 0; i < text.size(); ++i) {
    ASSERT_FALSE(checkpoint_from_text(text.substr(0, i) + std::string(text.size() - i, '\0'), &error)) << i;
  }
}

TEST(Checkpoint, two_states_mixed_are_seen) {
  Checkpoint other = sample();
  other.output_octets += 512;
  other.done = {6, 1, 100, 1, 1};
  ++other.tally.rows;
  ++other.tally.by_rcode[0];
  const std::string a = to_text(sample()), b = to_text(other);
  ASSERT_EQ(a.size(), b.size());
  std::string error;
  for (size_t i = 1; i < a.size(); ++i) {
    const std::string mixed = a.substr(0, i) + b.substr(i);
    ASSERT_EQ(checkpoint_from_text(mixed, &error).has_value(), mixed == a || mixed == b) << i;
  }
}

TEST(Checkpoint, says_whether_it_is_no_state_or_one_of_another_version) {
  std::string error;
  EXPECT_FALSE(checkpoint_from_text("example.com\nexample.net\n", &error));
  EXPECT_NE(error.find("no state file"), error.npos);
  EXPECT_FALSE(checkpoint_from_text("dnswarm-state 2 0123456789abcdef\n{}\n", &error));
  EXPECT_NE(error.find("another version"), error.npos);
}

TEST(Checkpoint, a_right_checksum_alone_is_not_enough) {
  std::string error;
  const auto valid = nlohmann::ordered_json::parse(to_text(sample()).substr(33));
  EXPECT_TRUE(checkpoint_from_text(sealed(valid.dump()), &error));
  for (const char* text : {"", "[]", "{}", "null", "{", "1"})
    EXPECT_FALSE(checkpoint_from_text(sealed(text), &error));
  for (const auto& [key, value] : valid.items()) {
    auto json = valid;
    json.erase(key);
    EXPECT_FALSE(checkpoint_from_text(sealed(json.dump()), &error)) << key;
    json[key] = "x";
    EXPECT_FALSE(checkpoint_from_text(sealed(json.dump()), &error)) << key;
  }
  const std::pair<const char*, const char*> wrong[] = {
      {"/done", "[5,2,100,1,2]"},  // other than the statuses' sum
      {"/done", "[5,0,100,1,1]"},  // an empty run
      {"/done", "[5,2,100,18446744073709551615,1]"},
      {"/position/rows", "781"},
      {"/position/offset", "4001"},
      {"/consumed/offset", "4097"},
      {"/finished", "true"}};
  for (const auto& [pointer, value] : wrong) {
    auto json = valid;
    json[nlohmann::ordered_json::json_pointer(pointer)] = nlohmann::ordered_json::parse(value);
    EXPECT_FALSE(checkpoint_from_text(sealed(json.dump()), &error)) << pointer << " " << value;
  }
}

TEST(Checksum, parts_do_not_matter_and_every_octet_does) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += static_cast<char>(i * 37);
  for (size_t size = 0; size <= text.size(); ++size) {
    const std::string_view whole(text.data(), size);
    for (size_t cut = 0; cut <= size; cut += 3) {
      Checksum parts;
      parts.add(whole.substr(0, cut));
      parts.add(whole.substr(cut));
      ASSERT_EQ(hex_text(parts.value()), checksum_text(whole));
    }
  }
  EXPECT_NE(checksum_text(std::string(7, '\0')), checksum_text(std::string(8, '\0')));
  EXPECT_NE(checksum_text(""), checksum_text(std::string(1, '\0')));
  // Computed from the definition in checksum.h by another program: states must be readable elsewhere and
  // later.
  EXPECT_EQ(checksum_text(""), "365f967e60e17441");
  EXPECT_EQ(checksum_text("dnswarm-state"), "c6debcdca2611fb8");
}

}  // namespace
}  // namespace dnswarm::cli
