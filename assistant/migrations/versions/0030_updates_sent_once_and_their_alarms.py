"""updates sent once, corrections, the daily update, and alarms about them"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('updates') as batch:
        batch.add_column(sa.Column('key', sa.String(), nullable=True))
        batch.add_column(sa.Column('corrects_id', sa.Integer(), nullable=True))
        batch.create_foreign_key(batch.f('fk_updates_corrects_id'), 'updates', ['corrects_id'], ['id'])
        batch.create_unique_constraint(batch.f('uq_updates_launch_id_key'), ['launch_id', 'key'])
    op.create_table('update_rules',
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('by_minutes', sa.Integer(), nullable=False),
    sa.Column('set_at', UtcDateTime(), nullable=False),
    sa.Column('set_by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_update_rules_launch_id')),
    sa.ForeignKeyConstraint(['set_by_id'], ['people.id'], name=op.f('fk_update_rules_set_by_id')),
    sa.PrimaryKeyConstraint('launch_id', name=op.f('pk_update_rules'))
    )
    op.create_table('update_alarms',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('about', sa.String(), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_update_alarms_launch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_update_alarms')),
    sa.UniqueConstraint('launch_id', 'what', 'about', name=op.f('uq_update_alarms_launch_id_what_about'))
    )
