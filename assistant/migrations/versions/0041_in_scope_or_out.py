"""what people say about the scope of a question, and the words that would follow"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "scope_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("launch_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("inside", sa.Boolean(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("phrase", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["launch_id"], ["launches.id"], name=op.f("fk_scope_corrections_launch_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_scope_corrections_ticket_id")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["messages.id"], name=op.f("fk_scope_corrections_question_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_scope_corrections_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scope_corrections")),
    )
    for column in ("launch_id", "ticket_id", "question_id"):
        op.create_index(op.f(f"ix_scope_corrections_{column}"), "scope_corrections", [column])
    op.create_table(
        "scope_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("launch_id", sa.Integer(), nullable=False),
        sa.Column("adds", sa.Boolean(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("phrase", sa.String(), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["launch_id"], ["launches.id"], name=op.f("fk_scope_proposals_launch_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_scope_proposals_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scope_proposals")),
        sa.UniqueConstraint(
            "launch_id", "adds", "area", "phrase", name=op.f("uq_scope_proposals_launch_id_adds_area_phrase"),
        ),
    )
