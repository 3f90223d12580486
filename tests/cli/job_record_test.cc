#include "cli/job_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dnswarm::cli {
namespace {

using testing::ElementsAre;

// Lines of ten octets with two rows each.
InputPosition line(uint64_t number) { return {number * 10, number, number, number * 2}; }

void begin(JobRecord& record, uint64_t number) { record.begin_line(line(number), line(number + 1)); }

void write(JobRecord& record, std::initializer_list<uint64_t> rows) {
  std::vector<DoneRow> done;
  for (const uint64_t row : rows) done.push_back({row, 3});
  record.written(rows.size() * 100, done);
}

TEST(JobRecord, octets_and_rows_belong_together) {
  JobRecord record({}, {}, false);
  for (uint64_t i = 0; i < 4; ++i) begin(record, i);
  write(record, {0, 1, 4});
  const Checkpoint now = record.snapshot();
  EXPECT_EQ(now.output_octets, 300u);
  EXPECT_EQ(now.position, line(1));
  EXPECT_EQ(now.consumed, line(4));
  EXPECT_THAT(now.done, ElementsAre(0, 2, 1));
  EXPECT_EQ(now.tally.rows, 3u);
  EXPECT_EQ(now.tally.by_rcode[3], 3u);
  EXPECT_FALSE(now.finished);
}

TEST(JobRecord, a_line_that_is_done_in_part_is_where_it_goes_on) {
  JobRecord record({}, {}, false);
  for (uint64_t i = 0; i < 3; ++i) begin(record, i);
  write(record, {0, 1, 2});
  EXPECT_EQ(record.snapshot().position, line(1));
  EXPECT_THAT(record.snapshot().done, ElementsAre(1));
}

TEST(JobRecord, is_finished_once_the_input_ended_and_every_row_is_written) {
  JobRecord record({}, {}, false);
  begin(record, 0);
  write(record, {0, 1});
  EXPECT_FALSE(record.snapshot().finished);
  begin(record, 1);
  record.end_input(line(2));
  write(record, {3});
  EXPECT_FALSE(record.snapshot().finished);
  write(record, {2});
  EXPECT_TRUE(record.snapshot().finished);
}

TEST(JobRecord, an_empty_input_is_finished_at_its_end) {
  JobRecord record({}, {}, false);
  EXPECT_FALSE(record.snapshot().finished);
  record.end_input({});
  EXPECT_TRUE(record.snapshot().finished);
}

TEST(JobRecord, goes_on_from_a_snapshot) {
  const std::string text(100, 'x');
  JobRecord first({}, {}, false);
  first.take_octets(text.substr(0, 60));
  for (uint64_t i = 0; i < 6; ++i) begin(first, i);
  write(first, {0, 1, 4, 7});
  const Checkpoint kept = first.snapshot();
  EXPECT_EQ(kept.input.checksum, checksum_text(text.substr(0, 60)));

  Checksum read;
  read.add(text.substr(0, 60));
  JobRecord second(kept, read, false);
  EXPECT_TRUE(second.done_before().contains(4) && second.done_before().contains(7));
  EXPECT_FALSE(second.done_before().contains(2) || second.done_before().contains(6));
  EXPECT_EQ(second.snapshot().consumed, line(6));
  // From line 1 on again, in other chunks; what is known of the input is not counted twice.
  second.take_octets(text.substr(10, 30));
  EXPECT_EQ(second.snapshot().input.read, 60u);
  second.take_octets(text.substr(40));
  for (uint64_t i = 1; i < 10; ++i) begin(second, i);
  write(second, {2, 3, 5, 6});
  const Checkpoint now = second.snapshot();
  EXPECT_EQ(now.input.read, 100u);
  EXPECT_EQ(now.input.checksum, checksum_text(text));
  EXPECT_EQ(now.position, line(4));
  EXPECT_EQ(now.output_octets, 800u);
  EXPECT_EQ(now.tally.rows, 8u);
}

TEST(JobRecord, positions_get_sparser_while_one_row_holds_all_up) {
  JobRecord record({}, {}, false);
  constexpr uint64_t lines = 100'000;
  for (uint64_t i = 0; i < lines; ++i) {
    begin(record, i);
    write(record, {i * 2 + 1});
    if (i > 0) write(record, {i * 2});
  }
  EXPECT_EQ(record.snapshot().position, line(0));
  write(record, {0});
  const Checkpoint now = record.snapshot();
  EXPECT_LE(now.position.rows, lines * 2);
  EXPECT_GT(now.position.rows, lines * 2 - 500);
  EXPECT_EQ(now.position, line(now.position.lines));
}

TEST(JobRecord, in_order_each_line_is_remembered) {
  JobRecord record({}, {}, true);
  for (uint64_t i = 0; i < 10'000; ++i) begin(record, i);
  for (uint64_t i = 0; i < 10'000; ++i) {
    write(record, {i * 2});
    if (i % 100 == 0) {
      ASSERT_EQ(record.snapshot().position, line(i));
    }
    write(record, {i * 2 + 1});
  }
}

}  // namespace
}  // namespace dnswarm::cli
