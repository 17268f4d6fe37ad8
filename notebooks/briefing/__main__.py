"""The verbs: `python -m briefing VERB`, with notebooks/ on the path.

Exit code 0: done. 1: a chapter broke. 2: something that the user can mend. 130: interrupted.
"""

from __future__ import annotations

import argparse
import gc
import json
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from shutil import get_terminal_size
from threading import Lock
from typing import TYPE_CHECKING, Any

from .errors import NAME, ChapterFailed, Fault, Refusal, refuse_name, visible

if TYPE_CHECKING:
    from .render.run import Step


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        if chosen.verb in (_build, _sweep, _site, _compare):
            from .render.folders import workplace

            workplace()  # before what is imported next puts something where it is temporary
        return chosen.verb(chosen)
    except Refusal as refusal:
        for fault in refusal.faults:
            print("refused:", visible(" ".join(str(fault).splitlines())), file=sys.stderr)
        return 2
    except OSError as error:  # a full disk, a folder that nobody may write to
        place, why = error.filename or "the system", error.strerror or str(error)
        print("refused:", visible(f"{place}: {why}"), file=sys.stderr)
        return 2
    except ChapterFailed as failure:
        print("failed:", visible(str(failure)), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; what was built before is as it was", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m briefing", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    data = argparse.ArgumentParser(add_help=False)
    data.add_argument("--data", metavar="DIR", help="the dossier (default: data/)")
    where = argparse.ArgumentParser(add_help=False, parents=[data])
    where.add_argument("--texts", metavar="DIR", help="the article texts; '' for none")
    runs = argparse.ArgumentParser(add_help=False, parents=[where])
    runs.add_argument("--limit", metavar="SECONDS", type=int, default=600, help="of a cell (600)")
    what = argparse.ArgumentParser(add_help=False, parents=[runs])
    what.add_argument("--edition", metavar="NAME", default="default", help="a file of editions/")
    pair: Any = {"metavar": "NAME=VALUE", "help": "a parameter; see the verb `parameters`"}
    what.add_argument("--set", action="append", default=[], dest="pairs", **pair)
    what.add_argument("--front", action="store_true", help="with a picture of page one")
    what.add_argument("--out", metavar="DIR", help="the folder that the edition becomes")
    what.add_argument("--publish", metavar="DIR", help="a folder to fill with what readers need")
    verb = verbs.add_parser("build", parents=[what], help="execute and render one edition")
    verb.set_defaults(verb=_build, name=None)
    verb = verbs.add_parser("chapter", parents=[what], help="execute and render one chapter")
    verb.add_argument("name", help="such as 1-trade")
    verb.set_defaults(verb=_build)
    verb = verbs.add_parser("sweep", parents=[runs], help="build many editions, side by side")
    verb.add_argument("grid", type=Path, metavar="FILE", help="YAML: lists of values by parameter")
    verb.add_argument("--dask", metavar="ADDRESS", help="a Dask cluster to work on")
    verb.add_argument("--out", type=Path, metavar="DIR", help="the folder for all of it")
    verb.set_defaults(verb=_sweep)
    verb = verbs.add_parser("compare", parents=[where], help="what changed between two builds")
    for side, said in (("old", "A"), ("new", "B")):
        verb.add_argument(side, metavar=said, help="an edition, or a folder that holds a build")
    verb.set_defaults(verb=_compare)
    verb = verbs.add_parser("check", parents=[where], help="check the dossier and its promises")
    verb.set_defaults(verb=_check)
    said = "suggest rows for the next article's text"
    verb = verbs.add_parser("suggest", parents=[data], help=said)
    verb.add_argument("file", metavar="FILE", help="the article's text, as UTF-8")
    said = "the day that relative dates count from, where the text states none"
    verb.add_argument("--date", metavar="DAY", default="", help=said)
    verb.set_defaults(verb=_suggest)
    verb = verbs.add_parser("accept", parents=[where], help="move completed suggestions in")
    verb.set_defaults(verb=_accept)
    verb = verbs.add_parser("correct", parents=[where], help="mend one cell, and keep what it was")
    for name in ("table", "id", "column", "value"):
        verb.add_argument(name, metavar=name.upper())
    said = "another cell of the row, where they can only be right together"
    verb.add_argument("--also", action="append", default=[], metavar="COLUMN=VALUE", help=said)
    verb.add_argument("--reason", required=True, metavar="WORDS", help="why the cell is wrong")
    verb.set_defaults(verb=_correct)
    verb = verbs.add_parser("parameters", parents=[where], help="print every parameter")
    verb.set_defaults(verb=_parameters)
    said = "make a folder for any static host, without the texts"
    verb = verbs.add_parser("site", parents=[data], help=said)
    verb.add_argument("editions", nargs="*", metavar="EDITION", help="beside default; all")
    verb.add_argument("--out", metavar="DIR", help="the folder to fill (default: build/site/)")
    verb.add_argument("--address", metavar="URL", default="", help="where it will stand")
    said = "a site published before: tell what changed since"
    verb.add_argument("--since", metavar="DIR", type=Path, help=said)
    verb.set_defaults(verb=_site)
    verb = verbs.add_parser("bench", help="measure time and memory, as ratios in one run")
    verb.add_argument(
        "--rounds", type=int, default=3, metavar="N", help="how often (3); 0: scale only"
    )
    verb.add_argument("--claims", type=int, default=5_000, metavar="N", help="at most (5000)")
    verb.add_argument("--against", metavar="DIR", help="another checkout, to build side by side")
    verb.add_argument("--first", action="store_true", help="install into an empty folder, too")
    verb.set_defaults(verb=_bench)
    return parser


def _build(chosen: argparse.Namespace) -> int:
    from .render import store
    from .render.folders import out_folder, publish, restore

    refuse_name("edition", chosen.edition, store.editions())
    if chosen.name is not None and not NAME.fullmatch(chosen.name):  # it becomes a folder
        from .report.parameters import find_chapter

        find_chapter(chosen.name)
    folder = chosen.edition if chosen.name is None else f"{chosen.edition}-{chosen.name}"
    out = out_folder(store.ROOT / "build" / folder if chosen.out is None else chosen.out)
    restore(out)
    asked = {name: getattr(chosen, name) for name in ("pairs", "data", "texts")}
    asked |= {"name": chosen.edition, "only": chosen.name}
    key = store.edition_key(asked | {"front": chosen.front}, out)
    if store.current(out, key):
        print("up to date")
    else:
        from .render import pool

        pool.start()  # it imports what kernels need while we import what a build needs
        from .render.build import build_asked

        with _Progress() as progress:
            build_asked(asked, out, key, progress, chosen.front, chosen.limit)
    made = json.loads((out / "manifest.json").read_bytes())
    if made["untold"] and chosen.name is None and not made["parameters"].get("chapters"):
        print(f"told in no chapter, nor set down in not_used.csv: {', '.join(made['untold'])}")
    if chosen.publish is not None:
        out = publish(out, Path(chosen.publish))
    for name in ("briefing.html", "briefing.pdf"):
        print(_short(out / name))
    return 0


def _sweep(chosen: argparse.Namespace) -> int:
    from .render.sweep import sweep

    where = (chosen.data, chosen.texts, chosen.out, chosen.dask, chosen.limit)
    with _Progress() as progress:
        page, executed = sweep(chosen.grid, progress, *where)
    print(f"{executed} chapters executed, each once", page.with_name("figures.csv"), page, sep="\n")
    return 0


class _Progress:
    """What a build is at: one line that renews itself on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        self._states: dict[str, str] = {}
        self._lock = Lock()
        self._terminal = sys.stdout.isatty()

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._terminal:
            print("\r\033[K", end="", flush=True)

    def __call__(self, step: Step) -> None:
        """Tell of a step; threads may."""
        with self._lock:
            self._states[step.what] = step.state
            runs = ", ".join(name for name, it in self._states.items() if it == "runs")
            of = Counter(self._states.values())
            at = f"[{of['kept'] + of['done']}/{of.total()}]"
            if self._terminal:
                told = [f"{runs} running"] * bool(runs) + [f"{of['kept']} kept"] * bool(of["kept"])
                told += [f"{of['waits']} left"] * bool(of["waits"])
                width = get_terminal_size().columns - 1  # in the last column a line would break
                print(f"\r\033[K{' '.join([at, '; '.join(told)])[:width]}", end="", flush=True)
            elif step.ended:
                left = f"; {of['waits'] + of['runs']} left" * (of.total() > 20)
                print(f"{at} {step}{left}", flush=True)


def _short(path: Path) -> str:
    """A path as seen from here, where it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _site(chosen: argparse.Namespace) -> int:
    from .render.site import site

    asked = (chosen.out, chosen.data, chosen.editions, chosen.address)
    with _Progress() as progress:
        out = site(*asked, progress, chosen.since)
    print(_short(out / "index.html"))
    return 0


def _bench(chosen: argparse.Namespace) -> int:
    from .render.bench import bench

    asked = (chosen.rounds, chosen.against, chosen.first, chosen.claims)
    print(_short(bench(*asked, partial(print, flush=True))))
    return 0


def _compare(chosen: argparse.Namespace) -> int:
    from .render.build import compare

    tell = partial(print, flush=True)
    made = compare(chosen.old, chosen.new, tell, chosen.data, chosen.texts)
    print("\n".join([*map(visible, made.lines), _short(made.page), _short(made.data)]))
    return 0


def _check(chosen: argparse.Namespace) -> int:
    from .claims.check import check

    print("\n".join(check(chosen.data, chosen.texts)))
    return 0


def _suggest(chosen: argparse.Namespace) -> int:
    from .claims.suggest import suggest

    print("\n".join(suggest(chosen.file, chosen.data, chosen.date)))
    return 0


def _accept(chosen: argparse.Namespace) -> int:
    from .claims.accept import accept

    print("\n".join(accept(chosen.data, chosen.texts)))
    return 0


def _correct(chosen: argparse.Namespace) -> int:
    from .claims.accept import correct

    cells = {chosen.column: chosen.value}
    for pair in chosen.also:
        column, equals, value = pair.partition("=")
        if not equals:
            raise Refusal([Fault("--also", pair, "the form COLUMN=VALUE is expected")])
        cells[column] = value
    row = (chosen.table, chosen.id, cells, chosen.reason, chosen.data, chosen.texts)
    print("\n".join(correct(*row)))
    return 0


def _parameters(chosen: argparse.Namespace) -> int:
    from .claims.load import load
    from .report.parameters import allowed, chapters, declared, every_parameter

    dossier = load(chosen.data)
    users = {path.stem: {item.name for item in declared(path)} for path in chapters()}
    for name, item in every_parameter(chapters()).items():
        where = ", ".join(chapter for chapter, names in users.items() if name in names)
        choices = allowed(item, dossier)
        told = f"    allowed: {', '.join(map(str, choices))}\n" if choices else ""
        print(
            f"{name}: {item.annotation} = {item.default!r}\n"
            f"    {item.meaning}\n{told}    chapters: {where}"
        )
    return 0


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):  # told to end by others, as by Ctrl-C
        signal.signal(number, signal.default_int_handler)
    status = main()
    gc.freeze()  # looking for garbage at the end takes longer than an edition that is up to date
    sys.exit(status)
