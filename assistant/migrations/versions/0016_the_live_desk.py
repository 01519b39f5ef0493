"""who is at which ticket, drafts, and when the next promise of a ticket is due"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

NO_CLOCK = datetime(9999, 12, 31, tzinfo=UTC)


def upgrade() -> None:
    """Go forward."""
    op.create_table('presences',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('until', UtcDateTime(), nullable=False),
    sa.Column('doing', sa.String(), nullable=False),
    sa.Column('does_until', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_presences_person_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_presences_ticket_id')),
    sa.PrimaryKeyConstraint('person_id', 'ticket_id', name=op.f('pk_presences'))
    )
    op.create_index('ix_presences_until', 'presences', ['until'])
    op.create_table('drafts',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('started_from', sa.String(), nullable=False),
    sa.Column('saved_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_drafts_person_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_drafts_ticket_id')),
    sa.PrimaryKeyConstraint('person_id', 'ticket_id', 'kind', name=op.f('pk_drafts'))
    )
    op.create_index('ix_drafts_ticket_id', 'drafts', ['ticket_id'])
    op.create_index('ix_conversations_launch_id_channel', 'conversations', ['launch_id', 'channel'])
    op.add_column('tickets', sa.Column('next_due_at', UtcDateTime(), nullable=True))
    _fill_in()
    is_open = sa.text('resolved_at IS NULL')
    op.create_index('ix_tickets_open', 'tickets', ['launch_id', 'severity', 'next_due_at', 'id'],
                    sqlite_where=is_open, postgresql_where=is_open)


def _fill_in() -> None:
    """Let tickets that are there be sorted as before: by the first promise that is still open."""
    tickets = sa.table('tickets', sa.column('id'), sa.column('next_due_at', UtcDateTime()))
    promises = sa.table('promises', sa.column('ticket_id'), sa.column('due_at', UtcDateTime()),
                        sa.column('kept_at'), sa.column('paused_at'))
    first = (
        sa.select(sa.func.min(promises.c.due_at))
        .where(promises.c.ticket_id == tickets.c.id, promises.c.kept_at.is_(None),
               promises.c.paused_at.is_(None))
        .scalar_subquery()
    )
    far = sa.literal(NO_CLOCK, UtcDateTime())
    op.get_bind().execute(tickets.update().values(next_due_at=sa.func.coalesce(first, far)))
