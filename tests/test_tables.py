"""Tables on pages: their rows are filled in by the kit, and no byte tells them from what great_tables draws itself."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.show.tables import LAB_STYLE, Table

# what hypothesis draws least often: marks of HTML, Markdown and money, and breaks
TEXT = st.text(alphabet=st.sampled_from("ab1 .,<>&\"'*_`[]()\\\n|$€%é\u200f"), max_size=12)
LABEL = st.text(alphabet=st.sampled_from("ab1 .,<>&'%()-"), min_size=1, max_size=8).filter(lambda t: bool(t.strip()))


@given(st.data(), st.lists(LABEL, min_size=1, max_size=4, unique=True), TEXT, TEXT)
@settings(max_examples=40, deadline=None)
def test_a_table_is_what_great_tables_draws(data, labels, title, note):
    rows = data.draw(st.lists(st.tuples(*[TEXT] * len(labels)), max_size=4))
    frame = pd.DataFrame(rows, columns=labels, dtype="str")
    numeric = tuple(data.draw(st.lists(st.sampled_from(labels), unique=True)))
    table = Table(frame, title, note, numeric)
    shown = table._repr_html_()
    key = shown.partition('<div id="')[2].partition('"')[0]
    # a number and its sign stay on one line
    spaced = frame.replace(r"(?<=\d) (?=[%€$£¥])", "\u00a0", regex=True)
    assert shown == f'<div class="pb-table">{LAB_STYLE}{table._drawn(spaced, key)}</div>'


def test_a_cell_that_is_no_text_is_left_to_great_tables():
    table = Table(pd.DataFrame({"A": ["x", None], "B": [1, 2]}), "", "", ("B",))
    assert ">2<" in table._repr_html_() and ">x<" in table._repr_html_()
