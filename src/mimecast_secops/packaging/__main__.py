"""Builds the integration and the example playbooks, at the root of a checkout.

`python -m mimecast_secops.packaging integration|content-hub|playbooks`
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Final

from mimecast_secops.extras import missing_extra
from mimecast_secops.packaging.identity import FOLDER, IDENTIFIER
from mimecast_secops.packaging.wheels import PackagingError, dependency_wheels, platform_wheel

_NOT_INSTALLED: Final = 3

try:
    from mimecast_secops.packaging.built_tree import built_tree
    from mimecast_secops.packaging.playbooks import archives
    from mimecast_secops.packaging.source_tree import source_tree
    from mimecast_secops.packaging.trees import write, zipped
except ModuleNotFoundError as error:
    print(missing_extra(error) or error, file=sys.stderr)  # noqa: T201 -- a build tool
    raise SystemExit(_NOT_INSTALLED) from None

# An import of the package sends the archive through the browser, and every environment keeps a copy.
MAX_ARCHIVE_BYTES: Final = 1024 * 1024


def main(arguments: list[str] | None = None) -> int:
    """Write one of the layouts.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog="python -m mimecast_secops.packaging", description=__doc__)
    parser.add_argument("layout", choices=tuple(_BUILDS))
    parser.add_argument("--output", type=Path, required=True, help="folder to write to")
    parser.add_argument("--checkout", type=Path, default=Path.cwd(), help="root of the checkout")
    parser.add_argument("--work", type=Path, default=Path("build"), help="folder that keeps wheels between builds")
    options = parser.parse_args(arguments)
    try:
        summary = _BUILDS[options.layout](options)
    except (PackagingError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201 -- a build tool
        return 1
    print(summary)  # noqa: T201 -- a build tool
    return 0


def _build_integration(options: argparse.Namespace) -> str:
    cache = (options.checkout / options.work).resolve() / "wheels"
    with tempfile.TemporaryDirectory() as folder:
        wheels = [platform_wheel(options.checkout, Path(folder)), *dependency_wheels(options.checkout, cache)]
        tree = built_tree(_changelog(options.checkout), wheels)
    write(tree, options.output / IDENTIFIER)
    archive = zipped(tree)
    if len(archive) > MAX_ARCHIVE_BYTES:
        raise PackagingError(f"The integration has {len(archive)} bytes, more than the limit of {MAX_ARCHIVE_BYTES}.")
    target: Path = options.output / f"{IDENTIFIER}.zip"
    target.write_bytes(archive)
    return f"{target}  {len(archive) / 1024:.0f} kB, {len(wheels)} wheels"


def _build_content_hub(options: argparse.Namespace) -> str:
    target: Path = options.output / FOLDER
    with tempfile.TemporaryDirectory() as folder:
        tree = source_tree(_changelog(options.checkout), platform_wheel(options.checkout, Path(folder)))
    write(tree, target)
    return f"{target}  (to write its uv.lock, run `uv lock` inside content-hub)"


def _build_playbooks(options: argparse.Namespace) -> str:
    options.output.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, tree in archives(options.checkout / "examples" / "playbooks").items():
        target: Path = options.output / f"{name}.zip"
        target.write_bytes(zipped(tree))
        lines.append(f"{target}  {len(tree)} playbooks and blocks")
    return "\n".join(lines)


_BUILDS: Final = {"integration": _build_integration, "content-hub": _build_content_hub, "playbooks": _build_playbooks}


def _changelog(checkout: Path) -> str:
    return (checkout / "CHANGELOG.md").read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
