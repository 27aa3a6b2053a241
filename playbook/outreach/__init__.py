"""Chapter 09: whom to ask, what to write, and how to make sure that what comes back can be counted.

Every message is filled from the data and quotes it; nothing is praised that was not measured. Names and captions are other people's
text: they are put into messages as they are read, on one line, and never run or rendered.
"""

from __future__ import annotations

from playbook.outreach.chapter import counts, disclosure_sentence, findings, outcome, pipeline_sentence, shortlist_sentence
from playbook.outreach.choosing import shortlist
from playbook.outreach.documents import markdown, one_line
from playbook.outreach.facts import Fact, creator_facts
from playbook.outreach.marks import campaign_mark, make_codes, make_marks, tracking_file, tracking_plan, utm_link
from playbook.outreach.messages import Letter, languages, letters
from playbook.outreach.progress import Talks, board, pipeline, talks

__all__ = [
    "Fact",
    "Letter",
    "Talks",
    "board",
    "campaign_mark",
    "counts",
    "creator_facts",
    "disclosure_sentence",
    "findings",
    "languages",
    "letters",
    "make_codes",
    "make_marks",
    "markdown",
    "one_line",
    "outcome",
    "pipeline",
    "pipeline_sentence",
    "shortlist",
    "shortlist_sentence",
    "talks",
    "tracking_file",
    "tracking_plan",
    "utm_link",
]
