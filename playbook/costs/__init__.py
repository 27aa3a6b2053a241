"""Chapter 07: what each creator costs in full, and per thing you want."""

from playbook.costs.curve import PriceCurve, median_regression, own_curve, smearing
from playbook.costs.table import fees, findings, full, full_cost

__all__ = ["PriceCurve", "fees", "findings", "full", "full_cost", "median_regression", "own_curve", "smearing"]
