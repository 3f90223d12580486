// dnswarm-bench-floor: what the kernel lets anyone have. A bare io_uring client without dnswarm's
// layers: it builds queries as long as ours (EDNS included), sends them and counts what comes back.
// No matching, no retry, no timers, no rows. bench/compare gives the others as parts of it.
//
//   dnswarm-bench-floor --server IP:PORT [--in-flight N] [--sockets K] [--segments S] FILE
//   dnswarm-bench-floor --servers LIST --unconnected [--plain] ... FILE
//
// Queries of equal length leave as one UDP_SEGMENT send of up to S, on K connected sockets in turn;
// completions are reaped 256 at a time or after 1 ms. With --unconnected each send names its server,
// the next of LIST (an address a line); --plain is one send per query. Prints one JSON object.
#include <liburing.h>
#include <netinet/udp.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "bare_query.h"
#include "floor_settings.h"
#include "net/address.h"
#include "net/udp_socket.h"

#ifndef IORING_FEAT_MIN_TIMEOUT
#define IORING_FEAT_MIN_TIMEOUT (1U << 15)
#endif

namespace dnswarm::bench {
namespace {

constexpr unsigned sends_max = 512, buffers = 1024, buffer_octets = 2048;
constexpr unsigned reap_want = 256, reap_us = 1000;
constexpr int idle_rounds_max = 10;  // of 100 ms: then what is in flight counts as lost

// One send in the making; with UDP_SEGMENT where it has several queries.
struct Bucket {
  msghdr header;
  iovec part;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(uint16_t))];
  unsigned count;
  uint8_t* octets;  // of query_octets_, room for `segments` queries of its length
};

class Floor {
 public:
  Floor(const FloorSettings& settings, const std::string& names)
      : settings_(settings),
        names_(names),
        is_out_(settings.in_flight),
        buckets_(sends_max),
        query_octets_(size_t{sends_max} * settings.segments * query_octets_max) {
    for (unsigned i = settings.in_flight; i-- > 0;) free_.push_back(static_cast<uint16_t>(i));
    open_ring();
    const Address& server = settings.servers.front();
    for (unsigned i = 0; i < settings.sockets; ++i) {
      const UdpSocket socket = settings.unconnected ? open_unconnected_udp(server.family(), Address())
                                                    : open_connected_udp(server, Address());
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
    // Room for all buckets and for arming the sockets: nothing is submitted while buckets are filled.
    const int error = io_uring_queue_init_params(2 * sends_max, &ring_, &params);
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
        bucket->octets = &query_octets_[octets_used_];
        octets_used_ += size * settings_.segments;
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
    const int socket = static_cast<int>(sends_ % settings_.sockets);
    const Address& server = settings_.servers[sends_ % settings_.servers.size()];
    ++sends_;
    if (bucket.count == 1) {
      io_uring_prep_send(send, socket, bucket.octets, size, MSG_DONTWAIT);
      if (settings_.unconnected) {
        io_uring_prep_send_set_addr(send, server.sa(), static_cast<uint16_t>(server.sa_octets()));
      }
    } else {
      bucket.part = {bucket.octets, size_t{size} * bucket.count};
      bucket.header = {};
      if (settings_.unconnected) {
        bucket.header.msg_name = const_cast<sockaddr*>(server.sa());
        bucket.header.msg_namelen = server.sa_octets();
      }
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
    octets_used_ = 0;
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

  const FloorSettings& settings_;
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
  std::vector<uint8_t> query_octets_;  // of all buckets
  unsigned used_ = 0;                  // buckets since the last submission
  size_t octets_used_ = 0;             // of query_octets_, by them
  size_t asked_ = 0, answered_ = 0, sends_ = 0;
};

double seconds(const timeval& before, const timeval& after) {
  return static_cast<double>(after.tv_sec - before.tv_sec) +
         static_cast<double>(after.tv_usec - before.tv_usec) / 1e6;
}

int run(const FloorSettings& settings) {
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
  return 0;
}

}  // namespace
}  // namespace dnswarm::bench

int main(int argc, char** argv) {
  return dnswarm::bench::run(dnswarm::bench::settings_from_arguments(argc, argv));
}
