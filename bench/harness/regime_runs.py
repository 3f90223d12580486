"""How the regimes of bench/regimes are run, and what is told of each."""
import json
import math
import os
import re
import statistics

from .clients import Dnswarm, Massdns
from .machine import executable, log
from .responder import Names, Work

PEER_SWEEP = (10000, 1000)  # the first is its default
PEER_EXTRA_SECONDS = 15
BUSY = 0.8  # of the time: more than that is told


class Ours(Dnswarm):
    """That some names stay unanswered is a figure here, no failure."""
    summary_wanted = False

    def command(self, work, in_flight):
        flags = ["--fail-on", "none", "--status-format", "json", "--progress", "always"]
        command = super().command(work, in_flight)
        return [part for part in command if part != "-q"] + flags

    def read(self, run, text, work):
        super().read(run, text, work)
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        run.progress = [(line["seconds"], line["done"] * line["answered_percent"] / 100) for line in lines
                        if "done" in line]


class Fixed(Ours):
    def find(self):
        return executable(os.environ.get("FIXED"))


class Peer(Massdns):
    """Stopped after some seconds, if need be."""
    seconds = 0
    stamped = re.compile(r'"rx_ts":(\d+)')

    def command(self, work, in_flight):
        return ["/usr/bin/timeout", f"{self.seconds}", *super().command(work, in_flight)]

    def run(self, work, in_flight, cores=None):
        run = super().run(work, in_flight, cores)
        if run.problem.startswith("exit code 124"):
            run.problem = "stopped"
            self.read(run, "", work)
        return run

    def answered_between(self, begin, end):
        """Rows with an answer between these seconds of the run."""
        stamps = []
        with open(self.rows, encoding="utf-8") as file:
            for line in file:
                if self.answered_name(line) and (stamp := self.stamped.search(line)):
                    stamps.append(int(stamp[1]))
        first = min(stamps, default=0)
        return sum(begin <= (stamp - first) / 1e9 < end for stamp in stamps)


def queries(run):
    totals = run.responder["totals"]
    return (totals["queries_udp"] + totals["queries_tcp"]) / run.wanted


def answered_at(progress, seconds):
    """Rows with an answer by then, between two lines of progress in proportion."""
    before = max((line for line in progress if line[0] <= seconds), default=(0, 0))
    after = min((line for line in progress if line[0] > seconds), default=before)
    if after == before:
        return before[1]
    return before[1] + (after[1] - before[1]) * (seconds - before[0]) / (after[0] - before[0])


def share_of_capacity(answered, regime):
    begin, end = regime.measured
    return answered / (end - begin) / (regime.cap_then or regime.capacity)


def used_share(run, regime):
    begin, end = regime.measured
    return share_of_capacity(answered_at(run.progress, end) - answered_at(run.progress, begin), regime)


class Bench:
    def __init__(self, machine, rounds):
        self.machine, self.rounds = machine, rounds
        self.ours, self.fixed, self.peer = Ours(machine), Fixed(machine), Peer(machine)
        self.notes, self.is_wrong = [], False
        if not self.fixed.program:
            self.notes.append("FIXED=/path/to/dnswarm is not given: the rows without a cap have no ideal")
        if not self.peer.program:
            self.notes.append("MASSDNS=/path/to/massdns is not given")

    def row(self, regime):
        """The cells of its row, told as it goes."""
        log(regime.name)
        work = self.work(regime, regime.upstreams, regime.faults)
        alone = self.work(regime, regime.live, regime.faults[:1])
        runs, others = [], []
        for _ in range(1 if regime.is_long else self.rounds):
            runs.append(self.told(self.ours, work, regime.in_flight))
            if regime.live:
                others.append(self.told(self.ours, alone, regime.in_flight))
            elif not regime.capacity and self.fixed.program:
                others.append(self.told(self.fixed, work, regime.in_flight))
        self.complain(regime, runs + others)
        self.tell_busy(regime, runs)
        ideal = self.ideal(regime, others)
        cells = self.cells(regime, runs, ideal) + self.peer_cells(regime, work, ideal)
        return " | ".join([regime.name, *cells])

    def work(self, regime, upstreams, faults):
        return Work(Names(self.machine, regime.names), regime.first, upstreams, faults=faults)

    def told(self, client, work, in_flight):
        run = client.run(work, in_flight)
        log(f"  {client.name:8} {run.seconds:7.2f} s {queries(run):6.3f} queries a name, "
            f"{run.wanted - run.answered} unanswered, CPU {run.cpu_seconds / run.seconds:.0%} "
            f"and {run.responder_busy:.0%} {run.problem}")
        return run

    def tell_busy(self, regime, runs):
        client = max(run.cpu_seconds / run.seconds for run in runs)
        responder = max(run.responder_busy for run in runs)
        if max(client, responder) > BUSY:
            self.notes.append(f"{regime.name}: dnswarm was at work for {client:.0%} of the time, the simulator "
                              f"for {responder:.0%}: the machine may have been the bound")

    def complain(self, regime, runs):
        for run in runs:
            if run.problem:
                self.is_wrong = True
                self.notes.append(f"NOT RIGHT: {regime.name}: {run.problem}")

    @staticmethod
    def ideal(regime, others):
        """Seconds; nothing where there is nothing to hold it against."""
        if regime.capacity:
            return regime.names / regime.capacity
        return statistics.median(run.seconds for run in others) if others else None

    @staticmethod
    def cells(regime, runs, ideal):
        seconds = statistics.median(run.seconds for run in runs)
        per_name = statistics.median(queries(run) for run in runs)
        unanswered = max(run.wanted - run.answered for run in runs)
        is_verified = not any(run.problem for run in runs)
        held = f"{seconds / ideal:.2f}" if ideal else "-"
        if regime.used:
            share = statistics.median(used_share(run, regime) for run in runs)
            held += f"; {share:.1%} used from second {regime.measured[0]} to {regime.measured[1]}"
            reached = share >= regime.used
        else:
            reached = (not ideal or seconds / ideal <= regime.slower) and (
                not regime.queries or per_name <= regime.queries) and (regime.is_lossy or unanswered == 0)
        verdict = "-" if not ideal else "yes" if reached and is_verified else "no"
        return [f"{seconds:.2f}", f"{ideal:.2f}" if ideal else "-", held, f"{per_name:.3f}",
                f"{unanswered:,}", "all" if is_verified else "**NOT RIGHT**", regime.target, verdict]

    def peer_cells(self, regime, work, ideal):
        if not self.peer.program:
            return ["-"] * 3
        self.peer.seconds = math.ceil((ideal or 10) + (2 if regime.is_long else PEER_EXTRA_SECONDS))
        tried = []
        for in_flight in PEER_SWEEP[:1] if regime.is_long else PEER_SWEEP:
            run = self.told(self.peer, work, in_flight)
            if regime.used:
                run.in_time = self.peer.answered_between(*regime.measured)
            tried.append((run.answered, -run.seconds, in_flight, run))
            if not run.problem and run.answered == run.wanted:  # slower than that is of no interest
                self.peer.seconds = min(self.peer.seconds, math.ceil(run.seconds))
        run, in_flight = max(tried)[3], max(tried)[2]
        seconds = f"{'> ' if run.problem else ''}{run.seconds:.2f} s (-s {in_flight:,})"
        if regime.used:
            seconds += f"; {share_of_capacity(run.in_time, regime):.1%} used"
        return [seconds, f"{queries(run):.3f}", f"{run.wanted - run.answered:,}"]
