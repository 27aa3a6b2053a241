"""Reports for many campaigns: some at a time, each in a process of its own, resumed where an earlier batch stopped."""

from playbook.report.batch.line import Line
from playbook.report.batch.run import BatchResult, batch
from playbook.report.batch.tasks import Task

__all__ = ["BatchResult", "Line", "Task", "batch"]
