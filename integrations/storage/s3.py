"""Storage in any S3-compatible bucket: one put per file, parts on request. boto3 finds the credentials."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from integrations.storage import FOLDER_NAME, KEY, Piece, StorageError, attachment, browsers_may_fetch, media_type

CHUNK = 131_072
LINK_SECONDS = 7200


class Bucket:
    """`s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-central-1&direct=yes`. Nothing in it is public."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        options = parse_qs(parts.query)
        self.bucket, self.prefix = parts.netloc, parts.path.strip("/")
        if not self.bucket:
            raise StorageError("STORAGE_URL names no bucket: s3://bucket/prefix")
        self.direct = browsers_may_fetch(url)
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=options.get("endpoint", [None])[0],
            region_name=options.get("region", ["us-east-1"])[0],
            config=Config(
                signature_version="s3v4", connect_timeout=5, read_timeout=30, retries={"max_attempts": 3, "mode": "standard"}
            ),
        )

    def put(self, key: str, content: bytes) -> None:
        """One PUT, which is atomic."""
        try:
            self.client.put_object(Bucket=self.bucket, Key=self._name(key), Body=content, ContentType=media_type(key))
        except (BotoCoreError, ClientError) as error:
            raise StorageError(f"could not write {key}: {error.__class__.__name__}") from error

    def get(self, key: str) -> bytes:
        """The whole file."""
        piece = self.open(key)
        if piece is None:
            raise StorageError(f"could not read {key}: it is missing")
        return b"".join(piece.content)

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
            raise StorageError(f"could not read the size of {key}: {error.__class__.__name__}") from error
        except BotoCoreError as error:
            raise StorageError(f"could not read the size of {key}: {error.__class__.__name__}") from error

    def open(self, key: str, wanted: str = "") -> Piece | None:
        """The file or one part. A Range that S3 does not know (several parts, nonsense) gets the whole file, as HTTP allows."""
        asked = {"Range": wanted} if wanted.startswith("bytes=") and "," not in wanted else {}
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=self._name(key), **asked)
        except ClientError as error:
            return self._refused(key, error)
        except BotoCoreError as error:
            raise StorageError(f"could not read {key}: {error.__class__.__name__}") from error
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
            raise StorageError(f"could not sign {key}: {error.__class__.__name__}") from error

    def remove(self, folder: str) -> None:
        """Every file of the folder, a thousand at a time (S3's own limit)."""
        if not FOLDER_NAME.fullmatch(folder):
            raise StorageError(f"not a storage folder: {folder[:40]!r}")
        try:
            for page in self._pages(f"{folder}/"):
                keys = [{"Key": found["Key"]} for found in page.get("Contents", [])]
                if keys:
                    self.client.delete_objects(Bucket=self.bucket, Delete={"Objects": keys, "Quiet": True})
        except (BotoCoreError, ClientError) as error:
            raise StorageError(f"could not remove {folder}: {error.__class__.__name__}") from error

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
            raise StorageError(f"could not list: {error.__class__.__name__}") from error
        yield from ((name, age) for name, age in youngest.items() if FOLDER_NAME.fullmatch(name))

    def _pages(self, start: str) -> Any:
        prefix = f"{self.prefix}/{start}" if self.prefix else start
        return self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)

    def _refused(self, key: str, error: ClientError) -> Piece | None:
        match error.response.get("Error", {}).get("Code"):
            case "NoSuchKey" | "404":
                return None
            case "InvalidRange" | "416":
                size = self.client.head_object(Bucket=self.bucket, Key=self._name(key))["ContentLength"]
                return Piece(416, {"Content-Range": f"bytes */{size}", "Content-Length": "0"}, iter(()))
        raise StorageError(f"could not read {key}: {error.response.get('Error', {}).get('Code')}") from error

    @staticmethod
    def _pieces(body: Any) -> Iterator[bytes]:
        with body:
            yield from body.iter_chunks(CHUNK)

    def _name(self, key: str) -> str:
        if not KEY.fullmatch(key) or ".." in key:
            raise StorageError(f"not a storage key: {key[:40]!r}")
        return f"{self.prefix}/{key}" if self.prefix else key
