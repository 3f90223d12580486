"""Runs a file's unittest cases and prints them as TAP, so that meson counts each case.

A case that cannot run here raises unittest.SkipTest with its reason; it is shown as skipped, never left
out. A whole file that cannot run calls skip_all().
"""
import sys
import traceback
import unittest


class TapResult(unittest.TestResult):
    def __init__(self, stream):
        super().__init__()
        self.stream = stream
        self.number = 0
        self.bad = False

    def _line(self, outcome, test, note=""):
        self.number += 1
        name = test.id().removeprefix("__main__.").replace("#", "")
        self.stream.write(f"{outcome} {self.number} - {name}{note}\n")
        self.stream.flush()

    def _failed(self, test, error):
        self.bad = True
        self._line("not ok", test)
        # Not as TAP's comments: meson shows a failed file's stderr, and hides those.
        sys.stderr.write(f"{test.id()}\n" + "".join(traceback.format_exception(*error)))
        sys.stderr.flush()

    def addSuccess(self, test):
        self._line("ok", test)

    def addSkip(self, test, reason):
        self._line("ok", test, f" # SKIP {reason}")

    # TAP's directive for what is known to fail; meson takes it in any case.
    def addExpectedFailure(self, test, err):
        self._line("not ok", test, " # todo a known fault")

    def addUnexpectedSuccess(self, test):
        self.bad = True
        self._line("ok", test, " # todo the fault is gone: take expectedFailure away")

    def addFailure(self, test, err):
        self._failed(test, err)

    def addError(self, test, err):
        self._failed(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self._failed(subtest, err)


def skip_all(reason):
    print(f"1..0 # SKIP {reason}", flush=True)
    sys.exit(0)


def main():
    """The body of each test file's `if __name__ == "__main__"`. Arguments choose cases by their name."""
    module = sys.modules["__main__"]
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    cases = [case for case in flatten(suite)
             if len(sys.argv) < 2 or any(word in case.id() for word in sys.argv[1:])]
    result = TapResult(sys.stdout)
    # unittest sets classes up and tears them down only where a suite runs them.
    unittest.TestSuite(cases).run(result)
    print(f"1..{result.number}", flush=True)
    sys.exit(1 if result.bad else 0)


def flatten(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from flatten(item)
        else:
            yield item
