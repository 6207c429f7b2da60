"""Settings: where they come from, what is refused, and that one error names all that is wrong."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mini_crm.domain.errors import SettingsError
from mini_crm.settings import (
    KEYS,
    Settings,
    env_file,
    file_system,
    first_settings,
    is_on_network,
    load_settings,
)

ROOT = Path(__file__).parents[2]

MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
//files/sales /mnt/sales cifs rw,vers=3.0 0 0
nas:/export /mnt/nas nfs4 rw 0 0
tmpfs /mnt/nas/local tmpfs rw 0 0
//files/two\\040words /mnt/two\\040words cifs rw 0 0
"""


def write_env(folder: Path, text: str) -> Path:
    """Write a .env."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".env").write_text(text, "utf-8")
    return folder


def load(folder: Path, environ: Mapping[str, str] | None = None, **options: str) -> Settings:
    """Load settings with nothing but what is given."""
    return load_settings(environ=environ or {}, folder=folder, **options)


def refused(folder: Path, environ: Mapping[str, str] | None = None, **options: str) -> SettingsError:
    """Give the error with which settings are refused."""
    with pytest.raises(SettingsError) as caught:
        load(folder, environ, **options)
    return caught.value


def test_the_file_is_read(tmp_path: Path) -> None:
    """Every key of the .env reaches the settings."""
    write_env(
        tmp_path,
        "MINI_CRM_DATABASE=mssql\nMINI_CRM_SERVER=sql01\\crm\nMINI_CRM_CATALOG=Sales\n"
        "MINI_CRM_LOGIN=crm\nMINI_CRM_PASSWORD='a # b'\nMINI_CRM_LANGUAGE=en\nMINI_CRM_LOG_DIR=logs\n"
        "MINI_CRM_DRIVER=FreeTDS\nMINI_CRM_TRUST_CERTIFICATE=yes\n",
    )
    assert load(tmp_path) == Settings(
        database="mssql",
        server="sql01\\crm",
        catalog="Sales",
        login="crm",
        password="a # b",
        driver="FreeTDS",
        trust_certificate=True,
        language="en",
        log_dir=tmp_path / "logs",
    )


def test_the_language_is_russian_unless_set(tmp_path: Path) -> None:
    """Without a word about the language it is Russian."""
    assert load(tmp_path, database="mssql", environ=SERVER).language == "ru"


SERVER = {"MINI_CRM_SERVER": "s", "MINI_CRM_CATALOG": "c"}


def test_environment_wins_over_the_file(tmp_path: Path) -> None:
    """A variable of the environment replaces the file's value, an empty one too."""
    write_env(
        tmp_path, "MINI_CRM_DATABASE=mssql\nMINI_CRM_LOGIN=crm\nMINI_CRM_PASSWORD=x\nMINI_CRM_LANGUAGE=ru\n"
    )
    environ = {**SERVER, "MINI_CRM_LOGIN": "", "MINI_CRM_PASSWORD": "", "MINI_CRM_LANGUAGE": "en"}
    loaded = load(tmp_path, environ)
    assert (loaded.login, loaded.password, loaded.language) == ("", "", "en")


def test_options_win_over_everything(tmp_path: Path) -> None:
    """What is typed on the command line replaces environment and file."""
    write_env(tmp_path, "MINI_CRM_DATABASE=mssql\nMINI_CRM_LANGUAGE=ru\n")
    environ = {"MINI_CRM_DATABASE": "mssql", "MINI_CRM_LANGUAGE": "ru"}
    loaded = load(tmp_path, environ, database=f"sqlite:///{tmp_path / 'a.sqlite'}", language="en")
    assert (loaded.sqlite_path, loaded.language) == (tmp_path / "a.sqlite", "en")


def test_only_our_keys_are_taken(tmp_path: Path) -> None:
    """Other keys in the file are somebody else's and no error."""
    write_env(tmp_path, "PATH=/evil\nOTHER=1\nMINI_CRM_DATABASE=sqlite:///a.sqlite\n")
    assert load(tmp_path).sqlite_path == tmp_path / "a.sqlite"


