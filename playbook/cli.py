"""The command line. Every command is a thin layer over a function of the package; nothing heavy is imported before it is needed."""

from __future__ import annotations

import enum
import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

import playbook
from playbook.errors import BadCall, PlaybookError

app = typer.Typer(
    name="playbook",
    help="A guide to micro-influencer marketing that runs on your own data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
INTERRUPTED = 130
_debug = False

Campaign = Annotated[str, typer.Argument(metavar="DIR", help="A campaign folder, or a sample's name.", show_default=False)]


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # a console that cannot show a letter shows a question mark instead of failing
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    # welcome after the command, too, where people add it when something has failed
    if "--debug" in sys.argv[1:]:
        sys.argv[1:] = ["--debug", *(a for a in sys.argv[1:] if a != "--debug")]
    app()


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"playbook {playbook.__version__}")
        raise typer.Exit


@app.callback()
def _all_commands(
    debug: Annotated[bool, typer.Option("--debug", help="Show where in the code an error came from.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Show the version and stop.", callback=_version, is_eager=True)] = False,
) -> None:
    global _debug
    _debug = debug


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Register a command; whatever goes wrong in it ends in one sentence and an exit code."""

    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
        except (typer.Exit, typer.Abort, SystemExit):
            raise
        except BaseException as problem:
            if _debug:
                raise
            sentence, code = told(problem)
            print(sentence, file=sys.stderr)
            raise typer.Exit(code) from None

    return app.command()(guarded)


def told(problem: BaseException) -> tuple[str, int]:
    """Return the sentence and the exit code for an error.

    >>> told(BadCall("--set x: no such chapter."))
    ('--set x: no such chapter.', 2)
    >>> told(MemoryError())[1], told(KeyboardInterrupt())
    (1, ('Stopped; nothing was half-written.', 130))
    """
    import errno

    if isinstance(problem, BadCall):
        return str(problem), 2
    if isinstance(problem, PlaybookError):
        return str(problem), 1
    if isinstance(problem, KeyboardInterrupt):
        return "Stopped; nothing was half-written.", INTERRUPTED
    if isinstance(problem, MemoryError):
        return "There is not enough memory for this; close other programs, or keep fewer posts in the files.", 1
    if isinstance(problem, BrokenPipeError):
        return "", 1
    if isinstance(problem, OSError):
        where = problem.filename2 or problem.filename or "the disk"
        if problem.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
            return f"{where}: the disk is full; free some space, or write to another one.", 1
        return f"{where}: {problem.strerror or problem}; check that the place is there and may be read and written.", 1
    name = type(problem).__name__
    return f"Something in the kit itself failed ({name}); run it again with `playbook --debug …` and report what it prints.", 1


@command
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.", show_default=False)],
    sample: Annotated[str | None, typer.Option("--from", metavar="SAMPLE", help="Copy a sample campaign.", show_default=False)] = None,
    sheet: Annotated[bool, typer.Option("--sheet", help="With the workbook for collecting by hand instead of empty tables.")] = False,
) -> None:
    """Make a fresh campaign folder: a commented campaign.yml, and tables to fill in. Never overwrites."""
    from playbook import folders

    written = folders.new(folder, sample=sample, sheet=sheet)
    typer.echo(f"{folder}: {', '.join(p.relative_to(folder.expanduser()).as_posix() for p in written)}")
    if sheet:
        typer.echo(f"Fill in creators-sheet.xlsx, then run: playbook check {folder}")
    elif sample is None:
        typer.echo(f"Write down your brief in campaign.yml, put your files into {folder / 'exports'}, then run: playbook check {folder}")
    else:
        typer.echo(f"Next: playbook report {folder}")


@command
def check(
    folder: Campaign,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Read everything and say what was read and what was found. Writes nothing."""
    from playbook.check import check as run

    result = run(folder)
    if as_json:
        typer.echo(json.dumps(result.as_json(), ensure_ascii=False, indent=2))
    else:
        from playbook.cli_check import show

        show(result)
    raise typer.Exit(result.exit_code)


class Kernels(enum.StrEnum):
    """How the kernels of a report start."""

    warm = "warm"
    plain = "plain"


