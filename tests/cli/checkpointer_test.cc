#include "cli/checkpointer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <future>

namespace dnswarm::cli {
namespace {

TEST(Checkpointer, makes_one_after_the_other_until_it_is_finished) {
  std::atomic<int> made{0};
  std::promise<void> third;
  Checkpointer checkpointer(
      [&] {
        if (++made == 3) third.set_value();
        return 0;
      },
      [](int) { FAIL(); });
  third.get_future().wait();
  checkpointer.finish();
  const int at_end = made;
  EXPECT_GE(at_end, 3);
  checkpointer.finish();
  EXPECT_EQ(made, at_end);
}

TEST(Checkpointer, tells_of_the_first_failure_and_makes_no_more) {
  std::atomic<int> made{0};
  std::promise<int> failure;
  Checkpointer checkpointer(
      [&] {
        ++made;
        return ENOSPC;
      },
      [&](int error) { failure.set_value(error); });
  EXPECT_EQ(failure.get_future().get(), ENOSPC);
  checkpointer.finish();
  EXPECT_EQ(made, 1);
}

TEST(Checkpointer, finishing_does_not_wait_for_the_next) {
  Checkpointer checkpointer([] { return 0; }, [](int) { FAIL(); });
  checkpointer.finish();
}

}  // namespace
}  // namespace dnswarm::cli
