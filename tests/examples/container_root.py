"""Executes a Containerfile without a container engine: each stage is a folder, each instruction runs in it with chroot.

The stand-in for the base image has the tools of this machine, read-only, and its own /etc, /opt, /tmp and /var. Network
and mounts are separate from those of the machine, so that ports cannot collide and nothing of the machine changes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

import dockerfile

from tests.cli.command_line import CLEAN_ENVIRONMENT

IMAGE: Final = "docker.io/library/python:3.11-slim"
_PATH: Final = f"{sys.base_prefix}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Shared with the machine, read-only. `pip` verifies certificates with /etc/ssl, and does not need it here.
_SHARED: Final = ("/usr", "/bin", "/sbin", "/lib", "/lib64", sys.base_prefix)
_FOLDERS: Final = ("dev", "etc", "home", "opt", "proc", "root", "run", "tmp", "var/lib", "wheels")
_ETC: Final = {
    "passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "group": "root:x:0:\n",
    "shadow": "root:*:1::::::\n",
    "gshadow": "root:*::\n",
    "login.defs": "UID_MAX 60000\nGID_MAX 60000\n",
    "hosts": "127.0.0.1 localhost\n",
}
# Instructions that are lists of words, and the member of `Image` that they set.
_COMMANDS: Final = {"HEALTHCHECK": "healthcheck", "ENTRYPOINT": "entrypoint", "CMD": "command"}
# The namespaces live as long as this process: the loopback interface is up, and the folders are mounted.
_HOLDER: Final = """
import fcntl, os, socket, struct, subprocess, sys
root, wheels, volume, *shared = sys.argv[1:]
def mount(*words): subprocess.run(["mount", *words], check=True)
def bind(source, target):
    mount("--rbind", source, target)
    mount("-o", "remount,bind,ro", target)
if volume:
    mount("--bind", root, root)
    mount("-o", "remount,bind,ro", root)
    mount("-t", "tmpfs", "tmpfs", root + "/tmp")
    mount("--bind", volume, root + volume.removeprefix(root))
    mount("-o", "remount,bind,rw", root + volume.removeprefix(root))
for path in shared:
    bind(path, root + path)
