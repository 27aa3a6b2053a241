"""seaborn without its sliders: it would import ipywidgets, which no report needs and which takes longer to load than seaborn's charts."""

from __future__ import annotations

import sys

if "seaborn" not in sys.modules and "ipywidgets" not in sys.modules:
    # None makes an import fail as if the package were absent, which seaborn is prepared for
    sys.modules["ipywidgets"] = None  # type: ignore[assignment]
    try:
        import seaborn
    finally:
        del sys.modules["ipywidgets"]
else:
    import seaborn

__all__ = ["seaborn"]
