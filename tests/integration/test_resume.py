#!/usr/bin/env python3
"""--resume: after kill -9 at any moment, a signal, or a full disk, the same command goes on, and in the end every row is
there once. What does not belong together is refused."""
import concurrent.futures
import csv
import io
import os
import random
import signal
import subprocess
import unittest

from harness import dnswarm, process, tap
from harness.job import Job, done_rows, parse_state

KILLS = 200
LIFE = 0.6  # seconds at most; a checkpoint is made each 0.25 s
RATE, NAMES = 1500, 4000


def with_types(names):
    """Some lines with types of their own, comments and blank lines between."""
    lines = []
    for number, name in enumerate(names.decode().split()):
        lines.append(f"{name} A,MX,TXT" if number % 5 == 0 else name)
        if number % 11 == 0:
            lines += ["", "# a comment"]
    return "".join(line + "\n" for line in lines).encode()


class Kind:
    """A job of some kind of output, and what must be the same in an undisturbed run's."""

    def __init__(self, flags=(), names=lambda names: names, content=None):
        self.flags, self.names, self.content = flags, names, content


def csv_content(rows):
    table = list(csv.DictReader(io.StringIO(rows.decode(), newline="")))
    return sorted((row["name"], row["type"], row["status"], row["error_code"]) for row in table)


def lines(rows):
    return sorted(rows.splitlines())


KINDS = {
    "ndjson": Kind(),
    "ndjson, types and comments": Kind(names=with_types),
    "ndjson, in order": Kind(["--ordered"], with_types),
    "csv": Kind(["-f", "csv", "-t", "A,TXT"], content=csv_content),
    "csv, in order": Kind(["-f", "csv", "--ordered"], content=csv_content),
    "list": Kind(["-f", "list"], content=lines),
    "massdns": Kind(["-f", "massdns-Snq"], content=lines),
    "ndjson, one of three shards": Kind(["--shard", "2/3", "-t", "A,AAAA,MX"], content=lambda rows: sorted(
        (row["name"], row["type"], row["status"]) for row in dnswarm.Result(0, rows, b"").rows())),
}


