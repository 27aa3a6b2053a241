"""Writing `learned.yml`: whole or not at all, the old one kept."""

from __future__ import annotations

from pathlib import Path

from playbook.brief import LEARNED, learned_from
from playbook.campaign import Campaign
from playbook.errors import NotUsable
from playbook.findings import Missing
from playbook.results import as_learned, learned_sentence, learned_yaml, lessons
from playbook.whole import write_whole


def write(campaign: Campaign, to: Path | None) -> tuple[Path, str]:
    """Write what the campaign measured; return the file and the sentence."""
    target = campaign.folder if to is None else to
    if not target.is_dir():
        raise NotUsable(f"{target} is not a folder: make the next campaign first, with `playbook new {target}`.")
    found = as_learned(campaign.data, campaign.brief)
    if isinstance(found, Missing):
        raise NotUsable(found.text)
    path = target / LEARNED
    try:
        if path.is_file():
            old = learned_from(path.read_text(encoding="utf-8-sig"), str(path))
            names = {f.campaign for f in found.forecasts}
            found = found.model_copy(update={"forecasts": [*(f for f in old.forecasts if f.campaign not in names), *found.forecasts]})
            path.with_name(LEARNED + ".bak").write_bytes(path.read_bytes())
        write_whole(path, learned_yaml(found))
    except UnicodeDecodeError:
        raise NotUsable(f"{path} is not UTF-8; save it as UTF-8 text, or move it away.") from None
    except OSError as problem:
        raise NotUsable(
            f"{path} cannot be written ({problem.strerror or problem}); use --to with a folder that you may write to."
        ) from None
    return path, learned_sentence(lessons(campaign.data, campaign.brief), campaign.brief)
