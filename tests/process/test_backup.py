import asyncio
import hashlib
import random
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from zipfile import ZipFile

import asyncpg
import pytest

from app import migrate
from app.backup.archive import MANIFEST, Manifest, whole_file
from app.backup.bringing import UNFINISHED
from app.kit.embedded.binaries import OLDEST_MAJOR, postgres_binaries
from app.kit.embedded.folder import Folder, open_folder, server_account
from app.kit.embedded.postgres import postgres, written_by
from app.kit.processes import CannotStart
from app.kit.resources import open_resources
from app.models import Base
from app.settings import Settings
from tests.consistency import offenders
from tests.locks import Locks
from tests.process.up import Up, server_folder, wait_for
from tests.processes import unconfigured

FIRST_REVISION = "20261123_lead_gate"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with server_folder() as path:
        yield path


@pytest.fixture(scope="module")
def up(folder: Path) -> Iterator[Up]:
    """With something in many tables."""
    started = Up(folder / "data").ready()
    key = started.key
    started.request("POST", "/campaigns/create", key, {"name": "Spring\t\\N"})
    people = [
        {"email": "ann@example.com", "custom_fields": {"tab": "a\tb", "slash": "\\N", "é": "ü"}},
        {"email": "bob@example.com", "linkedin_profile": "https://www.linkedin.com/in/bob"},
        {"email": "cy@"},
    ]
    started.request("POST", "/campaigns/1/leads", key, {"lead_list": people})
    started.request("POST", "/campaigns/1/leads/1/pause", key)
    blocked = {"domain_block_list": ["rival.com"]}
    started.request("POST", "/leads/add-domain-block-list", key, blocked)
    yield started
    started.stop(signal.SIGKILL)


@pytest.fixture(scope="module")
def backup(up: Up, folder: Path) -> Path:
    """Made while `up` runs."""
    assert up.is_healthy()
    path = folder / "backup.leadgate"
    said = run("backup", str(path), "--data-dir", str(folder / "data"))
    assert "workspaces 1, campaigns 1, leads 2" in said
    return path


def leadgate(*arguments: str, **environment: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "app.cli", *arguments],
        env=unconfigured() | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run(*arguments: str, **environment: str) -> str:
    """What it said to the person, at success."""
    process = leadgate(*arguments, **environment)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said.decode()
    return said.decode()


def refused(*arguments: str, **environment: str) -> str:
    """The sentence with which it ended."""
    process = leadgate(*arguments, **environment)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 1, said.decode()
    assert "Traceback" not in said.decode()
    return said.decode().rpartition("leadgate: ")[2]


async def digests(database_url: str) -> dict[str, str]:
    """Of all rows of each table, and where each sequence stands."""
    connection = await asyncpg.connect(database_url)
    try:
        found = {}
        for table in Base.metadata.tables:
            all_of_it = f"select t::text from {table} t order by 1"  # noqa: S608  # names of ours
            rows = [row[0] for row in await connection.fetch(all_of_it)]
            found[table] = hashlib.sha256(repr(rows).encode()).hexdigest()
        for row in await connection.fetch("select sequencename, last_value from pg_sequences"):
            found[row["sequencename"]] = str(row["last_value"])
        return found
    finally:
        await connection.close()


def settings_of(folder: Folder, database_url: str) -> Settings:
    secret_key = (folder.path / "secret-key").read_text()
    return Settings.model_validate({"database_url": database_url, "secret_key": secret_key})


async def test_a_backup_amid_writes_is_one_moment(up: Up, backup: Path, folder: Path) -> None:
    """A batch comes in when the people are in the file already, and their memberships not yet."""
    with whole_file(backup) as found:
        assert str(found.manifest) == "workspaces 1, campaigns 1, leads 2"
    path, data = folder / "busy", folder / "restored-busy"
    of_up = Settings.from_environment(folder / "data" / "environment")
    async with open_resources(of_up) as opened, opened.database.transaction() as tx:
        await tx.rows("lock table sequence_steps in access exclusive mode")
        backing_up = asyncio.create_task(
            asyncio.to_thread(run, "backup", str(path), "--data-dir", str(folder / "data"))
        )
        await Locks(opened, 1).waiting(1)
        people = {"lead_list": [{"email": f"p{n}@busy.example"} for n in range(50)]}
        added = up.request("POST", "/campaigns/1/leads", up.key, people)
        assert added.json()["added_count"] == 50
    assert "leads 2." in await backing_up
    await asyncio.to_thread(run, "restore", str(path), "--data-dir", str(data))
    async with (
        postgres(Folder(data), durable=False) as url,
        open_resources(settings_of(Folder(data), url)) as opened,
    ):
        assert await offenders(opened, 1) == []


