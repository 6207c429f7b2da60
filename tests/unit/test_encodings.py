"""Encodings of text files: read as written, or refused; never letters that nobody wrote."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from mini_crm.domain.errors import BadFile, UsageError
from mini_crm.tables.encodings import find_encoding
from mini_crm.tables.opening import open_table

NAMES = "Руководитель;Клиент\nЁлкина Анна;ООО «РусСтройИнвест»\nПётр Орлов;ЗАО «АльфаБанк»\n"
CAPITALS = "id;lead\n1;ИВАНОВ ПЁТР;МОСКВА\n"
STATUSES = "id;lead;status\n1;Smith;оплачено\n2;Jones;отказ\n"


def found(content: bytes) -> str:
    """Find the encoding of some bytes and decode them."""
    return content.decode(find_encoding(Path("x.csv"), io.BufferedReader(io.BytesIO(content))))


@pytest.mark.parametrize("text", [NAMES, CAPITALS, STATUSES], ids=["names", "capitals", "statuses"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "cp1251", "koi8-r", "cp866", "mac_cyrillic", "iso8859_5", "utf-16-le", "utf-16-be"]
)
def test_russian(text: str, encoding: str) -> None:
    """Russian comes out as it was written from each encoding, also in capitals only or small letters only."""
    written = (
        text.replace("«", '"').replace("»", '"') if encoding in ("cp866", "koi8-r", "iso8859_5") else text
    )
    assert found(written.encode(encoding)) == written


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("id,lead\n1,Jürgen Müller,Größe\n", "cp1252"),
        ("id,lead\n1,María Peña,Compañía\n", "mac_roman"),
        ("id,lead\n1,María Peña,Compañía\n", "cp850"),
    ],
)
def test_western(text: str, encoding: str) -> None:
    """Western text comes out as it was written where only one reading of it is words."""
    assert found(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("id,lead\n1,María Peña,Compañía\n", "cp1252"),
        ("id,lead\n1,François Hélène à Noël\n", "cp1252"),
        ("id,lead\n1,Łukasz Wałęsa\n", "cp1250"),
        ("id,lead\n1,Çağrı Öztürk\n", "cp1254"),
        ("id,lead\n1,Γιώργος\n", "cp1253"),
        ("id,lead\n1,Γιώργος Παπαδόπουλος,Αθήνα\n", "cp1253"),
        ("id,lead\n1,שלום עולם\n", "cp1255"),
        ("id,lead\n1,中文客户\n", "gbk"),
        ("id,lead\n1,東京会社\n", "shift_jis"),
        ("id,lead\n1,Ђорђе Његош\n", "cp1251"),
    ],
)
def test_never_other_letters(text: str, encoding: str) -> None:
    """Text of other alphabets is read as written or refused; it never becomes other words."""
    try:
        assert found(text.encode(encoding)) == text
    except BadFile as error:
        assert error.code in ("file_encoding", "file_encoding_unsure")


def test_two_readings(tmp_path: Path) -> None:
    """Where two encodings both give words, each is shown as the option to give, with its cells."""
    path = tmp_path / "x.csv"
    path.write_bytes("id;lead;note\n1;Пётр;x\n".encode("cp866"))
    with pytest.raises(BadFile) as caught, open_table(path):
        pass
    assert caught.value.code == "file_encoding_unsure"
    assert "--encoding cp866: Пётр" in str(caught.value.data["readings"]).splitlines()
    with open_table(path, encoding="cp866") as table:
        assert [row.cells for row in table.rows] == [["1", "Пётр", "x"]]
        assert table.source.encoding == "cp866"


@pytest.mark.parametrize("name", ["CP1251", "windows-1251", "cp1251"])
def test_named_encoding(tmp_path: Path, name: str) -> None:
    """A person may name the encoding in any way that is usual."""
    path = tmp_path / "x.csv"
    path.write_bytes("id;lead\n1;отказ\n".encode("cp1251"))
    with open_table(path, encoding=name) as table:
        assert next(table.rows).cells == ["1", "отказ"]


@pytest.mark.parametrize("name", ["klingon", "rot13", "hex", "unicode_escape", ""])
def test_unknown_encoding(tmp_path: Path, name: str) -> None:
    """What is no encoding of files is refused with those that are."""
    path = tmp_path / "x.csv"
    path.write_bytes(b"id;lead\n1;a\n")
    with pytest.raises(UsageError, match="encoding_unknown") as caught, open_table(path, encoding=name):
        pass
    assert "cp1251" in str(caught.value.data["known"])


def test_wrong_encoding(tmp_path: Path) -> None:
    """A file that is not in the encoding that was named is refused by that name."""
    path = tmp_path / "x.csv"
    path.write_bytes("id;lead\n1;отказ\n".encode("cp1251"))
    with pytest.raises(BadFile, match="file_other_encoding"), open_table(path, encoding="utf-8") as table:
        list(table.rows)


WORDS = (
    "оплачено отказ ожидаем новая первичный контакт переговоры успешно реализовано закрыто срочно звонок "
    "договор счёт Юля Эдуард Щукин Фёдор Яхья Цой Уфа Чита Йошкар Шэнь объект съёмка щётка эхо жюри"
)


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866", "mac_cyrillic", "iso8859_5"])
@pytest.mark.parametrize("word", WORDS.split())
def test_one_word(word: str, encoding: str) -> None:
    """A file with a single Russian word is read as written or refused."""
    text = f"id;word\n1;{word}\n"
    try:
        assert found(text.encode(encoding)) == text
    except BadFile as error:
        assert error.code in ("file_encoding", "file_encoding_unsure")
