"""Chapter 08: the best set of creators for the budget, and how good it is."""

from playbook.portfolio.candidates import Candidates, candidates
from playbook.portfolio.choice import Choice, choose

__all__ = ["Candidates", "Choice", "candidates", "choose"]