@command
def report(
    folder: Campaign,
    out: Annotated[Path | None, typer.Option(help="Where the report goes.", show_default="<name>-report where you are")] = None,
    chapter: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this chapter; may be repeated.", show_default=False)
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="CHAPTER.KNOB=VALUE", help="Change a knob; may be repeated.", show_default=False)
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="With the decision as a PDF.")] = False,
    kernels: Annotated[
        Kernels, typer.Option(help="Start notebooks as forks of a process that has the libraries loaded, or each on its own.")
    ] = Kernels.warm,
) -> None:
    """Run the chapters and write the report: pages, notebooks, a workbook and results.json; with --pdf the decision as a PDF."""
    from playbook.report.run import report as run

    result = run(folder, out=out, chapters=chapter or None, settings=settings or (), progress=typer.echo, start=kernels.value, pdf=pdf)
    for failure in result.failed:
        name = getattr(failure.chapter, "name", failure.chapter)
        typer.echo(f"Chapter {name} failed: {failure.sentence}", err=True)
    typer.echo(f"Report: {result.index}")
    raise typer.Exit(result.exit_code)


@command
def batch(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH…", help="Campaign folders, patterns such as 'clients/*', or a manifest (CSV, YAML).", show_default=False
        ),
    ],
    out: Annotated[Path, typer.Option(help="Where the reports go, a folder each.")] = Path("batch"),
    jobs: Annotated[int | None, typer.Option(min=1, help="Campaigns at a time.", show_default="one a core")] = None,
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Send the campaigns to a Dask cluster: tcp://host:8786.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Make every report anew, what has not changed too.")] = False,
    chapter: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this chapter; may be repeated.", show_default=False)
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="CHAPTER.KNOB=VALUE", help="Change a knob of all; may be repeated.", show_default=False),
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="With each decision as a PDF.")] = False,
    kernels: Annotated[
        Kernels, typer.Option(help="Start notebooks as forks of a process that has the libraries loaded, or each on its own.")
    ] = Kernels.warm,
    cell_minutes: Annotated[float | None, typer.Option(min=0.01, help="Longest time for a cell.", show_default="60")] = None,
    campaign_minutes: Annotated[float | None, typer.Option(min=0.01, help="Longest time for a campaign.", show_default="480")] = None,
    memory_gb: Annotated[float | None, typer.Option(min=0.5, help="Most memory of a notebook.", show_default="8, or its share")] = None,
) -> None:
    """Make the reports of many campaigns; skips what has not changed, goes on where an earlier batch stopped."""
    from playbook.cli_batch import run

    limits = {"cell_seconds": cell_minutes and 60 * cell_minutes, "campaign_seconds": campaign_minutes and 60 * campaign_minutes}
    limits["memory"] = memory_gb and int(memory_gb * 2**30)
    options = {"out": out, "jobs": jobs, "dask": dask, "force": force, "chapters": chapter or None, "pdf": pdf, "start": kernels.value}
    raise typer.Exit(run(paths, limits={k: v for k, v in limits.items() if v}, settings=settings or (), **options))


@command
def diff(
    first: Annotated[Path, typer.Argument(metavar="RUN_A", help="A report's folder.", show_default=False)],
    second: Annotated[Path, typer.Argument(metavar="RUN_B", help="Another one's.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print the changes as JSON.")] = False,
) -> None:
    """Say what changed between two reports: inputs, knobs, versions, chapters, claims, figures, findings."""
    from playbook.report import diff as differences

    changes = differences.diff(first, second)
    typer.echo(json.dumps(differences.as_json(changes), ensure_ascii=False, indent=2) if as_json else differences.told(changes))


@command
def world(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is not there yet, or empty.", show_default=False)],
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same bytes.")] = 1,
    creators: Annotated[int | None, typer.Option(min=1, help="How many creators.", show_default="as the kind has")] = None,
    posts: Annotated[int | None, typer.Option(min=1, help="How many posts each.", show_default="as the kind has")] = None,
    kind: Annotated[str, typer.Option(metavar="NAME", help="Which market: one of the samples' names.")] = "glow-skincare",
) -> None:
    """Write a synthetic campaign folder with its hidden truth beside it."""
    from playbook.world import make

    make(folder, kind=kind, seed=seed, creators=creators, posts=posts)
    typer.echo(f"{folder}: a synthetic campaign of the kind {kind}, seed {seed}; what really holds in it is in {folder / 'truth'}.")


