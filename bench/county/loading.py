"""The loaded county as a database to copy from, made once and kept while nothing that makes it changes."""

from __future__ import annotations

import hashlib
import pickle
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.county import site
from bench.county.made import Size
from bench.county.site import Loaded
from bench.measure import measure
from bench.postgresql import ROOT, Durable
from bench.roll_call.product_site import Site

AT_ONCE = 2  # processes that assess


def loaded(server: Durable, size: Size, kept: Path) -> tuple[str, Loaded]:
    """The name of a database with the county, and what is known of it; loads it if it is not there."""
    name = f"county_{_fingerprint(size)}"
    about = kept / f"{name}.pickle"
    if not (server.has(name) and about.exists()):
        about.write_bytes(pickle.dumps(_load(server, name, size, kept / name)))
    known: Loaded = pickle.loads(about.read_bytes())
    return name, known


def copy_of(server: Durable, template: str, name: str, folder: Path, kept: Path) -> Site:
    """An installation of its own with a copy of the county and its keys, brought up to date."""
    server.drop(name)
    shutil.copytree(kept / template, folder / name)
    installation = Site(folder / name, server.create(name, template))
    measure(site.migrate, installation)
    return installation


def _load(server: Durable, name: str, size: Size, home: Path) -> Loaded:
    began = time.perf_counter()
    server.drop(name)
    unfinished = f"{name}_unfinished"
    server.drop(unfinished)
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    installation = Site(home, server.create(unfinished))
    known: Loaded = measure(site.load, installation, size).value
    server.analyse(unfinished)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda part: measure(site.assess, installation, part, AT_ONCE), range(AT_ONCE)))
    server.analyse(unfinished)
    server.rename(unfinished, name)
    print(f"bench: county loaded in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return known


def _fingerprint(size: Size) -> str:
    """Of what makes the county; newer migrations are applied to a copy."""
    digest = hashlib.sha256(repr(size).encode())
    for source in (*sorted((ROOT / "src/notoneless/batch/simulate").glob("*.py")), *_OWN):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]


_OWN = tuple(ROOT / "bench/county" / name for name in ("made.py", "site.py"))
