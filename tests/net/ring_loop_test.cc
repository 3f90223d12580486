// When io_uring is not to be had, and what the loops say of themselves.
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <cstring>
#include <thread>

#include "tests/net/loop_fixture.h"

namespace dnswarm {
namespace {

// Refuses io_uring_setup in this thread, as container runtimes do.
bool forbid_io_uring(uint32_t error) {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_io_uring_setup, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{.len = std::size(program), .filter = program};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

TEST(MakeRingLoop, says_why_io_uring_is_not_to_be_had) {
  const std::pair<uint32_t, const char*> table[] = {
      {EPERM, "io_uring is forbidden here (EPERM: seccomp profile or kernel.io_uring_disabled)"},
      {EACCES, "io_uring is forbidden here (EACCES: a security module)"},
      {ENOSYS, "this kernel has no io_uring (ENOSYS)"},
      {ENOMEM, "no memory for io_uring (ENOMEM: locked-memory limit or memory cgroup)"},
  };
  for (const auto& [code, reason] : table) {
    std::thread([code = code, reason = reason] {
      if (!forbid_io_uring(code)) GTEST_SKIP() << "no seccomp here";
      std::string error;
      EXPECT_EQ(make_ring_loop({}, &error), nullptr);
      EXPECT_EQ(error, reason);
      EXPECT_NE(make_mmsg_loop({}, &error), nullptr);
    }).join();
  }
}

// Runs with no more descriptors than `spare` beyond those that are open.
class FewDescriptors {
 public:
  explicit FewDescriptors(unsigned spare) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int lowest = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close(lowest);
    rlimit low = before_;
    low.rlim_cur = static_cast<rlim_t>(lowest) + spare;
    setrlimit(RLIMIT_NOFILE, &low);
  }
  ~FewDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_;
};

TEST(MakeLoop, fails_with_a_reason_and_leaks_nothing_where_descriptors_run_out) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan's vptr check opens a pipe, and reports a bad object where it cannot";
#endif
  for (unsigned spare = 0; spare < 6; ++spare) {
    const FewDescriptors few(spare);
    for (const bool ring : {true, false}) {
      std::string error;
      const auto loop = ring ? make_ring_loop({}, &error) : make_mmsg_loop({}, &error);
      EXPECT_EQ(loop == nullptr, !error.empty()) << spare;
    }
    const int lowest = open("/dev/null", O_RDONLY);
    EXPECT_EQ(lowest >= 0, spare > 0);
    if (lowest >= 0) close(lowest);
  }
}

TEST(MakeLoop, runs_within_few_descriptors) {
  for (const bool ring : {true, false}) {
    const FewDescriptors few(8);
    std::string error;
    auto loop = ring ? make_ring_loop({}, &error) : make_mmsg_loop({}, &error);
    if (!loop && ring && error.find("forbidden") != error.npos) GTEST_SKIP() << error;
    ASSERT_TRUE(loop) << error;
    Peer peer;
    const UdpSocket socket = open_connected_udp(peer.address(), Address());
    const Address ours = local_address(socket.fd);
    loop->add_socket(socket.fd, true);
    Recorder recorder;
    loop->turn(Duration::zero(), 1, recorder);
    peer.send_to(ours, "x");
    for (int i = 0; i < 100 && recorder.datagrams.empty(); ++i) {
      loop->turn(milliseconds(10), 1, recorder);
    }
    EXPECT_EQ(recorder.datagrams.size(), 1u);
  }
}

TEST(MakeLoop, describes_what_it_uses) {
  std::string error;
  EXPECT_EQ(make_mmsg_loop({}, &error)->describe(), "mmsg (gso)");
  EXPECT_EQ(make_mmsg_loop({.gso = false}, &error)->describe(), "mmsg");
  const LoopOptions none{.min_wait = false, .gso = false, .defer_taskrun = false};
  const auto plain = make_ring_loop(none, &error);
  if (!plain) GTEST_SKIP() << error;
  EXPECT_EQ(plain->describe(), "io_uring");
  const auto gso = make_ring_loop({.min_wait = false, .gso = true, .defer_taskrun = false}, &error);
  EXPECT_EQ(gso->describe(), "io_uring (gso)");
  const auto loop = make_ring_loop({}, &error);
  EXPECT_TRUE(loop->describe().starts_with("io_uring (")) << loop->describe();
  EXPECT_TRUE(loop->describe().ends_with(')'));
}

TEST(MakeLoop, survives_its_thread) {
  std::unique_ptr<Loop> loop;
  std::string error;
  std::thread([&] {
    loop = make_ring_loop({}, &error);
    if (!loop) return;
    const UdpSocket socket = open_unconnected_udp(AF_INET, Address());
    loop->add_socket(socket.fd, false);
    Recorder recorder;
    loop->turn(Duration::zero(), 1, recorder);
  }).join();
  if (!loop) GTEST_SKIP() << error;
  loop->wake();
  loop.reset();
}

}  // namespace
}  // namespace dnswarm
