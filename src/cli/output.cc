#include "cli/output.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace dnswarm::cli {

Output::Output(int fd, unsigned channels, OnFailure on_failure, OnWritten on_written)
    : fd_(fd), on_failure_(std::move(on_failure)), on_written_(std::move(on_written)) {
  channels_.reserve(channels);
  for (unsigned i = 0; i < channels; ++i) channels_.push_back(std::make_unique<Channel>());
  writer_ = std::thread([this] { write_loop(); });
}

Output::~Output() { close(); }

// A buffer to fill. False where writing has failed.
bool Output::prepare(Channel& channel) {
  if (channel.filling == nullptr) channel.filling = free_buffer(channel);
  if (failed()) return false;
  if (is_unused(channel.filling.get())) channel.first_octet_at = std::chrono::steady_clock::now();
  return true;
}

// Waits until there is one. Null where writing has failed.
std::unique_ptr<RowBuffer> Output::free_buffer(Channel& channel) {
  std::unique_lock lock(mutex_);
  if (channel.free.empty() && channel.buffers < buffers_per_channel) {
    ++channel.buffers;
    return std::make_unique<RowBuffer>(buffer_octets);
  }
  channel.freed.wait(lock, [&] { return !channel.free.empty() || failed(); });
  if (failed()) return nullptr;
  std::unique_ptr<RowBuffer> buffer = std::move(channel.free.back());
  channel.free.pop_back();
  return buffer;
}

// What the channel holds joins the queue. Its mutex is held.
void Output::hand_over(unsigned number, Channel& channel) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back({number, std::move(channel.filling)});
  }
  wake_.notify_one();
}

void Output::let_go(unsigned channel_number) {
  Channel& channel = *channels_[channel_number];
  if (channel.held) channel.held.unlock();
}

void Output::flush(unsigned channel_number) {
  Channel& channel = *channels_[channel_number];
  std::unique_lock channel_lock(channel.mutex);
  if (is_unused(channel.filling.get())) return;
  {
    std::unique_lock lock(mutex_);
    if (writing_ || !queue_.empty()) {
      lock.unlock();
      return hand_over(channel_number, channel);
    }
    writing_ = true;  // before the channel is let go: what comes after must stay behind
  }
  Full full{channel_number, std::move(channel.filling)};
  channel_lock.unlock();
  write_out(std::move(full));
}

void Output::take_aged() {
  const auto now = std::chrono::steady_clock::now();
  for (unsigned i = 0; i < channels_.size(); ++i) {
    Channel& channel = *channels_[i];
    const std::unique_lock lock(channel.mutex, std::try_to_lock);
    if (!lock || is_unused(channel.filling.get())) continue;
    // With the tick of 25 ms it leaves before it is 50 ms old.
    if (now - channel.first_octet_at >= age_max - tick) hand_over(i, channel);
  }
}

// Whoever calls it has set writing_; the buffer is its channel's again afterwards.
void Output::write_out(Full full) {
  if (!failed()) {
    if (!write_all(full.buffer->text())) fail(errno);
    else if (on_written_) on_written_(full.buffer->size(), full.buffer->done_rows());
  }
  full.buffer->reset(buffer_octets);
  Channel& channel = *channels_[full.channel];
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    channel.free.push_back(std::move(full.buffer));
    if (!queue_.empty() || closing_) wake_.notify_one();
  }
  channel.freed.notify_one();
}

void Output::write_loop() {
  auto next_tick = std::chrono::steady_clock::now() + tick;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait_until(lock, next_tick, [this] { return !writing_ && (!queue_.empty() || closing_); });
    if (!writing_ && queue_.empty() && closing_) return;
    if (!writing_ && !queue_.empty()) {
      Full full = std::move(queue_.front());
      queue_.pop_front();
      writing_ = true;
      lock.unlock();
      write_out(std::move(full));
    } else {
      lock.unlock();
    }
    if (const auto now = std::chrono::steady_clock::now(); now >= next_tick) {
      take_aged();
      next_tick = now + tick;
    }
    lock.lock();
  }
}

bool Output::write_all(const std::string_view lines) {
  std::string_view text = lines;
  while (!text.empty()) {
    const ssize_t octets = write(fd_, text.data(), text.size());
    if (octets >= 0) {
      text.remove_prefix(static_cast<size_t>(octets));
    } else if (errno == EAGAIN) {  // someone else made the shared file non-blocking
      pollfd writable{fd_, POLLOUT, 0};
      poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      const int error = errno;
      const std::string_view written = lines.substr(0, lines.size() - text.size());
      take_back(written.size() - (written.rfind('\n') + 1));  // npos + 1 is 0
      errno = error;
      return false;
    }
  }
  return true;
}

// The last octets written; only from a file that ends with them.
void Output::take_back(size_t octets) {
  struct stat status {};
  if (octets == 0 || fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode)) return;
  if (lseek(fd_, 0, SEEK_CUR) != status.st_size) return;
  // If it fails the half row stays: there is no more to be done.
  [[maybe_unused]] const int failed = ftruncate(fd_, status.st_size - static_cast<off_t>(octets));
}

void Output::fail(int error_number) {
  error_number_.store(error_number, std::memory_order_release);
  {
    // Whoever is about to wait holds the lock and will see the error, or is waiting and is woken.
    const std::lock_guard lock(mutex_);
    for (const auto& channel : channels_) channel->freed.notify_all();
  }
  on_failure_();
}

bool Output::close() {
  if (!writer_.joinable()) return !failed();
  for (unsigned i = 0; i < channels_.size(); ++i) flush(i);
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  writer_.join();
  return !failed();
}

}  // namespace dnswarm::cli
