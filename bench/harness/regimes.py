"""What upstreams do to us in bench/regimes, and what is wanted there."""
import dataclasses

DELAY = "delay=uniform:5-30ms"
CAP, UPSTREAMS = 2000, 4
HUNDRED_CAPS = tuple(range(50, 5001, 50))


@dataclasses.dataclass
class Regime:
    name: str
    names: int
    faults: tuple
    upstreams: int = UPSTREAMS
    first: str = "127.0.0.2"
    in_flight: int | None = None  # None: dnswarm's default
    capacity: int = 0             # queries a second by all caps; 0: there are none
    live: int = 0                 # so many upstreams, the first ones, have the first fault alone; 0: all
    slower: float = 0             # times the ideal, at most
    queries: float = 0            # a name, at most; 0: no target
    used: float = 0               # of the capacity in the seconds `measured`, at least; 0: no target
    measured: tuple = ()          # from, to: of the run
    cap_then: int = 0             # the capacity in that time, where it changes
    is_long: bool = False         # run once
    is_lossy: bool = False        # packets are lost, and a few names with all of theirs

    @property
    def target(self):
        if self.used:
            return f">= {self.used:.0%} used"
        wanted = [f"<= {self.slower:g}x"]
        wanted += [f"<= {self.queries:g} a name"] if self.queries else []
        return ", ".join(wanted + ([] if self.is_lossy else ["unanswered 0"]))


def capped(action, said):
    fault = f"*:cap={CAP}/s:{action},{DELAY}"
    return Regime(f"4 caps of 2,000/s, beyond them {said}", 30_000, (fault,), capacity=UPSTREAMS * CAP,
                  slower=1.25, queries=1.2)


def changing(later, action):
    """Followed within 3 s: what passes in the three seconds after these counts."""
    before, after = 5, 7
    fault = f"*:cap={CAP}/s:{action},cap-then={later}/s@{before}s,{DELAY}"
    names = UPSTREAMS * (before * CAP + after * later)
    return Regime(f"4 caps from 2,000/s to {later:,}/s after {before} s, beyond them {action.upper()}", names,
                  (fault,), capacity=names // (before + after), cap_then=UPSTREAMS * later, used=0.9,
                  measured=(before + 3, before + 6))


def hundred(seconds):
    actions = ("drop", "refused", "servfail", "tc")
    faults = tuple(f"127.0.1.{i + 1}:cap={cap}/s:{actions[i % 4]},{DELAY}"
                   for i, cap in enumerate(HUNDRED_CAPS))
    total = sum(HUNDRED_CAPS)
    return Regime(f"100 caps from 50 to 5,000/s ({total:,}/s), {seconds} s", total * seconds, faults,
                  upstreams=len(HUNDRED_CAPS), first="127.0.1.1", in_flight=20_000, capacity=total, used=0.9,
                  measured=(10, seconds - 1), is_long=True)


def uncapped(said, names, fault, **options):
    # 1.02: two medians of the same program differ by as much.
    return Regime(f"no cap, {said}", names, (fault,), slower=1.02, **options)


def dying(said, fault):
    # So that the live ones alone take seconds: a timeout is one.
    faults = (f"*:{DELAY}", f"127.0.0.4-127.0.0.5:{fault}")
    return Regime(f"2 of 4 {said}", 200_000, faults, in_flight=1000, live=2, slower=1.5)


def all_regimes(is_long):
    return [
        capped("drop", "nothing"),
        capped("refused", "REFUSED"),
        capped("servfail", "SERVFAIL"),
        capped("tc", "TC"),
        changing(1000, "refused"),
        changing(4000, "refused"),
        hundred(70 if is_long else 20),
        uncapped("5 ms", 200_000, "*:delay=5ms", in_flight=400),
        uncapped("5 % lost, 80 ms", 100_000, "*:loss=5%,delay=80ms", is_lossy=True),
        uncapped("90 % 5 ms, 9 % 300 ms, 1 % 2 s", 100_000, "*:delay=bimodal"),
        dying("dead from the start", "dead"),
        dying("die after 0.5 s", "dies-at=500ms"),
    ]
