"""Make data/samples anew from their seeds, without the truth: that can be regenerated."""

from pathlib import Path

from playbook import world

if __name__ == "__main__":
    samples = Path(__file__).resolve().parent.parent / "data" / "samples"
    for kind, seed in world.SAMPLE_SEED.items():
        world.make(samples / kind, kind=kind, seed=seed, truth=False)