@pytest.mark.parametrize(
    ("start", "end"), [("\ufeff", "\n"), ("", "\r\n"), ("# remark\n\n", "\n"), ("export ", "\n")]
)
def test_files_as_editors_write_them(tmp_path: Path, start: str, end: str) -> None:
    """A byte order mark, Windows line ends, remarks and ``export`` do no harm."""
    write_env(tmp_path, f"{start}MINI_CRM_DATABASE=sqlite:///a.sqlite{end}")
    assert load(tmp_path).sqlite_path == tmp_path / "a.sqlite"


def test_a_password_is_taken_as_it_stands(tmp_path: Path) -> None:
    """Signs that shells would replace stay in a password."""
    write_env(tmp_path, "MINI_CRM_LOGIN=a\nMINI_CRM_PASSWORD=p$x{y}${HOME}\\n\"'\n")
    loaded = load(tmp_path, {**SERVER, "HOME": "/root"}, database="mssql")
    assert loaded.password == "p$x{y}${HOME}\\n\"'"


def test_nothing_configured(tmp_path: Path) -> None:
    """Without a database there is an error of its own, which says where to write it."""
    error = refused(tmp_path)
    assert (error.code, error.exit_code) == ("database_not_configured", 3)
    assert error.data["path"] == tmp_path / ".env"


def test_an_empty_database_is_none(tmp_path: Path) -> None:
    """The example file as it is configures no database."""
    write_env(tmp_path, (ROOT / ".env.example").read_text("utf-8"))
    assert refused(tmp_path).code == "database_not_configured"


def test_one_error_names_every_bad_key(tmp_path: Path) -> None:
    """All that is wrong is told at once: values, missing ones, misspelt keys and unreadable lines."""
    write_env(
        tmp_path,
        "MINI_CRM_DATABASE=mssql\n\nMINI_CRM_LANGUAGE=de\nMINI_CRM_LOGIN=crm\nMINI_CRM_SERVR=s\n"
        "what is this\n",
    )
    error = refused(tmp_path)
    assert error.code == "settings_wrong"
    assert set(error.data["keys"]) == {
        "MINI_CRM_LANGUAGE", "MINI_CRM_SERVER", "MINI_CRM_CATALOG", "MINI_CRM_PASSWORD", "MINI_CRM_SERVR",
        ".env",
    }  # fmt: skip
    codes = {problem.data["key"]: problem.code for problem in error.data["problems"]}
    assert codes["MINI_CRM_SERVR"] == "setting_unknown"
    assert codes["MINI_CRM_SERVER"] == "setting_missing"
    lines = [problem.data["line"] for problem in error.data["problems"] if "line" in problem.data]
    assert lines == [6]


def test_a_missing_database_is_named_with_the_others(tmp_path: Path) -> None:
    """When other keys are wrong too, the database is one of the list."""
    error = refused(tmp_path, {"MINI_CRM_LANGUAGE": "xx"})
    assert error.code == "settings_wrong"
    assert set(error.data["keys"]) == {"MINI_CRM_LANGUAGE", "MINI_CRM_DATABASE"}


def test_a_password_without_a_login_is_a_slip(tmp_path: Path) -> None:
    """An empty login means Windows sign-in; a password beside it means that the login was forgotten."""
    error = refused(tmp_path, {**SERVER, "MINI_CRM_DATABASE": "mssql", "MINI_CRM_PASSWORD": "x"})
    assert error.data["keys"] == ("MINI_CRM_LOGIN",)
    assert load(tmp_path, {**SERVER, "MINI_CRM_DATABASE": "mssql"}).login == ""


@pytest.mark.parametrize(
    "database",
    [
        "sqlite://a.sqlite",
        "a.sqlite",
        "sqlite:///",
        "sqlite:///:memory:",
        "postgres://x",
        "mssql://u:secret@s/db",
    ],
)
def test_other_databases_are_refused_unrepeated(tmp_path: Path, database: str) -> None:
    """Anything but sqlite:///PATH and mssql is refused; the value may hold a password and is not repeated."""
    error = refused(tmp_path, {"MINI_CRM_DATABASE": database})
    assert error.data["keys"] == ("MINI_CRM_DATABASE",)
    assert "secret" not in str(error)


