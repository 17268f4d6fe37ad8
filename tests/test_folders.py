"""Nothing is replaced or removed but what this program made."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from briefing.__main__ import main
from briefing.errors import Refusal
from briefing.render import folders
from briefing.render.edition import ROOT
from briefing.render.folders import clean, out_folder, publish, restore


@pytest.fixture
def checkout(tmp_path, monkeypatch) -> Path:
    """A checkout with a link to it, somebody's thesis and somebody's file beside it."""
    root = tmp_path / "checkout"
    for path in ("checkout/data", "checkout/notebooks", "texts", "thesis"):
        (tmp_path / path).mkdir(parents=True)
        (tmp_path / path / "own.txt").write_text("three years of work")
    (tmp_path / "link").symlink_to(root)
    (tmp_path / "plain").write_text("a file")
    monkeypatch.setattr(folders, "ROOT", root)
    return root


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts
    }


SPELLINGS = {
    "nothing": "",
    "the root": "/",
    "the current folder": ".",
    "with a slash": "./",
    "the checkout": "{root}",
    "the checkout with a slash": "{root}/",
    "the checkout through a link": "{top}/link",
    "the checkout by a detour": "{root}/data/../../checkout",
    "above the checkout": "{top}",
    "above by dots": "..",
    "the dossier": "{root}/data",
    "the dossier through a link": "{top}/link/data/",
    "inside the dossier": "{root}/data/new",
    "the notebooks": "{root}/notebooks",
    "the texts": "{top}/texts",
    "a thesis": "{top}/thesis",
    "a plain file": "{top}/plain",
    "below a plain file": "{top}/plain/new",
}


@pytest.mark.parametrize("here", ["", "notebooks"])
@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=list(SPELLINGS))
def test_an_out_that_is_not_ours_is_refused(checkout, monkeypatch, here, spelling):
    top = checkout.parent
    monkeypatch.chdir(checkout / here)
    with pytest.raises(Refusal, match="^--out: "):
        out_folder(spelling.format(root=checkout, top=top), [checkout / "data", top / "texts"])


@pytest.mark.parametrize("verb", [["build"], ["chapter", "8-method"]])
def test_a_verb_writes_nothing_into_what_it_reads(verb, tmp_path, capsys):
    data = shutil.copytree(ROOT / "data", tmp_path / "data")
    before = contents(data)
    for out in (data, data / "new"):
        assert main([*verb, "--data", str(data), "--texts", "", "--out", str(out)]) == 2
        assert capsys.readouterr().err.startswith("refused: --out: ")
    assert contents(data) == before


def a_build(folder: Path, edition: str = "default") -> Path:
    """A folder that looks like a build of ours, with one chart and one chapter."""
    (folder / "exhibits").mkdir(parents=True)
    (folder / "chapters").mkdir()
    manifest = {"edition": edition, "parameters": {}, "numbers": []}
    manifest |= {"inputs": {"notebooks/1-trade.ipynb": "0"}}
    manifest |= {"exhibits": [{"files": ["exhibits/bars.svg"]}]}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    for name in ("briefing.html", "briefing.pdf", "exhibits/bars.svg", "chapters/1-trade.ipynb"):
        (folder / name).write_text(name)
    return folder


def test_new_empty_and_built_folders_are_taken(tmp_path):
    (tmp_path / "empty").mkdir()
    a_build(tmp_path / "built")
    (tmp_path / "built" / "chapters" / ".ipynb_checkpoints").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "built")
    for name, real in {"new/deep": "new/deep", "empty/": "empty", "link": "built"}.items():
        assert out_folder(f"{tmp_path}/{name}") == tmp_path / real


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"edition": 3}', "[" * 9999, "\x00"])
def test_any_manifest_does_not_make_a_build(text, tmp_path):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(Refusal, match="no build"):
        out_folder(tmp_path)


def test_links_in_a_ring_names_of_no_file_and_somebodys_file_in_a_build_are_refused(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (a_build(tmp_path / "built") / "chapters" / "my-notes.md").write_text("notes")
    for given, said in (("a", "symbolic|loop"), ("\x00", "null"), ("built", "my-notes")):
        with pytest.raises(Refusal, match=said):
            out_folder(f"{tmp_path}/{given}")


def test_what_another_build_is_at_work_on_stays(tmp_path):
    (tmp_path / f".edition.new-{os.getppid()}").mkdir()
    (tmp_path / ".edition.old-mine").mkdir()
    restore(tmp_path / "edition")
    assert len(list(tmp_path.iterdir())) == 2


#: Replaces an edition, and dies before the call of that number that makes, moves or removes.
SWAP = """
import os, sys
from pathlib import Path
from briefing.render.folders import replaced_whole
left = [int(sys.argv[2])]
def dies(real):
    def call(*told, **more):
        if not left[0]:
            os._exit(9)
        left[0] -= 1
        return real(*told, **more)
    return call
