"""Kernels that are forks of one loaded process: the same results, nothing shared, nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from playbook.report import kernels, warm
from tests import report_world as world

pytestmark = [pytest.mark.notebooks, pytest.mark.skipif(not warm.available(), reason="kernels are forked on Linux alone")]

RECORD = """from IPython.display import display
display({"application/vnd.micro-influencer-playbook.record+json": {}}, raw=True)"""


@pytest.fixture
def job(tmp_path, warm_kernels):
    """A function that makes a job of some cells."""

    def of(*cells: str, name: str = "01_goals", **options) -> kernels.Job:
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in (*cells, RECORD)])
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        source = tmp_path / f"{name}.ipynb"
        nbformat.write(book, str(source))
        (scratch := tmp_path / "s").mkdir(exist_ok=True)
        options = {"environment": {}, "warm": warm_kernels} | options
        return kernels.Job(
            chapter="goals", source=source, target=tmp_path / "out" / source.name, campaign="x", fingerprint="", scratch=scratch, **options
        )

    return of


def outputs(job: kernels.Job) -> list:
    """Return the outputs of the notebook's own cells."""
    cells = nbformat.read(str(job.target), as_version=4).cells
    return [c.outputs for c in cells if c.cell_type == "code" and "injected-parameters" not in c.metadata.get("tags", [])]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pids: list[int], seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while any(alive(p) for p in pids) and time.monotonic() < until:
        time.sleep(0.05)
    return not any(alive(p) for p in pids)


def test_outputs_are_those_of_a_plain_kernel(root, tmp_path, warm_kernels):
    """Cell by cell, with alt texts and metadata."""
    home = world.campaign(tmp_path / "small")
    ran = {}
    for how in (None, warm_kernels):
        (scratch := tmp_path / "s").mkdir(exist_ok=True)
        target = tmp_path / str(bool(how)) / "04_engagement.ipynb"
        source = root / "notebooks" / "04_engagement.ipynb"
        environment = {"PYTHONHASHSEED": "0"}
        one = kernels.Job(
            chapter="engagement",
            source=source,
            target=target,
            campaign=str(home),
            fingerprint="",
            scratch=scratch,
            environment=environment,
            warm=how,
        )
        assert kernels.run(one).failure is None
        book = nbformat.read(str(target), as_version=4)
        ran[bool(how)] = [(c.source, c.get("execution_count"), c.get("outputs")) for c in book.cells]
    assert ran[True] == ran[False]
    assert any("image/png" in o.get("data", {}) and o["metadata"]["image/png"]["alt"] for _, _, cell in ran[True] for o in cell or [])


def test_each_kernel_has_its_own_place_environment_and_chance(job):
    cell = "import os, random, numpy as np\nprint(os.getcwd(), os.environ.get('MINE'), os.getpid(), random.random(), np.random.random())"
    said = []
    for mine in ("1", "2"):
        one = job(cell, environment={"MINE": mine})
        assert kernels.run(one).failure is None
        said.append(outputs(one)[0][0].text.split())
    assert all(a != b for a, b in zip(*said, strict=True)) and [s[1] for s in said] == ["1", "2"]
    assert "MINE" not in os.environ


def test_figures_are_shown_as_in_any_notebook(job):
    one = job("import matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    assert kernels.run(one).failure is None
    assert "image/png" in outputs(one)[0][-1].data


@pytest.mark.parametrize(
    ("cell", "options", "sentence"),
    [
        ("while True: pass", {"cell_seconds": 2}, "A cell took longer than 2 seconds and was stopped"),
        ("import time; time.sleep(600)", {"notebook_seconds": 3}, "The chapter took longer than 3 seconds and was stopped"),
        (
            "import numpy as np; kept = np.ones(10 * 2**30, dtype='uint8')",
            {"memory": 2 << 30},
            "A cell needed more memory than a chapter may take",
        ),
        ("import os; os._exit(3)", {}, "The kernel died"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", {}, "The kernel died"),
        ("1 / 0", {}, "ZeroDivisionError: division by zero"),
    ],
)
def test_a_kernel_that_fails_fails_alone(job, cell, options, sentence):
    bad = job("x = 1", cell, name="02_bad", limits=kernels.Limits(**options))
    started: list = []
    ran = kernels.run(bad, started)
    assert sentence in ran.failure.sentence and ran.failure.cell.startswith("cell 2")
    assert len(outputs(bad)) == 3, "the notebook is left as far as it came"
    good = job("print('fine')")
    assert kernels.run(good).failure is None and outputs(good)[0][0].text == "fine\n"
    assert not list(good.scratch.iterdir()), "nothing is left in the scratch folder"


HOLDER = """
import sys, tempfile, time
from pathlib import Path
from playbook.report import warm
with tempfile.TemporaryDirectory(prefix="pk-") as folder, warm.server(Path(folder)) as address:
    rest = dict(env={}, cwd=folder, log=folder + "/log", memory=None)
    kernels = [warm.fork(address, argv=["-f", folder + f"/{i}.json"], **rest) for i in range(2)]
    print(*(k.pid for k in kernels), flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_whoever_is_killed_leaves_no_kernel_behind(number):
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    pids = [int(p) for p in holder.stdout.readline().split()]
    assert len(pids) == 2 and all(alive(p) for p in pids)
    holder.send_signal(number)
    holder.wait(30)
    assert gone(pids)


def test_a_server_whose_starter_dies_while_it_loads_ends_then_and_there(tmp_path):
    command = [sys.executable, "-P", "-m", "playbook.report.warm", str(tmp_path / "warm")]
    server = subprocess.Popen(command, stdin=subprocess.PIPE)
    while not (tmp_path / "warm").exists():
        time.sleep(0.001)
    server.stdin.close()
    assert server.wait(60) == 1, "it would end with 0 after all had been loaded"


def test_kernels_start_the_plain_way_where_nobody_is_left_to_fork_from(job, tmp_path):
    one = job("print('fine')", warm=str(tmp_path / "nobody"))
    assert kernels.run(one).failure is None and outputs(one)[0][0].text == "fine\n"


def test_a_server_that_dies_takes_its_kernels_with_it(tmp_path):
    with warm.server(tmp_path) as address:
        kernel = warm.fork(address, argv=["-f", str(tmp_path / "k.json")], env={}, cwd="", log=str(tmp_path / "log"), memory=None)
        (parent,) = [
            int(line.split()[1]) for line in Path(f"/proc/{kernel.pid}/status").read_text().splitlines() if line.startswith("PPid")
        ]
        os.kill(parent, signal.SIGKILL)
        assert gone([kernel.pid]) and kernel.wait(5) == -signal.SIGKILL
        with pytest.raises(OSError):
            warm.fork(address, argv=[], env={}, cwd="", log="", memory=None)
