// `dnswarm bench`: arguments in, exit code out.
#ifndef DNSWARM_CLI_BENCH_RUN_H_
#define DNSWARM_CLI_BENCH_RUN_H_

namespace dnswarm::cli {

// argv[0] is "bench".
int bench_run(int argc, const char* const* argv);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_BENCH_RUN_H_
