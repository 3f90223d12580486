"""The machine under the benchmarks: its cores, what a command takes on them, and a folder in memory."""
import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
TICK = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class Run:
    """One client over one list of names."""
    seconds: float
    cpu_seconds: float       # user + system of the client
    core_seconds: float      # busy time of the client's cores
    machine_busy: float      # 0-1, over all cores
    peak_octets: int         # resident memory at its peak
    wanted: int = 0          # names, or lines
    answered: int = 0
    problem: str = ""        # why the output is not right, if it is not
    summary: dict | None = None    # dnswarm's
    responder: dict | None = None  # the simulator's counts

    @property
    def rate(self):
        return self.answered / self.seconds

    @property
    def per_cpu(self):
        return self.answered / max(self.cpu_seconds, 1e-9)

    @property
    def per_core(self):
        return self.answered / max(self.core_seconds, 1e-9)

    @property
    def share(self):
        return self.answered / self.wanted

    @property
    def responder_busy(self):
        """How much of the run the simulator's thread was at work, 0-1."""
        return self.responder["totals"]["busy_cpu_seconds"] / self.seconds

    def asked(self):
        """Queries to each upstream, by dnswarm's summary."""
        return [upstream["queries"] for upstream in self.summary["upstreams"]]

    def responder_counts(self, upstreams):
        """The same by the simulator, which may leave out those that got none."""
        counts = [each["queries_udp"] + each["queries_tcp"] for each in self.responder["upstreams"]]
        return counts + [0] * (upstreams - len(counts))


def log(text):
    print(text, file=sys.stderr, flush=True)


def executable(path):
    return path if path and os.access(path, os.X_OK) else None


def timed(command, cores, output_path):
    """Runs a client on the given cores. Returns (Run without its answers, stdout + stderr)."""
    launcher = subprocess.Popen([sys.executable, "-I", "-S", os.path.join(HERE, "launch.py"),
                                 ",".join(map(str, cores)), output_path, *command],
                                stdout=subprocess.PIPE, start_new_session=True)
    try:
        out, _ = launcher.communicate()
    except BaseException:
        os.killpg(launcher.pid, signal.SIGKILL)
        launcher.wait()
        raise
    if launcher.returncode != 0:
        sys.exit(f"bench/compare: cannot run {command[0]}")
    took = json.loads(out)
    with open(output_path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    busy = sum(took["ticks"][f"cpu{core}"][0] for core in cores) / TICK
    machine = took["ticks"]["cpu"]
    run = Run(took["seconds"], took["cpu_seconds"], busy, machine[0] / max(1, machine[1]),
              took["peak_octets"])
    if took["code"] != 0:
        run.problem = f"exit code {took['code']}: {text.strip()[-200:]}"
    return run, text


class Machine:
    """Two cores, the built programs, and a folder in memory: a disk's speed is not what is measured."""

    def __init__(self, build):
        self.build = build
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) < 2:
            sys.exit("bench/compare: needs two cores, one for the client and one for the responder")
        self.client_core, self.responder_core = cores[:2]
        self.simulator = self.built("dnswarm-sim")
        if not self.simulator:
            sys.exit(f"bench/compare: dnswarm-sim is not in {build} (ninja -C build)")
        memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
        self.folder = tempfile.mkdtemp(prefix="dnswarm-compare-", dir=memory)

    def built(self, name):
        return (executable(os.path.join(self.build, name)) or
                executable(os.path.join(self.build, "bench", name)))

    def path(self, name):
        return os.path.join(self.folder, name)

    def touch_memory(self, octets):
        """Uses free memory once. A virtual machine gives free pages back to its host after seconds, and
        fetching them again costs more than writing them: a client would pay for what the one before it
        left behind."""
        path = self.path("touched")
        self.fill(path, octets)
        os.unlink(path)

    @staticmethod
    def fill(path, octets):
        """A file of at least so many zeros."""
        block = bytes(1 << 20)
        with open(path, "wb", buffering=0) as file:
            for _ in range(-(-octets // len(block))):
                file.write(block)

    @staticmethod
    def cut_at_zeros(path):
        """Ends the file where the text ends that was written over zeros."""
        with open(path, "r+b") as file:
            text, end = 0, file.seek(0, os.SEEK_END)
            while text < end:
                middle = (text + end) // 2
                file.seek(middle)
                text, end = (text, middle) if file.read(1) == b"\0" else (middle + 1, end)
            file.truncate(text)

    def close(self):
        shutil.rmtree(self.folder)

    def described(self):
        return (f"Client on core {self.client_core}, responder on core {self.responder_core}; "
                f"Linux {os.uname().release}, {cpu_model()}, {os.cpu_count()} cores.")


def cpu_model():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return next((line.partition(":")[2].strip() for line in file if line.startswith("model name")),
                    "unknown CPU")
