"""Parts of a document, as chapters publish them, for tests of what prints it."""


def words(text: str, style: str = "") -> dict:
    return {"kind": "words", "text": text, "style": style}


def texts(*given: str | dict) -> list[dict]:
    """A text: strings become words."""
    return [words(part) if isinstance(part, str) else part for part in given]


def number(text: str, *claims: str, formula: str = "", low="40", high="40", hedge="") -> dict:
    ends = {"low": low, "high": high, "ends": "cc", "unit": "count", "hedge": hedge}
    formula = formula or " ".join(claims)
    return {"kind": "number", "text": text, "claims": list(claims), "formula": formula, **ends}


def heading(level: int, id: str, number: str, *text: str | dict) -> dict:
    return {"kind": "heading", "level": level, "id": id, "number": number, "text": texts(*text)}


def paragraph(*text: str | dict, style: str = "") -> dict:
    return {"kind": "paragraph", "style": style, "text": texts(*text), "claims": []}


def exhibit(kind: str, key: str, number: str, *title: str | dict, **more: object) -> dict:
    told = {"title": texts(*title), "subtitle": texts("In tons"), "foot": texts("Told.")}
    data = {"csv": "what,tons\nsalt,40\n", "code": "", "claims": ["salt"], "annex": False}
    return {"kind": kind, "key": key, "number": number, **told, **data, **more}


def entry(id: str, label: str, phrase: str, **more: object) -> dict:
    """The evidence of a claim."""
    where = [{"kind": "citation", "text": "Gazette"}, words(", paragraph 3")]
    told = {"id": id, "label": label, "phrase": phrase, "statement": f"Of {id}.", "locator": ""}
    return {**told, "where": where, "sentence": None, "uses": [], **more}


def section(id: str, part: str, *blocks: dict, further: list | None = None) -> dict:
    return {"id": id, "part": part, "blocks": list(blocks), "further": further or []}
