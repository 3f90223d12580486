// One thread: a loop, its sockets, an engine. The only place where the engine meets time and I/O.
#ifndef DNSWARM_RESOLVER_WORKER_H_
#define DNSWARM_RESOLVER_WORKER_H_

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "iterative/iterative_engine.h"
#include "net/loop.h"
#include "net/send_batcher.h"
#include "net/udp_socket.h"
#include "resolver/lookup_engine.h"
#include "resolver/question_queue.h"
#include "resolver/tcp_connections.h"
#include "upstream/left_out.h"

namespace dnswarm {

struct WorkerConfig {
  unsigned index = 0;
  EngineOptions engine;
  Hierarchy* hierarchy = nullptr;  // not null: it is walked, and of `engine` only in_flight counts
  IterativeOptions iterative;      // flows aside, which the worker plans
  LoopOptions loop;
  Io io = Io::automatic;
  Address source;           // family AF_UNSPEC: any
  size_t sockets_max = 128;
  Duration port_rotation{0};  // port_rotation.cc; 0: never
  size_t tcp_connections_max = 64;
  const LeftOut* left_out = nullptr;  // null: nobody ever is
};

class Worker final : public LoopHandler, public EngineNetwork, public EngineSink {
 public:
  Worker(const WorkerConfig& config, SharedLimits& limits, ResponseHandler& handler);
  ~Worker() override;

  // Starts the thread and waits until its sockets are open; an error's sentence, or empty.
  std::string start();
  QuestionQueue& queue() { return queue_; }
  // After a push to its queue, which it may be waiting for.
  void wake_if_hungry();
  void cancel();  // from any thread
  // From any thread: there is something new in left_out; and whether it minds the first `count` of it.
  void look_at_left_out() { loop_->wake(); }
  bool minds_left_out(size_t count) const {
    return left_out_minded_.load(std::memory_order_acquire) >= count;
  }
  void join();

  Stats stats() const;  // from any thread; at most 200 ms old
  const std::string& io_text() const { return io_text_; }

  // LoopHandler
  void expect_datagrams(std::span<const ExpectedDatagram> datagrams) override;
  void on_datagram(SocketIndex socket, const Address* source, std::span<uint8_t> octets,
                   bool truncated) override;
  void on_send_failed(SocketIndex socket, const Address* destination, Octets datagram,
                      int error) override;
  void on_socket_error(SocketIndex socket, int error) override;
  void on_ready(uint32_t token, short events) override;
  // EngineNetwork
  uint8_t* queue_udp(FlowIndex flow, PeerIndex peer, size_t octets, uint16_t run) override;
  TcpState tcp_state(PeerIndex peer) override { return tcp_->state(peer); }
  bool tcp_has_room() override { return tcp_->has_room(*engine_); }
  void close_tcp(PeerIndex peer) override { tcp_->close(peer); }
  bool send_tcp(PeerIndex peer, Octets query) override {
    return tcp_->send(peer, engine_->address_of(peer), query, now_);
  }
  // EngineSink
  void on_response(const Response& response) override;

 private:
  struct Flow {
    SocketIndex socket = 0;
    bool connected = false;  // else each datagram needs a destination, and the engine checks sources
  };

  void thread_main(std::promise<std::string>& ready);
  std::string open_loop();
  std::string open_sockets();
  std::string open_flows(const FlowPlan& plan);
  std::pair<UdpSocket, bool> open_flow(const FlowPlan& plan, size_t flow) const;
  void put_into_use(FlowIndex flow, int fd, bool connected);
  void rotate_port();
  void open_iterative_engine(const FlowPlan& plan);
  void loop();
  void turn();
  bool depart();
  void mind_left_out();
  void accept_questions();
  bool next_question(Question& question);
  void wait_and_receive();
  void receive(Duration wait, unsigned want);
  void cancel_everything();
  bool done();
  void refresh_clock();
  void begin_delivery();
  void measure_rate();
  uint64_t count_drops() const;
  void look_for_drops();
  void housekeeping();
  void publish_stats();

  WorkerConfig config_;
  SharedLimits& limits_;
  ResponseHandler& handler_;
  QuestionQueue queue_;
  std::thread thread_;
  std::atomic<bool> hungry_{false};  // waits, and would start more than it has
  std::atomic<bool> cancelled_{false};
  std::atomic<size_t> left_out_minded_{0};
  std::string io_text_;

  // The thread's own.
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<Engine> engine_;
  Random random_;
  std::unique_ptr<SendBatcher> batcher_;
  std::vector<Flow> flows_;
  std::vector<FlowIndex> socket_flows_;    // socket -> flow
  std::optional<SocketIndex> retired_;     // of which answers may still come
  size_t next_rotated_ = 0;
  Instant next_rotation_{};
  uint64_t drops_of_removed_ = 0;
  uint64_t drops_ = 0;                     // when they were counted last
  Instant next_drop_count_{};
  size_t since_drop_count_ = 0;            // datagrams
  std::unique_ptr<TcpConnections> tcp_;
  std::unique_ptr<QuestionBatch> batch_;
  Question held_;        // read from the batch, but the engine was full
  bool has_held_ = false;
  Instant real_now_{};
  Instant now_{};        // real_now_ less stalled_: what the engine lives by
  Duration stalled_{0};
  bool clock_fresh_ = false;
  bool drained_ = true;         // the last turn delivered all there was
  bool waves_ = false;          // it waits for much of its time
  unsigned parts_ = 0;          // turns since one delivered all there was
  Instant wait_began_ = never;  // of this turn; never: it does not wait
  size_t batch_size_ = 1;       // datagrams that come in batch_time
  Instant window_began_{};      // since when these are counted:
  size_t datagrams_ = 0;
  Duration idle_{0};            // spent waiting
  Instant next_housekeeping_{};

  mutable std::mutex stats_mutex_;
  Stats published_;
};

}  // namespace dnswarm

#endif  // DNSWARM_RESOLVER_WORKER_H_
