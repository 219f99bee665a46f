"""Storage in a folder and in a real object store, keys, and encrypted columns."""

import os
import stat
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from lms.kernel.crypto import EncryptedText, open_keyring, secret_key
from lms.kernel.s3 import S3Storage
from lms.kernel.settings import Settings, SettingsError
from lms.kernel.storage import FileStorage, storage_for


@pytest.fixture(params=["folder", "object store"])
def storage(request, tmp_path):
    if request.param == "folder":
        return storage_for(Settings(home=tmp_path))
    url = request.getfixturevalue("object_store").url()
    return storage_for(Settings(home=tmp_path, storage_url=url, media="redirect"))


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../x", "a/../b", "a//b", "./a"])
def test_no_key_leads_out_of_the_folder(tmp_path, key):
    for storage in (FileStorage(tmp_path), S3Storage("s3://b?endpoint=http://127.0.0.1:1", local=tmp_path)):
        with pytest.raises(ValueError, match="not a storage key"):
            storage.put(key, b"")
        with pytest.raises(ValueError, match="not a storage key"):
            storage.get(key)
        with pytest.raises(ValueError, match="not a storage key"):
            storage.workplace(key)


def test_a_file_is_replaced_whole_and_can_be_deleted(storage):
    storage.put("packs/1/a.pdf", b"one")
    storage.put("packs/1/a.pdf", b"two")

    assert storage.keys("packs/1") == ["packs/1/a.pdf"]
    assert storage.get("packs/1/a.pdf") == b"two"
    storage.delete("packs")
    storage.delete("packs")
    assert storage.keys("packs") == []


def test_what_is_not_there_is_said(storage):
    storage.put("a/b", b"x")

    assert (storage.exists("a/b"), storage.exists("a"), storage.exists("c")) == (True, False, False)
    assert storage.keys("nowhere") == []
    with pytest.raises(FileNotFoundError):
        storage.get("c")
    with pytest.raises(FileNotFoundError), storage.fetched("c"):
        pass


def test_keys_are_those_of_one_folder_only(storage):
    for key in ("lec/x/2", "lec/x/1", "lec/xy/1", "lec/x.bin"):
        storage.put(key, b"")

    assert storage.keys("lec/x") == ["lec/x/1", "lec/x/2"]


def test_a_large_file_is_put_together_here_kept_and_fetched_by_another(storage):
    content = os.urandom(20 * 2**20)  # several pieces
    storage.workplace("uploads/film").write_bytes(content)

    storage.keep("uploads/film")
    storage.keep("uploads/film")  # twice is harmless

    with storage.fetched("uploads/film") as path:
        assert path.read_bytes() == content
    assert storage.exists("uploads/film")


def test_a_folder_is_kept_as_it_was_put_together(storage):
    folder = storage.workplace("recordings/1f")
    (folder / "480p").mkdir(parents=True)
    (folder / "master.m3u8").write_text("#EXTM3U")
    (folder / "480p" / "s0000.m4s").write_bytes(b"film")

    storage.keep("recordings/1f", last="master.m3u8")

    assert storage.keys("recordings/1f") == ["recordings/1f/480p/s0000.m4s", "recordings/1f/master.m3u8"]
    assert storage.get("recordings/1f/480p/s0000.m4s") == b"film"


def test_of_a_folder_in_an_object_store_the_master_comes_last_and_nothing_stays_here(object_store, tmp_path):
    storage = S3Storage(object_store.url(), local=tmp_path / "media")
    folder = storage.workplace("recordings/1f")
    (folder / "z").mkdir(parents=True)
    for name in ("a.m3u8", "master.m3u8", "z/s0000.m4s"):
        (folder / name).write_text(name)
    (folder / "z/unreadable").symlink_to("/proc/self/mem")  # sorted after everything but the master

    with pytest.raises(OSError, match=r".+"):
        storage.keep("recordings/1f", last="master.m3u8")
    seen_half = storage.exists("recordings/1f/master.m3u8")
    (folder / "z/unreadable").unlink()
    storage.keep("recordings/1f", last="master.m3u8")

    assert (seen_half, storage.exists("recordings/1f/master.m3u8")) == (False, True)
    assert list((tmp_path / "media" / "recordings").iterdir()) == []


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code


def test_a_link_is_read_by_anybody_for_a_while_and_only_as_it_stands(object_store, tmp_path):
    storage = S3Storage(object_store.url(), local=tmp_path)
    storage.put("a/b.m4s", b"0123456789")
    link = storage.link("a/b.m4s", valid=timedelta(minutes=1))

    with urllib.request.urlopen(urllib.request.Request(link, headers={"Range": "bytes=2-4"})) as part:
        seen = part.status, part.read()

    assert seen == (206, b"234")
    assert link.startswith(storage.origin + "/")
    longer = link.replace("X-Amz-Expires=60", "X-Amz-Expires=61")
    assert [status(wrong) for wrong in (link.replace("b.m4s", "c.m4s"), longer, link.split("?")[0])] == [403] * 3


def test_an_address_of_an_object_store_that_cannot_be_understood_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="LMS_STORAGE_URL: unknown endpont"):
        S3Storage("s3://bucket?endpont=http://x", local=tmp_path)


def test_processes_that_start_together_agree_on_one_secret_key_that_only_the_owner_reads(tmp_path):
    settings = Settings(home=tmp_path)

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: secret_key(settings), range(8)))

    assert len(keys) == 1
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_an_address_is_not_readable_in_the_database_and_survives_a_change_of_keys():
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    column = EncryptedText()
    open_keyring(Settings(encryption_keys=old))

    stored = column.process_bind_param("見本県見本市", sa.dialects.sqlite.dialect())
    open_keyring(Settings(encryption_keys=f"{new},{old}"))

    assert "見本" not in stored
    assert column.process_result_value(stored, sa.dialects.sqlite.dialect()) == "見本県見本市"
