"""bench/compare --all: every row of the table of targets."""
import dataclasses
import time

from . import rows_own, rows_peers
from .clients import Dnswarm
from .machine import log
from .responder import Names, Work
from .rounds import best, sweep, sweep_text
from .table import complaints, print_details, print_rows

# In the table's order.
ROWS = (rows_peers.row_one_upstream, rows_own.row_four_upstreams, rows_own.row_repeated, rows_own.row_wordlist,
        rows_peers.row_many_upstreams, rows_peers.row_veth, rows_own.row_two_workers, rows_own.row_sizes,
        rows_own.row_idle, rows_own.row_round_trip)
QUICK_PARTS = 10  # a quick run has a tenth of the names


@dataclasses.dataclass
class Plan:
    """How much of everything."""
    machine: object
    quick: bool
    count: int               # names, where the table says 10^6
    rounds: int
    notes: list = dataclasses.field(default_factory=list)
    chosen: int | None = None

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

    def scaled(self, count):
        return count * self.count // 10**6

    def names(self):
        return Names(self.machine, self.count)

    def in_flight(self):
        """dnswarm's, for rows that hold it against itself: its best over one upstream."""
        if self.chosen is None:
            tried = sweep(Dnswarm(self.machine), Work(Names(self.machine, self.sweep_names)))
            self.chosen = best(tried, "per_cpu")
            self.notes.append(f"dnswarm: sweep of in flight over {self.sweep_names:,} names, one upstream: per CPU "
                              f"second: {sweep_text(tried, 'per_cpu')}")
        return self.chosen


def title_of(row):
    return row.__doc__.split("\n")[0].rstrip(".")


def numbers_from_text(text):
    """"1,2,9" -> the rows' numbers; all where it is empty. Raises ValueError."""
    numbers = [int(number) for number in text.split(",")] if text else list(range(1, len(ROWS) + 1))
    for number in numbers:
        if not 1 <= number <= len(ROWS):
            raise ValueError(number)
    return numbers


def compare_all(machine, numbers, quick, names, rounds):
    """Measures the rows of those numbers and prints the table; returns the exit code."""
    count = names or (10**6 // QUICK_PARTS if quick else 10**6)
    plan = Plan(machine, quick, count, rounds or (3 if quick else 5))
    results, started = {}, time.monotonic()
    for number in numbers:
        row, begun = ROWS[number - 1], time.monotonic()
        log(f"row {number}: {title_of(row)}")
        results[number] = row(plan)
        log(f"row {number} took {time.monotonic() - begun:.0f} s")
    if quick or count != 10**6:
        print("**A quick run, with fewer names or rounds than the table of targets asks for: no figure to quote.**\n")
    print_rows(results)
    print(f"\n{machine.described()} Took {time.monotonic() - started:.0f} s. Every run has a simulator of its own; "
          "rows were written to memory and verified by its rule, all of them.")
    for note in plan.notes:
        print(f"- {note}")
    for number, result in results.items():
        print_details(f"Row {number}: {title_of(ROWS[number - 1])}", result)
    wrong = complaints(results)
    if wrong:
        print()
    for complaint in wrong:
        print(f"- NOT RIGHT: {complaint}")
    return 1 if wrong else 0
