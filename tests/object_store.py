"""A real S3 server from a PyPI wheel, started when the first test asks for it; every test gets a bucket of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import obstore
import pytest
from obstore.exceptions import BaseError
from obstore.store import S3Store

from tests.processes import free_port, kill, wait_for

KEY, SECRET = "mihon", "mihon-secret"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
_numbers = count(1)


@dataclass(frozen=True)
class ObjectStore:
    """`url()` is an LMS_STORAGE_URL of an empty prefix."""

    endpoint: str

    def url(self) -> str:
        return f"s3://tests/{next(_numbers)}?endpoint={self.endpoint}&region=us-east-1"


@pytest.fixture(scope="session")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    """SeaweedFS on this machine only; it knows one person, and nobody else may read."""
    folder = tmp_path_factory.mktemp("weed")
    ports = {name: free_port() for name in ("s3", "filer", "master", "volume")}
    grpc = {name: free_port() for name in ports}
    person = {
        "name": "tests",
        "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [person]}))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                Path(sys.executable).with_name("weed"), "server", "-filer", "-s3", f"-dir={folder}",
                "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-s3.config={folder / 's3.json'}",
                "-volume.max=0", "-master.volumeSizeLimitMB=64", "-master.telemetry=false", "-s3.port.iceberg=0",
                "-s3.port.lance=0", "-filer.localSocket=filer.sock", "-s3.localSocket=s3.sock",
                *(f"-{name}.port={port}" for name, port in ports.items()),
                *(f"-{name}.port.grpc={port}" for name, port in grpc.items()),
            ],
            stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=folder,
        )  # fmt: skip
    before = {name: os.environ.get(name) for name in CREDENTIALS}
    os.environ.update(CREDENTIALS)
    try:
        found = ObjectStore(f"http://127.0.0.1:{ports['s3']}")
        wait_for(lambda: _is_ready(found.endpoint), seconds=60)
        yield found
    finally:
        kill(process)  # asked to end it takes its time, and nothing of it is kept
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def _is_ready(endpoint: str) -> bool:
    try:
        store = S3Store(
            "tests", endpoint=endpoint, region="us-east-1",
            client_options={"allow_http": True, "timeout": "5s"}, retry_config={"max_retries": 0},
        )  # fmt: skip
        obstore.put(store, "ready", b"yes")
    except BaseError:
        return False
    return True
