"""The simulator as the one responder, and what it is asked."""
import contextlib
import ipaddress
import json
import os
import random
import signal
import subprocess

# No truncated answers: half of the clients cannot do TCP.
MIX = "nxdomain=20,nodata=5,cname=10,multi=10"
WORDLIST_MIX = "nxdomain=95"


class Names:
    """A list of names in memory, a line each."""

    def __init__(self, machine, count, kind="realistic"):
        self.machine, self.count, self.lines = machine, count, count
        self.path = machine.path(f"names-{kind}-{count}")
        if not os.path.exists(self.path):
            with open(self.path, "wb") as file:
                subprocess.run([machine.simulator, "--generate", str(count), "--kind", kind], stdout=file,
                               check=True)

    def repeated(self, times):
        """The same names, each so many times, shuffled (the same shuffle every time)."""
        copy = Names(self.machine, self.count)
        copy.lines, copy.path = self.count * times, f"{self.path}-x{times}"
        if os.path.exists(copy.path):
            return copy
        entropy = self.machine.path("entropy")
        with open(entropy, "wb") as file:
            file.write(random.Random(1).randbytes(8 * copy.lines))
        with open(copy.path, "wb") as file:
            shuffle = subprocess.Popen(["shuf", f"--random-source={entropy}"], stdin=subprocess.PIPE,
                                       stdout=file)
            with open(self.path, "rb") as once:
                block = once.read()
            for _ in range(times):
                shuffle.stdin.write(block)
            shuffle.stdin.close()
        if shuffle.wait() != 0:
            raise RuntimeError("shuf failed")
        os.unlink(entropy)
        return copy

    def first(self, count):
        """The first so many lines."""
        copy = Names(self.machine, self.count)
        copy.lines, copy.path = count, f"{self.path}-first-{count}"
        with open(self.path, "rb") as whole, open(copy.path, "wb") as file:
            file.writelines(line for _, line in zip(range(count), whole))
        return copy

    def typed(self):
        """The file with " A" behind every name, for clients that want it."""
        path = self.path + "-typed"
        if not os.path.exists(path):
            with open(self.path, encoding="ascii") as names, open(path, "w", encoding="ascii") as file:
                file.writelines(f"{name.strip()} A\n" for name in names)
        return path

    def answered_by(self, names):
        """How many lines these names answer."""
        with open(self.path, encoding="ascii") as file:
            return sum(line.rstrip("\n") in names for line in file)


class Work:
    """Names, and the upstreams that answer them: `count` addresses from `first` on, all one simulator with
    one thread, started anew for every run (so that its counts are the run's). `prefix` goes before its
    command (to start it in another network namespace)."""

    def __init__(self, names, first="127.0.0.1", count=1, mix=MIX, faults=(), prefix=()):
        self.machine, self.names, self.mix = names.machine, names, mix
        self.first, self.count = ipaddress.IPv4Address(first), count
        self.faults, self.prefix = faults, prefix
        self.resolvers = self.machine.path("resolvers")
        self.server = ""  # the first of them, while the simulator runs
        self.counts = None

    def with_names(self, names):
        return Work(names, self.first, self.count, self.mix, self.faults, self.prefix)

    @contextlib.contextmanager
    def responder(self):
        """Runs the simulator; sets counts when it has ended."""
        listen = str(self.first) if self.count == 1 else f"{self.first}-{self.first + self.count - 1}"
        command = [*self.prefix, self.machine.simulator, "--listen", f"{listen}:0", "--workers", "1",
                   "--mix", self.mix]
        for fault in self.faults:
            command += ["--fault", fault]
        core = self.machine.responder_core
        simulator = subprocess.Popen(command, stdout=subprocess.PIPE,
                                     preexec_fn=lambda: os.sched_setaffinity(0, {core}))
        try:
            port = json.loads(simulator.stdout.readline())["listening"][0].rpartition(":")[2]
            servers = [f"{self.first + i}:{port}" for i in range(self.count)]
            with open(self.resolvers, "w", encoding="ascii") as file:
                file.writelines(server + "\n" for server in servers)
            self.server = servers[0]
            yield
            simulator.send_signal(signal.SIGTERM)
            out, _ = simulator.communicate()
            self.counts = json.loads(out.splitlines()[-1])
        finally:
            simulator.kill()
            simulator.wait()
