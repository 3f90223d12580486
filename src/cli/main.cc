#include "cli/run.h"

int main(int argc, char** argv) { return dnswarm::cli::run(argc, argv); }
