#!/usr/bin/env python3
"""--resume and power cuts: what the program writes and syncs is recorded, and the record cut at every point, with what
was not synced lost, kept, or there in part. Each time state and output must belong together, and from a sample of what is
left the program itself must get to the whole output."""
import os
import random
import unittest

from harness import dnswarm, process, tap
from harness.job import Job, done_rows, parse_state
from harness.power_loss import Disk, read_log

RECORDER = os.environ.get("DNSWARM_WRITE_RECORDER")
NAMES, RATE = 1500, 750
DEATHS = (60, 45)  # after so many records the first runs die


class Cuts:
    """All that a record says about one job."""

    def __init__(self, job, records, without=lambda record: False):
        self.job = job
        self.records = [record for record in records if not without(record)]
        self.names = job.names.split()
        self.known = {}  # text of a state: (octets of the output, those octets)

    def learn(self, disk):
        """A state that was just put in place speaks of octets that hold its rows and no others."""
        text = bytes(disk.names[self.job.state_path].content)
        state = parse_state(text)
        assert state is not None, "a state in its place is damaged"
        octets = state["output"]["octets"]
        rows = bytes(disk.names[self.job.rows_path].content[:octets])
        assert len(rows) == octets, "a state speaks of octets that are not written"
        names = sorted(row["name"].encode() for row in dnswarm.Result(0, rows, b"").rows())
        assert names == sorted(self.names[row] for row in done_rows(state)), "the state's rows are not the output's"
        self.known[text] = (octets, rows)

    def fault(self, files):
        """What is wrong with state and output as they are on the disk after a cut; empty where nothing is."""
        text, rows = files.get(self.job.state_path, b""), files.get(self.job.rows_path, b"")
        if not text:
            return "rows without a state" if rows else ""
        if text not in self.known:
            return "a state that was never written whole"
        octets, expected = self.known[text]
        return "" if rows[:octets] == expected else "rows are missing that the state speaks of"

    def walk(self, draw, by_chance=3):
        """Yields (number of records before the cut, what is on the disk)."""
        disk = Disk()
        for number, record in enumerate(self.records, 1):
            disk.play(record)
            if record[0] == "rename":
                self.learn(disk)
            yield number, disk.all_lost()
            yield number, disk.all_kept()
            yield number, disk.names_kept()
            for _ in range(by_chance):
                yield number, disk.by_chance(draw)

    def faults(self, draw):
        return {fault for _, files in self.walk(draw) for fault in [self.fault(files)] if fault}


class PowerLoss(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        if not RECORDER or dnswarm.SANITIZED:
            raise unittest.SkipTest("nothing can be loaded in front of a sanitizer's runtime" if RECORDER else "no recorder")
        cls.simulator = dnswarm.Simulator(1, ["*:delay=uniform:1-60ms"])
        cls.job = Job(cls.simulator.resolvers, dnswarm.generate(NAMES), ["--workers", 2])
        log = os.path.join(process.scratch_dir("log"), "log")
        environment = {"LD_PRELOAD": RECORDER, "RECORD_FOLDER": cls.job.folder, "RECORD_LOG": log}
        for death in DEATHS:
            died = cls.job.run("--rate", RATE, environment={**environment, "RECORD_DIE": str(death)})
            assert died.code == -9, (died.code, died.stderr)
        ended = cls.job.run("--rate", RATE, environment=environment)
        assert ended.code == 0, ended.stderr
        cls.records = read_log(log)

    @classmethod
    def tearDownClass(cls):
        cls.simulator.__exit__()

    def test_after_a_failed_sync_nothing_is_kept_any_more(self):
        job = Job(self.simulator.resolvers, dnswarm.generate(NAMES), ["--workers", 2])
        log = os.path.join(process.scratch_dir("log"), "log")
        failed = job.run("--rate", RATE, environment={"LD_PRELOAD": RECORDER, "RECORD_FOLDER": job.folder,
                                                      "RECORD_LOG": log, "RECORD_FAIL": "30"})
        self.assertEqual(failed.code, 1)
        self.assertIn("cannot keep the progress in " + job.state_path, failed.stderr)
        words = [record[0] for record in read_log(log)]
        self.assertNotIn("rename", words[words.index("sync-failed"):])
        self.assertEqual(job.run().code, 0)
        good, words = job.check()
        self.assertTrue(good, words)

    def test_the_record_is_what_happened(self):
        words = [record[0] for record in self.records]
        self.assertGreater(words.count("write"), 30)
        self.assertGreater(words.count("rename"), 8)  # states
        self.assertGreaterEqual(words.count("cut"), len(DEATHS))
        disk = Disk()
        for record in self.records:
            disk.play(record)
        self.assertEqual(disk.all_kept()[self.job.rows_path], self.job.rows())
        self.assertEqual(disk.all_lost()[self.job.rows_path], self.job.rows())
        with open(self.job.state_path, "rb") as file:
            self.assertEqual(disk.all_lost()[self.job.state_path], file.read())
        self.assertTrue(self.job.state()["finished"])
        self.assertEqual(self.job.check()[0], True, self.job.check()[1])

    def test_cut_at_every_point_state_and_output_belong_together(self):
        cuts, number = Cuts(self.job, self.records), 0
        for number, files in cuts.walk(random.Random(1), by_chance=6):
            self.assertEqual(cuts.fault(files), "", f"after {number} records")
        self.assertEqual(number, len(self.records))

    def test_a_program_that_forgot_to_sync_would_be_found_out(self):
        for word, path, fault in (("sync", self.job.rows_path, "rows are missing that the state speaks of"),
                                  ("sync", self.job.state_path + ".new", "a state that was never written whole"),
                                  ("sync-folder", os.path.dirname(self.job.state_path), "rows without a state"),
                                  ("sync-folder", self.job.folder, "rows are missing that the state speaks of")):
            with self.subTest(forgotten=word, path=path):
                cuts = Cuts(self.job, self.records, lambda record, what=(word, path): (record[0], record[3]) == what)
                self.assertLess(len(cuts.records), len(self.records))
                self.assertIn(fault, cuts.faults(random.Random(2)))

    def test_the_program_goes_on_from_what_is_left(self):
        cuts, draw = Cuts(self.job, self.records), random.Random(3)
        every = [files for _, files in cuts.walk(draw, by_chance=1)]
        for files in draw.sample(every, 25):
            job = Job(self.simulator.resolvers, dnswarm.generate(NAMES), ["--workers", 2])
            for path, content in files.items():
                with open(os.path.join(job.folder, os.path.relpath(path, self.job.folder)), "wb") as file:
                    file.write(content)
            ended = job.run()
            self.assertEqual(ended.code, 0, ended.stderr)
            good, words = job.check()
            self.assertTrue(good, words)
            self.assertTrue(job.state()["finished"])


if __name__ == "__main__":
    tap.main()
