"""index of a question"""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let when a question was asked first, and how often, be told without reading its messages."""
    op.create_index(op.f("ix_messages_group_id_kind_at"), "messages", ["group_id", "kind", "at"])
