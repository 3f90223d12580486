// dnswarm-bench-floor: what the kernel lets anyone have. A bare io_uring client without dnswarm's
// layers: it builds queries as long as ours (EDNS included), sends them and counts what comes back.
// No matching, no retry, no timers, no rows. bench/compare gives the others as parts of it.
//
//   dnswarm-bench-floor --server IP:PORT [--in-flight N] [--sockets K] [--segments S] FILE
//
// Queries of equal length leave as one UDP_SEGMENT send of up to S, on K connected sockets in turn;
// completions are reaped 256 at a time or after 1 ms. Prints one JSON object.
#include <liburing.h>
#include <netinet/udp.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "net/address.h"
#include "net/udp_socket.h"

#ifndef IORING_FEAT_MIN_TIMEOUT
#define IORING_FEAT_MIN_TIMEOUT (1U << 15)
#endif

namespace {

constexpr unsigned sends_max = 512, buffers = 1024, buffer_octets = 2048;
constexpr unsigned reap_want = 256, reap_us = 1000;
constexpr size_t query_octets_max = 12 + 255 + 4 + 11;
constexpr int idle_rounds_max = 10;  // of 100 ms: then what is in flight counts as lost

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "dnswarm-bench-floor: %s\n", what.c_str());
  std::exit(2);
}

struct Settings {
  std::string server, names;
  unsigned in_flight = 4'000, sockets = 8, segments = 32;
};

unsigned number_from_text(std::string_view text, unsigned max) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 1 || value > max) {
    fail("not a number from 1 to " + std::to_string(max) + ": " + std::string(text));
  }
  return value;
}

Settings settings_from_arguments(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (!flag.starts_with("--")) {
      settings.names = flag;
      continue;
    }
    if (i + 1 == argc) fail(std::string(flag) + " needs a value");
    const char* const value = argv[++i];
    if (flag == "--server") settings.server = value;
    else if (flag == "--names") settings.names = value;
    else if (flag == "--in-flight") settings.in_flight = number_from_text(value, 65'536);
    else if (flag == "--sockets") settings.sockets = number_from_text(value, 256);
    else if (flag == "--segments") settings.segments = number_from_text(value, 64);
    else fail("unknown flag " + std::string(flag));
  }
  if (settings.server.empty() || settings.names.empty()) fail("--server IP:PORT and FILE are needed");
  return settings;
}

// A, IN, RD, EDNS with 1,232 octets. The ID is the number of the slot. 0 where it is no name.
size_t build_query(std::string_view name, uint16_t id, uint8_t* out) {
  static constexpr uint8_t head[] = {1, 0, 0, 1, 0, 0, 0, 0, 0, 1};
  static constexpr uint8_t tail[] = {0, 0, 1, 0, 1, 0, 0, 41, 1232 >> 8, 1232 & 255, 0, 0, 0, 0, 0, 0};
  if (name.empty() || name.size() > 253) return 0;
  out[0] = static_cast<uint8_t>(id >> 8);
  out[1] = static_cast<uint8_t>(id);
  std::memcpy(out + 2, head, sizeof head);
  uint8_t* length = out + 12;
  uint8_t* at = length + 1;
  for (const char octet : name) {
    if (octet == '.') {
      *length = static_cast<uint8_t>(at - length - 1);
      length = at++;
    } else {
      *at++ = static_cast<uint8_t>(octet);
    }
  }
  *length = static_cast<uint8_t>(at - length - 1);
  std::memcpy(at, tail, sizeof tail);
  return static_cast<size_t>(at - out) + sizeof tail;
}

// One UDP_SEGMENT send in the making.
struct Bucket {
  msghdr header;
  iovec part;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(uint16_t))];
  unsigned count;
  uint8_t octets[64 * query_octets_max];
};

class Floor {
 public:
  Floor(const Settings& settings, const std::string& names)
      : settings_(settings), names_(names), is_out_(settings.in_flight), buckets_(sends_max) {
    for (unsigned i = settings.in_flight; i-- > 0;) free_.push_back(static_cast<uint16_t>(i));
    open_ring();
    const auto server = dnswarm::Address::from_text(settings.server, 53);
    if (!server) fail("'" + settings.server + "' is no address");
    for (unsigned i = 0; i < settings.sockets; ++i) {
      const auto socket = dnswarm::open_connected_udp(*server, dnswarm::Address());
      if (socket.fd < 0) fail(std::string("socket: ") + std::strerror(socket.error));
      sockets_.push_back(socket.fd);
    }
    if (io_uring_register_files(&ring_, sockets_.data(), settings.sockets) != 0) fail("files");
    for (unsigned i = 0; i < settings.sockets; ++i) arm(i);
  }
  ~Floor() { io_uring_queue_exit(&ring_); }
  Floor(const Floor&) = delete;
  Floor& operator=(const Floor&) = delete;

