"""the outbox, and targets that fail"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('outgoing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('target', sa.String(), nullable=False),
    sa.Column('lane', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('event_id', sa.String(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('enqueued_at', UtcDateTime(), nullable=False),
    sa.Column('trying_since', UtcDateTime(), nullable=False),
    sa.Column('next_try_at', UtcDateTime(), nullable=True),
    sa.Column('leased_until', UtcDateTime(), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('delivered_at', UtcDateTime(), nullable=True),
    sa.Column('withdrawn_at', UtcDateTime(), nullable=True),
    sa.Column('dead_at', UtcDateTime(), nullable=True),
    sa.Column('last_error', sa.String(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=True),
    sa.Column('ticket_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_outgoing_launch_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_outgoing_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outgoing')),
    sa.UniqueConstraint('event_id', name=op.f('uq_outgoing_event_id')),
    sa.UniqueConstraint('kind', 'target', 'key', name=op.f('uq_outgoing_kind_target_key'))
    )
    op.create_index('ix_outgoing_lane', 'outgoing', ['kind', 'target', 'lane', 'id'], unique=False)
    for column in ('next_try_at', 'dead_at', 'launch_id', 'ticket_id'):
        op.create_index(op.f(f'ix_outgoing_{column}'), 'outgoing', [column], unique=False)
    op.create_table('interruptions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('target', sa.String(), nullable=False),
    sa.Column('since', UtcDateTime(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('next_probe_at', UtcDateTime(), nullable=False),
    sa.Column('last_error', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interruptions')),
    sa.UniqueConstraint('kind', 'target', name=op.f('uq_interruptions_kind_target'))
    )
