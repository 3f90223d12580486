#!/usr/bin/env python3
"""Who reads the rows does not, or has gone, or was never there: no answered name is a TIMEOUT, and nothing is lost."""
import json
import os
import signal
import subprocess
import time
import unittest

from harness import dnswarm, process, tap

NAMES = 20_000  # their rows are more than all buffers and the pipe hold
# Two tries of 100 and 200 ms, and half a second in all: the reader sleeps several times as long.
IMPATIENT = ["--timeout", 100, "--attempts", 2, "--deadline", 500]
SLEEP_S = 1.5
SLOW = os.environ.get("DNSWARM_SLOW", "") != ""


class Pipes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.simulator = dnswarm.Simulator(1, ["*:delay=20ms"])
        cls.flags = ["-r", cls.simulator.resolvers, "--workers", 2, "-q"]

    @classmethod
    def tearDownClass(cls):
        cls.simulator.__exit__()

    @staticmethod
    def file_of(names):
        path = os.path.join(process.scratch_dir("names"), "names")
        with open(path, "wb") as file:
            file.write(names)
        return path

    def read_late(self, flags, names, seconds):
        """Nobody reads for so long; then all is read. One row came, so it is under way."""
        child = dnswarm.start([*flags, self.file_of(names)])
        first = child.stdout.readline()
        time.sleep(seconds)
        return self.read_on(child, first)

    @staticmethod
    def read_on(child, first):
        rest, errors = child.stdout.read(), child.stderr.read()
        child.stdin.close(), child.stdout.close(), child.stderr.close()
        return dnswarm.Result(child.wait(), first + rest, errors)

    def test_a_blocked_pipe_costs_no_name(self):
        names = b"".join(b"ok-%d.n%d.test\n" % (i, i % 500) for i in range(NAMES))
        for flags in ([], ["--ordered"], ["--io", "mmsg"], ["--workers", 1, "--cache-size", 0]):
            with self.subTest(flags=flags):
                result = self.read_late([*self.flags, *IMPATIENT, *flags], names, SLEEP_S)
                dnswarm.assert_all_right(self, result, names)

    def test_a_blocked_pipe_costs_no_name_over_tcp(self):
        names = b"".join(b"tc-%d.test\nok-%d.test\nok-n%d.test\n" % (i, i, i) for i in range(NAMES // 4))
        flags = [*self.flags, "--timeout", 100, "--attempts", 2, "--in-flight", 400]
        dnswarm.assert_all_right(self, self.read_late(flags, names, SLEEP_S), names)

    def test_a_blocked_pipe_costs_no_name_walking_the_hierarchy(self):
        world = ["--domains", "500", "--root-servers", "2", "--tld-servers", "2"]
        names = dnswarm.world_names(world, 20).encode()
        with dnswarm.World(world) as simulator:
            flags = ["--iterative", "--root-hints", simulator.hints, "--authoritative-port", simulator.port,
                     "--rate-per-server", 0, "-q", "--deadline", 1200 if dnswarm.SANITIZED else 500]
            result = self.read_late(flags, names, SLEEP_S)
        dnswarm.assert_all_right(self, result, names, job=["world", *world])

    def test_a_pipe_blocked_for_a_minute_costs_no_name(self):
        if not SLOW:
            self.skipTest("takes a minute: DNSWARM_SLOW=1, as tools/test --full sets it")
        names = dnswarm.generate(NAMES)
        dnswarm.assert_all_right(self, self.read_late(self.flags, names, 60), names)

    def test_interrupted_while_the_pipe_is_blocked(self):
        """Responses come in while everything is cancelled; each name has one row all the same."""
        names = dnswarm.generate(5 * NAMES)
        child = dnswarm.start([*self.flags, self.file_of(names)])
        first = child.stdout.readline()
        time.sleep(0.5)
        child.send_signal(signal.SIGINT)
        time.sleep(0.5)
        result = self.read_on(child, first)
        self.assertEqual((result.code, result.stderr), (130, ""))
        self.assertGreater(sum(row["status"] == "CANCELLED" for row in result.rows()), 0)
        accepted = names.splitlines(keepends=True)[:len(result.rows())]
        self.assertLess(len(accepted), 5 * NAMES)
        good, words = dnswarm.check(result, b"".join(accepted), ["--allow-unanswered"])
        self.assertTrue(good, words)

    def test_a_blocked_pipe_that_is_then_closed_ends_it(self):
        child = dnswarm.start([*self.flags, self.file_of(dnswarm.generate(NAMES))])
        child.stdout.readline()
        time.sleep(0.5)
        child.stdout.close()
        self.assertEqual((child.stderr.read(), child.wait(timeout=30)), (b"", 141))
        child.stdin.close(), child.stderr.close()

    def run_with_closed(self, descriptors):
        """Through a shell, as users do it. (code, stderr, summary's text)."""
        summary = os.path.join(process.scratch_dir("closed"), "summary")
        command = f'exec "$0" "$@" {descriptors}'
        done = subprocess.run(["sh", "-c", command, dnswarm.PROGRAM, "-r", self.simulator.resolvers, "--summary", summary],
                              input=b"ok-1.test\n", capture_output=True, preexec_fn=process.die_with_parent, check=False)
        with open(summary, encoding="utf-8") as file:
            return done, json.load(file)

    def test_closed_standard_files_are_not_mixed_up_with_others(self):
        done, summary = self.run_with_closed("2>&-")
        self.assertEqual((done.returncode, summary["rows"], done.stderr), (0, 1, b""))
        self.assertEqual(len(done.stdout.splitlines()), 1)
        done, summary = self.run_with_closed(">&-")
        self.assertEqual((done.returncode, summary["exit_code"]), (1, 1))
        self.assertIn(b"cannot write standard output: Bad file descriptor", done.stderr)
        done, summary = self.run_with_closed("<&-")
        self.assertEqual((done.returncode, summary["rows"]), (1, 0))
        self.assertIn(b"Bad file descriptor", done.stderr)


if __name__ == "__main__":
    tap.main()