def test_an_existing_file_is_kept_unless_forced(backup: Path, folder: Path) -> None:
    data, before = ("--data-dir", str(folder / "data")), backup.read_bytes()
    said = refused("backup", str(backup), *data)
    assert said == (f"{backup} exists already. Choose another name, or overwrite with --force.\n")
    assert backup.read_bytes() == before
    copy = folder / "copy"
    copy.write_text("old")
    run("backup", str(copy), "--force", *data)
    assert read(copy)["secret-key"] == read(backup)["secret-key"]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert not copy.with_name("copy.part").exists()


def test_what_cannot_be_written_is_a_sentence(up: Up, folder: Path) -> None:
    assert up.is_healthy()
    path = folder / "nowhere" / "file"
    said = refused("backup", str(path), "--data-dir", str(folder / "data"))
    assert said == f"{path} cannot be written: No such file or directory\n"


def test_a_folder_in_use_is_not_restored_into(backup: Path, folder: Path) -> None:
    said = refused("restore", str(backup), "--data-dir", str(folder / "data"))
    assert said.startswith(f"{folder / 'data'} is in use by a running `leadgate up`")


async def test_what_was_backed_up_at_rest_comes_back_in_every_row(up: Up, folder: Path) -> None:
    """The last test that uses the shared `up`: it stops it."""
    key, data, path = up.key, folder / "data", folder / "at-rest"
    up.stop()
    with path.open("wb") as file:
        process = leadgate("backup", "-", "--data-dir", str(data))
        file.write(process.communicate(timeout=60)[0])
    assert process.returncode == 0
    restored = folder / "restored"
    said = await asyncio.to_thread(run, "restore", str(path), "--data-dir", str(restored))
    assert f"leadgate up --data-dir '{restored}'" in said
    assert "example.com" not in said
    private = {p.name: stat.S_IMODE(p.stat().st_mode) for p in restored.glob("*-*")}
    assert private == dict.fromkeys(("secret-key", "postgres-admin", "postgres-owner"), 0o600)
    async with postgres(Folder(data)) as ours, postgres(Folder(restored)) as theirs:
        assert await digests(theirs) == await digests(ours)
    again = Up(restored).ready()
    try:
        assert "shown at the first start" in again.output
        added = again.request(
            "POST", "/campaigns/1/leads", key, {"lead_list": [{"email": "new@example.com"}]}
        )
        assert added.json()["added_count"] == 1, added.text
        assert again.request("GET", "/campaigns/1", key).json()["name"] == "Spring\t\\N"
    finally:
        again.stop()
    said = refused("restore", str(path), "--data-dir", str(restored))
    assert said.startswith(f"{restored} has data already, and a restore overwrites nothing.")


async def test_an_old_schema_on_the_oldest_postgresql_comes_into_the_newest(folder: Path) -> None:
    """The oldest that this machine has; where there is one only, it is both."""
    old = open_folder(folder / "old")
    major = oldest_major(old)
    async with postgres(old, major=major) as url:
        await asyncio.to_thread(migrate.upgrade, url, FIRST_REVISION)
        old.secret("secret-key")
        connection = await asyncpg.connect(url)
        await connection.execute(
            "insert into workspaces (name, preset, default_scope, floor, boundary,"
            " duplicate_flag_meaning)"
            " values ('Ünïcode', 'smartlead', 'workspace', 'campaign', 'workspace', 'documented')"
        )
        await connection.close()
    best = postgres_binaries(old.servers(server_account()), server_account()).major
    if best != major:
        started = Up(old.path)
        assert (started.process.wait(60), started.stop()) == (1, 1)
        majors = f"was written by PostgreSQL {major}, and this is PostgreSQL {best}."
        for words in (str(old.path), majors, "`leadgate backup`"):
            assert words in started.output
    path, data = folder / "old.leadgate", folder / "newest"
    await asyncio.to_thread(run, "backup", str(path), "--data-dir", str(old.path))
    with whole_file(path) as found:
        contents = found.manifest.contents
        assert (contents.postgresql, contents.revision) == (major, FIRST_REVISION)
    await asyncio.to_thread(run, "restore", str(path), "--data-dir", str(data))
    assert written_by(data / "servers" / "postgres") == best
    async with (
        postgres(Folder(data)) as url,
        open_resources(settings_of(Folder(data), url)) as opened,
    ):
        rows = await opened.database.fetch("select id, name, ledger_retention_days from workspaces")
        assert [tuple(row) for row in rows] == [(1, "Ünïcode", 90)]
        await asyncio.to_thread(migrate.check, url)


def oldest_major(folder: Folder) -> int:
    account = server_account()
    servers, major = folder.servers(account), OLDEST_MAJOR
    while True:
        with suppress(CannotStart):
            return postgres_binaries(servers, account, major).major
        major += 1


