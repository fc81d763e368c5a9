"""What only the folder has: file names and the file's head."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from alerts.outbox import OutboxChannel, file_name, file_text
from tests.alerts.examples import COMMUNE, transition, written


async def test_a_file_is_a_mail_that_anybody_can_read(tmp_path: Path) -> None:
    await OutboxChannel(tmp_path / "new" / "outbox").send(written(), COMMUNE)
    (path,) = (tmp_path / "new" / "outbox").iterdir()
    assert path.read_text(encoding="utf-8").startswith("Đến: Xã Tân Biên <tanbien@example.vn>\nTiêu đề: CSDL trồng trọt, ")


@pytest.mark.parametrize("dataset", ["trong-trot", "../../etc/passwd", "a/b\\c:d", "x" * 500, "cơ sở"])
def test_a_file_name_is_a_name_and_no_path(dataset: str) -> None:
    name = file_name(written(transition(dataset=dataset)), COMMUNE)
    assert Path(name).name == name
    assert name.isascii()
    assert len(name) < 100
    assert name.startswith("25486-")


def test_english_files_have_english_heads() -> None:
    text = file_text(written(language="en"), msgspec.structs.replace(COMMUNE, email=""))
    assert text.startswith("To: Xã Tân Biên\nSubject: Crops, livestock")
