"""Storage, keys and encrypted columns."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from lms.kernel.crypto import EncryptedText, open_keyring, secret_key
from lms.kernel.settings import Settings
from lms.kernel.storage import FileStorage


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../x", "a/../b", "a//b", "./a"])
def test_no_key_leads_out_of_the_folder(tmp_path, key):
    with pytest.raises(ValueError, match="not a storage key"):
        FileStorage(tmp_path).path(key)


def test_a_file_is_replaced_whole_and_can_be_deleted(tmp_path):
    storage = FileStorage(tmp_path)

    storage.put("packs/1/a.pdf", b"one")
    storage.put("packs/1/a.pdf", b"two")

    assert [p.name for p in (tmp_path / "packs" / "1").iterdir()] == ["a.pdf"]
    assert storage.path("packs/1/a.pdf").read_bytes() == b"two"
    storage.delete("packs")
    storage.delete("packs")
    assert list(tmp_path.iterdir()) == []


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
