"""A dnswarm that is in the middle of its work: what then happens to it is the test's business."""
import json
import os
import subprocess

from . import dnswarm, process


class Running:
    """Resolves `names` from a file into a file, and is under way: rows are done, and more are to come."""

    def __init__(self, flags, names, environment=None):
        folder = process.scratch_dir("run")
        self.rows_path, self.summary_path = folder + "/rows", folder + "/summary"
        with open(folder + "/names", "wb") as file:
            file.write(dnswarm.as_input(names))
        command = [dnswarm.PROGRAM, *map(str, flags), "--status-format", "json", "-o", self.rows_path,
                   "--summary", self.summary_path, folder + "/names"]
        self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                      env={**os.environ, **(environment or {})}, preexec_fn=process.die_with_parent)
        self.wait_for_progress()

    def wait_for_progress(self):
        """Until the next status line that has rows in it; they come once a second."""
        for line in self.child.stderr:
            status = json.loads(line)
            if "done" not in status:
                break
            if status["done"] > 0:
                return
        raise AssertionError("it was over before anything could happen to it")

    def end(self):
        """Waits for the end; what came out, with the summary."""
        errors = self.child.communicate(timeout=120 * dnswarm.NAMES_SCALE)[1]
        with open(self.rows_path, "rb") as file:
            result = dnswarm.Result(self.child.returncode, file.read(), errors)
        with open(self.summary_path, encoding="utf-8") as file:
            result.summary = json.load(file)
        return result
