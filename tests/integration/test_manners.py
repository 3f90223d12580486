#!/usr/bin/env python3
"""How the program ends and what it says: exit codes, signals, broken outputs, the summary's arithmetic."""
import collections
import json
import os
import signal
import time
import unittest

from harness import dnswarm, process, tap


class Manners(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.fast = dnswarm.Simulator(1)
        cls.slow = dnswarm.Simulator(1, ["*:delay=200ms"])
        cls.dead = dnswarm.Simulator(1, ["*:dead"])

    @classmethod
    def tearDownClass(cls):
        for simulator in (cls.fast, cls.slow, cls.dead):
            simulator.__exit__()

    def summary_path(self):
        return os.path.join(process.scratch_dir("summary"), "summary.json")

    def test_definitive_answers_exit_0_and_missing_ones_3(self):
        for names, flags, code in (
                (["ok-a.test", "nx-b.test", "nodata-c.test"], [], 0), (["ok-a.test", "servfail-b.test"], [], 3),
                (["ok-a.test", "a..b"], [], 3), (["ok-a.test", "servfail-b.test"], ["--fail-on", "none"], 0),
                (["ok-a.test", "servfail-b.test"], ["--fail-on", "50"], 0),
                (["ok-a.test", "servfail-b.test"], ["--fail-on", "49"], 3)):
            with self.subTest(names=names, flags=flags):
                self.assertEqual(dnswarm.run(["-r", self.fast.resolvers, *flags], names).code, code)

    def test_a_full_cache_declines_names_that_come_once_and_says_so(self):
        names, summary = [f"ok-{number}.test" for number in range(30_000)], self.summary_path()
        result = dnswarm.run(["-r", self.fast.resolvers, "--workers", "1", "--cache-size", "1", "--summary", summary], names)
        self.assertEqual(result.code, 0)
        with open(summary, encoding="utf-8") as file:
            cache = json.load(file)["cache"]
        self.assertEqual(cache["insertions"] + cache["declined"], len(names))
        self.assertGreater(cache["declined"], len(names) // 3)
        self.assertLess(cache["evictions"], len(names) // 6)
        self.assertLessEqual(cache["octets"], cache["octets_max"])

    def test_wrong_usage_exits_2_and_says_why_on_stderr(self):
        for flags in (["--no-such-flag"], ["--workers", "0"], ["--workers", "257"], ["--in-flight", "x"], ["-t", "NOSUCH"],
                      ["-r", "host.name.test"], ["-r", "300.1.1.1"], ["-r", "127.0.0.1:70000"], ["-f", "nosuch"],
                      ["--timeout", "49"], ["--timeout", "60001"], ["--attempts", "0"], ["--rate", "-1"], ["--rate", "nan"],
                      ["--bufsize", "511"], ["--ecs", "x"], ["--source", "y"], ["--io", "magic"], ["--io-mask", "no-such"],
                      ["--fail-on", "101x"], ["--progress", "maybe"], ["one", "two"], ["-t"]):
            with self.subTest(flags=flags):
                result = dnswarm.run([*flags, *(["-r", self.fast.resolvers] if "-r" not in flags else [])], b"ok-a.test\n")
                self.assertEqual((result.code, result.stdout), (2, b""))
                self.assertTrue(result.stderr.strip())

    def test_help_and_version_exit_0_on_stdout(self):
        for flag, words in (("--help", ("--resolvers", "--rate", "xample")), ("-h", ("dnswarm",)),
                            ("--version", ("0.", "c-ares"))):
            result = dnswarm.run([flag])
            self.assertEqual((result.code, result.stderr), (0, ""))
            for word in words:
                self.assertIn(word, result.stdout.decode())

    def test_the_readme_shows_the_flags_as_help_does(self):
        root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        with open(os.path.join(root, "README.md"), encoding="utf-8") as file:
            readme = file.read()
        text = dnswarm.run(["--help"]).stdout.decode()
        flags = text[text.index("Whom to ask:"):text.index("Formats:\n")]
        text = dnswarm.run(["check-resolvers", "--help"]).stdout.decode()
        flags += text[text.index("Whom to check:"):text.index("What is asked:")]
        missing = [line for line in flags.splitlines() if line and "    " + line not in readme.splitlines()]
        self.assertEqual(missing, [])

    def test_no_input_at_all_is_no_error(self):
        result = dnswarm.run(["-r", self.fast.resolvers], b"")
        self.assertEqual((result.code, result.stdout), (0, b""))

    def names_file(self, count):
        path = os.path.join(process.scratch_dir("names"), "names")
        with open(path, "wb") as file:
            file.write(dnswarm.generate(count))
        return path

    def test_a_closed_pipe_ends_quietly_with_141(self):
        child = dnswarm.start(["-r", self.fast.resolvers, "-q", self.names_file(200_000)])
        child.stdout.readline()
        child.stdout.close()
        errors = child.stderr.read()
        self.assertEqual((child.wait(), errors), (141, b""))
        child.stdin.close(), child.stderr.close()

    def test_a_closed_pipe_ends_it_while_stdin_is_open(self):
        child = dnswarm.start(["-r", self.fast.resolvers, "-q"])
        child.stdin.write(b"ok-a.test\n")
        child.stdin.flush()
        child.stdout.readline()
        child.stdout.close()
        child.stdin.write(b"ok-b.test\n")
        child.stdin.flush()
        self.assertEqual((child.stderr.read(), child.wait()), (b"", 141))
        child.stdin.close(), child.stderr.close()

    def test_upstreams_that_cannot_be_asked_are_named_and_left_out(self):
        result = dnswarm.run(["-r", self.fast.resolvers + ",[::1]:5399", "--source", "127.0.0.1"], ["ok-1.test"])
        self.assertEqual(result.code, 0, result.stderr)
        self.assertIn("[::1]:5399 cannot be asked", result.stderr)
        result = dnswarm.run(["-r", "[::1]:5399", "--source", "127.0.0.1"], ["ok-1.test"])
        self.assertEqual(result.code, 2, result.stderr)
        result = dnswarm.run(["-r", self.fast.resolvers, "--source", "192.0.2.77"], ["ok-1.test"])
        self.assertEqual(result.code, 2, result.stderr)
        self.assertIn("192.0.2.77", result.stderr)

    def test_a_closed_port_is_named(self):
        address = process.loopback_address()
        result = dnswarm.run(["-r", f"{address}:{process.free_port(address)}"], ["ok-1.test"], timeout=30)
        self.assertEqual(result.code, 4, result.stderr)
        self.assertEqual(result.rows()[0]["error"]["code"], "port_closed")

    def test_a_full_disk_is_reported_and_exits_1(self):
        names = dnswarm.generate(20_000)
        with open("/dev/full", "wb") as full:
            result = dnswarm.run(["-r", self.fast.resolvers], names, stdout=full)
        self.assertEqual(result.code, 1)
        self.assertIn("No space left", result.stderr)
        result = dnswarm.run(["-r", self.fast.resolvers, "-o", "/dev/full"], names)
        self.assertEqual(result.code, 1)
        self.assertIn("No space left", result.stderr)

    def test_an_output_that_cannot_be_opened_exits_1_or_2_before_any_query(self):
        result = dnswarm.run(["-r", self.fast.resolvers, "-o", "/nonexistent/rows"], b"ok-a.test\n")
        self.assertIn(result.code, (1, 2))
        self.assertIn("/nonexistent/rows", result.stderr)

    def signalled(self, numbers, resolvers, flags=()):
        """Starts a long run, waits until it is under way, sends the signals. (child's code, rows, summary)."""
        names_path, summary = self.names_file(300_000), self.summary_path()
        rows_path = names_path + "-rows"
        child = dnswarm.start(["-r", resolvers, "--in-flight", "1000", "--workers", "2", "--summary", summary, "-o", rows_path,
                               "--status-format", "json", *flags, names_path])
        child.stderr.readline()  # a status line: it runs
        for number in numbers:
            child.send_signal(number)
            time.sleep(0.2)
        _, errors = child.communicate(timeout=60 * dnswarm.NAMES_SCALE)
        with open(rows_path, "rb") as file:
            rows = dnswarm.Result(0, file.read(), b"").rows()
        self.assertLess(len(rows), 300_000, "it was over before the signal")
        loaded = None
        if os.path.exists(summary) and os.path.getsize(summary) > 0:
            with open(summary, encoding="utf-8") as file:
                loaded = json.load(file)
        return child.returncode, rows, loaded, errors.decode()

    def test_interrupt_and_terminate_end_with_a_row_for_every_accepted_name(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(signal=number):
                ended, rows, summary, errors = self.signalled([number], self.slow.resolvers)
                self.assertEqual(ended, code, errors)
                self.assertGreater(len(rows), 0)
                self.assert_summary(summary, rows)
                self.assertEqual(summary["lines"] + summary["not_started"], 300_000)
                names = collections.Counter(row["name"] for row in rows)
                accepted = collections.Counter(dnswarm.generate(300_000).decode().split()[:len(rows)])
                self.assertEqual(names, accepted)

    def test_a_second_interrupt_leaves_at_once(self):
        started = time.monotonic()
        ended, _, _, errors = self.signalled([signal.SIGINT, signal.SIGINT], self.dead.resolvers,
                                             ["--deadline", "600000", "--timeout", "60000"])
        self.assertEqual(ended, 130, errors)
        self.assertLess(time.monotonic() - started, 60)  # the deadline alone is ten minutes

    def assert_summary(self, summary, rows):
        """accepted x types = rows = sum of statuses, and the statuses are those of the rows."""
        counted = collections.Counter(row["status"] for row in rows)
        self.assertEqual((summary["rows"], summary["accepted"]), (len(rows), len(rows)))
        self.assertEqual(sum(summary["statuses"].values()), len(rows))
        self.assertEqual(summary["statuses"], dict(counted))

    def test_the_summary_adds_up(self):
        names = dnswarm.generate(5000) + b"a..b\nservfail-x.test\nloop-x.test\n"
        path = self.summary_path()
        result = dnswarm.run(["-r", self.fast.resolvers, "-t", "A,MX", "--summary", path], names)
        with open(path, encoding="utf-8") as file:
            summary = json.load(file)
        self.assert_summary(summary, result.rows())
        self.assertEqual(len(result.rows()), 2 * 5003)
        self.assertEqual(summary["lines"], 5003)

    def test_status_lines_are_json(self):
        child = dnswarm.start(["-r", self.slow.resolvers, "--status-format", "json", "--in-flight", "100"])
        child.stdin.write(dnswarm.generate(2000))
        child.stdin.close()
        child.stdout.read()
        lines = child.stderr.read().splitlines()
        child.wait()
        child.stdout.close(), child.stderr.close()
        objects = [json.loads(line) for line in lines if line.startswith(b"{")]
        self.assertGreaterEqual(len(objects), 2, lines)

    def test_stderr_is_no_place_for_colour_or_cursor_games_off_a_terminal(self):
        result = dnswarm.run(["-r", self.fast.resolvers, "-f", "text"], b"ok-a.test\n")
        self.assertNotIn(b"\x1b", result.stdout)
        self.assertNotIn("\x1b", result.stderr)
        self.assertNotIn("\r", result.stderr)


if __name__ == "__main__":
    tap.main()
