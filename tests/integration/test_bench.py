#!/usr/bin/env python3
"""`dnswarm bench` against the simulator and a real server: what it says is what happened on the other side."""
import csv
import html.parser
import json
import os
import re
import signal
import subprocess
import time
import unittest

from harness import dnswarm, process, servers, tap

NAMES = [f"ok-{i}.test" for i in range(500)]


def bench(arguments, names=b"", **more):
    return dnswarm.run(["bench", *arguments], names, **more)


def run_json(arguments, names=b"", code=0, **more):
    result = bench([*arguments, "-f", "json"], names, **more)
    assert result.code == code, (result.code, result.stderr)
    return json.loads(result.stdout)


class PageReader(html.parser.HTMLParser):
    """Which elements open, and that those which must be closed are."""
    VOID = {"meta", "br", "path"}

    def __init__(self):
        super().__init__()
        self.seen, self.stack, self.attributes = [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_endtag(self, tag):
        assert self.stack and self.stack[-1] == tag, f"</{tag}> closes {self.stack[-3:]}"
        self.stack.pop()


class Bench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dnswarm.require_programs()
        cls.plain = dnswarm.Simulator(1)
        cls.server = cls.plain.resolvers

    @classmethod
    def tearDownClass(cls):
        cls.plain.__exit__()

    def assert_adds_up(self, counts):
        self.assertEqual(counts["sent"], counts["answered"] + counts["lost"] + counts["unfinished"])
        self.assertEqual(sum(counts["rcodes"].values()), counts["answered"])

    def counted_run(self, arguments, faults=(), names=NAMES, code=0):
        """One run against a simulator of its own: (result, what the simulator counted)."""
        with dnswarm.Simulator(1, faults) as simulator:
            report = run_json(["-r", simulator.resolvers, *arguments, "-"], names, code)
            counted = simulator.stop()["totals"]
        return report["result"], counted

    # --- counts -------------------------------------------------------------------------------------

    def test_a_closed_loop_sends_exactly_so_many_queries_and_counts_every_answer(self):
        for workers in (1, 3):
            result, counted = self.counted_run(["--queries", "20001", "--in-flight", "100", "--workers",
                                                workers])
            self.assert_adds_up(result["counts"])
            self.assertEqual(result["counts"]["sent"], 20001)
            self.assertEqual(result["counts"]["answered"], 20001)
            self.assertEqual(counted["queries_udp"], 20001)

    def test_an_open_loop_sends_rate_times_duration(self):
        for workers in (1, 2):
            result, counted = self.counted_run(["--rate", "2000", "--duration", "1.5", "--workers", workers])
            counts = result["counts"]
            self.assert_adds_up(counts)
            self.assertEqual(counts["sent"] + counts["not_sent"], 3000)
            self.assertEqual(counted["queries_udp"], counts["sent"])
            self.assertEqual(sum(second["sent"] for second in result["series"]), counts["sent"])
            self.assertEqual(sum(second["answered"] for second in result["series"]), counts["answered"])

    def test_loss_is_counted_as_it_was(self):
        result, counted = self.counted_run(["--rate", "4000", "--queries", "8000", "--timeout", "500"],
                                           ["*:loss=10%"])
        counts = result["counts"]
        self.assert_adds_up(counts)
        self.assertEqual(counts["lost"], counts["timed_out"])
        self.assertEqual(counts["answered"], counted["responses"])
        # 8,000 x 10 %, seven standard deviations of 27 on either side.
        self.assertTrue(610 < counts["lost"] < 990, counts)
        self.assertEqual(sum(second["lost"] for second in result["series"]), counts["lost"])

    def test_responses_that_answer_nothing_are_called_by_their_name(self):
        result, _ = self.counted_run(["--rate", "2000", "--queries", "2000", "--timeout", "500"],
                                     ["*:dup=100%"])
        self.assertEqual(result["counts"]["answered"], 2000)
        self.assertGreater(result["counts"]["duplicate"], 1900)
        result, _ = self.counted_run(["--queries", "300", "--timeout", "200", "--in-flight", "300"],
                                     ["*:wrong-id,only"], code=4)
        self.assertEqual((result["counts"]["answered"], result["counts"]["lost"]), (0, 300))
        self.assertGreater(result["counts"]["unmatched"], 250)
        result, _ = self.counted_run(["--queries", "300", "--timeout", "200", "--in-flight", "300"],
                                     ["*:wrong-question,only"],
                                     code=4)
        self.assertEqual((result["counts"]["answered"], result["counts"]["unmatched"]), (0, 300))

    def test_late_responses_are_late_and_lost(self):
        names = [f"slow400-{i}.test" for i in range(50)] + [f"ok-{i}.test" for i in range(50)]
        result, _ = self.counted_run(["--rate", "100", "--queries", "200", "--timeout", "150"], names=names)
        counts = result["counts"]
        self.assertEqual((counts["answered"], counts["timed_out"]), (100, 100))
        self.assertGreater(counts["late"], 40)

    def test_rcodes_and_truncation_are_counted(self):
        names = ["nx-a.test", "servfail-a.test", "tc-a.test", "ok-a.test"]
        result, _ = self.counted_run(["--queries", "400"], names=names)
        self.assertEqual(result["counts"]["rcodes"], {"NOERROR": 200, "SERVFAIL": 100, "NXDOMAIN": 100})
        self.assertEqual(result["counts"]["truncated"], 100)

    def test_types_of_lines_and_of_the_flag_are_asked_for(self):
        with dnswarm.Simulator(1) as simulator:
            report = run_json(["-r", simulator.resolvers, "--queries", "30", "-t", "AAAA,MX", "-"],
                              ["a.test A", "b.test"])
        self.assertEqual(report["config"]["questions"], 3)

    # --- latency ------------------------------------------------------------------------------------

    def test_a_delay_shows_in_the_percentiles(self):
        result, _ = self.counted_run(["--rate", "500", "--duration", "2"], ["*:delay=uniform:20-40ms"])
        latency = result["latency"]
        self.assertEqual(latency["count"], 1000)
        # Sanity only: a loaded machine may be slower, but never faster than the simulator's delay.
        self.assertGreaterEqual(latency["min_us"], 20_000)
        self.assertTrue(25_000 < latency["p50_us"] < 200_000, latency)
        ordered = [latency[key] for key in ("min_us", "p50_us", "p75_us", "p90_us", "p95_us", "p99_us",
                                            "p999_us",
                                            "p9999_us", "max_us")]
        self.assertEqual(ordered, sorted(ordered))

    def stalled(self, pace):
        """A run of 4 s during which the server stands still for one."""
        with dnswarm.Simulator(1) as simulator:
            child = dnswarm.start(["bench", "-r", simulator.resolvers, *pace, "--duration", "4", "-f",
                                   "json", "-"])
            child.stdin.write(dnswarm.as_input(NAMES))
            child.stdin.close()
            time.sleep(1.5)
            simulator.child.send_signal(signal.SIGSTOP)
            time.sleep(1)
            simulator.child.send_signal(signal.SIGCONT)
            out, err = child.stdout.read(), child.stderr.read()
            child.wait()
            child.stdout.close(), child.stderr.close()
        self.assertEqual(child.returncode, 0, err)
        return json.loads(out)["result"]

    def test_a_server_that_stalls_cannot_hide_it_from_an_open_loop(self):
        result = self.stalled(["--rate", "100"])
        # A quarter of the queries were due while it stood still, the first of them waited for a second.
        self.assertGreater(result["latency"]["p99_us"], 700_000)
        self.assertGreater(result["latency"]["p90_us"], 300_000)
        self.assertEqual(result["counts"]["sent"], 400)
        # One in flight: a single query of thousands met the stall. That is what coordinated omission is.
        closed = self.stalled(["--in-flight", "1"])
        self.assertGreater(closed["latency"]["max_us"], 700_000)
        self.assertLess(closed["latency"]["p90_us"], 300_000)

    # --- pace ---------------------------------------------------------------------------------------

    def test_a_ramp_finds_the_rate_a_server_stops_at(self):
        plot = os.path.join(process.scratch_dir("plot"), "ramp.html")
        with dnswarm.Simulator(1, ["*:cap=2000/s"]) as simulator:
            report = run_json(["-r", simulator.resolvers, "--ramp", "500:4000:8", "--duration", "1.2",
                               "--timeout", "200",
                               "--max-loss", "2", "--plot", plot, "-q", "-"], NAMES)
        rates = [step["rate_wanted"] for step in report["steps"]]
        self.assertEqual(rates[:3], [500, 1000, 1500])
        self.assertTrue(1000 <= report["ramp"]["best_rate"] <= 2500, report["ramp"])
        for step in report["steps"]:
            self.assert_adds_up(step["counts"])
            if step["passed"]:
                self.assertLessEqual(step["loss_percent"], 2)
        self.assertIn(report["ramp"]["limit"], ("server", "client"))
        self.check_page(plot, charts=3)

    def test_a_ramp_as_csv_has_a_line_for_each_step(self):
        result = bench(["-r", self.server, "--ramp", "100:300:3", "--duration", "0.3", "-f", "csv", "-q",
                        "-"], NAMES)
        rows = list(csv.DictReader(result.stdout.decode().splitlines()))
        self.assertEqual([float(row["rate"]) for row in rows[:3]], [100, 200, 300])
        self.assertEqual(list(rows[0]), ["rate", "send_rate", "answer_rate", "loss_percent", "mean_us",
                                         "p50_us", "p75_us",
                                         "p90_us", "p95_us", "p99_us", "p999_us", "p9999_us", "max_us",
                                         "passed", "limits"])

    def test_the_time_ends_a_closed_loop(self):
        report = run_json(["-r", self.server, "--duration", "0.5", "--in-flight", "5", "-"], NAMES)
        self.assertGreaterEqual(report["result"]["seconds"], 0.5)
        self.assertGreater(report["result"]["counts"]["answered"], 5)

    # --- names --------------------------------------------------------------------------------------

    def test_patterns_and_random_names_are_asked(self):
        for names in (["--pattern", "ok-{n:5}.{x:3}.test"], ["--random", "test"], ["--random", "."],
                      ["--pattern", "ok-{r:100}.test", "--seed", "7"]):
            result = run_json(["-r", self.server, "--queries", "500", *names])["result"]
            self.assertEqual(result["counts"]["answered"], 500, names)

    def test_bad_lines_are_reported_with_their_number_and_counted(self):
        lines = ["ok-a.test", "bad..name", "# a comment", "", "ok-b.test A extra", "ok-c.test NOTYPE",
                 "ok-d.test MX"]
        result = bench(["-r", self.server, "--queries", "100", "-f", "json", "-"], lines)
        self.assertEqual(result.code, 0, result.stderr)
        for number in (2, 5, 6):
            self.assertRegex(result.stderr, rf"stdin:{number}: '.*' left out: ")
        report = json.loads(result.stdout)
        self.assertEqual((report["config"]["questions"], report["config"]["bad_lines"]), (2, 3))
        many = bench(["-r", self.server, "--queries", "10", "-"], ["a..b"] * 100 + ["ok-a.test"])
        self.assertIn("100 of 101 lines left out", many.stderr)

    def test_input_without_a_name_is_refused(self):
        result = bench(["-r", self.server, "-"], "# nothing\na..b\n")
        self.assertEqual(result.code, 2)
        self.assertIn("holds no name", result.stderr)
        missing = bench(["-r", self.server, "/nonexistent/names"])
        self.assertEqual(missing.code, 2)
        self.assertIn("/nonexistent/names", missing.stderr)

    # --- TCP ----------------------------------------------------------------------------------------

    def test_tcp_pipelines_over_its_connections(self):
        result, counted = self.counted_run(["--tcp", "--sockets", "3", "--queries", "6000", "--in-flight",
                                            "200"])
        counts = result["counts"]
        self.assertEqual((counts["answered"], counts["connects"], counts["reconnects"]), (6000, 3, 0))
        self.assertEqual((counted["queries_tcp"], counted["queries_udp"]), (6000, 0))

    def test_lost_connections_are_opened_again_and_counted(self):
        result, _ = self.counted_run(["--tcp", "--sockets", "2", "--rate", "500", "--duration", "2"],
                                     ["*:tcp-answers=50"])
        counts = result["counts"]
        self.assert_adds_up(counts)
        self.assertGreater(counts["reconnects"], 2)
        self.assertEqual(counts["connects"], counts["reconnects"] + 2)
        self.assertGreater(counts["answered"], 300)

    def test_a_server_without_tcp_answers_nothing(self):
        result, _ = self.counted_run(["--tcp", "--duration", "0.5"], ["*:tcp-dead"], code=4)
        self.assertEqual(result["counts"]["answered"], 0)

    def test_a_real_server_answers_over_both(self):
        zone = os.path.join(os.path.dirname(os.path.abspath(__file__)), "zones", "types.test.zone")
        kind = servers.Nsd
        nsd = kind({"types.test": zone})
        try:
            for protocol in ([], ["--tcp"]):
                result = run_json(["-r", nsd.endpoint, *protocol, "--queries", "3000", "--in-flight", "50",
                                   "--dnssec", "-"],
                                  ["a.types.test", "mx.types.test MX", "nothing.types.test"])["result"]
                self.assertEqual(result["counts"]["rcodes"], {"NOERROR": 2000, "NXDOMAIN": 1000})
        finally:
            nsd.stop()

    # --- output -------------------------------------------------------------------------------------

    def test_the_text_names_the_figures(self):
        text = bench(["-r", self.server, "--rate", "500", "--duration", "1", "-"], NAMES).stdout.decode()
        for word in ("open loop, 500 queries/s", "sent", "answered", "lost", "NOERROR", "CPU second",
                     "99.99 %",
                     "from send", "sent late"):
            self.assertIn(word, text)

    def test_csv_has_a_line_a_second(self):
        result = bench(["-r", self.server, "--rate", "300", "--duration", "2.5", "-f", "csv", "-"], NAMES)
        rows = list(csv.DictReader(result.stdout.decode().splitlines()))
        self.assertEqual(list(rows[0]), ["second", "sent", "answered", "lost", "p50_us", "p99_us"])
        self.assertGreaterEqual(len(rows), 3)
        self.assertEqual(sum(int(row["sent"]) for row in rows), 750)

    def check_page(self, path, charts):
        with open(path, encoding="utf-8") as file:
            page = file.read()
        self.assertNotRegex(page, r"(?i)https?:|//[a-z]|@import|url\(|<script|<link|<img")
        reader = PageReader()
        reader.feed(page)
        reader.close()
        self.assertEqual(reader.seen.count("svg"), charts)
        self.assertGreater(reader.seen.count("path"), 10 * charts)
        self.assertEqual({"src", "href", "xlink:href"} & set(reader.attributes), set())
        self.assertNotRegex(page, r"\b(nan|inf)\b")
        return page

    def test_the_plot_is_one_page_without_outside_resources(self):
        path = os.path.join(process.scratch_dir("plot"), "time.html")
        for pace in (["--rate", "300"], ["--in-flight", "3"]):
            result = bench(["-r", self.server, *pace, "--duration", "2.2", "--plot", path, "--pattern",
                            "ok-{n}.te&st"])
            self.assertEqual(result.code, 0, result.stderr)
            page = self.check_page(path, charts=3)
            self.assertIn("ok-{n}.te&amp;st", page)
            self.assertIn("Latency over time", page)

    def test_a_plot_of_a_run_without_answers_is_a_page_too(self):
        path = os.path.join(process.scratch_dir("plot"), "none.html")
        with dnswarm.Simulator(1, ["*:dead"]) as simulator:
            result = bench(["-r", simulator.resolvers, "--queries", "5", "--timeout", "100", "--plot", path,
                            "--random", "test"])
        self.assertEqual(result.code, 4, result.stderr)
        with open(path, encoding="utf-8") as file:
            self.assertIn("<svg", file.read())

    # --- manners ------------------------------------------------------------------------------------

    def test_wrong_flags_are_named(self):
        good = ["-r", "127.0.0.1", "--random", "test"]
        for flags, words in ((["--random", "test"], "--server"), (["-r", "127.0.0.1"], "names"),
                             ([*good, "names.txt"], "one of FILE"), ([*good, "--rate", "0"], "--rate"),
                             ([*good, "--rate", "1", "--ramp", "1:2"], "--ramp"),
                             ([*good, "--ramp", "5:2"], "FROM below TO"),
                             ([*good, "--ramp", "1:2:3:4"], "--ramp"), ([*good, "--ramp", "1:2:1"], "steps"),
                             ([*good, "--max-loss", "3"], "--max-loss"),
                             ([*good, "--in-flight", "0"], "--in-flight"),
                             ([*good, "--duration", "0"], "--duration"),
                             ([*good, "--duration", "nan"], "--duration"),
                             ([*good, "--queries", "-1"], "--queries"),
                             ([*good, "--timeout", "0"], "--timeout"),
                             ([*good, "--queries", "5", "--ramp", "1:2"], "--queries"),
                             ([*good, "--workers", "0"], "--workers"),
                             ([*good, "--sockets", "x"], "--sockets"),
                             ([*good, "-f", "xml"], "--format"), ([*good, "-t", "NOPE"], "--type"),
                             ([*good, "--no-edns", "--dnssec"], "--no-edns"),
                             ([*good, "--seed", "x"], "--seed"),
                             ([*good, "--frobnicate"], "frobnicate"),
                             (["-r", "example.com", "--random", "test"], "--server"),
                             (["-r", "127.0.0.1:0", "--random", "test"], "--server"),
                             (["-r", "127.0.0.1,127.0.0.2", "--random", "test"], "--server"),
                             (["-r", "127.0.0.1", "--pattern", "{z}.test"], "{z}"),
                             (["-r", "127.0.0.1", "--pattern", "a..b"], "pattern"),
                             (["-r", "127.0.0.1", "--random", "a..b"], "pattern"),
                             ([*good, "--source", "::1"], "IP versions"),
                             ([*good, "--source", "x"], "--source"),
                             ([*good, "-o", "/tmp", "--plot", "x"], "/tmp")):
            with self.subTest(flags=flags):
                result = bench(flags)
                self.assertIn(result.code, (1, 2) if "-o" in flags else (2,), result.stderr)
                self.assertIn(words, result.stderr)
                self.assertEqual(result.stdout, b"")

    def test_help_is_complete(self):
        result = bench(["--help"])
        self.assertEqual((result.code, result.stderr), (0, ""))
        text = result.stdout.decode()
        for flag in ("--server", "--in-flight", "--rate", "--ramp", "--max-loss", "--duration", "--queries",
                     "--timeout",
                     "--tcp", "--sockets", "--workers", "--source", "--pattern", "--random", "--seed",
                     "--type", "--bufsize",
                     "--dnssec", "--no-edns", "--format", "--output", "--plot", "--fail-on", "--busy-poll",
                     "--io"):
            self.assertIn(flag, text)

    def test_a_file_named_like_the_subcommand_is_given_with_its_folder(self):
        folder = process.scratch_dir("named")
        with open(os.path.join(folder, "bench"), "w", encoding="ascii") as file:
            file.write("ok-a.test\n")
        done = subprocess.run([dnswarm.PROGRAM, "./bench", "-r", self.server, "-q"], cwd=folder,
                              capture_output=True, check=False,
                              timeout=60)
        self.assertEqual(json.loads(done.stdout)["name"], "ok-a.test")

    def test_signals_end_the_run_early_and_print_the_result(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            for pace in (["--rate", "200"], ["--ramp", "100:1000:10"], []):
                with self.subTest(signal=number, pace=pace):
                    child = dnswarm.start(["bench", "-r", self.server, *pace, "--duration", "100", "-f",
                                           "json",
                                           "--progress", "always", "--random", "test"])
                    child.stderr.readline()  # a second has gone by: it runs
                    child.send_signal(number)
                    out, _ = child.communicate(timeout=30)
                    self.assertEqual(child.returncode, code)
                    report = json.loads(out)
                    self.assertTrue(report["stopped"])
                    self.assertEqual(report["exit_code"], code)
                    for result in [report["result"]] if "result" in report else report["steps"]:
                        self.assert_adds_up(result["counts"])
                        self.assertGreater(result["counts"]["answered"], 0)

    def test_nobody_there_is_exit_code_4(self):
        with dnswarm.Simulator(1, ["*:dead"]) as simulator:
            result = bench(["-r", simulator.resolvers, "--queries", "20", "--timeout", "100", "--random",
                            "test"])
        self.assertEqual(result.code, 4, result.stderr)
        self.assertIn("answered nothing", result.stderr)
        closed = f"127.0.0.1:{process.free_port('127.0.0.1')}"
        result = bench(["-r", closed, "--duration", "0.3", "--timeout", "100", "--random", "test"])
        self.assertEqual(result.code, 4, result.stderr)
        self.assertRegex(result.stdout.decode(), "ICMP errors|send errors")

    def test_fail_on_makes_loss_an_exit_code(self):
        with dnswarm.Simulator(1, ["*:loss=30%"]) as simulator:
            flags = ["-r", simulator.resolvers, "--queries", "500", "--in-flight", "500", "--timeout", "200",
                     "--random", "test"]
            codes = [bench([*flags, "--fail-on", limit]).code for limit in ("none", "any", "1%", "90")]
        self.assertEqual(codes, [0, 3, 3, 0])

    def test_output_that_cannot_be_written_is_exit_code_1(self):
        flags = ["-r", self.server, "--queries", "10", "--random", "test"]
        result = bench([*flags, "-o", "/dev/full"])
        self.assertEqual(result.code, 1)
        self.assertIn("No space left", result.stderr)
        result = bench([*flags, "--plot", "/nonexistent/plot.html"])
        self.assertEqual((result.code, result.stdout), (1, b""))
        path = os.path.join(process.scratch_dir("out"), "result")
        self.assertEqual(bench([*flags, "-o", path, "--plot", path]).code, 2)
        self.assertEqual(bench([*flags, "-o", path, "-f", "json"]).code, 0)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(json.load(file)["result"]["counts"]["answered"], 10)

    def test_a_reader_that_went_away_is_exit_code_141(self):
        reading, writing = os.pipe()
        os.close(reading)
        result = bench(["-r", self.server, "--queries", "10", "--random", "test"], stdout=writing)
        os.close(writing)
        self.assertEqual(result.code, 141)

    def test_works_for_an_ordinary_user_with_stock_limits(self):
        report = run_json(["-r", self.server, "--queries", "20000", "--in-flight", "2000", "--random",
                           "test"],
                          preexec=dnswarm.ordinary_user(), program=dnswarm.program_for_everyone())
        counts = report["result"]["counts"]
        self.assertEqual((counts["answered"], counts["socket_drops"]), (20000, 0))

    def test_our_own_limit_is_said(self):
        """One small socket buffer, and a server that answers at once what it held back: the drops are ours."""
        with dnswarm.Simulator(1) as simulator:
            simulator.child.send_signal(signal.SIGSTOP)
            child = subprocess.Popen([dnswarm.program_for_everyone(), "bench", "-r", simulator.resolvers,
                                      "--sockets", "1",
                                      "--queries", "150", "--in-flight", "150", "--timeout", "2000",
                                      "--random", "test", "-f",
                                      "json"], stdout=subprocess.PIPE, preexec_fn=dnswarm.ordinary_user())
            time.sleep(0.5)
            child.send_signal(signal.SIGSTOP)
            simulator.child.send_signal(signal.SIGCONT)
            time.sleep(0.5)
            child.send_signal(signal.SIGCONT)
            out, _ = child.communicate(timeout=30)
        result = json.loads(out)["result"]
        self.assert_adds_up(result["counts"])
        if result["counts"]["socket_drops"] == 0:
            self.skipTest("this kernel's default buffer took 150 responses")
        self.assertTrue(result["client_is_limit"])
        self.assertIn("socket_drops", [limit["code"] for limit in result["client_limits"]])
        self.assertEqual(result["counts"]["lost"], result["counts"]["socket_drops"])


if __name__ == "__main__":
    tap.main()
