// Rows on their way to the file: each worker fills buffers of its own, one thread writes them.
//
// A buffer leaves when it is full, when its worker has nothing else under way (then the worker writes it
// itself, if nobody else is writing: to wake a thread for it would take longer), or 50 ms after its first
// octet. Each channel (worker) owns four buffers: one being filled, others waiting for the file. Where all
// wait, append() waits too: that is the back-pressure that stops the worker, and through its queue the
// reader. Only the channel's worker and, every 25 ms, the writer ask for its mutex; a worker keeps it while
// it is at work, so that a row costs no lock.
//
// After the first failed write everything is discarded: rows beyond a gap would be a lie. What of the last
// row is in a file already is taken back, where the disk was full: half a row would be one, too.
#ifndef DNSWARM_CLI_OUTPUT_H_
#define DNSWARM_CLI_OUTPUT_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "cli/row_buffer.h"

namespace dnswarm::cli {

class Output {
 public:
  // Four of them stay in the processor's second-level cache; filling one costs far more than a write.
  static constexpr size_t buffer_octets = size_t{1} << 16;
  static constexpr unsigned buffers_per_channel = 4;
  static constexpr std::chrono::milliseconds age_max{50};

  // Called once, from the thread that wrote, when writing failed.
  using OnFailure = std::function<void()>;

  // A buffer was written whole: so many octets, with these rows. Calls come in the order of the octets, one
  // at a time, from the threads that wrote.
  using OnWritten = std::function<void(size_t octets, std::span<const DoneRow> rows)>;

  // `fd` stays the caller's.
  Output(int fd, unsigned channels, OnFailure on_failure, OnWritten on_written = nullptr);
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // format(RowBuffer&) appends whole rows. One thread per channel at a time. Blocks while no buffer
  // is free.
  template <typename Format>
  void append(unsigned channel_number, Format&& format) {
    Channel& channel = *channels_[channel_number];
    const std::lock_guard lock(channel.mutex);
    append_locked(channel_number, channel, format);
  }
  // The same for a thread that has many rows: the channel stays locked until let_go(). No append() or
  // flush() for it meanwhile, and no long wait: rows that grow old cannot leave.
  template <typename Format>
  void append_and_hold(unsigned channel_number, Format&& format) {
    Channel& channel = *channels_[channel_number];
    if (!channel.held) channel.held.lock();
    append_locked(channel_number, channel, format);
  }
  void let_go(unsigned channel_number);
  // What the channel holds leaves now. May block as long as the file does.
  void flush(unsigned channel_number);

  // Writes all that is left and ends the thread. True if everything was written.
  bool close();
  int error_number() const { return error_number_.load(std::memory_order_acquire); }  // 0: none
  bool failed() const { return error_number() != 0; }

 private:
  // Most rows have less than 4 KiB; one that has more makes the buffer grow for that time.
  static constexpr size_t full_octets = buffer_octets - 4096;
  static constexpr size_t full_rows = 8192;  // rows without text fill it too
  static constexpr std::chrono::milliseconds tick{25};

  struct alignas(64) Channel {
    std::mutex mutex;  // of `filling` and its age
    std::unique_lock<std::mutex> held{mutex, std::defer_lock};  // its worker's alone
    std::unique_ptr<RowBuffer> filling;                         // null: none
    std::chrono::steady_clock::time_point first_octet_at;
    // Under mutex_:
    std::condition_variable freed;
    std::vector<std::unique_ptr<RowBuffer>> free;
    unsigned buffers = 0;  // made so far
  };
  struct Full {
    unsigned channel;
    std::unique_ptr<RowBuffer> buffer;
  };

  template <typename Format>
  void append_locked(unsigned channel_number, Channel& channel, Format&& format) {
    if (!prepare(channel)) return;
    format(*channel.filling);
    if (is_full(*channel.filling)) hand_over(channel_number, channel);
  }
  static bool is_full(const RowBuffer& buffer) {
    return buffer.size() >= full_octets || buffer.done_rows().size() >= full_rows;
  }
  static bool is_unused(const RowBuffer* buffer) {
    return buffer == nullptr || (buffer->empty() && buffer->done_rows().empty());
  }
  bool prepare(Channel& channel);
  std::unique_ptr<RowBuffer> free_buffer(Channel& channel);
  void hand_over(unsigned number, Channel& channel);
  void take_aged();
  void write_out(Full full);
  void write_loop();
  bool write_all(std::string_view lines);
  void take_back(size_t octets);
  void fail(int error_number);

  const int fd_;
  const OnFailure on_failure_;
  const OnWritten on_written_;
  std::vector<std::unique_ptr<Channel>> channels_;
  std::atomic<int> error_number_{0};

  std::mutex mutex_;  // of queue_, closing_ and free buffers; taken after a channel's, never before
  std::condition_variable wake_;
  std::deque<Full> queue_;  // bounded by the channels' buffers
  bool closing_ = false;
  bool writing_ = false;  // somebody does, without the mutex
  std::thread writer_;
};

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_OUTPUT_H_
