#!/usr/bin/env python3
"""Side by side: dnswarm against massdns, zdns, dnsperf, a c-ares loop and the floor, on this machine.

    bench/compare [--build DIR] [--names N] [--rounds N] [--only TOOL,...] > result.md
    MASSDNS=/path/to/massdns ZDNS=/path/to/zdns bench/compare

Builds nothing and downloads nothing: it takes dnswarm, dnswarm-sim, dnswarm-bench-floor and
dnswarm-bench-cares from the build folder and dnsperf from the PATH; what is not there is left out, and the
result says so. Method:

- One responder, dnswarm-sim with one thread, pinned to a core; each client is pinned to another. All ask the
  same names in the same order for A. The names' kinds are mixed, without truncated answers: half of the
  clients here cannot do TCP.
- First each client is tried with each number in flight of its list (printed); the best one that answers
  99.9 % is used. Then all run in turn, round after round, and the medians count.
- Clients that write rows write them to a file in memory, which is verified after the clock has stopped:
  dnswarm's by the simulator's rule, every row; massdns's and zdns's by the count of distinct names.
- CPU seconds are user + system time of the client's process (rusage). Kernels that account softirq time apart
  leave the network stack's share out of that, so the busy time of the client's core (/proc/stat, softirq
  included) stands beside it, and so does that of the whole machine.
"""
import argparse
import dataclasses
import json
import os
import platform
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
MIX = "nxdomain=20,nodata=5,cname=10,multi=10"
ANSWERED_MIN = 0.999
TICK = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class Run:
    seconds: float
    cpu_seconds: float       # user + system of the client
    core_seconds: float      # busy time of the client's core
    machine_busy: float      # 0-1, over all cores
    answered: int
    problem: str = ""        # why the output is not right, if it is not


def log(text):
    print(text, file=sys.stderr, flush=True)


def busy_ticks():
    """{core: (busy, all)} in clock ticks; "cpu" is the whole machine."""
    ticks = {}
    with open("/proc/stat", encoding="ascii") as file:
        for line in file:
            if line.startswith("cpu"):
                name, *fields = line.split()
                user, nice, system, idle, iowait, irq, softirq, steal = map(int, fields[:8])
                busy = user + nice + system + irq + softirq + steal
                ticks[name] = (busy, busy + idle + iowait)
    return ticks


