"""Fill the kept answers of the notebooks anew: the text-only cells that nbval compares.

Run it after a change that is meant to change an answer, and look at the difference before committing it: another test derives
each of these counts and verdicts by other code.
"""

import json
import sys
import tempfile
from pathlib import Path

import papermill

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def fill(path: Path) -> None:
    book = json.loads(path.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        ran = papermill.execute_notebook(str(path), str(Path(folder) / path.name), progress_bar=False, cwd=folder)
    for cell in book["cells"]:
        if "keep_output" in cell["metadata"].get("tags", []):
            (done,) = [c for c in ran.cells if c["id"] == cell["id"]]
            text = "".join(o["text"] for o in done["outputs"] if o["output_type"] == "stream" and o["name"] == "stdout")
            # nbval takes a cell without a count for one that was never run
            cell["execution_count"] = done["execution_count"]
            cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": text.splitlines(keepends=True)}]
    path.write_text(json.dumps(book, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
        if len(sys.argv) == 1 or any(name in notebook.name for name in sys.argv[1:]):
            fill(notebook)
