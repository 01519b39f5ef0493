"""what started a launch, and on which sites its widget was seen"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('site_loads',
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('site', sa.String(), nullable=False),
    sa.Column('first_at', UtcDateTime(), nullable=False),
    sa.Column('last_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_site_loads_launch_id')),
    sa.PrimaryKeyConstraint('launch_id', 'site', name=op.f('pk_site_loads'))
    )
    op.create_table('activations',
    sa.Column('launch_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('trigger', sa.String(), nullable=False),
    sa.Column('because', sa.String(), nullable=False),
    sa.Column('overruled', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_activations_launch_id')),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_activations_by_id')),
    sa.PrimaryKeyConstraint('launch_id', name=op.f('pk_activations'))
    )
