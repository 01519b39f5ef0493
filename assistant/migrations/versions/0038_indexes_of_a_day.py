"""indexes of a day"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let one day's messages, tickets and events be found without reading the whole launch."""
    op.create_index(op.f("ix_messages_kind_at"), "messages", ["kind", "at"])
    op.create_index(
        op.f("ix_events_launch_id_kind_at"), "events", ["launch_id", "kind", "at"]
    )
    op.create_index(
        op.f("ix_tickets_launch_id_opened_at"), "tickets", ["launch_id", "opened_at"]
    )
