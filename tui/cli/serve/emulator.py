"""xterm.js, the terminal in the page: fetched once and kept; whatever the source, the hash of a file decides.

Where a folder is named in the config, its files are taken instead: they are the person's own.
"""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from pathlib import Path

from msgspec import Struct

from tui.chat.chunks import Progress
from tui.config import anyone_may_write
from tui.digest import sha256
from tui.errors import ConfigError, SegueError
from tui.paths import private_dir, write_whole
from tui.providers.local.package_clients import SourceError, by_npm, by_pip, scratch_folder
from tui.secret import redact
from tui.text import one_line

_MOST = 4 * 1024 * 1024
"""Bytes of a file: more is none of these."""
_TITLE = "xterm.js 6.0.0 (0.6 MB, MIT)"


class File(Struct, frozen=True):
    """One file of the page that is not ours."""

    name: str
    package: str
    version: str
    place: str
    """Where it stands in its package."""
    sha256: str

    @property
    def archive(self) -> str:
        """What npm calls the package on the disk."""
        return f"{self.package.removeprefix('@').replace('/', '-')}-{self.version}.tgz"


FILES = (
    File(
        *("xterm.js", "@xterm/xterm", "6.0.0", "lib/xterm.js"),
        "14903579ff54664cd72f8e8699e6961a6272c21863ec1c3b118cdc8af5d4a972",
    ),
    File(
        *("xterm.css", "@xterm/xterm", "6.0.0", "css/xterm.css"),
        "854a7c0fb70e8b1a083c16797ab827299fb18744f5ad34f227b48337e33293c6",
    ),
    File(
        *("addon-fit.js", "@xterm/addon-fit", "0.11.0", "lib/addon-fit.js"),
        "ba3ea256ce0620a0992a197d6c9baea64823fc93d8da07a9e366ca9943c18527",
    ),
    File(
        *("addon-unicode11.js", "@xterm/addon-unicode11", "0.9.0", "lib/addon-unicode11.js"),
        "72353b5178e1a7382716df1cfedf8ab070eea655d38995bb9f4f284fe56e2f2b",
    ),
    File(
        *("addon-web-links.js", "@xterm/addon-web-links", "0.12.0", "lib/addon-web-links.js"),
        "b74864125ef3889753b94e61eb4dabb99b2a27f920f0c9a7bd53cbe6d10f032a",
    ),
)
WHEEL, WHEEL_FOLDER = "tinyterminal==0.1.0", "tinyterminal/static/vendor"
"""A wheel that carries the same files, and where."""
SYSTEM = Path("/usr/share/nodejs")
"""Where Debian's packages have them."""

_Step = AsyncGenerator[int]
_Taken = Mapping[str, bytes]


class Emulator:
    """The files of the terminal in the page.

    Args:
        cache: The program's cache.
        own: The folder that the config names; empty without one.
        files: Which they are.
        system: The folder of the system's own packages.
    """

    def __init__(
        self, cache: Path, own: str = "", files: tuple[File, ...] = FILES, system: Path = SYSTEM
    ) -> None:
        self._folder = cache / "xterm"
        self._own = own
        self._files = files
        self._system = system

    def files(self) -> dict[str, bytes]:
        """All of them by name, from the person's folder, the system's or the cache; empty if none has all.

        Raises:
            ConfigError: The person's folder lacks one.
        """
        if self._own:
            return self._of_folder(Path(self._own).expanduser())
        return self._of_system() or self._of_cache()

    async def fetch(self, proxy: str | None) -> AsyncGenerator[Progress]:
        """Bring them into the cache, and say how far it is.

        Raises:
            SegueError: No source has them, or they can't be kept.
        """
        failures = []
        try:
            private_dir(self._folder)
            for where, ask, take in self._sources():
                yield Progress(f"Fetching {_TITLE} {where}")
                try:
                    with scratch_folder(self._folder / "fetched") as scratch:
                        async with aclosing(ask(scratch, proxy)) as sizes:
                            async for size in sizes:
                                yield Progress(f"Fetching {_TITLE} {where}", size)
                        self._keep(take(scratch))
                    return
                except SourceError as error:
                    failures.append(f"{where}: {one_line(redact(str(error)), 200)}")
        except OSError as error:
            raise SegueError(
                f"xterm.js can't be kept in {one_line(str(self._folder))}: {error.strerror or error}"
            ) from None
        raise SegueError(
            f"{_TITLE} could not be fetched",
            f"{'; '.join(failures)}. A folder that has it can be named: [serve] xterm in config.toml.",
        )

    def _sources(self) -> list[tuple[str, Callable[[Path, str | None], _Step], Callable[[Path], _Taken]]]:
        packages = sorted({f"{file.package}@{file.version}" for file in self._files})
        return [
            ("with npm", lambda scratch, proxy: by_npm(packages, scratch, proxy), self._in_archives),
            ("with pip", lambda scratch, proxy: by_pip(WHEEL, scratch, proxy), self._in_wheel),
        ]

    def _in_archives(self, scratch: Path) -> _Taken:
        """What stands in the archives that npm brought; they are read, nothing is unpacked to the disk."""
        taken = {}
        for file in self._files:
            try:
                with tarfile.open(scratch / file.archive) as archive:
                    member = archive.extractfile(f"package/{file.place}")
                    taken[file.name] = member.read(_MOST) if member else b""
            except (OSError, KeyError, EOFError, tarfile.TarError, zlib.error) as error:
                raise SourceError(f"{file.archive} is not what it should be: {error}") from error
        return taken

    def _in_wheel(self, scratch: Path) -> _Taken:
        try:
            [wheel] = scratch.glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                return {
                    file.name: archive.open(f"{WHEEL_FOLDER}/{file.name}").read(_MOST) for file in self._files
                }
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise SourceError(f"the wheel is not what it should be: {error}") from error

    def _keep(self, taken: _Taken) -> None:
        """Keep them, if each is the one that is meant."""
        for file in self._files:
            if not _is(file, taken[file.name]):
                raise SourceError(f"{file.name} is another file (its SHA-256 differs)")
        for file in self._files:
            write_whole(self._folder / file.name, taken[file.name].decode())

    def _of_cache(self) -> dict[str, bytes]:
        found = {file.name: _read(self._folder / file.name) for file in self._files}
        return found if all(_is(file, found[file.name]) for file in self._files) else {}

    def _of_system(self) -> dict[str, bytes]:
        """What the system's packages brought: of any version that has these names."""
        found = {file.name: _read(self._system / file.package / file.place) for file in self._files}
        return found if all(found.values()) else {}

    def _of_folder(self, folder: Path) -> dict[str, bytes]:
        found = {}
        for file in self._files:
            places = (
                folder / file.name,
                folder / file.package / file.place,
                folder / "node_modules" / file.package / file.place,
            )
            path = next((place for place in places if _read(place)), None)
            if path is None:
                raise ConfigError(
                    f"{one_line(self._own)} has no {file.name}",
                    "[serve] xterm names a folder with the files of xterm.js, or with its packages of npm.",
                )
            if anyone_may_write(path):
                raise ConfigError(
                    f"{one_line(str(path))}: everybody on this machine can change it", f"chmod o-w {path}"
                )
            found[file.name] = _read(path)
        return found


def _is(file: File, content: bytes) -> bool:
    return sha256(content) == file.sha256


def _read(path: Path) -> bytes:
    """A file, if it is one of a size that can be; else nothing."""
    try:
        if path.is_file() and path.stat().st_size <= _MOST:
            return path.read_bytes()
    except OSError:
        pass
    return b""
