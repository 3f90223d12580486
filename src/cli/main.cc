#include "cli/run.h"
#include "cli/standard_files.h"

int main(int argc, char** argv) {
  dnswarm::cli::keep_closed_standard_files_closed();
  return dnswarm::cli::run(argc, argv);
}
