"""Readers, one module a format: the surest one reads a file."""

from __future__ import annotations

from playbook.data.readers import handsheet, kit_table, mapped
from playbook.data.readers.contract import Context, Reader, Recognition, Sample

# of equally sure readers the first one wins: what the user says comes before what the kit thinks
READERS: tuple[Reader, ...] = (mapped, handsheet, kit_table)
# below this nobody claims the file
SURE_ENOUGH = 0.5


def surest(sample: Sample, context: Context) -> tuple[Reader, Recognition] | None:
    """Return the reader that is surest of a file, or None where none is sure enough."""
    found = [(r, reader) for reader in READERS if (r := reader.recognise(sample, context))]
    if not found:
        return None
    recognition, reader = max(found, key=lambda pair: pair[0].sureness)
    return (reader, recognition) if recognition.sureness >= SURE_ENOUGH else None
