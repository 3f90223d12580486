#include "cli/feeder.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <thread>

namespace dnswarm::cli {
namespace {

class Recorder : public QuestionSink {
 public:
  void submit(std::string_view name, std::span<const RRType> types, uint64_t tag) override {
    add(name, types, tag, "");
  }
  void submit_invalid(std::string_view name, std::span<const RRType> types, uint64_t tag,
                      LineError error) override {
    add(name, types, tag, error.code);
  }
  void flush() override { ++flushes; }

  std::vector<std::string> rows;
  int flushes = 0;
  Stop* stop_after_first = nullptr;

 private:
  void add(std::string_view name, std::span<const RRType> types, uint64_t tag,
           std::string_view code) {
    for (const RRType type : types) {
      rows.push_back(std::to_string(tag) + " " + std::string(name.substr(0, 20)) + " " +
                     to_text(type) + (code.empty() ? "" : " ") + std::string(code));
    }
    if (stop_after_first != nullptr) stop_after_first->request(Stop::Reason::interrupted);
  }
};

struct Pipe {
  Pipe() { EXPECT_EQ(pipe2(fds, O_CLOEXEC), 0); }
  ~Pipe() {
    close(fds[0]);
    close_writer();
  }
  void close_writer() {
    if (fds[1] >= 0) close(fds[1]);
    fds[1] = -1;
  }
  int fds[2] = {-1, -1};
};

int file_with(std::string_view text) {
  const int fd = fileno(std::tmpfile());
  EXPECT_EQ(write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  lseek(fd, 0, SEEK_SET);
  return fd;
}

TEST(Feeder, passes_over_lines_of_other_shards_as_if_they_were_not_there) {
  const std::string input = "a.example\nB.example MX\na..b\nc.example NOSUCH\nd.example\n";
  std::vector<std::string> names;
  uint64_t lines = 0;
  for (unsigned number = 1; number <= 3; ++number) {
    Stop stop;
    Recorder recorder;
    InputFile file(file_with(input), true);
    Feeder feeder(recorder, stop, {RRType::A}, {number, 3});
    EXPECT_TRUE(feeder.run(file));
    lines += feeder.lines_accepted();
    EXPECT_EQ(feeder.rows_accepted(), recorder.rows.size());
    for (size_t i = 0; i < recorder.rows.size(); ++i) {
      EXPECT_TRUE(recorder.rows[i].starts_with(std::to_string(i) + " "));
      names.push_back(recorder.rows[i].substr(2));
    }
  }
  EXPECT_EQ(lines, 5u);
  EXPECT_THAT(names, testing::UnorderedElementsAre("a.example A", "B.example MX", "a..b A",
                                                   "c.example A bad_type", "d.example A"));
}

// What a job that is resumed gets to know.
class PositionRecorder : public Recorder {
 public:
  bool wants_positions() const override { return true; }
  void take_octets(std::string_view octets) override { text += octets; }
  void begin_line(const InputPosition& at, const InputPosition& after) override {
    begins.push_back(at);
    ends.push_back(after);
  }
  void end_input(const InputPosition& end) override { ended = end; }

  std::string text;
  std::vector<InputPosition> begins, ends;
  std::optional<InputPosition> ended;
};

TEST(Feeder, tells_where_lines_begin_and_goes_on_from_each_as_from_the_start) {
  const std::string input =
      "\xEF\xBB\xBF"
      "a.example\n\n# comment\n  b.example MX,TXT\r\nc..example\n" +
      std::string(5000, ' ') + "d.example " + std::string(5000, 'x') + "\n\ne.example";
  const auto feed = [&](PositionRecorder& recorder, const InputPosition& from, size_t write_octets) {
    Pipe pipe;
    std::thread writer([&] {
      for (size_t at = from.offset; at < input.size(); at += write_octets) {
        const auto part = std::string_view(input).substr(at, write_octets);
        ASSERT_EQ(write(pipe.fds[1], part.data(), part.size()), static_cast<ssize_t>(part.size()));
      }
      pipe.close_writer();
    });
    Stop stop;
    InputFile file(pipe.fds[0], false);
    Feeder feeder(recorder, stop, {RRType::A, RRType::AAAA}, {}, from);
    EXPECT_TRUE(feeder.run(file));
    writer.join();
  };
  PositionRecorder whole;
  feed(whole, {}, 100000);
  ASSERT_EQ(whole.begins.size(), 5u);
  EXPECT_EQ(whole.begins[1], (InputPosition{24, 3, 1, 2}));
  EXPECT_EQ(whole.ends[1], (InputPosition{44, 4, 2, 4}));
  EXPECT_EQ(whole.text, input);
  EXPECT_EQ(whole.ended, (InputPosition{input.size(), 8, 5, 10}));
  for (size_t line = 0; line < whole.begins.size(); ++line) {
    const InputPosition& from = whole.begins[line];
    EXPECT_EQ(input.substr(from.offset).find("abcde"[line]),
              input.substr(from.offset).find_first_of("abcde"));
    for (const size_t write_octets : {7u, 100000u}) {
      PositionRecorder rest;
      feed(rest, from, write_octets);
      EXPECT_EQ(rest.begins, std::vector(whole.begins.begin() + static_cast<int>(line), whole.begins.end()));
      EXPECT_EQ(rest.ends, std::vector(whole.ends.begin() + static_cast<int>(line), whole.ends.end()));
      EXPECT_EQ(rest.ended, whole.ended);
      EXPECT_EQ(rest.rows, std::vector(whole.rows.begin() + static_cast<int>(from.rows), whole.rows.end()));
    }
  }
}

TEST(Feeder, an_input_that_was_not_read_to_its_end_has_not_ended) {
  Stop stop;
  PositionRecorder recorder;
  recorder.stop_after_first = &stop;
  InputFile file(file_with("a.example\nb.example\n"), true);
  Feeder feeder(recorder, stop, {RRType::A});
  EXPECT_TRUE(feeder.run(file));
  EXPECT_FALSE(recorder.ended);
  ASSERT_EQ(recorder.ends.size(), 1u);
  EXPECT_EQ(recorder.ends[0], (InputPosition{10, 1, 1, 1}));
}

TEST(Feeder, gives_every_line_and_type_a_row_whatever_the_writes) {
  const std::string input = "a.example\n\n# comment\nb.example MX,TXT\r\nc.example FOO\n" +
                            std::string(100000, 'd') + "\nlast.example";
  const std::vector<std::string> expected = {
      "0 a.example A",          "0 a.example AAAA",          "2 b.example MX",
      "2 b.example TXT",        "4 c.example A bad_type",    "4 c.example AAAA bad_type",
      "6 dddddddddddddddddddd A line_too_long", "6 dddddddddddddddddddd AAAA line_too_long",
      "8 last.example A",       "8 last.example AAAA"};
  for (const size_t write_octets : {1u, 13u, 4096u}) {
    Pipe pipe;
    std::thread writer([&] {
      for (size_t at = 0; at < input.size(); at += write_octets) {
        const auto part = std::string_view(input).substr(at, write_octets);
        ASSERT_EQ(write(pipe.fds[1], part.data(), part.size()), static_cast<ssize_t>(part.size()));
      }
      pipe.close_writer();
    });
    Stop stop;
    Recorder recorder;
    InputFile file(pipe.fds[0], false);
    Feeder feeder(recorder, stop, {RRType::A, RRType::AAAA});
    EXPECT_TRUE(feeder.run(file));
    writer.join();
    EXPECT_EQ(recorder.rows, expected);
    EXPECT_GT(recorder.flushes, 0);
    EXPECT_EQ(feeder.lines_accepted(), 5u);
    EXPECT_EQ(feeder.rows_accepted(), 10u);
    EXPECT_EQ(feeder.octets_read(), input.size());
    EXPECT_EQ(feeder.lines_not_started(), 0u);
    EXPECT_TRUE(feeder.count_is_complete());
  }
}

TEST(Feeder, counts_what_a_signal_left_of_a_file) {
  std::string input;
  for (int i = 0; i < 100000; ++i) input += "host" + std::to_string(i) + ".example\n# comment\n";
  const int fd = file_with(input);
  Stop stop;
  Recorder recorder;
  recorder.stop_after_first = &stop;
  InputFile file(fd, false);
  EXPECT_TRUE(file.is_regular());
  EXPECT_EQ(file.octets_expected(), input.size());
  Feeder feeder(recorder, stop, {RRType::A});
  EXPECT_TRUE(feeder.run(file));
  EXPECT_EQ(feeder.lines_accepted(), 1u);
  EXPECT_EQ(feeder.lines_not_started(), 99999u);
  EXPECT_TRUE(feeder.count_is_complete());
}

TEST(Feeder, ends_at_a_stop_while_it_waits_for_input) {
  Pipe pipe;
  Stop stop;
  Recorder recorder;
  InputFile file(pipe.fds[0], false);
  Feeder feeder(recorder, stop, {RRType::A});
  std::thread stopper([&] { stop.request(Stop::Reason::interrupted); });
  EXPECT_TRUE(feeder.run(file));
  stopper.join();
  EXPECT_FALSE(feeder.count_is_complete());
}

TEST(Feeder, empty_input_is_a_normal_end) {
  const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  Stop stop;
  Recorder recorder;
  InputFile file(fd, true);
  Feeder feeder(recorder, stop, {RRType::A});
  EXPECT_TRUE(feeder.run(file));
  EXPECT_EQ(feeder.rows_accepted(), 0u);
}

TEST(Feeder, reports_a_failed_read) {
  const int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
  Stop stop;
  Recorder recorder;
  InputFile file(fd, true);
  Feeder feeder(recorder, stop, {RRType::A});
  EXPECT_FALSE(feeder.run(file));
  EXPECT_EQ(file.error_number(), EBADF);
}

TEST(InputFile, names_the_file_it_cannot_read) {
  std::string error;
  EXPECT_EQ(InputFile::open("/nonexistent/names", &error), nullptr);
  EXPECT_EQ(error, "cannot read /nonexistent/names: No such file or directory");
  EXPECT_EQ(InputFile::open("/", &error), nullptr);
  EXPECT_EQ(error, "cannot read /: Is a directory");
}

TEST(InputFile, leaves_the_descriptor_blocking) {
  Pipe pipe;
  const InputFile file(pipe.fds[0], false);
  EXPECT_EQ(fcntl(pipe.fds[0], F_GETFL) & O_NONBLOCK, 0);
}

}  // namespace
}  // namespace dnswarm::cli
