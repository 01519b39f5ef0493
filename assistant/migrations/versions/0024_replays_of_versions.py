"""replays of versions against real questions"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('replays',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('content', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('with_model', sa.Boolean(), nullable=False),
    sa.Column('running', sa.Integer(), nullable=True),
    sa.Column('started_at', UtcDateTime(), nullable=False),
    sa.Column('started_by_id', sa.Integer(), nullable=False),
    sa.Column('leased_until', UtcDateTime(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('finished_at', UtcDateTime(), nullable=True),
    sa.Column('failed_because', sa.String(), nullable=False),
    sa.Column('cancelled_by_id', sa.Integer(), nullable=True),
    sa.Column('made_for', sa.JSON(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('changed', sa.Integer(), nullable=False),
    sa.Column('calls', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_replays_launch_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_replays_entry_id')),
    sa.ForeignKeyConstraint(['version_id'], ['entry_versions.id'], name=op.f('fk_replays_version_id')),
    sa.ForeignKeyConstraint(['started_by_id'], ['people.id'], name=op.f('fk_replays_started_by_id')),
    sa.ForeignKeyConstraint(['cancelled_by_id'], ['people.id'], name=op.f('fk_replays_cancelled_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_replays')),
    sa.UniqueConstraint('running', name=op.f('uq_replays_running'))
    )
    for name in ('launch_id', 'entry_id', 'version_id'):
        op.create_index(op.f(f'ix_replays_{name}'), 'replays', [name])
    op.create_table('replay_cases',
    sa.Column('replay_id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('category', sa.String(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['replay_id'], ['replays.id'], name=op.f('fk_replay_cases_replay_id')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_replay_cases_message_id')),
    sa.PrimaryKeyConstraint('replay_id', 'message_id', name=op.f('pk_replay_cases'))
    )
    op.create_index('ix_replay_cases_replay_id_category', 'replay_cases', ['replay_id', 'category'])
    op.create_index(op.f('ix_replay_cases_message_id'), 'replay_cases', ['message_id'])
    op.create_table('replay_overrides',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('replay_id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('content', sa.String(), nullable=False),
    sa.Column('broken', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['replay_id'], ['replays.id'], name=op.f('fk_replay_overrides_replay_id')),
    sa.ForeignKeyConstraint(['version_id'], ['entry_versions.id'], name=op.f('fk_replay_overrides_version_id')),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_replay_overrides_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_replay_overrides')),
    sa.UniqueConstraint('replay_id', 'by_id', name=op.f('uq_replay_overrides_replay_id_by_id'))
    )
    op.create_index(op.f('ix_replay_overrides_version_id'), 'replay_overrides', ['version_id'])