def test_the_file_cannot_be_read(tmp_path: Path) -> None:
    """A file in another encoding is an error that names it, not a file of signs."""
    (tmp_path / ".env").write_bytes("MINI_CRM_LOGIN=Иван".encode("cp1251"))
    error = refused(tmp_path)
    assert (error.code, error.data["path"]) == ("env_unreadable", tmp_path / ".env")


def test_certificates_are_checked_unless_told(tmp_path: Path) -> None:
    """Only a clear yes lets a program believe any certificate; what is neither yes nor no is refused."""
    server = {**SERVER, "MINI_CRM_DATABASE": "mssql"}
    said = {"": False, "no": False, "No": False, "yes": True, "YES ": True}
    for text, trusted in said.items():
        assert load(tmp_path, {**server, "MINI_CRM_TRUST_CERTIFICATE": text}).trust_certificate is trusted
    for text in ("1", "true", "y"):
        error = refused(tmp_path, {**server, "MINI_CRM_TRUST_CERTIFICATE": text})
        assert error.data["keys"] == ("MINI_CRM_TRUST_CERTIFICATE",)


def test_repr_hides_the_password(tmp_path: Path) -> None:
    """Neither repr nor str of the settings shows the password."""
    loaded = load(
        tmp_path,
        {**SERVER, "MINI_CRM_DATABASE": "mssql", "MINI_CRM_LOGIN": "crm", "MINI_CRM_PASSWORD": "S3cret!"},
    )
    assert "S3cret!" not in repr(loaded) + str(loaded)
    assert loaded.password == "S3cret!"


def test_relative_path_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path in the .env means one beside it, wherever the program was started."""
    settings_folder = write_env(tmp_path / "conf", "MINI_CRM_DATABASE=sqlite:///data/a.sqlite\n")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    assert load(settings_folder).sqlite_path == tmp_path / "conf" / "data" / "a.sqlite"


@pytest.mark.parametrize("way", ["environment", "option"])
def test_relative_path_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """A relative path in the environment or typed as an option means one below the working folder."""
    settings_folder = write_env(tmp_path / "conf", "MINI_CRM_DATABASE=sqlite:///other.sqlite\n")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    text = "sqlite:///../a.sqlite"
    loaded = (
        load(settings_folder, {"MINI_CRM_DATABASE": text})
        if way == "environment"
        else load(settings_folder, database=text)
    )
    assert loaded.sqlite_path == tmp_path / "a.sqlite"


def test_cyrillic_and_spaces(tmp_path: Path) -> None:
    """Paths with Cyrillic letters and spaces need no quotes."""
    folder = write_env(
        tmp_path / "Мои настройки", "MINI_CRM_DATABASE=sqlite:///Отдел продаж/база № 1.sqlite\n"
    )
    assert load(folder).sqlite_path == folder / "Отдел продаж" / "база № 1.sqlite"


@pytest.mark.parametrize(
    "path",
    [
        r"\\server\share\a.sqlite",
        "//server/share/a.sqlite",
        r"\\?\UNC\server\share\a.sqlite",
        r"\\10.0.0.5\c$\a",
    ],
)
def test_shares_are_refused(tmp_path: Path, path: str) -> None:
    """A path that names another computer is refused from every source."""
    database = f"sqlite:///{path}"
    for error in (
        refused(tmp_path, database=database),
        refused(tmp_path, {"MINI_CRM_DATABASE": database}),
        refused(write_env(tmp_path / "conf", f"MINI_CRM_DATABASE={database}\n")),
    ):
        assert (error.code, error.exit_code) == ("database_on_network", 3)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/a.sqlite", "ext4"),
        ("/mnt/sales/2026/a.sqlite", "cifs"),
        ("/mnt/sales", "cifs"),
        ("/mnt/salesmen/a.sqlite", "ext4"),
        ("/mnt/nas/a.sqlite", "nfs4"),
        ("/mnt/nas/local/a.sqlite", "tmpfs"),
        ("/mnt/two words/a.sqlite", "cifs"),
    ],
)
def test_file_system_is_that_of_the_deepest_mount(path: str, kind: str) -> None:
    """The table of mounts tells on which file system a path lies, names with blanks included."""
    assert file_system(Path(path), MOUNTS) == kind


def test_a_later_mount_covers_an_earlier_one() -> None:
    """Where two file systems are mounted on one folder, the later one is seen."""
    assert file_system(Path("/a/b"), "x /a nfs rw 0 0\ny /a ext4 rw 0 0\n") == "ext4"


@pytest.mark.skipif(sys.platform != "linux", reason="reads the mounts of Linux")
def test_mounted_share_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database below a mounted network folder is refused, also when a link leads there."""
    (tmp_path / "nas").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nas")
    read_text = Path.read_text

    def with_mount(path: Path, *args: str, **more: str) -> str:
        text = read_text(path, *args, **more)
        return text + f"nas:/x {tmp_path}/nas nfs4 rw 0 0\n" if str(path) == "/proc/mounts" else text

    monkeypatch.setattr(Path, "read_text", with_mount)
    assert not is_on_network(tmp_path / "a.sqlite")
    for name in ("nas", "link"):
        assert (
            refused(tmp_path, database=f"sqlite:///{tmp_path}/{name}/a.sqlite").code == "database_on_network"
        )


