"""Every command that the documentation tells works, in the order in which it is told."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

import pytest
from conftest import INVENTED, ROOT, house_in, run

from briefing.__main__ import _parser
from briefing.render import edition

DOCUMENTS = ("README.md", "data/README.md", "notebooks/briefing/README.md")
#: Begins a command; what else is set as code is a name, or a part of one.
COMMAND = re.compile(
    r"(make|cp|rm|echo|pip|pandas\.\w+|(PYTHONPATH=\S+ )?\.venv/bin/\S+)(?= |$|\()"
)
#: What takes minutes, a network or a person, or builds the same with other values: their words are
#: read, and other tests run them.
LONG = re.compile(r"make (test|lab|bench|sweep|site$|briefing (EDITION|SET))")


def told(document: str) -> list[str]:
    """The commands of a document: lines of its shell blocks, and what is set as code in a line."""
    text = (ROOT / document).read_text(encoding="utf-8").replace("\\\n", "")
    found = re.findall(r"```sh\n(.*?)```|`([^`]+)`", text, flags=re.DOTALL)
    given = (block.splitlines() if block else [" ".join(span.split())] for block, span in found)
    lines = (line.strip() for lines in given for line in lines)
    return [line.partition("  #")[0].strip() for line in lines if COMMAND.match(line)]


COMMANDS = list(dict.fromkeys(command for document in DOCUMENTS for command in told(document)))


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Path:
    """The project as a newcomer has it, with an edition saved and the text of a next article."""
    more = ("tests/dossier", "tests/dossier/texts")
    house = house_in(tmp_path_factory.mktemp("newcomer") / "house", *more)
    (house / "notebooks/editions/mine.yaml").write_text("scale: log\n")
    (house / "next.txt").write_bytes((INVENTED / "texts/column.txt").read_bytes())
    return house


def test_the_documents_tell_commands_of_every_kind():
    verbs = {command.split()[1] for command in COMMANDS if command.startswith("make ")}
    assert verbs >= {*"briefing test check sweep compare chapter article accept site lab".split()}
    assert any("pandas" in command for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_is_told_works(house, request, monkeypatch, command):
    if command.endswith("TEXTS=DIR"):
        command = command.replace("DIR", str(request.getfixturevalue("real_texts")))
    command = command.replace("data/texts/next.txt", "next.txt")
    if command.startswith("pip "):
        assert (ROOT / command.split()[-1]).is_file()
    elif LONG.match(command):
        script = "import sys, json; print(json.dumps(sys.argv[1:]))"
        printer = shlex.join([sys.executable, "-c", script])
        target, *words = shlex.split(command)[1:]
        dry = ["-n"] if target in ("test", "lab") else []
        done = run("make", *dry, "-o", ".venv/.installed", f"briefing={printer}", target, *words)
        assert done.returncode == 0, done.stderr
        if not dry:
            chosen = _parser().parse_args(json.loads(done.stdout))
            assert not hasattr(chosen, "grid") or (ROOT / chosen.grid).is_file()
            if target == "briefing":  # raises Refusal for what cannot be built
                monkeypatch.setattr(edition, "EDITIONS", house / "notebooks/editions")
                edition.prepare(chosen.edition, chosen.pairs, chosen.data, "")
    else:
        if command.startswith("pandas."):
            command = f".venv/bin/python -c 'import pandas; print(len({command}))'"
        command = re.sub(r"^make", "make -o .venv/.installed", command)
        done = run("bash", "-ec", command, cwd=house)
        assert done.returncode == 0, (command, done.stdout[-500:], done.stderr[-1000:])