bind(wheels, root + "/wheels")
mount("-t", "proc", "proc", root + "/proc")
mount("--rbind", "/dev", root + "/dev")
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP
print("ready", flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A stage of a Containerfile, and what its instructions have set."""

    root: Path
    wheels: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": _PATH})
    user: str = "0:0"
    folder: str = "/"
    volumes: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    stop_signal: str = "SIGTERM"
    healthcheck: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()

    def path(self, text: str) -> Path:
        """Where a path of the image, or one relative to its working folder, is on this machine."""
        return self.root / os.path.normpath(Path(self.folder, text)).lstrip("/")


class Container:
    """The namespaces of a container. `start` and `run` execute commands in it, as the user of the image.

    Args:
        image: the image.
        is_read_only: whether the root is read-only, as with `--read-only`: /tmp and the volume stay writable.
    """

    def __init__(self, image: Image, *, is_read_only: bool = False) -> None:
        self.image = image
        for path in _SHARED:
            (image.root / path.lstrip("/")).mkdir(parents=True, exist_ok=True)
        volume = str(image.path(image.volumes[0])) if is_read_only else ""
        words = [sys.executable, "-c", _HOLDER, str(image.root), str(image.wheels), volume]
        shared = [path for path in _SHARED if Path(path).exists()]
        self._holder = subprocess.Popen(
            ["unshare", "--mount", "--net", "--propagation", "private", *words, *shared],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == "ready\n", "The namespaces could not be set up."

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._holder.communicate()

    def start(self, *words: str, environment: dict[str, str] | None = None, **options: Any) -> subprocess.Popen[str]:
        """Start a command with exactly the environment of the image and of `environment`."""
        home = "/root" if self.image.user.startswith("0") else self._home()
        values = {"HOME": home} | self.image.environment | (environment or {})
        enter = ["nsenter", "--mount", "--net", f"--target={self._holder.pid}"]
        # No shell comes between: a signal to this process reaches the command.
        chroot = ["chroot", f"--userspec={self.image.user}", "--groups=", str(self.image.root)]
        clean = ["env", "--ignore-environment", f"--chdir={self.image.folder}"]
        settings = [f"{name}={value}" for name, value in values.items()]
        streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen([*enter, *chroot, *clean, *settings, *words], **streams | options)

    def run(self, *words: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        with self.start(*words, environment=environment) as process:
            output, errors = process.communicate(timeout=300)
            return subprocess.CompletedProcess(words, process.returncode, output, errors)

    def _home(self) -> str:
        """The home folder of the user of the image, as an engine reads it."""
        uid = self.image.user.partition(":")[0]
        lines = (self.image.root / "etc/passwd").read_text().splitlines()
        [home] = [line.split(":")[5] for line in lines if line.split(":")[2] == uid]
        return home


def download_wheels(requirements: Path, folder: Path) -> None:
    """Get the distributions that the build installs. In the container, pip has no network and no other source."""
    words = ["download", "--quiet", "--disable-pip-version-check", "--require-hashes", "--dest", str(folder)]
    subprocess.run(
        [sys.executable, "-m", "pip", *words, "-r", str(requirements)], check=True, timeout=500, env=CLEAN_ENVIRONMENT
    )


def build(containerfile: Path, context: Path, wheels: Path, folder: Path) -> Image:
    """Execute all instructions of a Containerfile.

    Args:
        containerfile: the file.
        context: the folder that COPY reads from.
        wheels: the distributions that pip may install.
        folder: an empty folder for the stages.

    Returns:
        The last stage.
    """
    builder = _Builder(context, wheels, folder)
    for instruction in dockerfile.parse_file(str(containerfile)):
        builder.execute(instruction)
    return builder.image


class _Builder:
    def __init__(self, context: Path, wheels: Path, folder: Path) -> None:
        self._context, self._wheels, self._folder = context, wheels, folder
        self._stages: dict[str, Image] = {}
        self.image = Image(root=folder, wheels=wheels)

    def execute(self, instruction: dockerfile.Command) -> None:
        """Execute one instruction. An instruction that this class does not know is an error."""
        name, value = instruction.cmd.upper(), instruction.value
        if name in _COMMANDS:
            # The shell form would put a shell between the engine's signals and the process.
            assert instruction.json, f"{name} must be a JSON list."
            self._set(**{_COMMANDS[name]: value[1:] if name == "HEALTHCHECK" else value})
        elif name == "COPY":
            self._copy(instruction.flags, [*value])
        else:
            method = getattr(self, f"_{name.lower()}", None)
            assert method is not None, f"The instruction {name} is not supported here."
            method(*value)

    def _set(self, **values: Any) -> None:
        self.image = replace(self.image, **values)

    def _from(self, image: str, *name: str) -> None:
        assert image == IMAGE
        stage = name[1] if name else "final"  # FROM image AS name
        root = self._folder / stage
        for path in _FOLDERS:
            (root / path).mkdir(parents=True)
        (root / "tmp").chmod(0o1777)
        for file, text in _ETC.items():
            (root / "etc" / file).write_text(text)
        self.image = self._stages[stage] = Image(root=root, wheels=self._wheels)

    def _copy(self, flags: tuple[str, ...], paths: list[str]) -> None:
        assert len(flags) <= 1
        *sources, target = paths
        source_root = self._context
        for flag in flags:
            assert flag.startswith("--from="), flag
            source_root = self._stages[flag.removeprefix("--from=")].root
        for source in sources:
            path, destination = source_root / source.lstrip("/"), self.image.path(target)
            if path.is_dir():
                shutil.copytree(path, destination, symlinks=True, dirs_exist_ok=True)
                continue
            if target.endswith("/"):
                destination = destination / path.name
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, destination)

    def _run(self, script: str) -> None:
        assert not self.image.volumes, "A change of a volume after VOLUME is lost."
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/wheels", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        with Container(self.image) as container:
            done = container.run("/bin/sh", "-c", script, environment=offline)
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"

    def _env(self, *words: str) -> None:
        values = {name: self._expanded(text) for name, text in zip(words[::2], words[1::2], strict=True)}
        self._set(environment=self.image.environment | values)

    def _label(self, *words: str) -> None:
        assert len(words) % 2 == 0

    def _workdir(self, folder: str) -> None:
        self.image.path(folder).mkdir(parents=True, exist_ok=True)
        self._set(folder=folder)

    def _user(self, user: str) -> None:
        self._set(user=user)

    def _volume(self, *folders: str) -> None:
        assert all(self.image.path(folder).is_dir() for folder in folders), "The folder of a volume does not exist."
        self._set(volumes=folders)

    def _expose(self, *ports: str) -> None:
        self._set(ports=ports)

    def _stopsignal(self, name: str) -> None:
        self._set(stop_signal=name)

    def _expanded(self, text: str) -> str:
        plain = text.strip('"')
        return re.sub(r"\$\{?(\w+)\}?", lambda match: self.image.environment[match[1]], plain)
