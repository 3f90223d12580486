"""The clients: dnswarm, its peers, and the floor; how each is started and how its result is verified."""
import json
import os
import re
import shutil
import subprocess

from .machine import executable, timed

OWN_OCTETS = 128 << 20  # more than any client here takes for itself


class Client:
    """One client: its command for a number in flight, and how its result is read."""
    name = ""
    sweep = ()
    row_octets = 0  # of a row it writes, at most in the average

    def __init__(self, machine):
        self.machine = machine
        self.rows, self.said = machine.path("rows"), machine.path("said")
        self.program = self.find()

    def find(self):
        raise NotImplementedError

    def command(self, work, in_flight):
        raise NotImplementedError

    def read(self, run, text, work):
        """Fills in run.answered, and run.problem where the output is not right."""
        raise NotImplementedError

    def make_room(self, rows_octets):
        self.machine.touch_memory(OWN_OCTETS + rows_octets)

    def run(self, work, in_flight, cores=None):
        for path in (self.rows, self.said):
            if os.path.exists(path):
                os.unlink(path)
        self.make_room(self.row_octets * work.names.lines)
        with work.responder():
            run, text = timed(self.command(work, in_flight), cores or [self.machine.client_core], self.said)
        run.wanted, run.responder = work.names.lines, work.counts
        if not run.problem:
            self.read(run, text, work)
        return run


class Dnswarm(Client):
    name = "dnswarm"
    sweep = (500, 1000, 2000, 4000, 8000, 16000)
    row_octets = 320
    workers = 1
    summary_wanted = True

    def find(self):
        self.summary = self.machine.path("summary")
        return self.machine.built("dnswarm")

    def command(self, work, in_flight):
        servers = work.server if work.count == 1 else work.resolvers
        flags = ["--in-flight", str(in_flight)] if in_flight else []
        if self.summary_wanted:
            flags += ["--summary", self.summary]
        return [self.program, "-r", servers, "--workers", str(self.workers), *flags, "-q", "-o", self.rows,
                work.names.path]

    def read(self, run, text, work):
        self.check(run, work)
        if self.summary_wanted:
            with open(self.summary, encoding="utf-8") as file:
                run.summary = json.load(file)

    def check(self, run, work):
        """Every row by the simulator's rule, every name by its row."""
        done = subprocess.run([self.machine.simulator, "--check", self.rows, "--names", work.names.path,
                               "--mix", work.mix, "--allow-unanswered"],
                              capture_output=True, text=True, check=False)
        try:
            counts = json.loads(done.stdout)
        except ValueError:
            run.problem = f"--check: {done.stderr.strip()[:200]}"
            return
        run.answered = counts["right"]
        if done.returncode != 0:
            run.problem = f"--check: {done.stdout.strip()[:200]}"


class OverFile(Dnswarm):
    """Writes its rows over a file that is there already. What gigabytes of new pages cost in a virtual
    machine is its host's affair: of 3.1 GB written it was 0.2 to 4 s, where the writing took 0.5."""

    def make_room(self, rows_octets):
        self.machine.fill(self.rows, rows_octets)
        super().make_room(0)

    def command(self, work, in_flight):
        command = super().command(work, in_flight)
        at = command.index("-o")
        return ["/bin/sh", "-c", 'rows=$0; exec "$@" 1<>"$rows"', self.rows, *command[:at], *command[at + 2:]]

    def read(self, run, text, work):
        self.machine.cut_at_zeros(self.rows)
        super().read(run, text, work)


class TwoWorkers(Dnswarm):
    workers = 2


class WithoutSummary(Dnswarm):
    """For long lists of upstreams: 10,000 of them in JSON cost what 10,000 names do."""
    summary_wanted = False


class Counting(Client):
    """Clients that write no rows and print {"answered":N,...} at the end."""

    def read(self, run, text, work):
        run.answered = json.loads(text.splitlines()[-1])["answered"]


class Floor(Counting):
    """The same names as bare queries: what the kernel lets anyone have with io_uring and GSO."""
    name = "floor"
    sweep = (1000, 2000, 4000, 8000, 16000)

    def find(self):
        return self.machine.built("dnswarm-bench-floor")

    def command(self, work, in_flight):
        return [self.program, "--server", work.server, "--in-flight", str(in_flight), work.names.path]


