"""Numbers, dates, flags and words as people and tools write them, a whole column at a time.

A column arrives as it was written (text, or the typed cells of a workbook) and leaves typed. What could
not be understood becomes missing, with a :class:`Remark` that says which cells and why.
"""

from playbook.data.values.column import UNKNOWN, Cells, Declared, Parsed, Remark, plain
from playbook.data.values.dates import day_first, days, times
from playbook.data.values.numbers import numbers
from playbook.data.values.words import flags, words

__all__ = ["UNKNOWN", "Cells", "Declared", "Parsed", "Remark", "day_first", "days", "flags", "numbers", "plain", "times", "words"]
