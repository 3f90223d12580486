"""A job with --resume: its files, its runs, and what its state says."""
import json
import os
import signal
import subprocess
import time

from . import dnswarm, process


def checksum(octets):
    """As src/cli/checksum.h defines it, written down anew."""
    def step(state, word):
        state = (state ^ word) * 0x9e3779b97f4a7c15 % 2**64
        return state ^ state >> 32
    state, whole = 0x6a09e667f3bcc908, len(octets) // 8 * 8
    for i in range(0, whole, 8):
        state = step(state, int.from_bytes(octets[i:i + 8], "little"))
    state = step(state, int.from_bytes(octets[whole:], "little"))
    return f"{step(state, len(octets)):016x}"


def parse_state(text):
    """The JSON object of a state file's octets; None where there is none that can be trusted."""
    head, newline, body = text.partition(b"\n")
    if not newline or head != f"dnswarm-state 1 {checksum(body)}".encode():
        return None
    return json.loads(body)


def done_rows(state):
    """The numbers of the rows that are done."""
    row, rows = state["position"]["rows"], set(range(state["position"]["rows"]))
    for i, run in enumerate(state["done"]):
        if i % 2 == 0:
            rows.update(range(row, row + run))
        row += run
    return rows


class Job:
    def __init__(self, resolvers, names, flags=(), folder=None):
        self.folder = folder or process.scratch_dir("job")
        self.names_path, self.rows_path, self.state_path = (os.path.join(self.folder, name)
                                                            for name in ("names", "rows", "kept/state"))
        os.mkdir(os.path.dirname(self.state_path))  # not beside the rows: each folder is synced for itself
        self.names = dnswarm.as_input(names)
        with open(self.names_path, "wb") as file:
            file.write(self.names)
        self.command = ["-r", resolvers, "--resume", self.state_path, "-o", self.rows_path, *flags]

    def run(self, *flags, environment=None):
        return dnswarm.run([*self.command, *flags, self.names_path], environment=environment)

    def rows_size(self):
        return os.path.getsize(self.rows_path) if os.path.exists(self.rows_path) else 0

    def await_rows(self, child):
        """Until it wrote some; the file may be cut short before."""
        least = self.rows_size()
        while child.poll() is None and (size := self.rows_size()) <= least:
            least = size
            time.sleep(0.002)

    def run_for(self, seconds, *flags, signal_number=signal.SIGKILL, from_rows=False):
        """Starts it and sends the signal when the time is over, since the start or since it wrote rows. Returns the
        exit code, negative for a signal's."""
        child = subprocess.Popen([dnswarm.PROGRAM, *map(str, self.command), *map(str, flags), self.names_path],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                 preexec_fn=process.die_with_parent)
        if from_rows:
            self.await_rows(child)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.send_signal(signal_number)
        self.stderr = child.communicate()[1].decode()
        return child.returncode

    def rows(self):
        with open(self.rows_path, "rb") as file:
            return file.read()

    def state(self):
        """None where there is none, or none that can be trusted."""
        try:
            with open(self.state_path, "rb") as file:
                return parse_state(file.read())
        except FileNotFoundError:
            return None

    def check(self):
        return dnswarm.check(self.rows(), self.names)
