"""`python -m mimecast_secops.packaging integration|content-hub`: what `make` calls, from the root of a checkout."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Final

from mimecast_secops.packaging.built_tree import built_tree
from mimecast_secops.packaging.identity import FOLDER, IDENTIFIER
from mimecast_secops.packaging.source_tree import source_tree
from mimecast_secops.packaging.trees import write, zipped
from mimecast_secops.packaging.wheels import WheelsMissing, closure, our_wheel

_MOST_BYTES: Final = 4 * 1024 * 1024


def main(arguments: list[str] | None = None) -> int:
    """Write one of the layouts. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m mimecast_secops.packaging", description=__doc__)
    parser.add_argument("layout", choices=("integration", "content-hub"))
    parser.add_argument("--output", type=Path, required=True, help="folder to write to")
    parser.add_argument("--checkout", type=Path, default=Path.cwd(), help="root of the checkout")
    parser.add_argument("--work", type=Path, default=Path("build"), help="folder for wheels between builds")
    given = parser.parse_args(arguments)
    try:
        made = _integration(given) if given.layout == "integration" else _content_hub(given)
    except (WheelsMissing, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201 -- a build tool
        return 1
    print(made)  # noqa: T201 -- a build tool
    return 0


def _integration(given: argparse.Namespace) -> str:
    work = (given.checkout / given.work).resolve()
    with tempfile.TemporaryDirectory() as fresh:
        wheels = [our_wheel(given.checkout, Path(fresh)), *closure(given.checkout, work / "wheels")]
        tree = built_tree(_changelog(given.checkout), wheels)
    write(tree, given.output / IDENTIFIER)
    archive = zipped(tree)
    if len(archive) > _MOST_BYTES:
        raise WheelsMissing(f"The integration has {len(archive)} bytes; at most {_MOST_BYTES} are meant to ship.")
    target: Path = given.output / f"{IDENTIFIER}.zip"
    target.write_bytes(archive)
    return f"{target}  {len(archive) / 1024:.0f} kB, {len(wheels)} wheels"


def _content_hub(given: argparse.Namespace) -> str:
    target: Path = given.output / FOLDER
    with tempfile.TemporaryDirectory() as fresh:
        tree = source_tree(_changelog(given.checkout), our_wheel(given.checkout, Path(fresh)))
    write(tree, target)
    return f"{target}  (write its uv.lock with `uv lock` inside content-hub)"


def _changelog(checkout: Path) -> str:
    return (checkout / "CHANGELOG.md").read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
