"""Prints each package that is installed, with its licence as it states that itself."""

from importlib.metadata import Distribution, distributions


def licence(package: Distribution) -> str:
    """The licence: an expression, classifiers, a word or, failing these, its file's first line."""
    told = package.metadata
    classes = [it for it in told.get_all("Classifier", []) if it.startswith("License")]
    files = [it.locate() for it in package.files or () if "LICENSE" in it.name.upper()]
    return (
        told["License-Expression"]
        or ", ".join(it.rpartition(" :: ")[2] for it in classes)
        or (told["License"] or files and files[0].read_text() or "states none").splitlines()[0]
    )


if __name__ == "__main__":
    for package in sorted(distributions(), key=lambda it: it.name.lower()):
        print(f"{package.name} {package.version}: {licence(package)}")