class Kills(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.simulator = dnswarm.Simulator(1, ["*:delay=uniform:1-80ms,loss=1%"])

    @classmethod
    def tearDownClass(cls):
        cls.simulator.__exit__()

    def assert_whole(self, kind, job):
        if kind.content is None:
            good, words = dnswarm.check(job.rows(), job.names)
            self.assertTrue(good, words)
            if "--ordered" in kind.flags:
                expected = [(line.split()[0], rrtype) for line in job.names.decode().splitlines()
                            if line and not line.startswith("#") for rrtype in (line.split() + ["A"])[1].split(",")]
                rows = dnswarm.Result(0, job.rows(), b"").rows()
                self.assertEqual([(row["name"], row["type"]) for row in rows], expected)
            return
        undisturbed = dnswarm.run(["-r", self.simulator.resolvers, "-q", *kind.flags, job.names_path])
        self.assertEqual(kind.content(job.rows()), kind.content(undisturbed.stdout))

    def kill_jobs(self, name, kills, seed):
        """Jobs of one kind, killed so often in all. Returns how often there was something beyond the state's rows, and
        something to keep."""
        kind, draw, beyond, kept, job = KINDS[name], random.Random(seed), 0, 0, None
        while kills > 0 or job is not None:
            if job is None:
                job = Job(self.simulator.resolvers, kind.names(dnswarm.generate(dnswarm.scaled(NAMES))),
                          ["--workers", 2, "--fail-on", "none", "-q", *kind.flags])
            # Every second one while it is at work, however slow the start is.
            code = (job.run_for(draw.uniform(0, LIFE), "--rate", RATE, from_rows=kills % 2 == 0) if kills > 0
                    else job.run().code)
            self.assertIn(code, (0, -signal.SIGKILL), f"{name}: {getattr(job, 'stderr', '')}")
            state = job.state()
            if code == 0:
                self.assertTrue(state["finished"], name)
                self.assert_whole(kind, job)
                job = None
                continue
            kills -= 1
            if state is not None:
                beyond += os.path.getsize(job.rows_path) > state["output"]["octets"]
                kept += bool(done_rows(state))
        return beyond, kept

    def test_200_kills_lose_and_double_nothing(self):
        each = KILLS // len(KINDS)
        with concurrent.futures.ThreadPoolExecutor(len(KINDS)) as pool:
            jobs = [pool.submit(self.kill_jobs, name, each, seed) for seed, name in enumerate(KINDS)]
            counts = [job.result() for job in jobs]
        beyond, kept = (sum(count) for count in zip(*counts))
        print(f"# of {KILLS} kills {beyond} left rows beyond the state, {kept} something to keep")
        # Else nothing was put to the test.
        self.assertGreater(beyond, KILLS // 5)
        self.assertGreater(kept, KILLS // 5)


class Resume(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.fast = dnswarm.Simulator(1)
        cls.slow = dnswarm.Simulator(1, ["*:delay=200ms"])

    @classmethod
    def tearDownClass(cls):
        cls.fast.__exit__()
        cls.slow.__exit__()

    def begun(self, names=3000, flags=(), seconds=0.8):
        """A job that was stopped half way."""
        job = Job(self.fast.resolvers, dnswarm.generate(names) if isinstance(names, int) else names, flags)
        self.assertEqual(job.run_for(seconds, "--rate", 1000, signal_number=signal.SIGTERM), 143)
        state = job.state()
        self.assertFalse(state["finished"])
        self.assertGreater(len(done_rows(state)), 0)
        return job

    def assert_refused(self, job, *words, flags=()):
        before = job.rows(), open(job.state_path, "rb").read()
        result = job.run(*flags)
        self.assertEqual(result.code, 2, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)
        self.assertEqual((job.rows(), open(job.state_path, "rb").read()), before, "something was changed")

    def assert_finishes(self, job, *flags):
        result = job.run(*flags)
        self.assertEqual(result.code, 0, result.stderr)
        good, words = job.check()
        self.assertTrue(good, words)
        return result

    def test_a_signal_leaves_open_what_is_not_done_and_the_counts_are_the_jobs(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            job = Job(self.slow.resolvers, dnswarm.generate(20000), ["--in-flight", 500, "--workers", 1])
            self.assertEqual(job.run_for(0.9, signal_number=number), code, job.stderr)
            self.assertNotIn(b"CANCELLED", job.rows())
            state = job.state()
            self.assertLess(state["consumed"]["lines"], 20000)
            done, rows = len(done_rows(state)), len(job.rows().splitlines())
            self.assertEqual((done, state["output"]["octets"]), (rows, len(job.rows())))
            self.assertIn(f"accepted {state['consumed']['lines']} lines", job.stderr)
            self.assertIn(f"open {state['consumed']['rows'] - done} rows; not started "
                          f"{20000 - state['consumed']['lines']} lines", job.stderr)
            summary = os.path.join(job.folder, "summary")
            result = self.assert_finishes(job, "--summary", summary, "--in-flight", 4000)
            self.assertIn("accepted 20000 lines x types = 20000 rows", result.stderr)
            self.assertIn(f"{done} rows by earlier runs", result.stderr)
            with open(summary, encoding="utf-8") as file:
                text = file.read()
            self.assertIn(f'"rows_of_earlier_runs": {done}', text)
            self.assertIn('"open": 0', text)

    def test_a_finished_state_is_a_no_op(self):
        job = Job(self.fast.resolvers, dnswarm.generate(500))
        self.assert_finishes(job)
        before = job.rows(), open(job.state_path, "rb").read(), os.stat(job.rows_path).st_mtime_ns
        result = job.run("--fail-on", "any")
        self.assertEqual(result.code, 0)
        self.assertIn("finished already, 500 rows", result.stderr)
        self.assertEqual(job.run("-q").stderr, "")
        self.assertEqual((job.rows(), open(job.state_path, "rb").read(), os.stat(job.rows_path).st_mtime_ns), before)

    def test_the_exit_code_is_the_whole_jobs(self):
        job = self.begun(b"servfail-x.test\n" + dnswarm.generate(3000))
        self.assertEqual(job.run("--fail-on", "any").code, 3)

    def test_an_empty_input_is_a_finished_job(self):
        job = Job(self.fast.resolvers, b"")
        self.assertEqual(job.run().code, 0)
        self.assertTrue(job.state()["finished"])

    def test_a_damaged_state_is_refused(self):
        job = self.begun()
        with open(job.state_path, "rb") as file:
            good = file.read()
        for bad in (good[:-1], good[:100], good[:40] + b"x" + good[41:], good[:-50] + bytes(50), b"\0" * len(good), b"x",
                    good.replace(b"dnswarm-state 1", b"dnswarm-state 9")):
            with open(job.state_path, "wb") as file:
                file.write(bad)
            self.assertIsNone(parse_state(bad))
            self.assert_refused(job, job.state_path, "damaged")
        with open(job.state_path, "wb") as file:
            file.write(good)
        self.assert_finishes(job)

    def test_a_changed_input_is_refused(self):
        job = self.begun()
        for changed in (job.names + b"ok-one-more.test\n", job.names[:-1], b"X" + job.names[1:]):
            with open(job.names_path, "wb") as file:
                file.write(changed)
            self.assert_refused(job, job.names_path, "is not the input")
        with open(job.names_path, "wb") as file:
            file.write(job.names)
        self.assert_finishes(job)
        with open(job.names_path, "ab") as file:
            file.write(b"ok-one-more.test\n")
        self.assert_refused(job, job.names_path, "is not the input")  # finished, but not that

    def test_options_that_change_rows_are_refused_and_others_may_change(self):
        job = self.begun()
        for flags in (["-t", "AAAA"], ["-f", "csv"], ["--dnssec"], ["--ordered"], ["--shard", "1/2"], ["--class", "CH"],
                      ["--norecurse"], ["--no-edns"], ["--sections", "all"], ["--ecs", "192.0.2.0/24"],
                      ["-r", self.slow.resolvers]):
            name = {"-t": "--type", "-f": "--format", "-r": "--resolvers", "--no-edns": "--edns"}.get(flags[0], flags[0])
            self.assert_refused(job, name + " was ", "other options", flags=flags)
        self.assert_finishes(job, "--rate", 50000, "--workers", 1, "--in-flight", 100, "--timeout", 700, "--attempts", 5,
                             "--cache-size", 1, "--io", "mmsg", "--status-format", "json")

    def test_another_output_is_refused(self):
        job = self.begun()
        rows = job.rows()
        octets = job.state()["output"]["octets"]
        for other in (rows[:octets - 1], b"", rows[:octets - 5] + b"xxxxx" + rows[octets:]):
            with open(job.rows_path, "wb") as file:
                file.write(other)
            self.assert_refused(job, job.rows_path, "is not what", job.state_path)
        with open(job.rows_path, "wb") as file:
            file.write(rows[:octets] + b'{"a torn ro' * 200_000)  # longer than the output will be
        self.assert_finishes(job)

    def test_rows_without_a_state_are_not_overwritten(self):
        job = Job(self.fast.resolvers, dnswarm.generate(100))
        with open(job.rows_path, "wb") as file:
            file.write(b"precious\n")
        result = job.run()
        self.assertEqual(result.code, 2)
        self.assertIn(job.rows_path + " has 9 octets already", result.stderr)
        self.assertEqual(job.rows(), b"precious\n")
        self.assertFalse(os.path.exists(job.state_path))

    def test_what_cannot_be_an_output_or_a_state_is_refused(self):
        job = Job(self.fast.resolvers, b"ok-a.test\n")
        fifo = os.path.join(job.folder, "fifo")
        os.mkfifo(fifo)
        for flags, word in ((["-o", "/dev/null"], "regular file"), (["-o", "-"], "-o FILE"),
                            (["--resume", job.names_path], "is the input"), (["--resume", job.rows_path], "is the input"),
                            (["-o", fifo], "regular file"), (["--resume", "/nonexistent/state"], "/nonexistent/state")):
            result = job.run(*flags)
            self.assertEqual(result.code, 2, (flags, result.stderr))
            self.assertIn(word, result.stderr)
        self.assertEqual(job.names, open(job.names_path, "rb").read())

    def test_two_runs_cannot_use_one_state_or_one_output(self):
        job = Job(self.slow.resolvers, dnswarm.generate(3000), ["--rate", 500, "--status-format", "json"])
        child = dnswarm.start([*job.command, job.names_path])
        child.stderr.readline()  # it runs
        result = job.run()
        self.assertEqual(result.code, 2)
        self.assertIn(job.state_path + " is in use", result.stderr)
        result = job.run("--resume", job.state_path + "2")
        self.assertEqual(result.code, 2)
        self.assertIn(job.rows_path + " is in use", result.stderr)
        child.kill()
        child.communicate()
        self.assert_finishes(job, "--rate", 100000)

    def test_names_through_a_pipe_cannot_go_on_and_it_says_how_to(self):
        names = dnswarm.generate(2000).split()
        for flags in ([], ["--ordered"]):
            job = Job(self.slow.resolvers, b"", ["--in-flight", 300, *flags])
            child = dnswarm.start([*job.command, "--status-format", "json"])
            child.stdin.write(b"".join(b"# comment\n" + name + b"\n" for name in names))
            child.stdin.flush()
            child.stderr.readline()
            child.send_signal(signal.SIGINT)
            self.assertEqual(child.wait(), 130)
            child.stdin.close(), child.stdout.close(), child.stderr.close()
            state = job.state()
            first = state["position"]["lines_read"]
            result = dnswarm.run(job.command, b"ok-a.test\n")
            self.assertEqual(result.code, 2)
            self.assertIn(f"Of {state['consumed']['lines_read']} lines read the first {first} are done", result.stderr)
            self.assertIn(f"tail -n +{first + 1}", result.stderr)
            # As it says: in order, by hand, exactly once.
            if flags:
                rest = Job(self.fast.resolvers, b"\n".join(
                    b"# comment\n" + name for name in names).split(b"\n", first)[-1], flags)
                self.assert_finishes(rest)
                rows = job.rows()[:state["output"]["octets"]] + rest.rows()
                good, words = dnswarm.check(rows, names_text(names))
                self.assertTrue(good, words)

    def test_a_pipe_that_was_read_to_its_end_is_a_finished_job(self):
        job = Job(self.fast.resolvers, b"")
        names = dnswarm.generate(300)
        self.assertEqual(dnswarm.run(job.command, names).code, 0)
        self.assertTrue(dnswarm.check(job.rows(), names)[0])
        self.assertEqual(dnswarm.run(job.command, names).code, 0)
        self.assertEqual(len(job.rows().splitlines()), 300)

    def test_a_file_at_stdin_goes_on_too(self):
        job = self.begun(flags=["--workers", 1])
        command = [dnswarm.PROGRAM, *map(str, job.command)]
        with open(job.names_path, "rb") as file:
            done = subprocess.run(command, stdin=file, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(job.check()[0])

    def test_a_full_disk_costs_no_row(self):
        if os.getuid() != 0:
            self.skipTest("needs root, to mount a small tmpfs")
        folder = process.scratch_dir("disk")
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", folder], capture_output=True,
                          check=False).returncode != 0:
            self.skipTest("no tmpfs can be mounted here")
        try:
            job = Job(self.fast.resolvers, dnswarm.generate(3000), folder=folder)
            filler = os.path.join(folder, "filler")
            with open(filler, "wb", buffering=0) as file, self.assertRaises(OSError):
                while True:
                    file.write(bytes(4096))
            result = job.run()  # not even the first state has room
            self.assertEqual(result.code, 1)
            self.assertIn("No space left", result.stderr)
            os.remove(filler)
            for _ in range(2):
                result = job.run("--rate", 3000)
                self.assertEqual(result.code, 1)
                self.assertIn("No space left", result.stderr)
                self.assertLess(len(done_rows(job.state())), 3000)
            subprocess.run(["mount", "-o", "remount,size=8m", folder], check=True)
            self.assertGreater(len(done_rows(job.state())), 0)
            self.assert_finishes(job)
        finally:
            subprocess.run(["umount", folder], check=True)


def names_text(names):
    return b"".join(name + b"\n" for name in names)


if __name__ == "__main__":
    tap.main()