  void run() {
    for (int idle = 0; at_ < names_.size() || free_.size() < settings_.in_flight;) {
      fill();
      const size_t before = answered_;
      enter(true);
      sweep();
      // More is there, or (a race in the kernel) was.
      while ((IO_URING_READ_ONCE(*ring_.sq.kflags) & IORING_SQ_TASKRUN) != 0) {
        enter(false);
        if (sweep() == 0) break;
      }
      idle = answered_ == before ? idle + 1 : 0;
      if (idle < idle_rounds_max) continue;
      for (size_t id = 0; id < is_out_.size(); ++id) free_slot(id);
      idle = 0;
    }
  }
  size_t asked() const { return asked_; }
  size_t answered() const { return answered_; }
  size_t sends() const { return sends_; }

 private:
  void open_ring() {
    io_uring_params params{};
    params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                   IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE;
    params.cq_entries = 4096;
    const int error = io_uring_queue_init_params(sends_max, &ring_, &params);
    if (error != 0) fail(std::string("io_uring: ") + std::strerror(-error));
    free_buffers_ = static_cast<io_uring_buf_ring*>(
        std::aligned_alloc(4096, buffers * sizeof(io_uring_buf)));
    octets_.resize(size_t{buffers} * buffer_octets);
    io_uring_buf_reg registration{};
    registration.ring_addr = reinterpret_cast<uintptr_t>(free_buffers_);
    registration.ring_entries = buffers;
    if (io_uring_register_buf_ring(&ring_, &registration, 0) != 0) fail("buffers");
    io_uring_buf_ring_init(free_buffers_);
    for (unsigned id = 0; id < buffers; ++id) give_back(id, static_cast<int>(id));
    io_uring_buf_ring_advance(free_buffers_, buffers);
  }

  void give_back(unsigned id, int offset) {
    io_uring_buf_ring_add(free_buffers_, &octets_[size_t{id} * buffer_octets], buffer_octets,
                          static_cast<uint16_t>(id), buffers - 1, offset);
  }

  void arm(unsigned socket) {
    io_uring_sqe* receive = submission();
    io_uring_prep_recv_multishot(receive, static_cast<int>(socket), nullptr, 0, 0);
    receive->flags |= IOSQE_BUFFER_SELECT | IOSQE_FIXED_FILE;
    receive->user_data = socket;
  }

  io_uring_sqe* submission() {
    io_uring_sqe* found = io_uring_get_sqe(&ring_);
    if (found != nullptr) return found;
    enter(false);
    return io_uring_get_sqe(&ring_);
  }

  // Names into free slots, their queries into buckets by length; full buckets and, at the end, all
  // others go to the kernel.
  void fill() {
    Bucket* by_length[query_octets_max + 1] = {};
    uint8_t query[query_octets_max + 300];
    while (!free_.empty() && at_ < names_.size()) {
      const size_t end = std::min(names_.find('\n', at_), names_.size());
      const size_t size = build_query({&names_[at_], end - at_}, free_.back(), query);
      at_ = end + 1;
      if (size == 0) continue;
      Bucket*& bucket = by_length[size];
      if (bucket == nullptr) {
        if (used_ == sends_max) {
          flush(by_length);
          enter(false);
        }
        bucket = &buckets_[used_++];
        bucket->count = 0;
      }
      std::memcpy(bucket->octets + bucket->count++ * size, query, size);
      is_out_[free_.back()] = true;
      free_.pop_back();
      ++asked_;
      if (bucket->count == settings_.segments) {
        send(*bucket, static_cast<uint16_t>(size));
        bucket = nullptr;
      }
    }
    flush(by_length);
  }

  void flush(Bucket** by_length) {
    for (size_t size = 0; size <= query_octets_max; ++size) {
      if (by_length[size] != nullptr) send(*by_length[size], static_cast<uint16_t>(size));
      by_length[size] = nullptr;
    }
  }

  void send(Bucket& bucket, uint16_t size) {
    io_uring_sqe* send = submission();
    const int socket = static_cast<int>(sends_++ % settings_.sockets);
    if (bucket.count == 1) {
      io_uring_prep_send(send, socket, bucket.octets, size, MSG_DONTWAIT);
    } else {
      bucket.part = {bucket.octets, size_t{size} * bucket.count};
      bucket.header = {};
      bucket.header.msg_iov = &bucket.part;
      bucket.header.msg_iovlen = 1;
      bucket.header.msg_control = bucket.control;
      bucket.header.msg_controllen = sizeof bucket.control;
      cmsghdr* segment = CMSG_FIRSTHDR(&bucket.header);
      segment->cmsg_level = SOL_UDP;
      segment->cmsg_type = UDP_SEGMENT;
      segment->cmsg_len = CMSG_LEN(sizeof size);
      std::memcpy(CMSG_DATA(segment), &size, sizeof size);
      io_uring_prep_sendmsg(send, socket, &bucket.header, MSG_DONTWAIT);
    }
    send->flags |= IOSQE_CQE_SKIP_SUCCESS | IOSQE_FIXED_FILE;
    send->user_data = UINT64_MAX;
  }

