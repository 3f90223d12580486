#include "serve.h"

#include <signal.h>
#include <sys/resource.h>

#include <cstdio>
#include <fstream>
#include <thread>

#include "tcp_responder.h"
#include "udp_responder.h"

namespace dnswarm::sim {
namespace {

void report(const Simulation& simulation, const std::vector<std::unique_ptr<UdpResponder>>& workers,
            const TcpResponder& tcp, const std::string& counts_file) {
  std::vector<UpstreamCounts> counts = tcp.counts();
  BatchCounts batches = tcp.batches();
  for (const auto& worker : workers) {
    batches.merge(worker->batches());
    for (size_t i = 0; i < counts.size(); ++i) counts[i].merge(worker->counts()[i]);
  }
  const std::string json = counts_json(simulation, counts, batches, monotonic_now() - simulation.started);
  std::printf("%s\n", json.c_str());
  std::fflush(stdout);
  if (!counts_file.empty()) std::ofstream(counts_file) << json << '\n';
}

}  // namespace

int usage_error(const char* flag, const std::string& sentence) {
  std::fprintf(stderr, "dnswarm-sim: %s: %s\n", flag, sentence.c_str());
  return exit_usage;
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int serve(Simulation& simulation, Listeners& listeners, const std::vector<std::string>& faults,
          const std::string& counts_file, const std::string& ready_line) {
  std::string error;
  for (const std::string& fault : faults) {
    if (!apply_fault(fault, simulation, &error)) return usage_error("--fault", error);
  }
  if (!close_closed(simulation, listeners, &error)) return usage_error("--fault", error);
  if (!counts_file.empty() && !std::ofstream(counts_file)) {
    std::fprintf(stderr, "dnswarm-sim: --counts: '%s' cannot be written\n", counts_file.c_str());
    return exit_failure;
  }

  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  std::vector<std::unique_ptr<UdpResponder>> workers;
  for (unsigned i = 0; i < simulation.workers; ++i) {
    workers.push_back(std::make_unique<UdpResponder>(simulation, listeners.udp[i], i));
  }
  TcpResponder tcp(simulation, listeners.tcp);
  simulation.started = monotonic_now();
  std::vector<std::thread> threads;
  for (auto& worker : workers) threads.emplace_back([&worker] { worker->run(); });
  threads.emplace_back([&tcp] { tcp.run(); });
  std::printf("%s\n", ready_line.c_str());
  std::fflush(stdout);

  int signal_number = 0;
  sigwait(&signals, &signal_number);
  simulation.stopping = true;
  for (auto& worker : workers) worker->wake();
  tcp.wake();
  for (std::thread& thread : threads) thread.join();
  report(simulation, workers, tcp, counts_file);
  return exit_ok;
}

}  // namespace dnswarm::sim
