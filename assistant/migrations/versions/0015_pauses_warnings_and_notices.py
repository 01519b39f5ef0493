"""policies of a launch, pauses, warnings, escalation by time, bounces, notices"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

NAMED = " was promised for this time by a person."
LEFT = 0.2  # of the time, when a warning is due


def upgrade() -> None:
    """Go forward: clocks that run keep their deadline and learn what it was made of."""
    _columns(
        'launches',
        sa.Column('policies', sa.JSON(), nullable=False, server_default=sa.text("'{}'")),
        sa.Column('policies_set_at', UtcDateTime(), nullable=True),
    )
    _columns(
        'tickets',
        sa.Column('escalated_at', UtcDateTime(), nullable=True),
        sa.Column('escalates_at', UtcDateTime(), nullable=True),
        sa.Column('bounces', sa.Integer(), nullable=False, server_default=sa.text('0')),
        sa.Column('held_by', sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
    )
    op.create_index('ix_tickets_escalates_at', 'tickets', ['escalates_at'])
    _columns(
        'promises',
        sa.Column('warn_at', UtcDateTime(), nullable=True),
        sa.Column('allowed_seconds', sa.Integer(), nullable=True),
        sa.Column('follows_calendar', sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column('warned_at', UtcDateTime(), nullable=True),
        sa.Column('paused_at', UtcDateTime(), nullable=True),
        sa.Column('moves', sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
    )
    op.create_index('ix_promises_warn_at', 'promises', ['warn_at'])
    _pauses()
    _notices()
    _terms_of_open_promises()


def _columns(table: str, *columns: sa.Column[Any]) -> None:
    for column in columns:
        op.add_column(table, column)


def _pauses() -> None:
    op.create_table(
        'pauses',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('ticket_id', sa.Integer(), nullable=False),
        sa.Column('began_at', UtcDateTime(), nullable=False),
        sa.Column('ended_at', UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name='fk_pauses_ticket_id'),
        sa.PrimaryKeyConstraint('id', name='pk_pauses'),
    )
    op.create_index('ix_pauses_ticket_id', 'pauses', ['ticket_id'])


def _notices() -> None:
    op.create_table(
        'notices',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('launch_id', sa.Integer(), nullable=False),
        sa.Column('ticket_id', sa.Integer(), nullable=True),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('words', sa.String(), nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('read_at', UtcDateTime(), nullable=True),
        sa.Column('mailed_at', UtcDateTime(), nullable=True),
        *(
            sa.ForeignKeyConstraint([name], [f'{table}.id'], name=f'fk_notices_{name}')
            for name, table in (
                ('person_id', 'people'),
                ('launch_id', 'launches'),
                ('ticket_id', 'tickets'),
            )
        ),
        sa.PrimaryKeyConstraint('id', name='pk_notices'),
    )
    op.create_index('ix_notices_person_id_read_at', 'notices', ['person_id', 'read_at'])
    op.create_index('ix_notices_mail', 'notices', ['mailed_at', 'id'])
    op.create_index('ix_notices_launch_id', 'notices', ['launch_id'])
    op.create_index('ix_notices_ticket_id', 'notices', ['ticket_id'])


def _terms_of_open_promises() -> None:
    """Every clock ran around the clock so far: its time is what lies between its two ends.

    """
    times = {name: sa.column(name, UtcDateTime()) for name in ('made_at', 'due_at', 'warn_at')}
    promises = sa.table(
        'promises',
        *map(sa.column, ('id', 'because', 'allowed_seconds')),
        *(sa.column(name, UtcDateTime()) for name in ('kept_at', 'broken_at')),
        *times.values(),
    )
    bind = op.get_bind()
    for row in bind.execute(sa.select(promises).where(promises.c.kept_at.is_(None))).all():
        whole = row.due_at - row.made_at
        named = row.because.endswith(NAMED)
        changed = {
            'allowed_seconds': None if named else int(whole.total_seconds()),
            'warn_at': row.due_at - whole * LEFT,
        }
        bind.execute(promises.update().where(promises.c.id == row.id).values(changed))
