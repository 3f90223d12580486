"""bench/compare --all: every row of the table of targets."""
import dataclasses
import time

from . import rows_latency, rows_own, rows_peers
from .machine import log
from .responder import Names
from .table import Result, Row, print_details, print_rows

# In the order of the table of targets.
ROWS = (rows_peers.row_one_upstream, rows_own.row_four_upstreams, rows_own.row_repeated,
        rows_own.row_wordlist, rows_peers.row_many_upstreams, rows_peers.row_veth, rows_own.row_two_workers,
        rows_own.row_sizes, rows_latency.row_idle, rows_latency.row_round_trip)
COUNT = 10**6


@dataclasses.dataclass
class Plan:
    """How much of everything."""
    machine: object
    quick: bool
    count: int   # names, where the table says 10^6
    rounds: int

    @property
    def rounds_long(self):
        """Of rows with up to 10^7 names, or that wait."""
        return min(self.rounds, 3)

    @property
    def rounds_short(self):
        """Of runs of a few milliseconds."""
        return 3 * self.rounds

    @property
    def sweep_names(self):
        return max(self.count // 4, 10_000)

    @property
    def asks(self):
        return 100 if self.quick else 300

    @property
    def is_whole(self):
        return not self.quick and self.count == COUNT and self.rounds >= 5

    def scaled(self, count):
        return count * self.count // COUNT

    def names(self):
        return Names(self.machine, self.count)


def title_of(row):
    return row.__doc__.split("\n")[0].rstrip(".")


def numbers_from_text(text):
    """"1,2,9" -> the rows' numbers; all where it is empty. Raises ValueError."""
    numbers = [int(number) for number in text.split(",")] if text else list(range(1, len(ROWS) + 1))
    for number in numbers:
        if not 1 <= number <= len(ROWS):
            raise ValueError(number)
    return numbers


def measure(plan, numbers):
    results = {}
    for number in numbers:
        row, begun = ROWS[number - 1], time.monotonic()
        log(f"row {number}: {title_of(row)}")
        try:
            results[number] = row(plan)
        except RuntimeError as error:  # the other rows are worth having all the same
            results[number] = Result([Row(title_of(row), "-", "failed", False, "-")], failure=str(error))
        log(f"row {number} took {time.monotonic() - begun:.0f} s")
    return results


def compare_all(machine, numbers, quick, names, rounds):
    """Measures the rows of those numbers and prints the table; returns the exit code."""
    count = names or (COUNT // 10 if quick else COUNT)
    plan, started = Plan(machine, quick, count, rounds or (3 if quick else 5)), time.monotonic()
    results = measure(plan, numbers)
    if not plan.is_whole:
        print("**A short run, with fewer names or rounds than the table of targets stands for: no figure to "
              "quote.**\n")
    print_rows(results)
    print(f"\n{machine.described()} Took {time.monotonic() - started:.0f} s. Every run has a simulator of "
          "its own; dnswarm's rows were written to memory and verified by its rule, all of them.")
    for number, result in results.items():
        print_details(f"Row {number}: {title_of(ROWS[number - 1])}", result)
    wrong = [f"- NOT RIGHT: row {number}: {complaint}" for number, result in results.items()
             for complaint in result.complaints()]
    if wrong:
        print("", *wrong, sep="\n")
    return 1 if wrong else 0
