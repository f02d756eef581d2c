"""S3-compatible stores that lack what Amazon has: no new checksums, no deletion of many, or old versions that stay."""

from __future__ import annotations

import pytest

from integrations.storage import StorageError
from integrations.storage.s3 import Bucket
from tests.support.fakes.plain_s3 import PlainS3, plain_s3

A, B = "task_a/master-1.mp3", "task_a/preview-2.mp3"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "y")


def filled(store: PlainS3) -> Bucket:
    bucket = Bucket(store.url)
    for key in (A, B, "task_ab/master-3.mp3"):
        bucket.put(key, b"a song")
    return bucket


def test_a_store_without_the_new_checksums_keeps_and_gives_back_songs() -> None:
    with plain_s3(PlainS3()) as store:
        bucket = filled(store)
        assert (bucket.get(A), bucket.size(B), bucket.size("task_x/y.mp3"), store.refused) == (b"a song", 6, None, [])


@pytest.mark.parametrize("many", ["", "NotImplemented", "MissingContentMD5", "InvalidRequest", "MalformedXML"])
def test_a_folder_is_removed_whether_or_not_many_can_be_deleted_at_once(many: str) -> None:
    with plain_s3(PlainS3(many)) as store:
        filled(store).remove("task_a")
        assert list(store.objects) == ["shop/task_ab/master-3.mp3"]


@pytest.mark.parametrize("many", ["", "NotImplemented"])
def test_nothing_counts_as_removed_that_is_still_there(many: str) -> None:
    """A lock, or a store that says yes and does nothing: `forget` and retention must come again."""
    with plain_s3(PlainS3(many, stuck={f"shop/{A}"})) as store, pytest.raises(StorageError, match="1 of its files"):
        filled(store).remove("task_a")


def test_older_versions_go_too_where_the_store_keeps_them() -> None:
    """As Backblaze does unasked: to delete a file by its name only hides it."""
    with plain_s3(PlainS3(versions=True)) as store:
        store.hidden = {f"shop/{A}": b"older"}
        filled(store).remove("task_a")
        assert (store.hidden, list(store.objects)) == ({}, ["shop/task_ab/master-3.mp3"])


@pytest.mark.parametrize(
    ("url", "checksums"),
    [
        ("s3://songs", "when_supported"),
        ("s3://songs?endpoint=https://s3.eu-central-1.amazonaws.com", "when_supported"),
        ("s3://songs?endpoint=https://fsn1.your-objectstorage.com&addressing=virtual", "when_required"),
    ],
)
def test_only_amazon_is_asked_for_amazon_s_checksums(url: str, checksums: str) -> None:
    config = Bucket(url).client.meta.config
    assert (config.request_checksum_calculation, config.response_checksum_validation) == (checksums, checksums)
    assert config.s3["addressing_style"] == ("virtual" if "virtual" in url else "auto")
