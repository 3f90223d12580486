#!/usr/bin/env python3
"""Every format tells the same; --ordered keeps the input's order; the cache and coalescing save queries."""
import collections
import csv
import io
import json
import os
import unittest

from harness import dnswarm, process, tap


class Formats(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.simulator = dnswarm.Simulator(2, ["*:delay=90%:2ms+10%:50ms"])
        cls.names = dnswarm.generate(3000) + b"servfail-a.test\na..b\n\xc3\xa4-\xff.test\nloop-a.test\n"

    @classmethod
    def tearDownClass(cls):
        cls.simulator.__exit__()

    def resolve(self, *flags, names=None):
        return dnswarm.run(["-r", self.simulator.resolvers, *flags], self.names if names is None else names)

    def test_ordered_rows_are_in_input_order_in_every_row_format(self):
        expected = [row["name"] for row in self.resolve("--ordered").rows()]
        self.assertEqual(expected[:3000], dnswarm.generate(3000).decode().split())
        text = self.resolve("--ordered", "-f", "text").stdout.decode().splitlines()
        self.assertEqual([line.split()[0] for line in text], expected)
        table = list(csv.DictReader(io.StringIO(self.resolve("--ordered", "-f", "csv").stdout.decode(), newline="")))
        self.assertEqual([row["name"] for row in table], expected)

    def test_csv_and_ndjson_say_the_same(self):
        flags = ["--ordered", "-t", "A,TXT,SVCB"]
        rows = self.resolve(*flags).rows()
        out = self.resolve(*flags, "-f", "csv").stdout
        self.assertEqual(out.count(b"\r\n"), out.count(b"\n"))
        table = list(csv.DictReader(io.StringIO(out.decode(), newline="")))
        self.assertEqual(len(table), len(rows))
        for ours, row in zip(table, rows):
            self.assertEqual((ours["name"], ours["type"], ours["status"]), (row["name"], row["type"], row["status"]))
            data = " | ".join(f'{r["name"]} {r["ttl"]} {r["type"]} {r["data"]}' for r in row["answers"])
            if not row["cached"] and ours["cached"] == "false":  # else the TTLs may differ by a second
                self.assertEqual(ours["answers"], data)
            self.assertEqual(ours["error_code"], row.get("error", {}).get("code", ""))

    def test_list_has_the_names_with_an_answer(self):
        rows = self.resolve("--ordered").rows()
        listed = self.resolve("--ordered", "-f", "list").stdout.decode().splitlines()
        self.assertEqual(listed, [row["name"] for row in rows if row["answers"]])

    def test_ndjson_keys_stand_in_their_documented_order(self):
        order = ["name", "qname", "type", "class", "status", "error", "last_rcode", "ede", "answers", "authority", "additional",
                 "flags", "nsid", "resolver", "proto", "rtt_us", "attempts", "cached", "ts"]
        for line in self.resolve("--sections", "all").stdout.splitlines():
            keys = [key for key, _ in json.loads(line, object_pairs_hook=list)]
            self.assertEqual(keys, [key for key in order if key in keys])
            for needed in ("name", "type", "status", "answers", "flags", "resolver", "proto", "rtt_us", "attempts", "cached", "ts"):
                self.assertIn(needed, keys)

    def test_an_output_file_gets_what_stdout_would(self):
        path = os.path.join(process.scratch_dir("rows"), "rows")
        result = self.resolve("--ordered", "-o", path)
        self.assertEqual(result.stdout, b"")
        with open(path, "rb") as file:
            rows = dnswarm.Result(0, file.read(), b"").rows()
        self.assertEqual(len(rows), 3004)

    def test_repeated_names_are_asked_once(self):
        names = [f"ok-{i % 100}.test" for i in range(20_000)]
        with dnswarm.Simulator(1) as simulator:
            result = dnswarm.run(["-r", simulator.resolvers, "--in-flight", "50"], names)
            counts = simulator.stop()
        rows = result.rows()
        self.assertEqual(collections.Counter(row["name"] for row in rows), collections.Counter(names))
        self.assertEqual(counts["totals"]["queries_udp"], 100)
        hit = next(row for row in rows if row["cached"])
        self.assertEqual((hit["rtt_us"], hit["attempts"], hit["resolver"]), (0, 0, simulator.listening[0]))
        self.assertTrue(hit["answers"])

    def test_equal_questions_in_flight_are_asked_once_without_a_cache(self):
        with dnswarm.Simulator(1, ["*:delay=500ms"]) as simulator:
            result = dnswarm.run(["-r", simulator.resolvers, "--cache-size", "0"], ["ok-same.test", "OK-Same.test."] * 300)
            counts = simulator.stop()
        rows = result.rows()
        self.assertEqual(counts["totals"]["queries_udp"], 1)
        self.assertEqual(collections.Counter(row["name"] for row in rows), {"ok-same.test": 300, "OK-Same.test": 300})
        self.assertEqual(len({json.dumps(row["answers"][0]["data"]) for row in rows}), 1)

    def test_negative_answers_are_cached_too(self):
        names = [f"{kind}-{i % 20}.test" for i in range(4000) for kind in ("nx", "nodata")]
        with dnswarm.Simulator(1) as simulator:
            result = dnswarm.run(["-r", simulator.resolvers, "--in-flight", "20"], names)
            counts = simulator.stop()
        self.assertEqual(result.code, 0, result.stderr)
        self.assertEqual(counts["totals"]["queries_udp"], 40)

    def test_chaos_class_and_nsid(self):
        row, = self.resolve("--class", "CH", names=b"version.bind TXT\n").rows()
        self.assertEqual((row["class"], row["answers"][0]["type"]), ("CH", "TXT"))
        row, = self.resolve("--nsid", names=b"ok-a.test\n").rows()
        self.assertTrue(bytes.fromhex(row["nsid"]))


if __name__ == "__main__":
    tap.main()
