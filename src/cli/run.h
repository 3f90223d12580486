// The whole program: arguments in, exit code out.
#ifndef DNSWARM_CLI_RUN_H_
#define DNSWARM_CLI_RUN_H_

namespace dnswarm::cli {

int run(int argc, const char* const* argv);

}  // namespace dnswarm::cli

#endif  // DNSWARM_CLI_RUN_H_
