"""`python -m playbook.world data/samples` writes the samples and their data dictionary anew."""

import sys

from playbook.world.samples import refresh

refresh(sys.argv[1])
