// One thread of the load source: sends at its pace, takes what comes, and counts.
#ifndef DNSWARM_LOAD_LOAD_WORKER_H_
#define DNSWARM_LOAD_LOAD_WORKER_H_

#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/hash.h"
#include "base/random.h"
#include "dns/query_builder.h"
#include "dnswarm/load.h"
#include "load/core_use.h"
#include "load/in_flight_table.h"
#include "load/latency_recorder.h"
#include "load/load_flows.h"
#include "load/load_names.h"
#include "load/pace.h"
#include "load/series.h"

namespace dnswarm {

struct LoadWorkerConfig {
  unsigned index = 0;
  unsigned workers = 1;
  LoadFlowsConfig flows;     // its in_flight is this worker's bound
  QueryOptions query;
  double rate = 0;           // of all workers; 0: closed loop
  Duration duration{};       // of sending; 0: without end
  uint64_t queries = 0;      // of all workers; 0: without end
  Duration timeout = std::chrono::seconds(5);
  std::optional<uint64_t> seed;
  bool busy_poll = false;
};

struct LoadWorkerResult {
  LoadCounts counts;
  LatencyRecorder latency, from_send, lateness;
  Duration sending{};         // from the start to the end of sending
  Duration in_all{};
  CoreUse core;               // while sending
  size_t receive_octets = 0;  // of a UDP socket's buffer
  uint64_t send_buffer_full = 0;  // of the send errors: EAGAIN, ENOBUFS, ENOMEM
  bool in_flight_was_full = false;  // open loop: a query was due and had to wait for that
};

// A question (QNAME, QTYPE, QCLASS as in a message) as 64 bits, so that nothing else of a query must be kept
// until its response comes. Seeded: no peer can make up one that is taken for another.
inline uint64_t asked_hash(Octets question) { return hash_octets(question, 0, hash_seed()); }

class LoadWorker final : private LoadFlowsSink {
 public:
  // `names` and `series` must outlive this.
  LoadWorker(const LoadWorkerConfig& config, const LoadNames::Impl& names, Series& series);
  ~LoadWorker() override;

  // Starts the thread and waits until its flows are open; an error's sentence, or empty.
  std::string open();
  void start(Instant at);  // once, after open()
  void cancel();           // from any thread, after open()
  const LoadWorkerResult& join();
  const std::string& io_text() const { return io_text_; }

 private:
  // One size's current flow: equal lengths to one flow leave as one send, so they go there in runs.
  struct Run {
    uint64_t turn = 0;
    unsigned flow = 0;
    uint16_t left = 0;
  };

  // LoadFlowsSink
  void on_message(unsigned flow, Octets message) override;
  void on_not_sent(unsigned flow, Octets query, int error) override;
  void on_icmp_error() override { ++result_.counts.icmp_errors; }
  void on_connect(unsigned flow, bool again) override;
  void on_connection_lost(unsigned flow) override;

  void thread_main(std::promise<std::string>& opened);
  std::string open_flows();
  void loop();
  uint64_t wanted_now() const;
  void send_due();
  bool send_one(uint16_t run_max);
  unsigned choose_flow(size_t octets, uint16_t run_max);
  void end_sending();
  void expire(Instant until);
  Duration wait_time();
  void roll_seconds();
  void take_answer(const InFlightTable::Found& found, uint16_t flags);
  void refresh_clock();

  LoadWorkerConfig config_;
  Series& series_;
  std::thread thread_;
  std::promise<Instant> start_;
  bool start_given_ = false;
  std::atomic<bool> cancelled_{false};
  std::string io_text_;

  // The thread's own.
  Random random_;
  QueryBuilder builder_;
  QuestionSource questions_;
  std::optional<Pace> pace_;
  uint64_t quota_ = UINT64_MAX;  // of this worker
  Duration until_{};             // sending ends, from the start
  std::unique_ptr<LoadFlows> flows_;
  std::vector<InFlightTable> tables_;  // by flow
  std::array<Run, query_octets_max + 1> runs_{};
  uint64_t turn_ = 1;
  unsigned next_flow_ = 0;
  unsigned open_ = 0;        // over all flows
  uint64_t asked_ = 0;       // queries so far, those that failed included
  Instant started_{};
  Instant now_{};
  unsigned answers_since_clock_ = 0;
  bool sending_ = true;
  bool blocked_ = false;     // no flow could take what was due
  CoreUse core_at_start_;
  uint32_t second_ = 0;
  SecondCounts second_counts_;
  LatencyRecorder second_latency_;
  LoadWorkerResult result_;
};

}  // namespace dnswarm

#endif  // DNSWARM_LOAD_LOAD_WORKER_H_
