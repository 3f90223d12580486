#!/usr/bin/env python3
"""Responses are dropped at dnswarm's own sockets, which have room for a few packets: less is asked for, no upstream
is taken for one that bears no more, and no name is lost."""
import json
import os
import unittest

from harness import dnswarm, process, tap

SMALL_BUFFERS = os.environ.get("DNSWARM_SMALL_BUFFERS", "")
NAMES = 60_000


class Drops(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()

    def test_less_is_sent_and_no_name_is_lost(self):
        if dnswarm.SANITIZED:
            self.skipTest("small buffers are not imposed on a sanitized build")
        self.assertTrue(os.path.exists(SMALL_BUFFERS), "small_buffers is not built")
        names = dnswarm.generate(NAMES)
        for io in ("uring", "mmsg"):
            with self.subTest(io=io), dnswarm.Simulator(4, ["*:delay=20ms"]) as simulator:
                path = os.path.join(process.scratch_dir("drops"), "summary")
                flags = ["-r", simulator.resolvers, "--in-flight", 4000, "--workers", 1, "--io", io, "--summary", path]
                result = dnswarm.run(flags, names, environment={"LD_PRELOAD": SMALL_BUFFERS})
                dnswarm.assert_all_right(self, result, names)
                with open(path, encoding="utf-8") as file:
                    summary = json.load(file)
                self.assertGreater(summary["queries"]["kernel_drops"], 0)
                held_back = {upstream["held_back"] for upstream in summary["upstreams"]}
                self.assertIn("local drops", held_back)
                self.assertLessEqual(held_back, {"local drops", "no"})


if __name__ == "__main__":
    tap.main()