for name in ("mkdir", "rename", "unlink", "rmdir"):
    setattr(os, name, dies(getattr(os, name)))
with replaced_whole(Path(sys.argv[1])) as stage:
    (stage / "briefing.html").write_text("newer")
"""


def test_killed_at_any_step_of_the_swap_an_edition_is_there_after_the_next_start(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "notebooks")}
    old = contents(a_build(tmp_path / "old"))
    for step in range(50):
        out = a_build(tmp_path / str(step) / "edition")
        command = [sys.executable, "-c", SWAP, str(out), str(step)]
        code = subprocess.run(command, env=environment).returncode
        restore(out)
        assert contents(out) in (old, {"briefing.html": b"newer"}), step
        assert [path.name for path in out.parent.iterdir()] == ["edition"], step
        if code == 0:
            break
    assert step > 8, "of making, two renames, and removing files and folders"


def test_publishing_replaces_a_briefing_and_nothing_else(tmp_path):
    built = a_build(tmp_path / "built")
    for name in folders._LINKED:
        (built / name).write_text("{}")
    published = tmp_path / "figures"
    publish(built, published)
    publish(built, published)
    given = {"briefing.html", "briefing.pdf", "exhibits/bars.svg", *folders._LINKED}
    assert set(contents(published)) == given
    (published / "thesis.txt").write_text("three years")
    with pytest.raises(Refusal, match=r"thesis\.txt"):
        publish(built, published)
    assert (published / "thesis.txt").is_file()


def test_clean_removes_what_was_made_and_names_what_it_leaves(tmp_path):
    build = tmp_path / "build"
    for name in ("default", "default-8-method", "figures"):
        a_build(build / name)
    a_build(build / "before")  # somebody's copy of an earlier build
    (build / "thesis").mkdir()
    (build / "compare").mkdir()
    (build / "compare" / "a--b.json").write_text(json.dumps({"generator": folders.GENERATOR}))
    (build / "compare" / "a--b.html").write_text(f'<meta content="{folders.GENERATOR}">')
    (build / "compare" / "mine.html").write_text("")
    left = clean(build)
    assert sorted(path.name for path in build.iterdir()) == ["before", "compare", "thesis"]
    assert [path.name for path in (build / "compare").iterdir()] == ["mine.html"]
    assert len(left) == 3


def test_clean_follows_no_link(tmp_path):
    (tmp_path / "real").mkdir()
    a_build(tmp_path / "real" / "default")
    (tmp_path / "build").symlink_to(tmp_path / "real")
    clean(tmp_path / "build")
    assert (tmp_path / "real" / "default" / "manifest.json").is_file()


def test_cleaning_needs_nothing_installed(tmp_path):
    copy = tmp_path / "checkout" / "notebooks" / "briefing" / "press" / "folders.py"
    copy.parent.mkdir(parents=True)
    shutil.copy(folders.__file__, copy)
    a_build(tmp_path / "checkout" / "build" / "default")
    done = subprocess.run([sys.executable, "-S", "-I", copy], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (tmp_path / "checkout" / "build").exists()
