"""what is measured on each day"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('signals',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('metric', sa.String(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('value', sa.Double(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('received_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_signals_launch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signals')),
    sa.UniqueConstraint('launch_id', 'metric', 'at', 'source', name=op.f('uq_signals_launch_id_metric_at_source'))
    )
    op.create_index('ix_signals_launch_id_metric_at', 'signals', ['launch_id', 'metric', 'at'])
    op.create_table('days_kept',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('measured_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_days_kept_launch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_days_kept')),
    sa.UniqueConstraint('launch_id', 'day', name=op.f('uq_days_kept_launch_id_day'))
    )
    op.create_table('days_kept_until',
    sa.Column('launch_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_days_kept_until_launch_id')),
    sa.PrimaryKeyConstraint('launch_id', name=op.f('pk_days_kept_until'))
    )
