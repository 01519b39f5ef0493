"""Settings: from the environment (``HYPERCARE_…``) or the file ``hypercare.env``, nowhere else.

Each setting says what it means; ``hypercare settings`` prints value, default, source and meaning.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DATABASE_FILE = "hypercare.sqlite3"  # in the data folder
SETTINGS_FILE = "hypercare.env"  # not .env, which other libraries read too
MASK = "••••••"
PASSWORD = re.compile(r"(://[^:/@\s]*:)[^@/\s]+(@)")  # of an address: user:password@host


class Settings(BaseSettings):
    """What an operator may decide. Unknown names are ignored, wrong values refused by name."""

    model_config = SettingsConfigDict(
        env_prefix="HYPERCARE_", env_file=SETTINGS_FILE, extra="ignore", env_ignore_empty=True
    )

    data: Path = Field(
        Path("hypercare-data"), description="Folder for the database, the index and the weights."
    )
    database_url: str = Field(
        "", description="SQLAlchemy URL, e.g. postgresql+psycopg://…; empty: SQLite in the folder."
    )
    host: str = Field("127.0.0.1", description="Address that the server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port that the server listens on.")
    public_url: str = Field(
        "", description="Address under which customers and staff reach it; empty: host and port."
    )
    cookie_secure: bool = Field(
        False, description="Send the sign-in cookie over HTTPS only; set it wherever there is TLS."
    )
    trusted_proxies: str = Field(
        "", description="Comma-separated proxy addresses whose X-Forwarded-For is believed."
    )
    weights: Path | None = Field(
        None, description="Folder with model.safetensors and tokenizer.json; empty: the package's."
    )
    embedding_base_url: str = Field(
        "", description="OpenAI-compatible server for embeddings; empty: the local MiniLM."
    )
    embedding_api_key: SecretStr = Field(SecretStr(""), description="Key for that server.")
    embedding_model: str = Field("", description="Model for that server.")
    llm_base_url: str = Field(
        "", description="OpenAI-compatible server for the selector; empty: no model is asked."
    )
    llm_api_key: SecretStr = Field(SecretStr(""), description="Key for that server.")
    llm_model: str = Field("", description="Model that selects among approved messages.")
    llm_fallback_base_url: str = Field("", description="Server of the fallback model; empty: same.")
    llm_fallback_api_key: SecretStr = Field(SecretStr(""), description="Key for the fallback.")
    llm_fallback_model: str = Field("", description="Model asked when the first does not answer.")
    llm_deadline_seconds: float = Field(
        3.0, gt=0, le=5, description="Seconds for all calls about one question together."
    )
    llm_calls_per_day: int = Field(
        20_000, ge=0, description="Calls a day at most; after that retrieval and people go on."
    )
    questions_per_minute: int = Field(
        20, ge=1, description="Messages a minute that one conversation may send."
    )
    conversations_per_minute: int = Field(
        120, ge=1, description="Conversations a minute that one address may begin."
    )
    api_calls_per_minute: int = Field(
        300, ge=1, description="Requests a minute that one API key may make."
    )
    mail_from: str = Field(
        "", description="Address that mail to customers comes from and is answered to."
    )
    mail_from_name: str = Field("Support", description="Name beside that address.")
    smtp_host: str = Field("", description="Server that takes our mail; empty: none is sent.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of that server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection to it is encrypted: starttls, tls or none."
    )
    smtp_user: str = Field("", description="User name there; empty: without signing in.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password there.")
    mail_unconfirmed_per_minute: int = Field(
        60, ge=0, description="Mails a minute at most to addresses that nobody has confirmed."
    )
    mail_launch: str = Field(
        "", description="Launch that mail without a known one belongs to; empty: the newest live."
    )
    mail_authserv_id: str = Field(
        "", description="Name under which your own relay writes Authentication-Results."
    )
    mail_secret: SecretStr = Field(
        SecretStr(""), description="Bearer secret for POST /api/v1/mail; empty: closed."
    )
    imap_host: str = Field("", description="Server whose mailbox is read; empty: none is read.")
    imap_port: int = Field(993, ge=1, le=65535, description="Port of that server.")
    imap_security: Literal["tls", "none"] = Field(
        "tls", description="How the connection to it is encrypted: tls or none."
    )
    imap_user: str = Field("", description="User name of the mailbox.")
    imap_password: SecretStr = Field(SecretStr(""), description="Password of the mailbox.")
    imap_folder: str = Field("INBOX", description="Folder of the mailbox that is read.")
    sweep_seconds: float = Field(
        5.0, gt=0, description="Seconds between two rounds of the worker's jobs."
    )
    broadcasts_per_minute: int = Field(
        300, ge=1, description="People a minute who are told by broadcasts, of all together."
    )
    stranded_seconds: float = Field(
        20.0, gt=0, description="Age in seconds at which an undecided question goes to a person."
    )

    outgoing_allowed: str = Field(
        "",
        description="Comma-separated host:port pairs that may be reached although they are private "
        "or not HTTPS on port 443, e.g. jira.corp.example:8443.",
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Key that connections' secrets are kept under; empty: one made in the folder.",
    )

    @field_validator("data")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        """Keep the folder where it was meant, whatever the working folder becomes."""
        return value.expanduser().absolute()

    @field_validator("llm_base_url", "llm_fallback_base_url", "embedding_base_url", "public_url")
    @classmethod
    def _on_the_web(cls, value: str) -> str:
        if value and not re.match(r"https?://[^\s/]+", value):
            raise ValueError("An address begins with http:// or https:// and names a server")
        return value

    @field_validator("mail_from")
    @classmethod
    def _one_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"[^\s@<>,;:\"()]{1,64}@[A-Za-z0-9.-]+", value):
            raise ValueError("This is one address and nothing else, as support@example.com")
        return value.lower()

    @property
    def sends_mail(self) -> bool:
        """Return whether mail can be sent: by which server, and from whom."""
        return bool(self.smtp_host and self.mail_from)

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Return the ``host:port`` pairs that an operator lets us reach whatever they are."""
        return frozenset(self.outgoing_allowed.lower().replace(",", " ").split())

    @property
    def sql_url(self) -> str:
        """Return the database's URL, the embedded one by default."""
        return self.database_url or f"sqlite:///{self.data / DATABASE_FILE}"

    @property
    def address(self) -> str:
        """Return the address customers and staff use, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


class Printed(NamedTuple):
    """One setting as ``hypercare settings`` shows it."""

    name: str
    value: str
    default: str
    source: str
    meaning: str


def printed(settings: Settings) -> Iterator[Printed]:
    """Yield every setting by name, secrets masked."""
    from dotenv import dotenv_values

    in_file = {name.upper() for name in dotenv_values(SETTINGS_FILE)}
    for field, info in Settings.model_fields.items():
        name = f"HYPERCARE_{field.upper()}"
        value = getattr(settings, field)
        default = info.get_default(call_default_factory=False)
        yield Printed(
            name=name,
            value=_shown(value),
            default=_shown(default),
            source=_source(name, in_file, given=field in settings.model_fields_set),
            meaning=info.description or "",
        )


def _source(name: str, in_file: set[str], *, given: bool) -> str:
    import os

    if name in {known.upper() for known in os.environ}:
        return "environment"
    if name in in_file:
        return SETTINGS_FILE
    return "command line" if given else "default"


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return MASK if value.get_secret_value() else ""
    return "" if value is None else PASSWORD.sub(rf"\1{MASK}\2", str(value))
