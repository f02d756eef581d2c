"""Storage in any S3-compatible bucket: one put per file, parts on request. boto3 finds the credentials.

Elsewhere than at Amazon nothing is asked of a store that it may not have: no checksums of boto3 1.36 and newer, no deletion of
many at once, no versions. What was removed is looked for once more: nothing counts as removed that is still there.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from integrations.storage.files import FOLDER_NAME, KEY, Piece, StorageError, attachment, browsers_may_fetch, media_type

log = logging.getLogger("serenade.storage")
CHUNK = 131_072
LINK_SECONDS = 7200
_AWS = ("amazonaws.com", "amazonaws.com.cn")


class Bucket:
    """`s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-central-1&direct=yes`. Nothing in it is public."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        options = parse_qs(parts.query)
        self.bucket, self.prefix = parts.netloc, parts.path.strip("/")
        if not self.bucket:
            raise StorageError("STORAGE_URL names no bucket: s3://bucket/prefix")
        self.direct = browsers_may_fetch(url)
        self._deletes_many: bool = True  # until the store says otherwise
        self._lists_versions: bool = True  # Backblaze keeps them even where versioning is off
        endpoint, region = options.get("endpoint", [None])[0], options.get("region", ["us-east-1"])[0]
        self.client: Any = boto3.client("s3", endpoint_url=endpoint, region_name=region, config=_config(endpoint, options))

    def put(self, key: str, content: bytes) -> None:
        """One PUT, which is atomic."""
        try:
            self.client.put_object(Bucket=self.bucket, Key=self._name(key), Body=content, ContentType=media_type(key))
        except (BotoCoreError, ClientError) as error:
            raise StorageError(f"could not write {key}: {_said(error)}") from error

    def get(self, key: str) -> bytes:
        """The whole file."""
        piece = self.open(key)
        if piece is None:
            raise StorageError(f"could not read {key}: it is missing")
        try:
            return b"".join(piece.content)
        except BotoCoreError as error:
            raise StorageError(f"could not read {key}: {_said(error)}") from error

    def path(self, key: str) -> Path | None:
        """Never on this machine."""
        self._name(key)
        return None

    def size(self, key: str) -> int | None:
        """One HEAD."""
        try:
            return int(self.client.head_object(Bucket=self.bucket, Key=self._name(key))["ContentLength"])
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("404", "NoSuchKey"):
                return None
            raise StorageError(f"could not read the size of {key}: {_said(error)}") from error
        except BotoCoreError as error:
            raise StorageError(f"could not read the size of {key}: {_said(error)}") from error

    def open(self, key: str, wanted: str = "") -> Piece | None:
        """The file or one part. A Range that S3 does not know (several parts, nonsense) gets the whole file, as HTTP allows."""
        asked = {"Range": wanted} if wanted.startswith("bytes=") and "," not in wanted else {}
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=self._name(key), **asked)
        except ClientError as error:
            return self._refused(key, error)
        except BotoCoreError as error:
            raise StorageError(f"could not read {key}: {_said(error)}") from error
        headers = {"Content-Length": str(answer["ContentLength"]), "ETag": answer["ETag"]}
        if answer.get("ContentRange"):
            headers["Content-Range"] = answer["ContentRange"]
        return Piece(206 if answer.get("ContentRange") else 200, headers, self._pieces(answer["Body"]))

    def link(self, key: str, download_name: str | None = None) -> str | None:
        """A presigned URL, computed locally."""
        name = self._name(key)
        if not self.direct:
            return None
        wanted = {"ResponseContentType": media_type(key), "ResponseCacheControl": "private, max-age=3600"}
        if download_name:
            wanted["ResponseContentDisposition"] = attachment(download_name)
        try:
            asked = {"Bucket": self.bucket, "Key": name, **wanted}
            return str(self.client.generate_presigned_url("get_object", Params=asked, ExpiresIn=LINK_SECONDS))
        except (BotoCoreError, ClientError) as error:
            raise StorageError(f"could not sign {key}: {_said(error)}") from error

    def remove(self, folder: str) -> None:
        """Every file of the folder, and every version of it. Raises StorageError as long as one is left."""
        if not FOLDER_NAME.fullmatch(folder):
            raise StorageError(f"not a storage folder: {folder[:40]!r}")
        try:
            for found in self._everything_in(folder):
                self._delete(found)
            left = sum(len(found) for found in self._everything_in(folder))
        except (BotoCoreError, ClientError) as error:
            raise StorageError(f"could not remove {folder}: {_said(error)}") from error
        if left:
            raise StorageError(f"could not remove {folder}: {left} of its files are still there")

    def _everything_in(self, folder: str) -> Iterator[list[dict[str, str]]]:
        """What is below the folder, at most a thousand at a time (S3's own limit): versions first, then what is shown."""
        if self._lists_versions:
            try:
                yield from self._named(f"{folder}/", "list_object_versions", "Versions", "DeleteMarkers")
            except ClientError as error:  # a key may lack the right to ask
                if not _is_no(error):
                    raise
                log.warning("versions are not listed by this store (%s): taken as if there were none", _said(error))
                self._lists_versions = False
        yield from self._named(f"{folder}/", "list_objects_v2", "Contents")

    def _named(self, start: str, listing: str, *kinds: str) -> Iterator[list[dict[str, str]]]:
        for page in self._pages(start, listing):
            found = [one for kind in kinds for one in page.get(kind, [])]
            if found:
                yield [{name: one[name] for name in ("Key", "VersionId") if one.get(name)} for one in found]

    def _delete(self, found: list[dict[str, str]]) -> None:
        """All at once, and one by one what is refused that way (no such request, another checksum wanted, single errors)."""
        if self._deletes_many:
            try:
                answer = self.client.delete_objects(Bucket=self.bucket, Delete={"Objects": found, "Quiet": True})
            except ClientError as error:
                if not _is_no(error):
                    raise
                log.info("the store deletes one file at a time (%s)", _said(error))
                self._deletes_many = False
            else:
                refused = {one.get("Key") for one in answer.get("Errors", [])}
                found = [one for one in found if one["Key"] in refused]
        for one in found:
            self.client.delete_object(Bucket=self.bucket, **one)

    def folders(self) -> Iterator[tuple[str, float]]:
        """Every folder, with the age of its newest file."""
        youngest: dict[str, float] = {}
        try:
            for page in self._pages(""):
                for found in page.get("Contents", []):
                    name = found["Key"].removeprefix(f"{self.prefix}/").partition("/")[0]
                    age = time.time() - found["LastModified"].timestamp()
                    youngest[name] = min(age, youngest.get(name, age))
        except (BotoCoreError, ClientError) as error:
            raise StorageError(f"could not list: {_said(error)}") from error
        yield from ((name, age) for name, age in youngest.items() if FOLDER_NAME.fullmatch(name))

    def _pages(self, start: str, listing: str = "list_objects_v2") -> Any:
        prefix = f"{self.prefix}/{start}" if self.prefix else start
        return self.client.get_paginator(listing).paginate(Bucket=self.bucket, Prefix=prefix)

    def _refused(self, key: str, error: ClientError) -> Piece | None:
        match error.response.get("Error", {}).get("Code"):
            case "NoSuchKey" | "404":
                return None
            case "InvalidRange" | "416":
                return Piece(416, {"Content-Range": f"bytes */{self.size(key) or 0}", "Content-Length": "0"}, iter(()))
        raise StorageError(f"could not read {key}: {_said(error)}") from error

    @staticmethod
    def _pieces(body: Any) -> Iterator[bytes]:
        with body:
            yield from body.iter_chunks(CHUNK)

    def _name(self, key: str) -> str:
        if not KEY.fullmatch(key) or ".." in key:
            raise StorageError(f"not a storage key: {key[:40]!r}")
        return f"{self.prefix}/{key}" if self.prefix else key


def _config(endpoint: str | None, options: dict[str, list[str]]) -> Config:
    """Amazon's own gets boto3's defaults. Checksums: https://github.com/boto/boto3/issues/4392"""
    host = urlsplit(endpoint or "").hostname or ""
    amazon = not endpoint or host.endswith(_AWS)
    checksums = "when_supported" if amazon else "when_required"
    return Config(
        signature_version="s3v4",
        connect_timeout=5,
        read_timeout=30,
        retries={"max_attempts": 3, "mode": "standard"},
        request_checksum_calculation=checksums,
        response_checksum_validation=checksums,
        s3={"addressing_style": options.get("addressing", ["auto"])[0]},
    )


def _is_no(error: ClientError) -> bool:
    """Whether the store will not do this, now or later; not a store that is busy or broken."""
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return 400 <= status < 500 or status == 501


def _said(error: Exception) -> str:
    """The store's own word for what is wrong, or the kind of error."""
    answer = error.response.get("Error", {}) if isinstance(error, ClientError) else {}
    return str(answer.get("Code") or error.__class__.__name__)
