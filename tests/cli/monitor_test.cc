#include "cli/monitor.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>

#include "cli/output_file.h"
#include "cli/status_printer.h"

namespace dnswarm::cli {
namespace {

// Runs `body` in a process of its own, since signals are for whole processes; its exit code.
template <typename Body>
int exit_code_of(Body&& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

template <typename Condition>
bool comes_true(Condition&& condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

TEST(Monitor, first_signal_cancels_once) {
  for (const int number : {SIGINT, SIGTERM}) {
    EXPECT_EQ(exit_code_of([number] {
                Monitor::block_signals();
                Stop stop;
                std::atomic<int> cancels{0};
                Monitor monitor(stop, [&] { ++cancels; }, nullptr);
                kill(getpid(), number);
                if (!comes_true([&] { return cancels == 1; })) return 1;
                monitor.finish();
                const auto expected = number == SIGINT ? Stop::Reason::interrupted
                                                       : Stop::Reason::terminated;
                return stop.reason() == expected && cancels == 1 ? 0 : 2;
              }),
              0);
  }
}

TEST(Monitor, second_signal_ends_the_process) {
  for (const int number : {SIGINT, SIGTERM}) {
    EXPECT_EQ(exit_code_of([number] {
                Monitor::block_signals();
                Stop stop;
                // The run hangs in cancel: not even that may hold up the second signal.
                Monitor monitor(stop, [] {}, nullptr);
                kill(getpid(), SIGINT);
                std::this_thread::sleep_for(std::chrono::milliseconds(300));
                kill(getpid(), number);
                std::this_thread::sleep_for(std::chrono::seconds(10));
                return 0;
              }),
              number == SIGINT ? 130 : 143);
  }
}

TEST(Monitor, a_signal_sent_twice_at_once_is_one) {
  EXPECT_EQ(exit_code_of([] {
              Monitor::block_signals();
              Stop stop;
              std::atomic<int> cancels{0};
              Monitor monitor(stop, [&] { ++cancels; }, nullptr);
              kill(getpid(), SIGINT);
              if (!comes_true([&] { return cancels == 1; })) return 1;
              kill(getpid(), SIGINT);
              std::this_thread::sleep_for(std::chrono::milliseconds(30));
              return 7;
            }),
            7);
}

TEST(Monitor, a_failed_output_cancels_too) {
  Stop stop;
  std::atomic<int> cancels{0};
  Monitor monitor(stop, [&] { ++cancels; }, nullptr);
  stop.request(Stop::Reason::output_failed);
  stop.request(Stop::Reason::interrupted);  // the first counts
  EXPECT_TRUE(comes_true([&] { return cancels == 1; }));
  monitor.finish();
  EXPECT_EQ(cancels, 1);
  EXPECT_EQ(stop.reason(), Stop::Reason::output_failed);
}

TEST(Monitor, ticks) {
  Stop stop;
  std::atomic<int> ticks{0};
  Monitor monitor(stop, [] {}, [&] { ++ticks; });
  EXPECT_TRUE(comes_true([&] { return ticks >= 1; }));
}

TEST(Colour, minds_no_color_and_dumb_terminals) {
  setenv("TERM", "xterm", 1);
  unsetenv("NO_COLOR");
  EXPECT_TRUE(wants_colour(When::automatic, true));
  EXPECT_FALSE(wants_colour(When::automatic, false));
  EXPECT_TRUE(wants_colour(When::always, false));
  EXPECT_FALSE(wants_colour(When::never, true));
  setenv("NO_COLOR", "", 1);
  EXPECT_TRUE(wants_colour(When::automatic, true));
  setenv("NO_COLOR", "0", 1);
  EXPECT_FALSE(wants_colour(When::automatic, true));
  EXPECT_TRUE(wants_colour(When::always, true));
  unsetenv("NO_COLOR");
  setenv("TERM", "dumb", 1);
  EXPECT_FALSE(wants_colour(When::automatic, true));
}

TEST(OutputFile, empties_a_file_only_when_the_run_starts) {
  char name[] = "/tmp/output_file_test_XXXXXX";
  const int fd = mkstemp(name);
  ASSERT_EQ(write(fd, "old content", 11), 11);
  std::string error;
  auto file = OutputFile::open(name, &error);
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->is_same_file_as(fd));
  EXPECT_EQ(lseek(fd, 0, SEEK_END), 11);
  EXPECT_EQ(file->start(), 0);
  EXPECT_EQ(lseek(fd, 0, SEEK_END), 0);
  EXPECT_EQ(file->write_all("new"), 0);
  EXPECT_EQ(file->close(), 0);
  EXPECT_EQ(lseek(fd, 0, SEEK_END), 3);
  close(fd);
  unlink(name);
  EXPECT_FALSE(OutputFile::open("/nonexistent/out", &error));
  EXPECT_EQ(error, "cannot write /nonexistent/out: No such file or directory");
}

}  // namespace
}  // namespace dnswarm::cli
