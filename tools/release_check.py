"""`make release-check`: what is shipped is installed from nothing, and works."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="release-check-") as folder:
        place = Path(folder)
        built = place / "built"
        run(sys.executable, "-m", "hatchling", "build", "--directory", str(built))
        wheel, sdist = next(built.glob("*.whl")), next(built.glob("*.tar.gz"))
        for kind, archive in (("wheel", wheel), ("sdist", sdist)):
            python = environment(place / kind)
            run(python, "-m", "pip", "install", "-q", "--require-hashes", "-r", "requirements/app.txt")
            run(python, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", str(archive))
            run(python, "-m", "mimecast_secops.cli.main", "demo", cwd=place)
            print(f"{kind}: installed, and its demo ran")
        archives = [integration(place / f"zip-{number}") for number in (1, 2)]
        if archives[0].read_bytes() != archives[1].read_bytes():
            print("zip: two builds differ", file=sys.stderr)
            return 1
        ships(place / "platform", archives[0])
        print("zip: two builds are identical, its wheels install alone and every action loads")
    return 0


def integration(output: Path) -> Path:
    work = output.with_name(f"{output.name}-work")
    command = (sys.executable, "-m", "mimecast_secops.packaging", "integration", "--output", str(output))
    run(*command, "--work", str(work))
    return output / "Mimecast.zip"


def ships(place: Path, archive: Path) -> None:
    """The wheels of the zip, alone in an environment, are enough for every action and for the connector."""
    python = environment(place)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(place / "Mimecast")
    wheels = [str(path) for path in (place / "Mimecast" / "Dependencies").glob("*.whl")]
    run(python, "-m", "pip", "install", "-q", "--no-index", "--no-deps", *wheels)
    run(
        python,
        "-c",
        "from mimecast_secops.actions import all_actions; import mimecast_secops.soar.connector as c; "
        "assert len(all_actions()) >= 11",
        cwd=place,
    )


def environment(place: Path) -> str:
    run(sys.executable, "-m", "venv", str(place / "venv"))
    return str(place / "venv" / "bin" / "python")


def run(*command: str, cwd: Path = ROOT) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MIMECAST"))}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        raise SystemExit(f"failed: {' '.join(command)}")


if __name__ == "__main__":
    sys.exit(main())
