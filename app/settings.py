"""The one settings object: read once per entry point, passed down, never imported as a value."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, IPvAnyAddress, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

MOST_PER_MINUTE = 1_000_000
"""Requests of one key that a limit can be set to; more is no limit."""


class VerifierKind(StrEnum):
    """Whose language a provider speaks: that of our own contract, or Reacher's."""

    CONTRACT = "contract"
    REACHER = "reacher"


class Settings(BaseSettings):
    """Environment variables with the prefix ``LEADGATE_``."""

    model_config = SettingsConfigDict(
        env_prefix="LEADGATE_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    database_url: str
    """postgresql://user:password@host:port/database"""
    redis_url: str | None = None
    """redis://… ; without it workers poll PostgreSQL and nothing is lost."""
    secret_key: SecretStr = Field(min_length=16)
    """Keys the hashes of API keys, signs links, encrypts stored secrets."""
    public_url: str = "http://127.0.0.1:8000"
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Web pages that may call the API, separated by commas: https://app.example.com"""
    bootstrap_api_key: SecretStr | None = Field(default=None, min_length=20)
    """The key that the first start on an empty database creates, instead of a random one."""
    data_dir: Path = Path(".leadgate")
    storage_url: str | None = Field(default=None, pattern=r"^(file:///|(s3|gs|az)://)\S+$")
    """Where uploads lie: file:///…, s3://bucket/prefix, gs://…, az://…, the last three with what
    obstore reads from the environment; without it in `uploads` below the data folder."""
    log_level: str = "INFO"

    database_pool_size: int = Field(default=16, ge=1)
    database_statement_cache: bool = True
    """Off behind pgbouncer older than 1.21 in transaction mode."""
    statement_timeout_s: float = Field(default=30, gt=0)
    lock_timeout_s: float = Field(default=10, gt=0)

    sweep_interval_s: float = Field(default=2, gt=0)
    """How often a worker looks for jobs whose ring was lost."""
    fold_interval_s: float = Field(default=10, gt=0)
    """How often a worker folds what was counted; counts are exact in between."""
    job_lease_s: float = Field(default=15, gt=0)

    rate_limit_per_minute: int = Field(default=6000, ge=0, le=MOST_PER_MINUTE)
    """Requests of one key; 0 is no limit. A key may have a limit of its own."""
    rate_limit_timeout_s: float = Field(default=0.2, gt=0)
    """How long a request waits for Redis; then it passes without being counted."""
    max_concurrent_requests: int = Field(default=200, ge=1)
    """That one API process works on; more are answered 503 at once, instead of queueing."""
    max_streams: int = Field(default=5000, ge=1)
    """Of events that one API process keeps open; more are answered 503."""
    max_streams_per_workspace: int = Field(default=2500, ge=1)
    """Of those; more are answered 429."""
    max_uploads: int = Field(default=40, ge=1)
    """Files that one API process takes in at once; more are answered 503."""
    max_uploads_per_workspace: int = Field(default=20, ge=1)
    """Of those; more are answered 429."""
    stream_heartbeat_s: float = Field(default=15, gt=0)
    """After so long a silence a stream says that it lives; proxies cut it else, mostly after 60."""
    stream_longest_s: float = Field(default=900, gt=0)
    """Then it ends and its reader comes again, to whichever process there is, if it still may."""
    header_timeout_s: float = Field(default=10, gt=0)
    """For the whole head of a request."""
    body_timeout_s: float = Field(default=60, gt=0)
    """For the body of a request, or for so much of it as comes at 16 KiB a second."""

    dns_servers: Annotated[tuple[IPvAnyAddress, ...], NoDecode] = ()
    """Resolvers by their addresses, separated by commas; without any, those of the system."""
    dns_port: int = Field(default=53, ge=1, le=65535)
    dns_timeout_s: float = Field(default=4, gt=0, le=5)
    """Of one try; each server is tried twice."""
    dns_in_flight: int = Field(default=100, ge=1, le=1000)
    """Domains that one process asks for at once."""
    dns_canaries: Annotated[tuple[str, ...], NoDecode, Field(min_length=1)] = (
        "gmail.com",
        "outlook.com",
        "yahoo.com",
    )
    """Domains with MX records for certain: a resolver that does not find them is not believed."""
    dns_hold_s: float = Field(default=30, gt=0)
    """How long it is then left alone, doubling up to five minutes."""
    verifier_url: str | None = Field(default=None, pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$")
    """A service that looks at mailboxes: addresses are sent there. None are without."""
    verifier_key: SecretStr | None = None
    verifier_kind: VerifierKind = VerifierKind.CONTRACT
    verifier_daily_budget: int = Field(default=10_000, ge=0)
    """Look-ups in a day of UTC, of all processes and workspaces together; then there are none."""
    verifier_in_flight: int = Field(default=2, ge=1, le=100)
    """Batches that one process asks for at once."""
    verifier_timeout_s: float = Field(default=120, gt=0, le=300)
    """For a batch."""

    docs: bool = True
    """Serve /docs and /openapi.json."""
    metrics: bool = True
    """Serve /metrics."""
    worker_metrics_port: int | None = Field(default=None, ge=1, le=65535)
    """Where a worker serves its own; not at all without."""
    otlp_endpoint: str | None = None
    """Where traces go by OTLP over HTTP: http://collector:4318; none are made without."""

    @field_validator("cors_origins", "dns_servers", "dns_canaries", mode="before")
    @classmethod
    def _separated(cls, given: Any) -> Any:
        """A browser's Origin has no slash at its end; people write one."""
        if not isinstance(given, str):
            return given
        return tuple(one.strip().rstrip("/") for one in given.split(",") if one.strip())

    @classmethod
    def from_environment(cls, file: Path | None = None) -> Self:
        """Read the environment, and from the file what it leaves open.

        Raises ``pydantic.ValidationError`` naming what is missing.
        """
        return cls(_env_file=file)
