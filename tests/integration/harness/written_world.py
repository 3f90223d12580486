"""A world of dnswarm-sim as zone files: NSD serves the root, Knot the TLDs, BIND the domains. In a network of its
own, for BIND listens on no address that no interface has."""
import contextlib
import os
import signal
import subprocess
import unittest

from . import dnswarm, process, servers

FIRST_ADDRESS = "127.1.0.{}"
ROOT_SERVERS, TLD_SERVERS = 3, 4  # their addresses come first, then the domains'


class WrittenWorld:
    """Runs until stop(). `flags`: which world, `domain_servers` of them with zones; all on one port."""

    def __init__(self, flags, domain_servers=4, port=53):
        for name in ("nsd", "knotd", "named", "ip"):
            servers.find_program(name)
        if not process.own_network():
            raise unittest.SkipTest("no network of its own, which BIND needs for addresses in 127/8")
        self.flags = [*map(str, flags), "--servers", str(domain_servers), "--root-servers", str(ROOT_SERVERS),
                      "--tld-servers", str(TLD_SERVERS)]
        self.port = port
        self.folder = os.path.join(process.scratch_dir("written"), "world")
        self.hints = self.file("hints")
        self.running = []
        subprocess.run([dnswarm.SIMULATOR, "world", *self.flags, "--write", self.folder, "--port", str(port)],
                       check=True)
        subprocess.run([servers.find_program("ip"), "-batch", self.file("addresses")], check=True)
        nsd = self.start("nsd", ["-d", "-c", self.file("nsd.conf")])
        knot = self.start("knotd", ["-c", self.file("knot.conf")])
        named = self.start("named", ["-g", "-n", "1", "-c", self.file("named.conf")])
        nsd.wait_until(lambda: servers.answers(self.address(0), port))
        knot.wait_until(lambda: servers.answers(self.address(ROOT_SERVERS), port, "com"))
        named.wait_until(lambda: "all zones loaded" in named.output(), seconds=60)

    def file(self, name):
        return os.path.join(self.folder, name)

    @staticmethod
    def address(number):
        return FIRST_ADDRESS.format(number)

    def start(self, name, arguments):
        program = servers.copy_of(name, self.file("run"))
        self.running.append(process.Daemon([program, *arguments], name, cwd=self.folder))
        return self.running[-1]

    def flags_to_walk_it(self):
        return ["--iterative", "--root-hints", self.hints, "--authoritative-port", self.port, "--rate-per-server", 0,
                "-q"]

    def resolve(self, names, *flags):
        return dnswarm.run([*self.flags_to_walk_it(), *flags], names)

    @contextlib.contextmanager
    def domains_are_silent(self):
        """BIND, which serves all domains, does nothing in the meantime."""
        named = self.running[-1].process
        named.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            named.send_signal(signal.SIGCONT)

    def stop(self):
        for daemon in self.running:
            daemon.stop()