@command
def outreach(
    folder: Campaign,
    out: Annotated[Path | None, typer.Option(help="Where the letters go.", show_default="<name>-outreach where you are")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="CHAPTER.KNOB=VALUE", help="Change a knob; may be repeated.", show_default=False)
    ] = None,
    templates: Annotated[bool, typer.Option("--templates", help="Copy the templates into DIR/templates, to change them there.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write anew what is there already.")] = False,
) -> None:
    """Write the letters, briefs and checklists for the shortlist as files, with the board to keep and the codes."""
    from playbook.folders import letters

    if templates:
        from playbook.campaign import folder_of

        written = letters.write_templates(folder_of(folder))
        typer.echo(f"{folder}: {len(written)} templates in templates/; what is not changed may be deleted again.")
        return
    typer.echo(letters.write_letters(folder, out=out, settings=settings or (), force=force).text)


@command
def workshop(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is not there yet, or empty.", show_default=False)],
    learners: Annotated[int, typer.Option(min=1, help="How many learners.")] = 24,
    seed: Annotated[
        str | None, typer.Option(help="Same seed, same bytes; whoever knows it can make the truth.", show_default="drawn")
    ] = None,
    kind: Annotated[str, typer.Option(metavar="NAME", help="Which market: a sample whose campaign is over.")] = "glow-skincare",
    offline: Annotated[
        str | None,
        typer.Option(
            metavar="PLATFORM", help="Add a package that installs without network: here, or such as win_amd64-3.12.", show_default=False
        ),
    ] = None,
) -> None:
    """Make a workshop: a campaign and chapters for each learner, and the truth, notes and slides for the trainer."""
    from playbook.teach import workshop as workshops

    if offline is not None:
        from playbook.teach import offline as packages

        packages.check(offline)
    made = workshops.make(folder, learners=learners, seed=seed, kind=kind, progress=typer.echo)
    typer.echo(
        f"{made.folder}: {len(made.learners)} learners; the truth and the seed are in {made.folder / 'trainer'}, so keep that to yourself."
    )
    if offline is not None:
        typer.echo(packages.write(made.folder, offline, progress=typer.echo))


@command
def learn(
    folder: Campaign,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="NEXT", help="The next campaign's folder; without it the file stays beside this one.", show_default=False
        ),
    ] = None,
) -> None:
    """Write what a campaign measured to learned.yml, for the next campaign to start from."""
    from playbook import folders

    written, sentence = folders.learn(folder, to=to)
    typer.echo(f"{sentence}\n{written}")


@command
def forget(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The campaign folder.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete the personal data of a campaign (handles, captions, comments, orders) and keep its figures."""
    from playbook import folders

    if not yes:
        typer.echo(
            f"This deletes handles, names, captions, comments and orders from {folder}, with the files in exports/. It cannot be undone."
        )
        if not typer.confirm("Go on?"):
            raise BadCall("Nothing was deleted.")
    done = folders.forget(folder)
    typer.echo(done.text)


@command
def doctor() -> None:
    """Check the machine and the installation."""
    from playbook.doctor import examine
    from playbook.doctor import show as show_examined

    results = examine()
    show_examined(results)
    raise typer.Exit(0 if all(r.ok for r in results) else 1)


@command
def guide(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where the book goes.")] = Path("playbook-guide"),
    campaign: Annotated[
        str, typer.Option(metavar="SAMPLE", help="Whose results it shows: a sample, or a campaign folder.")
    ] = "glow-skincare",
) -> None:
    """Write the playbook as a book: pages to read, search and print, with a sample's results."""
    from playbook.report.book import book

    typer.echo(f"Book: {book(folder, campaign=campaign, progress=typer.echo)}")


@command
def lab(
    folder: Annotated[str | None, typer.Argument(metavar="[DIR]", help="The campaign to open.", show_default="the first sample")] = None,
) -> None:
    """Open the guide's notebooks in JupyterLab, with DIR as the campaign."""
    from playbook.lab import start

    raise typer.Exit(start(folder))
