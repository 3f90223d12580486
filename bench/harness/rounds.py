"""Sweeps over the number in flight, rounds in turn, medians."""
import dataclasses
import statistics

from .machine import log

ANSWERED_MIN = 0.999  # a peer that loses more is not at its best


@dataclasses.dataclass
class Tried:
    """One step of a sweep."""
    in_flight: int
    rate: float
    per_cpu: float
    good: bool


def sweep(client, work):
    """Tries the client's numbers in flight, and prints each."""
    tried = []
    for in_flight in client.sweep:
        run = client.run(work, in_flight)
        log(f"  {client.name:16} {in_flight:6} in flight: {run.rate:9.0f} names/s {run.per_cpu:9.0f} per CPU second "
            f"{run.share:8.3%} answered {run.problem}")
        tried.append(Tried(in_flight, run.rate, run.per_cpu, run.share >= ANSWERED_MIN and not run.problem))
    return tried


def best(tried, value):
    """The number in flight with the largest `value` ("rate", "per_cpu") of those that answered nearly all,
    else of all."""
    return max(tried, key=lambda step: (step.good, getattr(step, value))).in_flight


def sweep_text(tried, value):
    return ", ".join(f"{step.in_flight:,}: {getattr(step, value):,.0f}{'' if step.good else ' (lossy)'}"
                     for step in tried)


@dataclasses.dataclass
class Contestant:
    """A client at one setting over one work, and its runs."""
    label: str
    client: object
    work: object
    in_flight: int | None
    cores: list | None = None
    runs: list = dataclasses.field(default_factory=list)

    def median(self, value):
        """Of an attribute of Run, or of a function of it."""
        get = value if callable(value) else lambda run: getattr(run, value)
        return statistics.median(map(get, self.runs))

    def complaints(self):
        return [f"{self.label}: {run.complaint()}" for run in self.runs if run.complaint()]


def alternate(contestants, rounds):
    """Runs all in turn, round after round."""
    for number in range(rounds):
        for each in contestants:
            run = each.client.run(each.work, each.in_flight, each.cores)
            each.runs.append(run)
            log(f"  round {number + 1}: {each.label:28} {run.rate:9.0f} names/s {run.per_cpu:9.0f} per CPU second "
                f"{run.share:8.3%} answered {run.problem}")
    return contestants