  // Submits; the buckets are free then. One call also waits, for 256 or 1 ms, at most 100 ms.
  void enter(bool waits) {
    struct {
      uint64_t signals = 0;
      uint32_t signals_octets = 0, min_wait_us = reap_us;
      uint64_t timeout = 0;
    } arguments;
    const __kernel_timespec timeout{.tv_sec = 0, .tv_nsec = waits ? 100'000'000 : 0};
    arguments.timeout = reinterpret_cast<uintptr_t>(&timeout);
    const bool has_min_wait = (ring_.features & IORING_FEAT_MIN_TIMEOUT) != 0;
    if (!has_min_wait) arguments.min_wait_us = 0;
    // Not by io_uring_submit(): that would be a system call of its own.
    const unsigned tail = ring_.sq.sqe_tail;
    ring_.sq.sqe_head = tail;
    for (unsigned i = *ring_.sq.ktail; ring_.sq.array != nullptr && i != tail; ++i) {
      ring_.sq.array[i & ring_.sq.ring_mask] = i & ring_.sq.ring_mask;
    }
    io_uring_smp_store_release(ring_.sq.ktail, tail);
    io_uring_enter2(static_cast<unsigned>(ring_.ring_fd), tail - *ring_.sq.khead,
                    !waits ? 0 : has_min_wait ? reap_want : 1,
                    IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG,
                    reinterpret_cast<sigset_t*>(&arguments), sizeof arguments);
    if (waits && !has_min_wait) {
      usleep(reap_us);
      io_uring_get_events(&ring_);
    }
    used_ = 0;
  }

  void free_slot(size_t id) {
    if (id >= is_out_.size() || !is_out_[id]) return;
    is_out_[id] = false;
    free_.push_back(static_cast<uint16_t>(id));
  }

  unsigned sweep() {
    io_uring_cqe* completion;
    unsigned head, count = 0;
    int given_back = 0;
    std::vector<unsigned>& ended = ended_;
    io_uring_for_each_cqe(&ring_, head, completion) {
      ++count;
      if (completion->user_data == UINT64_MAX) continue;  // a send that failed: lost
      if ((completion->flags & IORING_CQE_F_BUFFER) != 0) {
        const unsigned id = completion->flags >> IORING_CQE_BUFFER_SHIFT;
        const uint8_t* octets = &octets_[size_t{id} * buffer_octets];
        const size_t slot = size_t{octets[0]} << 8 | octets[1];
        if (slot < is_out_.size() && is_out_[slot]) ++answered_;
        free_slot(slot);
        give_back(id, given_back++);
      }
      if ((completion->flags & IORING_CQE_F_MORE) == 0) {
        ended.push_back(static_cast<unsigned>(completion->user_data));
      }
    }
    io_uring_cq_advance(&ring_, count);
    if (given_back > 0) io_uring_buf_ring_advance(free_buffers_, given_back);
    for (const unsigned socket : ended) arm(socket);
    ended.clear();
    return count;
  }

  const Settings& settings_;
  const std::string& names_;  // one a line
  size_t at_ = 0;
  io_uring ring_;
  io_uring_buf_ring* free_buffers_ = nullptr;
  std::vector<uint8_t> octets_;
  std::vector<int> sockets_;
  std::vector<uint16_t> free_;  // slots, last used on top
  std::vector<bool> is_out_;
  std::vector<unsigned> ended_;
  std::vector<Bucket> buckets_;
  unsigned used_ = 0;  // buckets since the last submission
  size_t asked_ = 0, answered_ = 0, sends_ = 0;
};

double seconds(const timeval& before, const timeval& after) {
  return static_cast<double>(after.tv_sec - before.tv_sec) +
         static_cast<double>(after.tv_usec - before.tv_usec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  const Settings settings = settings_from_arguments(argc, argv);
  std::ifstream file(settings.names, std::ios::binary);
  if (!file) fail("cannot read " + settings.names);
  const std::string names(std::istreambuf_iterator<char>(file), {});
  Floor floor(settings, names);
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  const auto started = std::chrono::steady_clock::now();
  floor.run();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
  getrusage(RUSAGE_SELF, &after);
  std::printf(R"({"names":%zu,"answered":%zu,"seconds":%.3f,"user":%.3f,"sys":%.3f,"sends":%zu})"
              "\n",
              floor.asked(), floor.answered(), elapsed.count(),
              seconds(before.ru_utime, after.ru_utime), seconds(before.ru_stime, after.ru_stime),
              floor.sends());
}
