#!/usr/bin/env python3
"""The disk that rows go to is full, or as good as: rows are whole up to the cut, and the exit code and stderr say
that there are more."""
import collections
import os
import resource
import unittest

from harness import chaos, dnswarm, process, tap

NAMES = 20_000
DISK = 1 << 20  # a quarter of their rows


class Disk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.names = dnswarm.generate(NAMES)
        cls.simulator = dnswarm.Simulator(1)
        cls.flags = ["-r", cls.simulator.resolvers, "--workers", 2]

    @classmethod
    def tearDownClass(cls):
        cls.simulator.__exit__()

    def assert_cut(self, path, result, least):
        """The rows in the file are whole, right and of different names; and that they are not all is said."""
        self.assertEqual(result.code, 1, result.stderr)
        self.assertIn("No space left on device; not all rows are in it", result.stderr)
        self.assertNotIn("INTERNAL ERROR", result.stderr)
        with open(path, "rb") as file:
            written = dnswarm.Result(0, file.read(), b"")
        rows = written.rows()
        self.assertGreater(len(written.stdout), least)
        self.assertLess(len(rows), NAMES)
        names = collections.Counter(row["name"] for row in rows)
        self.assertEqual(set(names.values()), {1})
        good, words = dnswarm.check(written, list(names))
        self.assertTrue(good, words)

    def test_a_full_disk_cuts_between_rows(self):
        for flags in ([], ["--ordered"]):
            with self.subTest(flags=flags), chaos.SmallDisk(DISK) as disk:
                path = disk.file("rows")
                result = dnswarm.run([*self.flags, *flags, "-o", path], self.names)
                self.assert_cut(path, result, DISK // 2)
                self.assertIn(path, result.stderr)

    def test_a_full_disk_behind_a_redirection_cuts_between_rows(self):
        for mode in ("wb", "ab"):
            with self.subTest(mode=mode), chaos.SmallDisk(DISK) as disk:
                path = disk.file("rows")
                with open(path, mode) as file:
                    result = dnswarm.run(self.flags, self.names, stdout=file)
                self.assert_cut(path, result, DISK // 2)

    def test_a_file_that_others_write_to_is_left_alone(self):
        """What stands behind our last row may be theirs."""
        with chaos.SmallDisk(DISK) as disk:
            path = disk.file("rows")
            with open(path, "wb") as file:
                file.truncate(100_000)  # nothing but a hole so far, so that the disk gets full within it
                with open(disk.file("ballast"), "wb") as ballast:
                    ballast.write(bytes(DISK - 8192))
                result = dnswarm.run(self.flags, self.names, stdout=file)
            self.assertEqual(result.code, 1, result.stderr)
            self.assertEqual(os.path.getsize(path), 100_000)

    def test_a_limit_on_the_size_of_files_is_an_error_like_others(self):
        def limited():
            process.die_with_parent()
            resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        path = os.path.join(process.scratch_dir("limited"), "rows")
        result = dnswarm.run([*self.flags, "-o", path], self.names, preexec=limited)
        self.assertEqual(result.code, 1, result.stderr)
        self.assertIn("File too large", result.stderr)
        with open(path, "rb") as file:
            self.assertGreater(len(dnswarm.Result(0, file.read(), b"").rows()), 500)

    def test_a_summary_that_does_not_fit_is_said_and_the_rows_are_there(self):
        with chaos.SmallDisk(4096) as disk:
            with open(disk.file("ballast"), "wb") as file:
                file.write(bytes(4096))
            result = dnswarm.run([*self.flags, "--summary", disk.file("summary")], self.names)
            self.assertEqual(result.code, 1)
            self.assertIn(f"cannot write {disk.file('summary')}: No space left on device", result.stderr)
        good, words = dnswarm.check(result, self.names)
        self.assertTrue(good, words)


if __name__ == "__main__":
    tap.main()
