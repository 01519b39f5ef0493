"""written reports, who reads them, and what follows from their findings"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('written_reports',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('until', UtcDateTime(), nullable=False),
    sa.Column('written_at', UtcDateTime(), nullable=False),
    sa.Column('paper', sa.JSON(), nullable=False),
    sa.Column('markdown', sa.String(), nullable=False),
    sa.Column('mailed_to', sa.JSON(), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('worded_by', sa.String(), nullable=False),
    sa.Column('worded_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_written_reports_launch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_written_reports')),
    sa.UniqueConstraint('launch_id', 'kind', 'day', name=op.f('uq_written_reports_launch_id_kind_day'))
    )
    op.create_table('report_hours',
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('hour', sa.Integer(), nullable=False),
    sa.Column('set_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_report_hours_launch_id')),
    sa.PrimaryKeyConstraint('launch_id', name=op.f('pk_report_hours'))
    )
    op.create_table('report_readers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('wanted', sa.Boolean(), nullable=False),
    sa.Column('said_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_report_readers_launch_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_report_readers_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_readers')),
    sa.UniqueConstraint('launch_id', 'kind', 'person_id', name=op.f('uq_report_readers_launch_id_kind_person_id'))
    )
    with op.batch_alter_table('report_readers') as batch:
        batch.create_index(batch.f('ix_report_readers_launch_id'), ['launch_id'])
    op.create_table('report_actions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('finding', sa.String(), nullable=False),
    sa.Column('found', sa.String(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('due', sa.Date(), nullable=True),
    sa.Column('said_at', UtcDateTime(), nullable=False),
    sa.Column('done_at', UtcDateTime(), nullable=True),
    sa.Column('done_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_report_actions_launch_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['people.id'], name=op.f('fk_report_actions_owner_id')),
    sa.ForeignKeyConstraint(['done_by_id'], ['people.id'], name=op.f('fk_report_actions_done_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_actions')),
    sa.UniqueConstraint('launch_id', 'finding', name=op.f('uq_report_actions_launch_id_finding'))
    )
