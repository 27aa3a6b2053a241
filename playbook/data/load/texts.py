"""Captions of large files, kept on disk while their rows are sorted out: a row holds the mark of its text instead."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

MEMORY = "100MB"


class Texts:
    """Texts on disk, each under a mark that only the same text has.

    Parameters
    ----------
    folder : Path
        A place of its own, for as long as the texts are needed.
    """

    def __init__(self, folder: Path):
        self.path = folder / "texts.duckdb"
        self._db = None

    def __bool__(self) -> bool:
        return self._db is not None

    def marks(self, texts: np.ndarray) -> np.ndarray:
        """Put texts on disk and return their marks; missing ones stay missing."""
        there = pd.notna(texts)
        out = np.full(len(texts), None, dtype=object)
        known = texts[there]
        # 64 bits: of ten million texts two share a mark in one case of 400,000
        out[there] = [f"{h:016x}" for h in pd.util.hash_array(known, categorize=False).tolist()]
        frame = pd.DataFrame({"mark": out[there], "text": known}, dtype=object).drop_duplicates("mark")
        self._connected().register("piece", frame)
        self._connected().execute("INSERT INTO texts SELECT CAST(mark AS VARCHAR), CAST(text AS VARCHAR) FROM piece")
        self._connected().unregister("piece")
        return out

    def close(self) -> Path | None:
        """Return the file of texts, each mark once; None where there are none."""
        if self._db is None:
            return None
        self._db.execute("DELETE FROM texts WHERE rowid NOT IN (SELECT min(rowid) FROM texts GROUP BY mark)")
        self._db.close()
        self._db = None
        return self.path

    def _connected(self):
        if self._db is None:
            import duckdb

            self._db = duckdb.connect(str(self.path), config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
            self._db.execute(f"SET memory_limit = '{MEMORY}'; SET threads = 1; SET enable_progress_bar = false")
            self._db.execute("CREATE TABLE texts (mark VARCHAR, text VARCHAR)")
        return self._db