def test_a_killed_restore_leaves_nothing_that_starts(backup: Path, folder: Path) -> None:
    data = folder / "killed"
    process = leadgate("restore", str(backup), "--data-dir", str(data))
    wait_for(lambda: (data / "servers" / UNFINISHED).exists())
    process.kill()
    process.communicate()
    assert not (data / "servers" / "postgres").exists()
    assert not (data / "secret-key").exists()
    run("restore", str(backup), "--data-dir", str(data))
    assert (data / "servers" / "postgres").exists()
    assert not (data / "servers" / UNFINISHED).exists()


def test_a_stopped_backup_leaves_no_file(folder: Path) -> None:
    data, path = folder / "killed", folder / "stopped"
    process = leadgate("backup", str(path), "--data-dir", str(data))
    wait_for(lambda: path.with_name("stopped.part").exists())
    process.terminate()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.decode().endswith("leadgate: Stopped before it was done.\n")
    assert not path.exists()
    assert not path.with_name("stopped.part").exists()


def test_half_a_file_is_refused_before_anything_is_touched(backup: Path, folder: Path) -> None:
    half, content = folder / "half", backup.read_bytes()
    for size_bytes in (0, 100, len(content) // 2, len(content) - 1):
        half.write_bytes(content[:size_bytes])
        with pytest.raises(CannotStart, match="is damaged, incomplete"), whole_file(half):
            pass
    said = refused("restore", str(half), "--data-dir", str(folder / "untouched"))
    assert said == (
        f"{half} is damaged, incomplete, or no backup of Leadgate. Nothing was touched.\n"
    )
    assert not (folder / "untouched").exists()


def test_a_wrong_byte_is_found_wherever_it_is(backup: Path, tmp_path: Path) -> None:
    """Or it changes nothing of what is restored, as in the time of a file in the archive."""
    content, chance = backup.read_bytes(), random.Random(7)
    wrong, restored = tmp_path / "wrong", read(backup)
    found = 0
    for place in chance.sample(range(len(content)), 300):
        changed = bytearray(content)
        changed[place] ^= 1 << chance.randrange(8)
        wrong.write_bytes(changed)
        try:
            assert read(wrong) == restored
        except CannotStart:
            found += 1
    assert found > 200


def read(path: Path) -> dict[str, bytes]:
    with whole_file(path) as found:
        tables = [f"tables/{table.name}" for table in found.manifest.contents.tables]
        return {name: found.archive.read(name) for name in (*tables, "secret-key", MANIFEST)}


def test_a_newer_schema_is_refused_by_name(backup: Path, folder: Path) -> None:
    newer = folder / "newer"
    with ZipFile(backup) as old, ZipFile(newer, "w") as new:
        manifest = Manifest.model_validate_json(old.read(MANIFEST))
        contents = manifest.contents.model_copy(update={"revision": "20991231_moon"})
        changed = manifest.model_copy(update={"contents": contents, "leadgate": "9.0"})
        for name in old.namelist():
            new.writestr(name, changed.model_dump_json() if name == MANIFEST else old.read(name))
    said = refused("restore", str(newer), "--data-dir", str(folder / "untouched"))
    assert said.startswith(
        f"{newer} was written by Leadgate 9.0, with the schema 20991231_moon, which this Leadgate"
    )
    assert not (folder / "untouched").exists()


def test_a_folder_without_data_is_named_and_left_alone(tmp_path: Path) -> None:
    said = refused("backup", str(tmp_path / "file"), "--data-dir", str(tmp_path))
    assert said.startswith(f"There is no database in {tmp_path}. Name the data folder")
    assert list(tmp_path.iterdir()) == []


async def test_a_database_elsewhere_is_backed_up_by_its_variables(
    settings: Settings, folder: Path
) -> None:
    variables = {
        "LEADGATE_DATABASE_URL": settings.database_url,
        "LEADGATE_SECRET_KEY": settings.secret_key.get_secret_value(),
    }
    path = folder / "elsewhere"
    await asyncio.to_thread(run, "backup", str(path), **variables)
    with whole_file(path) as found:
        assert found.secret_key == settings.secret_key.get_secret_value()
    said = await asyncio.to_thread(refused, "restore", str(path), **variables)
    assert said.endswith("Unset LEADGATE_DATABASE_URL for that.\n")
    variables["LEADGATE_DATABASE_URL"] = "postgresql://leadgate@127.0.0.1:1/leadgate"
    said = await asyncio.to_thread(refused, "backup", str(folder / "away"), **variables)
    assert said == "PostgreSQL cannot be reached, or has no room left.\n"
    assert not (folder / "away").exists()
