import os
import shutil
from pathlib import Path

import pytest

from app.kit.embedded.folder import (
    OUTSIDE,
    is_reachable,
    open_folder,
    server_account,
)
from app.kit.embedded.tuning import GB, MB, scaled
from app.kit.processes import CannotStart


@pytest.mark.parametrize(
    ("memory", "disk_free", "shared_buffers", "max_wal_size"),
    [
        (64 * GB, 500 * GB, "4096MB", "16384MB"),
        (8 * GB, 20 * GB, "2048MB", "5120MB"),
        (128 * MB, 100 * MB, "64MB", "256MB"),
    ],
)
def test_settings_grow_with_the_machine(
    memory: int, disk_free: int, shared_buffers: str, max_wal_size: str
) -> None:
    found = scaled(memory, disk_free)
    assert found["shared_buffers"] == shared_buffers
    assert found["max_wal_size"] == max_wal_size
    assert "fsync" not in found


def test_a_secret_is_made_once_and_is_ours_alone(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "data")
    secret = folder.secret("some-key")
    assert len(secret) > 40
    assert open_folder(tmp_path / "data").secret("some-key") == secret
    assert (tmp_path / "data" / "some-key").stat().st_mode & 0o077 == 0


def test_one_holds_the_folder_and_the_next_may_when_it_is_done(tmp_path: Path) -> None:
    folder = open_folder(tmp_path)
    with folder.locked(), pytest.raises(CannotStart, match="in use"), folder.locked():
        pass
    with folder.locked():
        pass


def test_where_the_servers_account_cannot_go_their_files_lie_elsewhere(tmp_path: Path) -> None:
    """Root's servers have another account; everybody else's have their own, and stay."""
    tmp_path.chmod(0o700)
    folder, account = open_folder(tmp_path / "data"), server_account()
    home = folder.servers(account)
    try:
        assert (home.parent == OUTSIDE) is (os.geteuid() == 0)
        assert account is None or is_reachable(home)
        assert folder.servers(account) == home
    finally:
        shutil.rmtree(home)