def test_a_local_folder_is_fine(tmp_path: Path) -> None:
    """A file on this computer's disk is accepted, whether it exists or not."""
    assert load(tmp_path, database=f"sqlite:///{tmp_path}/no/such/a.sqlite").sqlite_path is not None


def test_frozen_reads_beside_the_exe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A frozen program reads the .env beside its exe, not one in the working folder or a given one."""
    write_env(tmp_path / "exe", "MINI_CRM_DATABASE=sqlite:///ours.sqlite\n")
    write_env(tmp_path / "work", "MINI_CRM_DATABASE=sqlite:///planted.sqlite\n")
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "exe" / "mini-crm.exe"))
    for folder in (None, tmp_path / "work"):
        loaded = load_settings(environ={}, folder=folder)
        assert loaded.sqlite_path == tmp_path / "exe" / "ours.sqlite"


def test_the_projects_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a given folder the .env is the project's, never the working folder's."""
    monkeypatch.chdir(tmp_path)
    assert env_file(None) == ROOT / ".env"


def test_first_settings_never_fail(tmp_path: Path) -> None:
    """Language and log folder are found even when the settings are wrong or the file cannot be read."""
    write_env(tmp_path, "MINI_CRM_DATABASE=nonsense\nMINI_CRM_LANGUAGE=en\nMINI_CRM_LOG_DIR=logs\n")
    first = first_settings(environ={}, folder=tmp_path)
    assert (first.language, first.log_dir) == ("en", tmp_path / "logs")
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    assert first_settings(environ={"MINI_CRM_LANGUAGE": "xx"}, folder=tmp_path).language == "ru"
    assert (
        first_settings(environ={"MINI_CRM_LANGUAGE": "ru"}, folder=tmp_path, language="en").language == "en"
    )


def test_example_has_every_key() -> None:
    """The example file has every key that the program reads, each once and explained, and no other."""
    blocks = re.split(r"\n\n", (ROOT / ".env.example").read_text("utf-8").strip())
    keys = [line.split("=")[0] for block in blocks for line in block.splitlines() if not line.startswith("#")]
    assert sorted(keys) == sorted(KEYS)
    assert all(block.startswith("# ") for block in blocks)


@pytest.mark.parametrize(
    ("key", "rubbish"),
    [
        (key, rubbish)
        for key in KEYS
        for rubbish in ("\x00", "\x7f", "\udce9", "\ufffe", "\u200b", "\u202e", "\t", "\n")
        # A password is whatever somebody chose, as long as it is text.
        if key != "MINI_CRM_DATABASE" and not (key == "MINI_CRM_PASSWORD" and rubbish in "\u200b\u202e\t\n")
    ],
)
def test_no_setting_has_what_nobody_sees(tmp_path: Path, key: str, rubbish: str) -> None:
    """NUL, bytes that are no text and invisible marks inside a value are refused by the name of the key."""
    values = {"MINI_CRM_DATABASE": "sqlite:///a.sqlite", key: f"a{rubbish}b"}
    error = refused(tmp_path, values)
    assert error.data["keys"] == (key,)
    assert first_settings(environ=values, folder=tmp_path).log_dir is None


