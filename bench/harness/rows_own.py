"""The rows that hold dnswarm against itself: more upstreams, other names, more workers, more names. All at
its default number in flight."""
from .clients import Dnswarm, OverFile, TwoWorkers
from .responder import WORDLIST_MIX, Names, Work
from .rounds import Contestant, alternate
from .table import Result, Row, compared, number, spread, times

UPSTREAMS_FEW = 4
CACHE_OCTETS = 64 << 20  # dnswarm's default
LINES_PER_CPU_SECOND = 3e6


def contestant(plan, label, work, kind=Dnswarm, cores=None):
    return Contestant(f"dnswarm, {label}", kind(plan.machine), work, None, cores)


def row_four_upstreams(plan):
    """Four upstreams, against one."""
    names = plan.names()
    one = contestant(plan, "one upstream", Work(names))
    four = contestant(plan, "four upstreams", Work(names, count=UPSTREAMS_FEW))
    alternate([one, four], plan.rounds)
    ours, whole = four.median("per_cpu"), one.median("per_cpu")
    counted = [(run.asked(), run.responder_counts(UPSTREAMS_FEW)) for run in four.runs]
    counts = max(max(spread(asked), spread(seen)) for asked, seen in counted)
    agreed = all(sorted(asked) == sorted(seen) for asked, seen in counted)
    text = f"{names.count:,} names, four upstreams"
    return Result([
        Row(f"{text}, per CPU second", ">= 0.9 of one upstream", compared(ours, whole), ours / whole >= 0.9,
            f"default in flight; medians of {plan.rounds} alternating rounds"),
        Row(f"{text}, queries per upstream", "within 1.2x", times(counts), counts <= 1.2,
            "the worst round, by dnswarm's summary and the simulator's counts"),
    ], [one, four], [f"dnswarm's summary and the simulator count {'the same' if agreed else 'DIFFERENTLY'} "
                     "for the upstreams"])


def row_repeated(plan):
    """Shuffled lines over a hundredth as many names: cache and coalescing."""
    lines, distinct = plan.scaled(10**7), plan.scaled(10**5)
    names = Names(plan.machine, distinct).repeated(lines // distinct)
    ours = contestant(plan, "repeated names, over a file", Work(names), OverFile)
    new = contestant(plan, "repeated names, into a new file", Work(names))
    alternate([ours, new], plan.rounds_long)
    queries = ", ".join(number(run.summary["queries"]["udp"]) for run in ours.runs)

    def row(each, text):
        per_cpu = each.median("per_cpu")
        return Row(f"{lines:,} lines over {distinct:,} names, shuffled, {text}",
                   f">= {LINES_PER_CPU_SECOND:,.0f} lines per CPU second", number(per_cpu),
                   per_cpu >= LINES_PER_CPU_SECOND,
                   f"default in flight and cache; medians of {plan.rounds_long} alternating rounds")
    return Result([row(ours, "rows over a file that is there"), row(new, "rows into a new file")],
                  [ours, new], [f"queries sent: {queries}"])


def row_wordlist(plan):
    """A wordlist, nearly all NXDOMAIN, four upstreams."""
    names, words = plan.names(), Names(plan.machine, plan.scaled(10**6), "wordlist")
    one = contestant(plan, "one upstream", Work(names))
    four = contestant(plan, "four upstreams", Work(names, count=UPSTREAMS_FEW))
    list_ = contestant(plan, "wordlist, four upstreams", Work(words, count=UPSTREAMS_FEW, mix=WORDLIST_MIX))
    alternate([one, four, list_], plan.rounds)
    ours, whole = list_.median("per_cpu"), one.median("per_cpu")
    of_four = times(ours / four.median("per_cpu"))
    nxdomain = ", ".join(f"{run.summary['statuses'].get('NXDOMAIN', 0) / run.wanted:.1%}"
                         for run in list_.runs)
    return Result([Row(f"wordlist of {words.count:,} names, 95 % NXDOMAIN with SOA, four upstreams",
                       ">= 0.85 of one upstream and mixed names",
                       f"{compared(ours, whole)}; {of_four} of four upstreams and mixed names",
                       ours / whole >= 0.85,
                       f"default in flight; medians of {plan.rounds} alternating rounds")],
                  [one, four, list_], [f"NXDOMAIN: {nxdomain}"])


def row_two_workers(plan):
    """Two workers, against one."""
    # There may be no third core: both variants may use both, and the responder stays on the second.
    names, cores = plan.names(), [plan.machine.client_core, plan.machine.responder_core]
    one = contestant(plan, "one worker, both cores", Work(names), cores=cores)
    two = contestant(plan, "two workers, both cores", Work(names), TwoWorkers, cores)
    alternate([one, two], plan.rounds)
    single, double = (1e6 / each.median("per_cpu") for each in (one, two))
    return Result([Row(f"{names.count:,} names, two workers against one: CPU per name", "<= 1.1x",
                       f"{times(double / single)} ({double:.2f} : {single:.2f} us)", double / single <= 1.1,
                       f"both on cores {cores[0]} and {cores[1]}, the responder pinned to core {cores[1]}; "
                       f"default in flight (as many for each worker); medians of {plan.rounds} alternating "
                       "rounds")], [one, two])


def row_sizes(plan):
    """From 10^4 to 10^7 names: CPU per name, and memory beside the cache."""
    sizes = sorted({10**4, plan.scaled(10**6), plan.scaled(10**7)})
    start = contestant(plan, "one name (start-up)", Work(Names(plan.machine, 1)))
    alternate([start], plan.rounds_short)
    start_us = start.median("cpu_seconds") * 1e6
    by_size = [contestant(plan, f"{size:,} names", Work(Names(plan.machine, size)), OverFile)
               for size in sizes]
    for each, size in zip(by_size, sizes):
        alternate([each], plan.rounds_short if size == sizes[0] else plan.rounds_long)
    cpu_us = [each.median("cpu_seconds") * 1e6 for each in by_size]
    with_start = [cpu / size for cpu, size in zip(cpu_us, sizes)]
    without = [(cpu - start_us) / size for cpu, size in zip(cpu_us, sizes)]
    beside = [each.median(beside_cache) / 2**20 for each in by_size]
    text = ", ".join(f"{size:,}" for size in sizes) + " names"
    how = (f"default in flight, rows over a file that is there; medians of {plan.rounds_short} rounds "
           f"({sizes[0]:,} names) and {plan.rounds_long}")
    return Result([
        Row(f"{text}: CPU per name, start-up included", "flat within 10 %",
            f"{listed(with_start)} us: {times(spread(with_start))}; without start-up "
            f"({start_us / 1000:.1f} ms) {listed(without)} us: {times(spread(without))}",
            spread(with_start) <= 1.1, how),
        Row(f"{text}: RSS beside the cache", "flat, <= 64 MiB",
            f"{listed(beside, 1)} MiB: {times(spread(beside))}", max(beside) <= 64,
            "peak RSS less what the cache holds at the end; " + how),
    ], [start, *by_size])


def listed(values, digits=2):
    return " / ".join(f"{value:.{digits}f}" for value in values)


def beside_cache(run):
    return run.peak_octets - min(run.summary["cache"]["octets"], CACHE_OCTETS)
