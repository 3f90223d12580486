"""The plain comparison: all clients that are there, one upstream."""
from .clients import SIDE_BY_SIDE
from .responder import MIX, Names, Work
from .rounds import Contestant, alternate, best, sweep, sweep_text

VALUES = ("rate", "per_cpu", "per_core", "share", "machine_busy")


def compare(machine, names, rounds, only):
    """Prints the result; returns the exit code."""
    work = Work(Names(machine, names))
    clients = [kind(machine) for kind in SIDE_BY_SIDE if not only or kind.name in only]
    absent = [client.name for client in clients if not client.program]
    clients = [client for client in clients if client.program]
    sweeps = {client.name: sweep(client, work) for client in clients}
    settings = {name: best(tried, "rate").in_flight for name, tried in sweeps.items()}
    contestants = alternate([Contestant(client.name, client, work, settings[client.name])
                             for client in clients], rounds)
    print_result(contestants)
    print(f"\nMedians of {rounds} alternating rounds; {names:,} names, type A, kinds {MIX}; "
          "x: of dnswarm's.  ")
    print(machine.described())
    for name, tried in sweeps.items():
        print(f"- {name}: sweep of in flight: names/s: {sweep_text(tried, 'rate')}")
    for name in absent:
        print(f"- {name}: not here, left out")
    problems = [f"{each.label}: {run.problem}" for each in contestants for run in each.runs if run.problem]
    for problem in problems:
        print(f"- NOT RIGHT: {problem}")
    return 1 if problems else 0


def print_result(contestants):
    found = {each.label: {value: each.median(value) for value in VALUES} for each in contestants}
    ours = found.get("dnswarm")
    print("| client | in flight | names/s | x | names per CPU second | x | per busy second of its core | x "
          "| answered | machine busy |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for each in contestants:
        own = found[each.label]
        cells = [each.label, f"{each.in_flight:,}"]
        for value in VALUES[:3]:
            ratio = f"{own[value] / ours[value]:.2f}" if ours and ours[value] else "-"
            cells += [f"{own[value]:,.0f}", ratio]
        print(f"| {' | '.join(cells)} | {own['share']:.3%} | {own['machine_busy']:.0%} |")