def test_no_database_has_what_nobody_sees(tmp_path: Path) -> None:
    """A path with NUL is named as such, whether it comes from the file, the environment or an option."""
    write_env(tmp_path / "env", "MINI_CRM_DATABASE=sqlite:///a\x00b.sqlite\n")
    path = "sqlite:///a\x00b.sqlite"
    for error in (
        refused(tmp_path / "env"),
        refused(tmp_path, {"MINI_CRM_DATABASE": path}),
        refused(tmp_path, database=path),
    ):
        assert [problem.code for problem in error.data["problems"]] == ["setting_unseen"]  # type: ignore[attr-defined]


def test_a_path_of_windows_in_double_quotes(tmp_path: Path) -> None:
    """What double quotes make of a backslash is told, not taken for a path with a tab in it."""
    write_env(tmp_path, 'MINI_CRM_DATABASE="sqlite:///C:\\temp\\base.sqlite"\n')
    assert refused(tmp_path).data["keys"] == ("MINI_CRM_DATABASE",)
    write_env(tmp_path, "MINI_CRM_DATABASE='sqlite:///C:\\temp\\base.sqlite'\n")
    assert load(tmp_path).database.endswith("base.sqlite")


def test_an_option_replaces_a_bad_value(tmp_path: Path) -> None:
    """What the command line overrules does no harm."""
    environ = {"MINI_CRM_DATABASE": "sqlite:///a\x00b", "MINI_CRM_LANGUAGE": "e\udce9n"}
    settings = load(tmp_path, environ, database="sqlite:///b.sqlite", language="en")
    assert (Path(settings.database).name, settings.language) == ("b.sqlite", "en")


@pytest.mark.skipif(sys.platform == "win32", reason="makes pipes and links")
@pytest.mark.timeout(30)
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "huge", "circle"])
def test_a_settings_file_is_a_small_file(tmp_path: Path, kind: str) -> None:
    """A pipe, a device or an endless file in its place is refused and not waited for."""
    file = tmp_path / ".env"
    match kind:
        case "pipe":
            os.mkfifo(file)
        case "device":
            file.symlink_to("/dev/zero")
        case "folder":
            file.mkdir()
        case "huge":
            with file.open("wb") as stream:
                stream.truncate(10**10)
        case "circle":
            file.symlink_to(".env")
    assert refused(tmp_path).code == "env_unreadable"
    assert first_settings(environ={}, folder=tmp_path).language == "ru"


def test_links_in_a_circle(tmp_path: Path) -> None:
    """A path through links that lead in a circle is no error here: opening it says what is wrong."""
    (tmp_path / "loop").symlink_to("loop")
    assert not is_on_network(tmp_path / "loop" / "a.sqlite")
    assert load(tmp_path, database=f"sqlite:///{tmp_path}/loop/a.sqlite").sqlite_path is not None


@settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
@given(content=st.binary(max_size=60) | st.text(max_size=60).map(str.encode), data=st.data())
def test_any_settings_file_is_read_or_refused(tmp_path: Path, content: bytes, data: st.DataObject) -> None:
    """Whatever stands in the file and in the environment, it is settings or an error of settings."""
    lines = st.lists(
        st.tuples(st.sampled_from(KEYS), st.text(st.characters(exclude_categories=[]), max_size=12))
    )
    environ = dict(data.draw(lines))
    written = "".join(f"{key}={value}\n" for key, value in data.draw(lines))
    (tmp_path / ".env").write_bytes(content + b"\n" + written.encode("utf-8", "surrogatepass"))
    with suppress(SettingsError):
        loaded = load(tmp_path, environ)
        assert loaded.database == "mssql" or loaded.sqlite_path is not None
    first_settings(environ=environ, folder=tmp_path)


def test_a_device_is_on_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device, of which Windows gives no real path, does not stop the settings: the store refuses it."""

    def refuse(path: object, **more: object) -> str:
        raise OSError(errno.EBADF, "The handle is invalid", str(path))

    monkeypatch.setattr(os.path, "realpath", refuse)
    assert not is_on_network(Path("con").absolute())
