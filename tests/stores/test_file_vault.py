"""The vault of a SQLite store leaves no byte of an entry behind, and only its user may read it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ivr.errors import StoreError
from ivr.stores._file_vault import FileVault

SEALED = b"sealed 135790"


def test_a_dropped_entry_is_overwritten_before_it_is_removed(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "vault")
    for change in (lambda: vault.drop("a"), lambda: vault.put("a", b"other", 1.0), lambda: vault.drop_expired(2.0)):
        vault.put("a", SEALED, 1.0)
        (file,) = (tmp_path / "vault").iterdir()
        assert SEALED in file.read_bytes()
        held = os.open(file, os.O_RDONLY)  # what a program that searches the disk would find
        change()
        assert set(os.read(held, 100)) == {0}
        os.close(held)
        vault.drop("a")
    assert list((tmp_path / "vault").iterdir()) == []


def test_other_users_can_read_neither_folder_nor_files(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "vault")
    vault.put("a", SEALED, 1.0)
    (file,) = (tmp_path / "vault").iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_what_a_killed_process_left_half_written_ends_with_its_time(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "vault")
    vault.put("a", SEALED, 1.0)
    (file,) = (tmp_path / "vault").iterdir()
    file.rename(file.with_name(f"{file.name}.0badf00d"))
    assert vault.read("a") is None
    assert vault.drop_expired(1.0) == 1
    assert list(file.parent.iterdir()) == []


def test_a_folder_that_cannot_be_used_is_a_fault_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "vault").write_bytes(b"")
    with pytest.raises(StoreError, match="vault: "):
        FileVault(tmp_path / "vault").put("a", SEALED, 1.0)