class PlainRing(Counting):
    """The same without GSO, on unconnected sockets, each query to the next upstream of the list."""
    name = "bare plain ring"
    sweep = (500, 1000, 2000, 4000, 8000)

    def find(self):
        return self.machine.built("dnswarm-bench-floor")

    def command(self, work, in_flight):
        return [self.program, "--servers", work.resolvers, "--unconnected", "--plain", "--in-flight",
                str(in_flight), work.names.path]


class Cares(Counting):
    name = "c-ares loop"
    sweep = (50, 100, 200, 500, 1000, 2000, 4000, 8000, 16000)

    def find(self):
        return self.machine.built("dnswarm-bench-cares")

    def command(self, work, in_flight):
        return [self.program, "--server", work.server, "--in-flight", str(in_flight), work.names.path]


class LoadSource(Client):
    """`dnswarm bench`: dnsperf's own job."""
    name = "dnswarm bench"
    sweep = (100, 200, 500, 1000, 2000, 4000, 8000)

    def find(self):
        return self.machine.built("dnswarm")

    def command(self, work, in_flight):
        return [self.program, "bench", "-r", work.server, "--in-flight", str(in_flight), "--queries",
                str(work.names.lines), "-q", "-f", "json", work.names.path]

    def read(self, run, text, work):
        run.answered = json.loads(text)["result"]["counts"]["answered"]


class Dnsperf(Client):
    name = "dnsperf"
    sweep = (100, 200, 500, 1000, 2000, 4000)

    def find(self):
        return shutil.which("dnsperf")

    def command(self, work, in_flight):
        address, _, port = work.server.rpartition(":")
        # -e: EDNS, as dnswarm sends it. One thread on the one core, four sockets.
        return [self.program, "-s", address, "-p", port, "-d", work.names.typed(), "-n", "1", "-e",
                "-T", "1", "-c", "4", "-q", str(in_flight)]

    def read(self, run, text, work):
        completed = re.search(r"Queries completed:\s+(\d+)", text)
        run.answered = int(completed[1]) if completed else 0


class RowsOfNames(Client):
    """Clients that write ndjson: the distinct names with a NOERROR or NXDOMAIN are counted."""
    row_octets = 500

    def read(self, run, text, work):
        with open(self.rows, encoding="utf-8") as file:
            run.answered = work.names.answered_by({self.answered_name(line) for line in file})

    def answered_name(self, line):
        """Of a row; nothing where it has no such status."""
        raise NotImplementedError


class Massdns(RowsOfNames):
    name = "massdns"
    row = re.compile(r'{"name":"([^"]+)\.","type":"A","class":"IN","status":"(?:NOERROR|NXDOMAIN)",')
    sweep = (100, 200, 500, 1000, 2000, 10000)  # the last is its default

    def find(self):
        return executable(os.environ.get("MASSDNS"))

    def command(self, work, in_flight):
        return [self.program, "-q", "-r", work.resolvers, "-t", "A", "-o", "J", "-s", str(in_flight),
                "--root", "-w", self.rows, work.names.path]

    def answered_name(self, line):
        match = self.row.match(line)  # a tenth of the time that a JSON parser takes
        return match and match[1]


class Zdns(RowsOfNames):
    name = "zdns"
    sweep = (100, 500, 1000, 5000)

    def find(self):
        return executable(os.environ.get("ZDNS"))

    def command(self, work, in_flight):
        return [self.program, "A", f"--name-servers={work.server}", f"--threads={in_flight}",
                f"--input-file={work.names.path}", f"--output-file={self.rows}", "--verbosity=1"]

    def answered_name(self, line):
        row = json.loads(line)
        status = row.get("results", {}).get("A", row).get("status", "")
        return row["name"].rstrip(".") if status in ("NOERROR", "NXDOMAIN") else None


SIDE_BY_SIDE = (Dnswarm, LoadSource, Floor, Cares, Dnsperf, Massdns, Zdns)
