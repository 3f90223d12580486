"""The table of --all: one line per target, and the figures behind it."""
import dataclasses


@dataclasses.dataclass
class Row:
    work: str
    target: str
    measured: str
    reached: bool | None  # None: there is no target, or it could not be measured
    how: str


@dataclasses.dataclass
class Result:
    """What one row function found."""
    rows: list
    contestants: list = dataclasses.field(default_factory=list)
    notes: list = dataclasses.field(default_factory=list)  # lines for the details
    failure: str = ""  # why it could not be measured, though it should have been

    def complaints(self):
        failures = [self.failure] if self.failure else []
        return failures + [complaint for each in self.contestants for complaint in each.complaints()]


def number(value):
    return f"{value:,.0f}"


def times(value):
    return f"{value:.2f}x"


def compared(ours, theirs):
    return f"{times(ours / theirs)} ({number(ours)} : {number(theirs)})"


def spread(counts):
    """The largest count over the smallest; infinite where one is nought."""
    counts = list(counts)
    return max(counts) / min(counts) if min(counts) else float("inf")


def print_rows(results):
    print("| work | target | measured | reached | how |")
    print("|---|---|---|---|---|")
    for result in results.values():
        wrong = result.complaints()
        for row in result.rows:
            reached = "-" if row.reached is None else "yes" if row.reached and not wrong else "no"
            measured = row.measured + (" (**not right: see below**)" if wrong else "")
            print(f"| {row.work} | {row.target} | {measured} | {reached} | {row.how} |")


def print_details(title, result):
    """Medians of everyone who ran, with the smallest and largest figure per CPU second."""
    print(f"\n### {title}\n")
    if result.contestants:
        print("| client | in flight | names/s | per CPU second | (range) | per busy second of its cores "
              "| answered | responder busy | peak RSS, MiB |")
        print("|---|---|---|---|---|---|---|---|---|")
    for each in result.contestants:
        per_cpu = [run.per_cpu for run in each.runs]
        in_flight = "default" if each.in_flight is None else number(each.in_flight)
        print(f"| {each.label} | {in_flight} | {number(each.median('rate'))} "
              f"| {number(each.median('per_cpu'))} | {number(min(per_cpu))}-{number(max(per_cpu))} "
              f"| {number(each.median('per_core'))} | {each.median('share'):.3%} "
              f"| {each.median('responder_busy'):.0%} | {each.median('peak_octets') / 2**20:.0f} |")
    if result.contestants and result.notes:
        print()
    for note in result.notes:
        print(f"- {note}")
