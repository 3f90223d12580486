"""Sweeps over the number in flight, rounds in turn, medians."""
import dataclasses
import statistics

from .clients import Dnswarm
from .machine import log

ANSWERED_MIN = 0.999  # a peer that loses more is not at its best
NOISE = 1.02


@dataclasses.dataclass
class Tried:
    """One step of a sweep."""
    in_flight: int
    rate: float
    per_cpu: float
    good: bool


def told(run):
    return (f"{run.rate:9.0f} names/s {run.per_cpu:9.0f} per CPU second {run.share:8.3%} answered "
            f"{run.problem}")


def sweep(client, work):
    """Tries the client's numbers in flight, and prints each."""
    tried = []
    for in_flight in client.sweep:
        run = client.run(work, in_flight)
        log(f"  {client.name:16} {in_flight:6} in flight: {told(run)}")
        tried.append(Tried(in_flight, run.rate, run.per_cpu, run.share >= ANSWERED_MIN and not run.problem))
    return tried


def best(tried, value):
    """The step with the largest `value` ("rate", "per_cpu") of those that answered nearly all, or of all
    where none did."""
    return max(tried, key=lambda step: (step.good, getattr(step, value)))


def best_two(tried):
    """The numbers in flight that are best per second and, where that is another and the difference is more
    than noise, per CPU second."""
    by_rate, by_cpu = best(tried, "rate"), best(tried, "per_cpu")
    if by_cpu.per_cpu < NOISE * by_rate.per_cpu:
        return [by_rate.in_flight]
    return sorted([by_rate.in_flight, by_cpu.in_flight])


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

    def is_ours(self):
        return isinstance(self.client, Dnswarm)

    def complaints(self):
        """What is not right; of dnswarm that is a single name without its answer, too."""
        return [f"{self.label}: {run.problem or f'{run.share:.3%} answered'}" for run in self.runs
                if run.problem or (self.is_ours() and run.share < 1)]


def alternate(contestants, rounds):
    """Runs all in turn, round after round."""
    for number in range(rounds):
        for each in contestants:
            run = each.client.run(each.work, each.in_flight, each.cores)
            each.runs.append(run)
            log(f"  round {number + 1}: {each.label:32} {told(run)}")
    return contestants