def timed(command, core, output_path):
    """Runs a client pinned to a core. Returns (Run without its answers, stdout + stderr)."""
    def pin():
        os.sched_setaffinity(0, {core})
        # Room for a socket per query, where a client wants that.
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    before, started = busy_ticks(), time.monotonic()
    with open(output_path, "wb") as output:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                 preexec_fn=pin)
        _, status, usage = os.wait4(child.pid, 0)
    seconds, after = time.monotonic() - started, busy_ticks()
    child.returncode = os.waitstatus_to_exitcode(status)
    with open(output_path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    machine = [after["cpu"][i] - before["cpu"][i] for i in (0, 1)]
    name = f"cpu{core}"
    run = Run(seconds, usage.ru_utime + usage.ru_stime, (after[name][0] - before[name][0]) / TICK,
              machine[0] / max(1, machine[1]), 0)
    if child.returncode != 0:
        run.problem = f"exit code {child.returncode}"
    return run, text


class Tool:
    """One client: its command for a number in flight, and how its result is read."""
    name = ""
    sweep = (100, 200, 500, 1000, 2000, 4000, 8000)

    def __init__(self, bench):
        self.bench = bench
        self.program = self.find()

    def find(self):
        raise NotImplementedError

    def command(self, in_flight):
        raise NotImplementedError

    def read(self, run, text):
        """Fills in run.answered and run.problem."""
        raise NotImplementedError

    def run(self, in_flight):
        for path in (self.bench.rows, self.bench.said):
            if os.path.exists(path):
                os.unlink(path)
        run, text = timed(self.command(in_flight), self.bench.client_core, self.bench.said)
        if not run.problem:
            self.read(run, text)
        return run


class Dnswarm(Tool):
    name = "dnswarm"
    sweep = (500, 1000, 2000, 4000, 8000)

    def find(self):
        return self.bench.built("dnswarm")

    def command(self, in_flight):
        return [self.program, "-r", self.bench.server, "--workers", "1", "--in-flight", str(in_flight), "-q",
                "-o", self.bench.rows, self.bench.names]

    def read(self, run, text):
        done = subprocess.run([self.bench.simulator, "--check", self.bench.rows, "--names", self.bench.names,
                               "--mix", MIX, "--allow-unanswered"], capture_output=True, text=True, check=False)
        try:
            counts = json.loads(done.stdout)
        except ValueError:
            run.problem = f"--check: {done.stderr.strip()[:200]}"
            return
        run.answered = counts["right"]
        if done.returncode != 0:
            run.problem = f"--check: {done.stdout.strip()[:200]}"


class Floor(Tool):
    """The same names as bare queries: what the kernel lets anyone have with io_uring and GSO."""
    name = "floor"
    sweep = Dnswarm.sweep

    def find(self):
        return self.bench.built("dnswarm-bench-floor")

    def command(self, in_flight):
        return [self.program, "--server", self.bench.server, "--in-flight", str(in_flight), self.bench.names]

    def read(self, run, text):
        run.answered = json.loads(text.splitlines()[-1])["answered"]


class Cares(Floor):
    name = "c-ares loop"
    sweep = (100, 200, 500, 1000, 2000, 4000, 8000, 16000, 32000)

    def find(self):
        return self.bench.built("dnswarm-bench-cares")


class Dnsperf(Tool):
    name = "dnsperf"
    sweep = (100, 200, 500, 1000, 2000, 4000)

    def find(self):
        return shutil.which("dnsperf")

    def command(self, in_flight):
        address, _, port = self.bench.server.rpartition(":")
        # -e: EDNS, as dnswarm sends it. One thread on the one core, four sockets.
        return [self.program, "-s", address, "-p", port, "-d", self.bench.typed_names, "-n", "1", "-e", "-T", "1",
                "-c", "4", "-q", str(in_flight)]

    def read(self, run, text):
        completed = re.search(r"Queries completed:\s+(\d+)", text)
        run.answered = int(completed[1]) if completed else 0


class RowsOfNames(Tool):
    """Clients whose ndjson rows have a "name" and a "status" or "error"."""
    good = ("NOERROR", "NXDOMAIN")

    def read(self, run, text):
        names = set()
        with open(self.bench.rows, encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                if self.status(row) in self.good:
                    names.add(row["name"].rstrip("."))
        run.answered = self.bench.lines_of(names)

    def status(self, row):
        return row.get("status", "")


class Massdns(RowsOfNames):
    name = "massdns"
    sweep = (500, 1000, 2000, 5000, 10000)

    def find(self):
        return executable(os.environ.get("MASSDNS"))

    def command(self, in_flight):
        return [self.program, "-q", "-r", self.bench.resolvers, "-t", "A", "-o", "J", "-s", str(in_flight), "--root",
                "-w", self.bench.rows, self.bench.names]


class Zdns(RowsOfNames):
    name = "zdns"
    sweep = (100, 500, 1000, 5000)

    def find(self):
        return executable(os.environ.get("ZDNS"))

    def command(self, in_flight):
        return [self.program, "A", f"--name-servers={self.bench.server}", f"--threads={in_flight}",
                f"--input-file={self.bench.names}", f"--output-file={self.bench.rows}", "--verbosity=1"]

    def status(self, row):
        return row.get("results", {}).get("A", row).get("status", "")


TOOLS = (Dnswarm, Floor, Cares, Dnsperf, Massdns, Zdns)


def executable(path):
    return path if path and os.access(path, os.X_OK) else None


class Bench:
    """The names, the responder and the files in memory that all clients share."""

    def __init__(self, options):
        self.build, self.count = options.build, options.names
        self.client_core, self.responder_core = choose_cores()
        self.simulator = self.built("dnswarm-sim")
        if not self.simulator:
            sys.exit(f"bench/compare: dnswarm-sim is not in {self.build} (ninja -C build)")
        # A disk's speed is not what is measured.
        self.folder = tempfile.mkdtemp(prefix="dnswarm-compare-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        self.names, self.typed_names = self.path("names"), self.path("names-typed")
        self.resolvers, self.rows, self.said = self.path("resolvers"), self.path("rows"), self.path("said")
        self.write_names()
        self.start_responder()

    def path(self, name):
        return os.path.join(self.folder, name)

    def built(self, name):
        return executable(os.path.join(self.build, name)) or executable(os.path.join(self.build, "bench", name))

    def write_names(self):
        with open(self.names, "wb") as file:
            subprocess.run([self.simulator, "--generate", str(self.count)], stdout=file, check=True)
        with open(self.names, encoding="ascii") as file:
            self.all_names = file.read().split()
        with open(self.typed_names, "w", encoding="ascii") as file:
            file.writelines(f"{name} A\n" for name in self.all_names)

    def lines_of(self, names):
        """How many lines of the input these names answer."""
        return sum(1 for name in self.all_names if name in names)

    def start_responder(self):
        self.responder = subprocess.Popen(
            [self.simulator, "--listen", "127.0.0.1:0", "--workers", "1", "--mix", MIX], stdout=subprocess.PIPE,
            preexec_fn=lambda: os.sched_setaffinity(0, {self.responder_core}))
        self.server = json.loads(self.responder.stdout.readline())["listening"][0]
        with open(self.resolvers, "w", encoding="ascii") as file:
            file.write(self.server + "\n")

    def close(self):
        self.responder.send_signal(signal.SIGTERM)
        out, _ = self.responder.communicate()
        shutil.rmtree(self.folder)
        return json.loads(out.splitlines()[-1])["totals"]


def choose_cores():
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        sys.exit("bench/compare: needs two cores, one for the client and one for the responder")
    return cores[0], cores[1]


def best_setting(tool, count):
    """Tries the tool's numbers in flight; prints each. The best that answered nearly all, else the best."""
    tried = []
    for in_flight in tool.sweep:
        run = tool.run(in_flight)
        share = run.answered / count
        log(f"  {tool.name:12} {in_flight:6} in flight: {run.answered / run.seconds:9.0f} names/s "
            f"{share:8.3%} answered {run.problem}")
        tried.append((share >= ANSWERED_MIN and not run.problem, run.answered / run.seconds, in_flight))
    return max(tried)[2], tried


def medians(runs, count):
    values = {
        "rate": [run.answered / run.seconds for run in runs],
        "per_cpu": [run.answered / max(run.cpu_seconds, 1e-9) for run in runs],
        "per_core": [run.answered / max(run.core_seconds, 1e-9) for run in runs],
        "busy": [run.machine_busy for run in runs],
        "answered": [run.answered / count for run in runs],
    }
    return {key: statistics.median(list_) for key, list_ in values.items()}


def version_of(program, *flags):
    done = subprocess.run([program, *flags], capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).splitlines()
    return next((line.strip() for line in lines if re.search(r"\d+\.\d", line)), "")


def print_result(bench, tools, settings, results, rounds, absent):
    ours = results.get("dnswarm")
    print("| client | in flight | names/s | x | names per CPU second | x | per busy second of its core | x | answered "
          "| machine busy |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for tool in tools:
        found = results[tool.name]
        def ratio(key):
            return f"{found[key] / ours[key]:.2f}" if ours and ours[key] else "-"
        print(f"| {tool.name} | {settings[tool.name][0]:,} | {found['rate']:,.0f} | {ratio('rate')} "
              f"| {found['per_cpu']:,.0f} | {ratio('per_cpu')} | {found['per_core']:,.0f} | {ratio('per_core')} "
              f"| {found['answered']:.3%} | {found['busy']:.0%} |")
    print()
    print(f"Medians of {rounds} alternating rounds; {bench.count:,} names, type A, kinds {MIX}; x: of dnswarm's. ")
    print(f"Client on core {bench.client_core}, responder on core {bench.responder_core}; "
          f"Linux {platform.release()}, {cpu_model()}, {os.cpu_count()} cores.")
    for tool in tools:
        tried = ", ".join(f"{in_flight:,}: {rate:,.0f}{'' if good else ' (lossy)'}"
                          for good, rate, in_flight in settings[tool.name][1])
        print(f"- {tool.name}: sweep of in flight: names/s: {tried}")
    for name in absent:
        print(f"- {name}: not here, left out")


def cpu_model():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), "unknown CPU")


def measure(bench, options):
    wanted = options.only.split(",") if options.only else None
    tools = [kind(bench) for kind in TOOLS if wanted is None or kind.name in wanted]
    absent = [tool.name for tool in tools if not tool.program]
    tools = [tool for tool in tools if tool.program]
    settings = {tool.name: best_setting(tool, bench.count) for tool in tools}
    runs = {tool.name: [] for tool in tools}
    for number in range(options.rounds):
        for tool in tools:
            run = tool.run(settings[tool.name][0])
            runs[tool.name].append(run)
            log(f"  round {number + 1}: {tool.name:12} {run.answered / run.seconds:9.0f} names/s {run.problem}")
    problems = [f"{name}: {run.problem}" for name, list_ in runs.items() for run in list_ if run.problem]
    results = {name: medians(list_, bench.count) for name, list_ in runs.items()}
    print_result(bench, tools, settings, results, options.rounds, absent)
    for problem in problems:
        print(f"- NOT RIGHT: {problem}")
    return 1 if problems else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build"))
    parser.add_argument("--names", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="names of clients, separated by commas")
    options = parser.parse_args()
    bench = Bench(options)
    try:
        code = measure(bench, options)
    finally:
        totals = bench.close()
    log(f"responder: {totals['queries_per_cpu_second']:,.0f} queries per CPU second of its own")
    return code


if __name__ == "__main__":
    sys.exit(main())
